"""Who is involved in the demo incident: reached how, parents, and what a colleague has to know before calling."""

from datetime import datetime, timedelta

from portal.demo.cast import person
from portal.incidents.models import Incident, Involved
from portal.incidents.people.operations import add_involved, change_involved

SEM = {
    "part": "spreader",
    "name": "Sem T.",
    "class_name": "3B",
    "age": 15,
    "school": "own",
    "aliases": ["@sem.t_11"],
    "support": "Licht verstandelijke beperking: korte zinnen, één vraag tegelijk. Laat hem navertellen wat u zei.",
}
MOTHER = {
    "part": "parent",
    "name": "Mevr. V.",
    "reach": "06-55502011, na 17:30",
    "delicate": "Ouders zijn net gescheiden. Eerst moeder bellen; niets inspreken.",
}
FATHER = {"part": "parent", "name": "Dhr. V.", "reach": "06-55502012"}
OF_SEM = {
    "part": "parent",
    "name": "Mevr. T.",
    "reach": "06-55502021, overdag",
    "language": "Pools",
    "interpreter": True,
    "delicate": "Schrikt van een brief van school. Liever bellen, met de tolk erbij.",
}
NOOR = {"aliases": ["@noor.v_3b"], "reach": "via A. Bakker; liever geen appjes"}


def tell(incident: Incident, reported: datetime) -> None:
    """What became known on the first day, after the report."""
    counselor, care = person("counselor"), person("care")
    noor = Involved.get(Involved.incident == incident, Involved.part == "victim")
    at = reported + timedelta(hours=1, minutes=5)
    change_involved(noor, {"part": noor.part, **NOOR}, version=noor.version, actor=counselor, now=at)
    for parent in (MOTHER, FATHER):
        at += timedelta(minutes=3)
        add_involved(incident, {**parent, "child_id": noor.id}, actor=counselor, now=at)
    at = reported + timedelta(hours=3)
    sem = add_involved(incident, dict(SEM), actor=care, now=at)
    add_involved(incident, {**OF_SEM, "child_id": sem.id}, actor=care, now=at + timedelta(minutes=4))
