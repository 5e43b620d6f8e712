"""Joining and merging forget no table: what is about an incident or a person goes along, or says here why not."""

from typing import Any

import peewee as pw
import pytest

from portal import models
from portal.db import Model
from portal.incidents.joining import operations as joining
from portal.incidents.models import Incident, Involved
from portal.incidents.people import queries

# Read together with those of the incident in which it goes on, kept with the report, or moved with more care.
STAYS = {"entry", "unrest", "flag", "kept_out", "draft", "sheet", "action", "membership", "report", "involved"}
STAYS |= {"media_plan", "document", "watch", "watch_turn"}
# Follows by hand in the plan, or is found through `merged_into`.
BY_HAND = {"action.victim", "wish.victim", "involved.child", "involved.merged_into", "note.about"}


def tables() -> list[type[Model]]:
    return [one for one in vars(models).values() if isinstance(one, type) and issubclass(one, Model)]


def keys(to: type[Model]) -> list[pw.ForeignKeyField]:
    return [
        field
        for table in tables()
        for field in table._meta.sorted_fields
        if isinstance(field, pw.ForeignKeyField) and field.rel_model is to
    ]


@pytest.mark.usefixtures("app")
def test_every_table_of_an_incident_goes_along_when_it_is_joined() -> None:
    found: dict[str, Any] = {field.model._meta.table_name: field.model for field in keys(Incident)}
    left = {name for name, table in found.items() if table not in joining.go_along and table is not Incident}
    assert left - STAYS == set()
    assert len(found) > len(STAYS)


@pytest.mark.usefixtures("app")
def test_everything_about_somebody_follows_when_two_rows_are_one_person() -> None:
    about = {f"{one.model._meta.table_name}.{one.name}" for one in queries.about}
    found = {f"{one.model._meta.table_name}.{one.name}" for one in keys(Involved)}
    assert found - about == BY_HAND
