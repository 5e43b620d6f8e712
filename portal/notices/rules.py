"""What a mail says and when it is tried again. Pure."""

from datetime import datetime, timedelta

from portal.errors import N_

RETRIES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240))
# Mail that could not go out for so long says nothing new any more.
STALE = timedelta(days=3)
# A worker that died while sending: another takes the mail over after this time.
ABANDONED = timedelta(minutes=10)

NEWS = (
    N_("There is something new for you in Rustpunt"),
    N_(
        "Hello %(name)s,\n\n"
        "There is something new for you in Rustpunt. Please open it now:\n\n"
        "%(address)s\n\n"
        "This mail says nothing about what it is, on purpose. Please do not reply to it."
    ),
)
# kind of mail -> subject and text. What is about an incident says nothing of it (product rule 6): it is no kind here.
TEXTS: dict[str, tuple[str, str]] = {
    "head": (
        N_("Head of the trail, to keep"),
        N_(
            "This is the head of the trail of %(school)s, as it was on %(when)s.\n\n"
            "Rows: %(rows)s\n"
            "Head: %(digest)s\n\n"
            "Keep this mail outside the portal. With it, the school can show later that nothing in the trail was "
            "changed or left out. Who runs the portal compares like this:\n\n"
            "flask --app wsgi audit verify --head %(digest)s\n\n"
            "Please do not reply to this mail."
        ),
    ),
    "head-stop": (
        N_("No more heads of the trail to this address"),
        N_(
            "From now on the head of the trail of %(school)s no longer goes to this address. The administrator "
            "changed that.\n\n"
            "Keep the mails that you have. Does this surprise you? Then ask the leadership of the school.\n\n"
            "Please do not reply to this mail."
        ),
    ),
}


def text_of(kind: str) -> tuple[str, str]:
    """Subject and text of a kind of mail, each with places for `name`, `address` and what the kind fills in."""
    return TEXTS.get(kind, NEWS)


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When to try again after this many failures; None when it is enough."""
    return now + RETRIES[attempts - 1] if attempts <= len(RETRIES) else None
