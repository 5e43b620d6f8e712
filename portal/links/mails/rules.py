"""What the mails to another school say: which school, its telephone number and where to go, and nothing else. Pure."""

from portal.errors import N_

OFFER, NEWS, DEAD = "shared-offer", "shared-news", "shared-dead"
HERE = N_("Open your page here:\n\n%(link)s")
AS_BEFORE = N_("Open it with the link that you have.")
CALL = N_(" (telephone %(phone)s)")

MAILS = {
    OFFER: (
        N_("A school shares something with you"),
        N_(
            "Hello,\n\n"
            "%(school)s%(call)s shares something with you. You need no account. You do need a code.\n\n"
            "1. %(school)s calls you and tells you the code. It is never mailed.\n"
            "2. Open this link and type the code:\n\n%(link)s\n\n"
            "Did nobody call you, or do you not expect this? Then call %(school)s first. "
            "Take a number that you find yourself.\n\n"
            "Keep this link to yourself. This mail says nothing about what it is, on purpose. "
            "Please do not reply to it."
        ),
    ),
    NEWS: (
        N_("There is something new for you from another school"),
        N_(
            "Hello,\n\n"
            "There is something new on the page that %(school)s%(call)s shares with you. %(where)s\n\n"
            "You open it with the code that you have. Did you lose it? Call %(school)s.\n\n"
            "This mail says nothing about what it is, on purpose. Please do not reply to it."
        ),
    ),
    DEAD: (
        N_("Your link was closed"),
        N_(
            "Hello,\n\n"
            "Somebody typed a wrong code too often at the page that %(school)s%(call)s shares with you. "
            "So the link was closed, to be safe. Nobody saw anything.\n\n"
            "Was it you? Then call %(school)s: they can give you a new link.\n\n"
            "Was it not you? Then call %(school)s as well: somebody else has the address.\n\n"
            "Please do not reply to this mail."
        ),
    ),
}
