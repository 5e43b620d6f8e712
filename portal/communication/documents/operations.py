"""What happens to the statement and the letters: written, asked for approval, approved, published, withdrawn."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.accounts.queries import by_id
from portal.audit.operations import record
from portal.communication.check import operations as check
from portal.communication.documents import queries, rules
from portal.communication.documents.models import STATEMENT, Document, DocumentAct, DocumentVersion
from portal.communication.documents.queries import Along
from portal.db import db
from portal.errors import N_, ChangedMeanwhile, Refused
from portal.incidents.models import Incident
from portal.incidents.operations import check_runs, log
from portal.incidents.queries import who_may
from portal.incidents.team.operations import tell
from portal.policy import Standing
from portal.prepared import claim

EVENTS = {
    "statement.ask": N_("Statement, version %(number)s: asked for approval."),
    "statement.send-back": N_("Statement, version %(number)s: sent back."),
    "statement.approve": N_("Statement, version %(number)s: approved."),
    "statement.publish": N_("Statement, version %(number)s: published."),
    "statement.withdraw": N_("Statement, version %(number)s: withdrawn."),
    "letter.ask": N_("Letter to %(whom)s, version %(number)s: asked for approval."),
    "letter.send-back": N_("Letter to %(whom)s, version %(number)s: sent back."),
    "letter.approve": N_("Letter to %(whom)s, version %(number)s: approved."),
}


def part_of(document: Document) -> str:
    """The part of the policy that a document belongs to."""
    return "statement" if document.kind == STATEMENT else "letters"


def begin(incident: Incident, kind: str, *, class_name: str = "", actor: Person, now: datetime) -> Document:
    """The document, made when it was not there yet; joins the caller's transaction."""
    found = queries.of(incident, kind, class_name)
    if found is not None:
        return found
    made: Document = Document.create(
        incident=incident, kind=kind, class_name=class_name, slug=rules.new_slug(), made_by=actor, made_at=now
    )
    return made


def save(
    document: Document, texts: rules.Texts, *, situation: str = "", version: int, actor: Person, now: datetime
) -> DocumentVersion:
    """Keep what it says now as a new version, a draft again. Raises `ChangedMeanwhile` and `Refused`.

    The version before stays as it was, and online if it is.
    """
    with db.atomic():
        check_runs(document.incident)
        before = queries.newest(document)
        if before is not None and rules.same(before.texts, texts) and version == document.version:
            if situation != document.situation:
                claim(document, version, {"situation": situation})
            return before
        claim(document, version, {"state": rules.DRAFT, "situation": situation or document.situation})
        number = before.number + 1 if before else 1
        made: DocumentVersion = DocumentVersion.create(
            document=document, number=number, texts=texts, made_by=actor, made_at=now
        )
        _record("write", document, number, actor, now)
    return made


def act(
    document: Document,
    what: str,
    *,
    number: int,
    version: int,
    remark: str = "",
    reasons: Mapping[str, str] | None = None,
    standing: Standing,
    actor: Person,
    now: datetime,
    **change: Any,
) -> DocumentAct:
    """Do one of `rules.ACTS` with the version that somebody looked at (`number`, of the row at `version`).

    `reasons` say why soft findings may stay. `change` are further columns of the row. Raises `NotAllowed`, `Refused`,
    `ChangedMeanwhile` and `check.Leaks`.
    """
    rules.check_may(standing, part_of(document), what)
    if document.state == rules.WITHDRAWN and what == "publish":
        # Who withdrew it decides whether it comes back.
        rules.check_may(standing, part_of(document), "withdraw")
    with db.atomic():
        check_runs(document.incident)
        if version != document.version:
            # Its state is that of another version than what `claim` would find.
            raise _changed()
        state = rules.next_state(what, document.state, is_online=document.online is not None)
        _check_number(document, what, number)
        if what == "approve":
            rules.check_second_pair(queries.authors_of(document, number), actor.id)
        if what in ("ask", "approve", "publish"):
            _check_text(document, number, dict(reasons or {}), standing, actor, now)
        claim(document, version, {"state": state, **_columns(what, document, number, now), **change})
        done: DocumentAct = DocumentAct.create(
            document=document, number=number, act=what, by=actor, at=now, remark=remark, reasons=dict(reasons or {})
        )
        _record(what, document, number, actor, now)
        _log(what, document, number, remark, actor, now)
        _tell(what, document, number, actor, now)
    return done


def _check_number(document: Document, what: str, number: int) -> None:
    """Only the version that is meant: the newest, for publishing the approved one, for withdrawing what is online."""
    newest = queries.newest(document)
    meant = {"publish": document.approved, "withdraw": document.online}.get(what, newest.number if newest else None)
    if number != meant:
        raise _changed()


def _changed() -> ChangedMeanwhile:
    return ChangedMeanwhile(
        N_("Somebody else changed this meanwhile."), N_("Look at what it says now, then decide again.")
    )


def _columns(what: str, document: Document, number: int, now: datetime) -> dict[str, Any]:
    if what == "approve":
        return {"approved": number}
    if what == "send-back":
        # Else a letter that was sent back after its approval would still go out.
        return {"approved": queries.approved_before(document, number)}
    if what == "publish":
        return {"online": number, "online_at": now, "withdrawn_at": None, "written": ""}
    if what == "withdraw":
        return {"online": None, "withdrawn_at": now, "written": ""}
    return {}


def _check_text(
    document: Document, number: int, reasons: dict[str, str], standing: Standing, actor: Person, now: datetime
) -> None:
    """Raises `check.Leaks` for a hard finding, and for a soft one without a reason."""
    found = queries.version_of(document, number)
    texts: rules.Texts = found.texts if found else {}
    known = queries.reasons_of(document, number) | reasons
    check.gate(document.incident, texts, known, class_name=document.class_name, standing=standing, actor=actor, now=now)


def move_to(source: Incident, target: Incident, *, actor: Person, now: datetime) -> None:
    """Two incidents were joined: of two documents for one purpose the one that is online goes on, else the target's.

    The other stays with the joined incident, with its versions, and its address shows the one that goes on. Joins the
    caller's transaction.
    """
    for moving in list(Document.select().where(Document.incident == source)):
        here = queries.of(target, moving.kind, moving.class_name)
        if here is None:
            _put(moving, target)
        elif not rules.wins(_weight(here), _weight(moving)):
            # Never two of one kind in one incident, also not between the two updates.
            _put(here, target, class_name=f"~{source.id}")
            _put(moving, target, version=max(here.version, moving.version) + 1)
            _put(here, source, class_name=moving.class_name)
    # Their addresses show another text from now on.
    Document.update(written="").where(Document.id.in_([one.id for one in queries.before_joining(target)])).execute()


def _weight(document: Document) -> tuple[bool, int]:
    return document.online is not None, document.approved or 0


def _put(document: Document, incident: Incident, **change: Any) -> None:
    """Also a page that was opened before is told: it has a version that no row has any more."""
    change = {"version": document.version + 1, "written": "", **change}
    Document.update(incident=incident, **change).where(Document.id == document.id).execute()


def _record(verb: str, document: Document, number: int, actor: Person, now: datetime) -> None:
    subject = f"incident:{document.incident_id}"
    record(f"communication:document:{verb}", subject, actor_id=actor.id, now=now, kind=document.kind, number=number)


def _log(what: str, document: Document, number: int, remark: str, actor: Person, now: datetime) -> None:
    of = "statement" if document.kind == STATEMENT else "letter"
    values = {"number": number, "whom": whom_of(document)} if of == "letter" else {"number": number}
    log(document.incident, "decision", EVENTS[f"{of}.{what}"], author=actor, now=now, text=remark, **values)


def whom_of(letter: Document) -> dict[str, Any]:
    """Whom a letter is to, as a stored message."""
    return {"message": rules.KIND_NAMES[letter.kind], "values": {"class_name": letter.class_name}}


def _tell(what: str, document: Document, number: int, actor: Person, now: datetime) -> None:
    """Who has to do something now gets a mail without content."""
    if what == "ask":
        reads = who_may(document.incident, part_of(document), "approve")
    elif what in ("approve", "send-back"):
        reads = [person for person in map(by_id, queries.authors_of(document, number)) if person]
    else:
        reads = []
    for person in reads:
        tell(document.incident, person, "document", actor=actor, now=now)


def approvers(document: Document, number: int) -> list[Person]:
    """Who of the team can approve this version: whom to call when there is haste."""
    authors = queries.authors_of(document, number)
    return [one for one in who_may(document.incident, part_of(document), "approve") if one.id not in authors]


# Letters of an incident that say the same as these texts; filled in `portal.wiring`.
with_statement: list[Callable[[Incident, rules.Texts], list[Along]]] = []


def along(statement: Document, number: int, actor: Person) -> list[Along]:
    """What can be approved in one act with a version of the statement, less what the actor wrote part of."""
    found = queries.version_of(statement, number)
    offered = [one for find in with_statement for one in find(statement.incident, found.texts if found else {})]
    return [one for one in offered if actor.id not in queries.authors_of(one.document, one.number)]


def approve(
    statement: Document,
    letters: Collection[int],
    *,
    number: int,
    version: int,
    reasons: Mapping[str, str] | None = None,
    standing: Standing,
    actor: Person,
    now: datetime,
) -> list[Along]:
    """Approve the statement, and with it the letters with these ids; gives those that have to wait. Raises as `act`."""
    with db.atomic():
        offered = [one for one in along(statement, number, actor) if one.document.id in letters]
        by: dict[str, Any] = {"standing": standing, "actor": actor, "now": now}
        act(statement, "approve", number=number, version=version, reasons=reasons, **by)
        return approve_all(offered, **by)


def approve_all(offered: Iterable[Along], *, standing: Standing, actor: Person, now: datetime) -> list[Along]:
    """Approve these, each by itself; gives those that a rule refused, which go on waiting."""
    left = []
    for one in offered:
        try:
            act(
                one.document,
                "approve",
                number=one.number,
                version=one.document.version,
                standing=standing,
                actor=actor,
                now=now,
            )
        except Refused:
            left.append(one)
    return left
