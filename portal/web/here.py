"""What the views of one incident say again and again: where they are, who acts, and that something is not there."""

from typing import Any, TypeVar

from flask import abort, g
from flask_login import current_user

Found = TypeVar("Found")


def page_of(part: str = "") -> str:
    """The address of a part of the incident at hand."""
    return f"/incidents/{g.incident.ref}{part}"


def by() -> dict[str, Any]:
    """Who acts, and when."""
    return {"actor": current_user, "now": g.clock.now()}


def as_member() -> dict[str, Any]:
    """Who acts with which standing in the incident at hand, and when."""
    return {"standing": g.standing, **by()}


def there(found: Found | None) -> Found:
    """What was looked up; 404 for what is not there, or not for this reader."""
    if found is None:
        abort(404)
    return found
