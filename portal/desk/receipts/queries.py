"""What the reporter may know after reporting: who was told, and who has seen it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.incidents import queries as incidents
from portal.incidents.models import Incident, Report
from portal.incidents.rules import flags, raised
from portal.notices.models import FAILED, SENT
from portal.notices.queries import about


@dataclass
class Told:
    """One colleague on the incident, as the reporter sees it. `mail` is sent, failed or queued."""

    person: Person
    functions: list[str]
    mail: str
    seen_at: datetime | None


def told(incident: Incident) -> list[Told]:
    """Everybody on the team, once."""
    mails = {mail.person_id: mail.state for mail in about(f"incident:{incident.id}") if mail.kind == "joined"}
    rows: dict[int, Told] = {}
    for row in incidents.team(incident):
        state = mails.get(row.person_id, "none")
        known = rows.setdefault(
            row.person_id, Told(row.person, [], state if state in (SENT, FAILED, "none") else "queued", None)
        )
        known.functions.append(row.function)
        known.seen_at = known.seen_at or row.seen_at
    return list(rows.values())


def calls(report: Report) -> list[dict[str, Any]]:
    """The flags that were up when it was reported, in the order of the questions: who has to be called.

    What the team answers later is not for the reporter.
    """
    return [flags()[key] for key in raised(report.told["answers"])]


def numbers_to_avoid(incident: Incident) -> set[str]:
    """Numbers of the school behind which somebody may sit who is kept out."""
    return {f"school-{function}" for row in incidents.kept_out(incident) for function in row.person.functions}
