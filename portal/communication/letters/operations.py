"""What happens to the letters: begun from the statement, written, approved, and who was informed with them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.actions import queries as plan
from portal.actions.operations import check_gate_of, tick
from portal.audit.operations import record
from portal.communication.check import operations as check
from portal.communication.documents import operations as documents
from portal.communication.documents.models import Document, DocumentVersion
from portal.communication.documents.queries import Along, reasons_of, version_of
from portal.communication.documents.rules import Texts, check_may, check_second_pair
from portal.communication.letters import queries, rules
from portal.communication.letters.models import Informed
from portal.db import db
from portal.errors import N_, ChangedMeanwhile, Invalid, Refused
from portal.incidents.models import Incident
from portal.incidents.operations import check_runs, log
from portal.policy import Standing
from portal.school.queries import school_name


def begin(incident: Incident, wanted: Iterable[tuple[str, str]], *, actor: Person, now: datetime) -> list[Document]:
    """Begin letters (kind and class) from the statement and what stands ready. Raises `Refused` without a statement."""
    with db.atomic():
        check_runs(incident)
        desk = queries.Desk(incident)
        if desk.source is None:
            raise Refused(
                N_("There is no statement yet, and every letter begins from it."), N_("Write the statement first.")
            )
        school, offered, made = school_name(), desk.not_begun(), []
        for kind, class_name in wanted:
            if (kind, class_name) in offered:
                letter = documents.begin(incident, kind, class_name=class_name, actor=actor, now=now)
                texts = rules.ready(kind, desk.source.texts, school)
                documents.save(letter, texts, version=letter.version, actor=actor, now=now)
                made.append(letter)
    return made


def write(
    letter: Document,
    texts: Texts,
    *,
    version: int,
    ask: bool = False,
    reasons: Mapping[str, str] | None = None,
    standing: Standing,
    actor: Person,
    now: datetime,
) -> None:
    """Keep what it says now; with `ask`, ask for it to be approved too, or nothing is kept.

    Raises `Invalid`, `ChangedMeanwhile`, `Refused` and `check.Leaks`.
    """
    with db.atomic():
        made = documents.save(letter, texts, version=version, actor=actor, now=now)
        if ask:
            rules.check_whole(letter.kind, made.texts)
            documents.act(
                letter,
                "ask",
                number=made.number,
                version=letter.version,
                reasons=reasons,
                standing=standing,
                actor=actor,
                now=now,
            )


def renew(letter: Document, *, version: int, actor: Person, now: datetime) -> None:
    """Put what the statement says now in the place of what it said. Raises as `write`."""
    with db.atomic():
        desk = queries.Desk(letter.incident)
        row = desk.row(letter.id)
        if row and desk.source:
            texts = rules.with_core(row.key, row.newest.texts, desk.source.texts)
            documents.save(letter, texts, version=version, actor=actor, now=now)


def decide(letter: Document, what: str, *, remark: str, **how: Any) -> None:
    """Approve one letter ('approve'), or send it back with a remark. Raises `Invalid` and as `documents.act`."""
    if what == "send-back" and not remark:
        raise Invalid("remark", N_("Write what should change, so that it can be mended at once."))
    check_may(how["standing"], documents.part_of(letter), what)
    row = queries.Desk(letter.incident).row(letter.id) if what == "approve" else None
    if row is not None:
        check_second_pair(row.authors, how["actor"].id)
    documents.act(letter, what, remark=remark, **how)


def approve(
    incident: Incident, letters: Collection[int], *, standing: Standing, actor: Person, now: datetime
) -> list[Along]:
    """Approve the letters with these ids that say what the approved statement says; gives those that have to wait."""
    with db.atomic():
        offered = [one for one in queries.Desk(incident).to_approve(actor.id) if one.document.id in letters]
        return documents.approve_all(offered, standing=standing, actor=actor, now=now)


def check_goes_out(letter: Document, *, standing: Standing, actor: Person, now: datetime) -> DocumentVersion:
    """The version that may go out. Raises `Refused` when none is approved, `GateClosed`, and `check.Leaks`.

    Looked at again each time: somebody may have been added since, and a wish may have changed.
    """
    found = version_of(letter, letter.approved)
    if found is None:
        raise Refused(
            N_("This letter is not approved yet. Nothing goes out before that."),
            N_("Ask for approval, and come back here."),
        )
    if letter.kind == rules.CLASS_PARENTS:
        for victim in queries.gated_by(letter.incident):
            check_gate_of(victim, rules.GATE)
    known = reasons_of(letter, found.number)
    check.gate(
        letter.incident, found.texts, known, class_name=letter.class_name, standing=standing, actor=actor, now=now
    )
    return found


def inform(
    letter: Document,
    *,
    number: int,
    channel: str,
    at: datetime,
    whom: str = "",
    words: str = "",
    ticked: str = "",
    standing: Standing,
    actor: Person,
    now: datetime,
) -> Informed:
    """Note that people were informed with the approved version; with the words `ticked` the plan's step is done too.

    Raises as `check_goes_out`, and `ChangedMeanwhile` when another version was approved since.
    """
    with db.atomic():
        check_runs(letter.incident)
        found = check_goes_out(letter, standing=standing, actor=actor, now=now)
        if found.number != number:
            raise ChangedMeanwhile(
                N_("Another version of this letter was approved meanwhile."), N_("Look at which one was sent.")
            )
        made: Informed = Informed.create(
            document=letter, number=number, channel=channel, whom=whom, at=at, by=actor, words=words
        )
        _record(letter, made, actor, now)
        if ticked:
            _tick(letter, ticked, standing=standing, actor=actor, now=now)
    return made


def _record(letter: Document, made: Informed, actor: Person, now: datetime) -> None:
    subject = f"incident:{letter.incident_id}"
    told = {"kind": letter.kind, "number": made.number, "channel": made.channel}
    record("communication:letter:inform", subject, actor_id=actor.id, now=now, **told)
    said = {
        "whom": documents.whom_of(letter),
        "number": made.number,
        "channel": {"message": rules.CHANNELS[made.channel]},
    }
    text = "\n".join(part for part in (made.whom, made.words) if part)
    contact = {"contact": "parents"} if letter.kind.endswith("parents") else {}
    log(
        letter.incident,
        "decision",
        rules.EVENTS["letter.informed"],
        author=actor,
        now=now,
        at=made.at,
        text=text,
        **said,
        **contact,
    )


def to_tick(letter: Document, standing: Standing) -> list[Any]:
    """The plan's actions that are done once this letter went out, as far as this member may finish them."""
    step = rules.letters()[letter.kind].step
    victims = [one.id for one in queries.gated_by(letter.incident)] if letter.kind == rules.CLASS_PARENTS else []
    return plan.to_tick(letter.incident, step, victims, standing) if step else []


def _tick(letter: Document, words: str, *, standing: Standing, actor: Person, now: datetime) -> None:
    step = rules.letters()[letter.kind].step
    for action in to_tick(letter, standing):
        tick(letter.incident, step, action.victim_id, words, standing=standing, actor=actor, now=now)
