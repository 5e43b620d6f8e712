"""The statement of the demo school's incident: online since yesterday, with a new version that waits today."""

from datetime import datetime, timedelta
from typing import Any

from portal.communication.documents import operations as documents
from portal.communication.statement import operations
from portal.demo.cast import by
from portal.incidents.models import Incident

TEXTS = {
    "going": "Er zijn privébeelden van een leerling van onze school gedeeld. De leerling wilde dat niet. "
    "Voor zover wij weten, gaat het om een kleine groep.",
    "think": "Wij vinden dit ernstig. Beelden van een ander doorsturen mag niet. Het kan strafbaar zijn. "
    "Wie niets doorstuurt, helpt.",
    "do": "Wij zijn er voor de leerlingen om wie het gaat, en voor hun ouders. Wij hebben de politie om advies "
    "gevraagd. De lessen gaan gewoon door.\n\n"
    "Wat kunt u doen? Praat thuis met uw kind. Vraag wat uw kind heeft gehoord en hoe dat voelt. "
    "Spreek af dat uw kind niets bekijkt en niets doorstuurt.",
    "why": "Elke keer dat iemand iets doorstuurt, doet dat opnieuw pijn. Wij willen dat het stopt en dat iedereen "
    "zich veilig voelt. Om leerlingen te beschermen noemen wij geen namen en geen details.",
    "contact": "Hebt u vragen of zorgen? Bel de school: 010-5550101, op schooldagen van 08.00 tot 17.00 uur. "
    "Heeft uw kind iets gekregen? Stuur het niet door en bel ons. Wij vertellen u wat u het beste kunt doen.",
}
# Today: what parents asked most since yesterday.
NEWER = TEXTS | {
    "do": "Wij zijn er voor de leerlingen om wie het gaat, en voor hun ouders. Wij werken samen met de politie en "
    "volgen haar advies. De lessen gaan gewoon door. Docenten weten wat zij kunnen zeggen als leerlingen vragen "
    "hebben.\n\n"
    "Wat kunt u doen? Praat thuis met uw kind. Vraag wat uw kind heeft gehoord en hoe dat voelt. "
    "Spreek af dat uw kind niets bekijkt en niets doorstuurt. Leest u online iets dat niet klopt? Verwijs naar deze "
    "pagina."
}


def tell(incident: Incident, reported: datetime) -> None:
    """Written, approved and published in little more than an hour; not all at once, as it goes in a school."""
    wrote, approved, published, later = (reported + timedelta(minutes=n) for n in (48, 68, 73, 22 * 60 + 20))
    asked: dict[str, Any] = {"situation": "class", "reasons": {}}
    author = by(incident, "communication", wrote)
    made = operations.write_and_ask(incident, {"nl": TEXTS, "en": {}}, version=0, **asked, **author)
    documents.act(made, "approve", number=1, version=made.version, **by(incident, "leadership", approved))
    online: dict[str, Any] = {"indexed": False, "ticked": "Het statement staat online."}
    operations.publish(made, number=1, version=made.version, **online, **by(incident, "communication", published))
    author = by(incident, "communication", later)
    operations.write_and_ask(incident, {"nl": NEWER, "en": {}}, version=made.version, **asked, **author)
