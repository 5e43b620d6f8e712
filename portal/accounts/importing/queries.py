"""Who is there already of the people in pasted rows."""

from portal.accounts.importing.rules import Line, Row, compare
from portal.accounts.queries import people
from portal.accounts.staff.queries import holders


def preview(rows: list[Row]) -> list[Line]:
    """What each row would do now."""
    return compare(rows, {person.email: person for person in people()}, holders())
