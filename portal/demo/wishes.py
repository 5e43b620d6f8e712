"""What the victim of the demo school's incident said on the first day."""

from datetime import datetime, timedelta
from typing import Any

from portal.actions.operations import record_wish
from portal.demo.cast import by, person
from portal.incidents import queries as incidents
from portal.incidents.models import Incident

NOTHING_FEARED = {"violence": "no", "rejection": "no", "honour": "no", "safe_with": "Een tante die om de hoek woont."}
SAID: tuple[tuple[str, int, dict[str, Any]], ...] = (  # subject, minutes after the report, what was said
    ("parents", 60, {"answer": "not-yet", "words": "Ik durf het nog niet."}),
    ("safety", 65, {"detail": NOTHING_FEARED, "words": "Ze worden boos, maar niet op mij."}),
    ("parents", 70, {"answer": "yes", "words": "Mijn moeder mag het weten, als u het samen met mij vertelt."}),
    ("class", 72, {"answer": "not-yet", "words": "Nu nog niet."}),
    ("rest", 75, {"answer": "yes", "words": "Een paar dagen thuis, en dan weer gewoon naar school."}),
    ("buddies", 78, {"answer": "yes", "words": "Ik weet wel drie klasgenoten."}),
    ("police", 80, {"answer": "not-yet", "words": "Ik wil eerst weten wat er dan gebeurt."}),
)


def tell(incident: Incident, reported: datetime) -> None:
    """The counselor asks one thing at a time; one answer changes while they talk."""
    victim = incidents.victims(incident).get()
    for subject, after, said in SAID:
        at = reported + timedelta(minutes=after)
        asked = {"asked_by": person("counselor").name, "asked_at": at}
        record_wish(victim, subject, {**asked, **said}, **by(incident, "counselor", at))
