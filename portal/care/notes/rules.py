"""What is said of confidential notes, and what tells that they changed hands. Pure."""

from collections.abc import Iterable

from portal.errors import N_

LONGEST = 8000  # characters of one note
CONFIRMATION = "notes"  # the kind of what the administrator asks and leadership confirms
# What leadership reads before deciding.
ASKED = N_(
    "%(receiver)s takes over the confidential notes of %(person)s, wherever %(person)s is gone. "
    "Confirm it only when you know yourself that this is needed."
)
# To whom it happens that notes go over without their author: these mails say so, and nothing of any incident.
MAILS = {
    "notes-given": (
        N_("You take over confidential notes in Rustpunt"),
        N_(
            "Hello %(name)s,\n\n"
            "The administrator and school leadership decided together that you take over confidential notes "
            "of a colleague who is gone. You can read them where you are the counselor on the team:\n\n"
            "%(address)s\n\n"
            "This mail says nothing about which notes, on purpose. Please do not reply to it."
        ),
    ),
    "notes-taken": (
        N_("Your confidential notes in Rustpunt"),
        N_(
            "Hello %(name)s,\n\n"
            "The administrator and school leadership decided together that a colleague takes over your confidential "
            "notes, wherever you are not the counselor on the team any more. They cannot read them themselves.\n\n"
            "Is this not right? Ask school leadership.\n\n"
            "%(address)s"
        ),
    ),
}


def edition(held: Iterable[tuple[int, int]]) -> str:
    """Says who held which note when a page was made, from pairs of note and holder."""
    return ".".join(f"{note}-{holder}" for note, holder in sorted(held))
