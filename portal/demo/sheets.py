"""The teacher sheet of the demo school's incident: given out on the afternoon of the first day."""

from datetime import datetime, timedelta

from portal.classes.sheets import operations
from portal.classes.sheets.rules import texts
from portal.demo.cast import by, person
from portal.incidents.models import Incident

NOW = (
    "Een mentor praat met de klas als dat is afgesproken. Andere lessen gaan gewoon door.\n"
    "Telefoons blijven deze week tijdens de les in de tas.\n"
    "Uw vragen zijn welkom in de grote pauze, in kamer 12."
)


def tell(incident: Incident, reported: datetime) -> None:
    at = reported + timedelta(hours=5, minutes=30)
    operations.change(incident, texts({"now": NOW}, "nl"), version=0, actor=person("care"), now=at)
    said = "Uitgedeeld en kort besproken na het zevende uur. Twee collega’s willen er nog over praten."
    operations.give_out(incident, version=1, ticked=said, **by(incident, "care", at + timedelta(minutes=20)))
