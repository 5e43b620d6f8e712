"""The buddies of the demo incident: chosen on the first day, one who said yes and one who still thinks about it."""

from datetime import datetime, timedelta

from portal.actions.operations import record_wish
from portal.actions.queries import newest_wishes
from portal.care.buddies import operations
from portal.care.buddies.models import Buddy
from portal.care.buddies.rules import texts
from portal.demo.cast import by, person
from portal.incidents import queries as incidents
from portal.incidents.models import Incident

TASK = "Samen pauze houden in de kantine.\nSamen van lokaal naar lokaal lopen.\nNa school samen naar de fietsen."


def tell(incident: Incident, reported: datetime) -> None:
    """What happened on the first day, from an hour after the report until the end of the afternoon."""

    def at(hours: int, minutes: int = 0) -> datetime:
        return reported + timedelta(hours=hours, minutes=minutes)

    counselor, mentor = person("counselor"), person("mentor")
    victim = incidents.victims(incident).get()
    if (victim.id, "buddies") not in newest_wishes([incident.id]):
        said = {"answer": "yes", "words": "Ja, maar ik kies zelf wie.", "asked_by": counselor.name, "asked_at": at(1)}
        record_wish(victim, "buddies", said, **by(incident, "counselor", at(1, 10)))
    chosen = [{"name": name, "class_name": "3B"} for name in ("Fleur Dekker", "Yara Bos", "Milan Tol")]
    first, second, third = operations.name(victim, chosen, **by(incident, "counselor", at(2, 50)))

    def ask(one: Buddy, function: str, answer: str, moment: datetime) -> None:
        told = "\n".join(texts()["ask"]["nl"])
        values = {"asker": None, "asked_at": moment, "told": told, "reason": "", "answer": answer, "tick": ""}
        operations.ask(one, {**values, "version": one.version}, **by(incident, function, moment))

    ask(first, "counselor", "yes", at(4, 25))
    ask(third, "counselor", "no", at(4, 45))
    ask(second, "mentor", "", at(5, 10))
    one_more = [{"name": "Eva Kamp", "class_name": "3B"}]
    (fourth,) = operations.name(victim, one_more, **by(incident, "counselor", at(5, 20)))
    plan = {"supporter_id": mentor.id, "task": TASK, "parents_informed_at": at(6), "version": first.version}
    operations.arrange(first, plan, actor=counselor, now=at(6, 5))
    operations.arrange(fourth, {"asker_id": mentor.id, "version": fourth.version}, actor=counselor, now=at(6, 10))
    spoken = {
        "check_in": 0,
        "going": "so-so",
        "words": "Ging goed in de pauze. Kreeg in de klassenapp de vraag wat er is. Zei niets, vond dat lastig.",
    }
    operations.check_in(first, spoken, actor=mentor, now=at(6, 40))
