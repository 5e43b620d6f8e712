"""The press in the demo school's incident: the plan is agreed on, one newspaper was answered, a station waits."""

from datetime import datetime, timedelta

from portal.clock import local
from portal.communication.media import operations
from portal.communication.media.rules import plan_texts
from portal.demo.cast import by, person
from portal.incidents.models import Incident

GATE = (
    "De conciërge ontvangt bezoek bij de hoofdingang. Pers wacht in de hal tot de schoolleiding komt.\n"
    "Om 8.15 en 15.30 uur staan twee teamleiders bij de poort aan de Havenstraat."
)
NEWSPAPER = {
    "medium": "Waterdams Dagblad",
    "journalist": "P. Hoekstra",
    "reach": "010-5550199",
    "question": "Klopt het dat er een foto van een leerling rondgaat? En wat doet de school?",
    "promised": "Teruggebeld vóór drie uur.",
}
STATION = {
    "medium": "Radio Waterdam",
    "journalist": "I. Claes",
    "reach": "redactie@radiowaterdam.example",
    "question": "Wil de rector morgen in de uitzending uitleggen hoe de school hiermee omgaat?",
    "promised": "Wij laten morgen weten of wij dat doen.",
}
ANSWER = (
    "Verwezen naar de verklaring op de website en de eerste twee alinea’s voorgelezen. Geen vragen over personen "
    "beantwoord. Gevraagd geen namen of beelden over te nemen; dat zegde de journalist toe."
)


def tell(incident: Incident, reported: datetime) -> None:
    at = reported + timedelta(hours=2)
    ready = [plan_texts({}, language) for language in ("nl", "en")]
    operations.keep(
        incident,
        {"gate": GATE},
        ready=ready,
        version=0,
        ticked="Afgesproken met de schoolleiding, en uitgelegd aan de balie.",
        **by(incident, "communication", at),
    )
    noted = {"actor": person("communication")}
    called = reported + timedelta(hours=3, minutes=40)
    first = operations.note_call(
        incident, NEWSPAPER, at=called, within="other", moment=called + timedelta(hours=1), **noted, now=called
    )
    answered = called + timedelta(minutes=35)
    operations.answer(first, ANSWER, person("leadership").id, version=1, **noted, now=answered)
    evening = reported + timedelta(hours=6, minutes=20)
    noon = (local(reported) + timedelta(days=1)).replace(hour=12, minute=0).astimezone(reported.tzinfo)
    operations.note_call(incident, STATION, at=evening, within="other", moment=noon, **noted, now=evening)
