"""The letters of the demo school's incident: staff were told yesterday, the parents of the class wait for a yes."""

from datetime import datetime, timedelta

from portal.communication.documents.queries import newest, of
from portal.communication.letters import operations
from portal.demo.cast import by, person
from portal.incidents.models import Incident


def tell(incident: Incident, reported: datetime) -> None:
    """After the statement was told, from which each begins."""
    at, writer = reported + timedelta(hours=1, minutes=20), person("communication")
    wanted = [("class-parents", incident.classes[0]), ("staff", ""), ("pupils", ""), ("council", "")]
    operations.begin(incident, wanted, actor=writer, now=at)
    for number, (kind, class_name) in enumerate(wanted[:3]):
        letter = of(incident, kind, class_name)
        written = newest(letter) if letter else None
        assert letter
        assert written
        asked = at + timedelta(minutes=4 + number) if kind != "pupils" else reported + timedelta(hours=22)
        operations.write(
            letter, written.texts, version=letter.version, ask=True, **by(incident, "communication", asked)
        )
        if kind != "pupils":
            how = by(incident, "leadership", asked + timedelta(minutes=6))
            number_of = {"number": written.number, "version": letter.version}
            operations.decide(letter, "approve", remark="", **number_of, **how)
    staff = of(incident, "staff")
    assert staff
    sent = at + timedelta(minutes=25)
    how = by(incident, "communication", sent + timedelta(minutes=2))
    whom = "Alle medewerkers, ook de conciërges en de kantine"
    operations.inform(staff, number=1, channel="mail", at=sent, whom=whom, **how)
