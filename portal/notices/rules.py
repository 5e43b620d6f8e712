"""What a mail says and when it is tried again. Pure."""

from datetime import datetime, timedelta

from portal.errors import N_

RETRIES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240))
# Mail that could not go out for so long says nothing new any more.
STALE = timedelta(days=3)
# A worker that died while sending: another takes the mail over after this time.
ABANDONED = timedelta(minutes=10)
ROUND = 200  # mails that a worker takes at once

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
    "device": (
        N_("Somebody signed in to Rustpunt on a new device"),
        N_(
            "Hello %(name)s,\n\n"
            "Somebody signed in to Rustpunt with your account. It was on a device that we do not know:\n\n"
            "%(device)s\n%(when)s\n\n"
            "Was it you? Then you need not do anything.\n\n"
            "Was it not you? Change your password now:\n\n%(address)s/account/password\n\n"
            "That ends every other session. Tell your administrator as well.\n\n"
            "Please do not reply to this mail."
        ),
    ),
    "emergency": (
        N_("Everybody was signed out of Rustpunt"),
        N_(
            "Hello %(name)s,\n\n"
            "%(who)s ended all sessions of your school. Everybody has to sign in again.\n\n"
            "%(when)s\n\n"
            "Did you not know of this? Then call this colleague, or your administrator.\n\n"
            "%(address)s\n\n"
            "Please do not reply to this mail."
        ),
    ),
    "invite": (
        N_("Your account in Rustpunt"),
        N_(
            "Hello %(name)s,\n\n"
            "%(school)s made an account for you in Rustpunt. Open this link and choose your password:\n\n"
            "%(link)s\n\n"
            "The link works once, until %(until)s. Is it too late? Ask the administrator for a new one.\n\n"
            "Keep this mail to yourself. Please do not reply to it."
        ),
    ),
    "reset": (
        N_("Choose a new password for Rustpunt"),
        N_(
            "Hello %(name)s,\n\n"
            "The administrator of %(school)s ended your password for Rustpunt. Open this link and choose a new one:\n\n"
            "%(link)s\n\n"
            "The link works once, until %(until)s. Did you not ask for this? Call the administrator.\n\n"
            "Keep this mail to yourself. Please do not reply to it."
        ),
    ),
    "forgotten": (
        N_("Choose a new password for Rustpunt"),
        N_(
            "Hello %(name)s,\n\n"
            "Somebody asked for a new password for your account of %(school)s. Was it you? Open this link:\n\n"
            "%(link)s\n\n"
            "The link works once, until %(until)s. Was it not you? Then do nothing: your password stays as it is.\n\n"
            "Keep this mail to yourself. Please do not reply to it."
        ),
    ),
    "address": (
        N_("Your address in Rustpunt was changed"),
        N_(
            "Hello %(name)s,\n\n"
            "The administrator gave your account in Rustpunt another e-mail address. You are signed out everywhere.\n\n"
            "Did you not expect this? Call the administrator or the school leadership now.\n\n"
            "Please do not reply to this mail."
        ),
    ),
    "functions": (
        N_("Colleagues got a function in Rustpunt"),
        N_(
            "Hello %(name)s,\n\n"
            "The administrator gave colleagues a function in Rustpunt:\n\n"
            "%(who)s\n\n"
            "With a function somebody can come onto the team of an incident. "
            "Did you not expect this? Call the administrator.\n\n"
            "Please do not reply to this mail."
        ),
    ),
    "deputies": (
        N_("Deputies were chosen in Rustpunt"),
        N_(
            "Hello %(name)s,\n\n"
            "The administrator chose who stands in for these functions in Rustpunt:\n\n"
            "%(who)s\n\n"
            "Whoever stands in can come onto the team of an incident. "
            "Did you not expect this? Call the administrator.\n\n"
            "Please do not reply to this mail."
        ),
    ),
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
    """Subject and text of a kind of mail, with places for `name`, `address`, and what the kind fills in, as `when`."""
    return TEXTS.get(kind, NEWS)


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When to try again after this many failures; None when it is enough."""
    return now + RETRIES[attempts - 1] if attempts <= len(RETRIES) else None
