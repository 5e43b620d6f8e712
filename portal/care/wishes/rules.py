"""What is asked of a victim, and what the law leaves to the victim. Pure.

Source of the ages: Stichting School & Veiligheid (product rule 14); of the police: product rules 4 and 8.
"""

from collections.abc import Iterable

from portal.actions.rules import NO_POLICE_GATE
from portal.errors import N_

SUBJECTS = ("parents", "rest", "buddies", "class", "apology", "police")
SAFETY = "safety"
# What can be said to the victim; the first that stands on the page of each subject.
ASK = {
    "parents": N_("“May we tell your parents? Who should be there when we do?”"),
    "rest": N_("“Would some rest from the lessons help? At home, or in a quiet room here?”"),
    "buddies": N_("“Shall we ask three classmates to stand by you? Whom would you choose?”"),
    "class": N_("“May we talk about this in your class? Do you want to be there, or not?”"),
    "apology": N_("“Would an apology help you, or a talk with somebody to guide it? It can also be later, or never.”"),
    "police": N_("“What would you want with the police? We can explain first what happens then.”"),
}
# Where what was wished is done: keys of what a step of the plan opens.
LEADS_TO = {"parents": "conversations", "rest": "rest", "buddies": "buddies", "class": "classes"}

LAST_WITHOUT_CONSENT = 16  # years: up to and including this age
BY_AGE = {
    "to-16": N_(
        "The victim is 16 or younger. The school may tell the parents without consent where the child's welfare is at "
        "stake. Ask first all the same, and tell the victim before you tell the parents."
    ),
    "from-17": N_(
        "The victim is 17 or older. There is no rule that lets the school tell the parents without consent. "
        "Ask first, and tell them only with a yes."
    ),
    "unknown": N_(
        "The age is not known. Up to and including 16 the school may tell the parents where the child's welfare is at "
        "stake; from 17 on there is no such rule. Ask first in any case."
    ),
}
BY_FLAG = {
    "staff": N_(
        "A member of staff may be suspected. On reasonable suspicion the board reports it, whatever those involved "
        "wish. Say so honestly before you ask, and promise nothing else."
    ),
    "safety": N_("Safety decides here, not the wish alone. Ask all the same, so that the victim hears it from you."),
    "": N_("The answer informs the decision on a police report. The school decides for itself."),
}


def parents_advice(ages: tuple[int, int] | None) -> str:
    """What the age says about telling parents, from the youngest and oldest the victim can be: a key of `BY_AGE`."""
    if ages is None:
        return "unknown"
    youngest, oldest = ages
    if oldest <= LAST_WITHOUT_CONSENT:
        return "to-16"
    return "from-17" if youngest > LAST_WITHOUT_CONSENT else "unknown"


def police_advice(raised: Iterable[str]) -> str:
    """What the red flags that are up say about the police: a key of `BY_FLAG`."""
    up = set(raised) & NO_POLICE_GATE
    return "staff" if "staff" in up else "safety" if up else ""
