"""Removing rows that count no longer."""

from typing import Any

from portal.db import Model, db


def remove_over(over: dict[type[Model], Any]) -> None:
    """Of each table the rows for which the condition holds."""
    # Asked first, so that the worker does not take the file's lock every two seconds for nothing.
    found = [model for model, condition in over.items() if model.select().where(condition).exists()]
    if found:
        with db.atomic():
            for model in found:
                model.delete().where(over[model]).execute()
