"""What the administrator asks for and a member of leadership confirms: neither can do it alone."""

from collections.abc import Callable
from datetime import datetime

from portal.accounts.confirmations import queries, rules
from portal.accounts.models import ASKED, CONFIRMED, REFUSED, Confirmation, Person
from portal.audit.operations import record
from portal.db import db
from portal.errors import N_, ChangedMeanwhile, Refused
from portal.notices.operations import tell

# kind of confirmation -> what happens once it is confirmed (the confirmation, actor=, now=); filled in `portal.wiring`.
carry_out: dict[str, Callable[..., None]] = {}


def ask(kind: str, person: Person, *, receiver: Person | None = None, actor: Person, now: datetime) -> Confirmation:
    """Ask leadership to confirm something about a person. Raises `Refused` when it waits already, or nobody could."""
    with db.atomic():
        if any((one.kind, one.person_id) == (kind, person.id) for one in queries.open_at(now)):
            raise Refused(N_("This was asked already."), N_("Ask a member of leadership to confirm it."))
        out = {person.id, receiver and receiver.id, actor.id}
        able = [one for one in queries.seconds(now) if one.id not in out]
        if not able:
            raise Refused(
                N_("Nobody of leadership can confirm this."),
                N_("Give another colleague the function of leadership; after a week that colleague can confirm it."),
            )
        asked: Confirmation = Confirmation.create(
            kind=kind, person=person, receiver=receiver, asked_by=actor, asked_at=now
        )
        _record("ask", asked, actor, now)
        for one in able:
            tell(one, "confirm", subject(asked), now=now)
    return asked


def subject(asked: Confirmation) -> str:
    """What a mail about it is about."""
    return f"confirmation:{asked.id}"


def decide(asked: Confirmation, *, yes: bool, actor: Person, now: datetime) -> None:
    """Confirm or refuse, once. Raises `Refused`, and `ChangedMeanwhile` when it was decided before or lay too long."""
    involved = (asked.asked_by_id, asked.person_id, asked.receiver_id)
    with db.atomic():
        rules.check_second(actor.id, {one.id for one in queries.seconds(now)}, involved)
        claimed = (
            Confirmation.update(state=CONFIRMED if yes else REFUSED, decided_by=actor, decided_at=now)
            .where(Confirmation.id == asked.id, Confirmation.state == ASKED)
            .execute()
        )
        if not claimed or rules.is_over(asked.asked_at, now):
            raise ChangedMeanwhile(
                N_("This was decided already, or was asked too long ago."),
                N_("If it is still needed, the administrator can ask it again."),
            )
        _record("confirm" if yes else "refuse", asked, actor, now)
        if yes:
            carry_out[asked.kind](asked, actor=actor, now=now)


def _record(verb: str, asked: Confirmation, actor: Person, now: datetime) -> None:
    record(
        f"account:confirmation:{verb}",
        f"person:{asked.person_id}",
        actor_id=actor.id,
        now=now,
        confirmation=asked.id,
        kind=asked.kind,
        receiver=asked.receiver_id,
    )
