"""Messages between the schools, and worries. Pure."""

from portal.errors import N_

LONGEST = 2000  # characters
MOST_SHOWN = 200  # on a page that asks for itself again; a copy has them all
MESSAGE, WORRY, DANGER = "message", "worry", "danger"
KINDS = {MESSAGE: N_("message"), WORRY: N_("worry"), DANGER: N_("worry: somebody may be in danger")}
IN_DANGER = {"yes": N_("Yes"), "unknown": N_("I do not know"), "no": N_("No")}
EVENTS = {
    "sent": N_("Message to %(who)s."),
    MESSAGE: N_("Message from %(who)s."),
    WORRY: N_("%(who)s reports a worry."),
    DANGER: N_("%(who)s reports a worry: somebody may be in danger."),
}


def kind_of(danger: str) -> str:
    """What a worry is by the answer to 'is somebody in danger now'; who does not know is taken for yes."""
    return WORRY if danger == "no" else DANGER
