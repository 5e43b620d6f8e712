"""Actions of the plan that another school was asked, or added: what both schools do with them.

The other school's doings take the `version` of the ask as it was read, which is of the ask and its action together.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.actions import queries as plan
from portal.actions.models import DONE, TODO, Action
from portal.actions.operations import change_planning
from portal.actions.rules import FINISHED
from portal.audit.operations import record
from portal.clock import local
from portal.db import db
from portal.errors import N_, ChangedMeanwhile, Invalid, Missing, Refused
from portal.incidents.operations import check_on_team, check_runs
from portal.links import queries
from portal.links.asks import queries as find
from portal.links.asks import rules
from portal.links.models import Ask, LinkVisit, SharedLink
from portal.links.operations import check_answers, check_names, note, say, take_part, tell_them, tell_us
from portal.policy import LEADERSHIP, Standing
from portal.prepared import claim

EVENTS = {
    "asked": N_("Asked of %(who)s: %(what)s."),
    "done": N_("Done by %(who)s: %(what)s."),
    "again": N_("%(who)s takes this up again: %(what)s."),
    "date": N_("%(who)s proposes another date, %(date)s: %(what)s."),
    "declined": N_("%(who)s does not do this: %(what)s."),
    "own": N_("%(who)s does this as well: %(what)s."),
    "date.taken": N_("The other date of %(who)s was agreed: %(what)s."),
    "date.kept": N_("The date stays as it was, %(who)s was told: %(what)s."),
    "asked.again": N_("Asked of %(who)s again: %(what)s."),
    "taken-over": N_("We do this ourselves, in place of %(who)s: %(what)s."),
}
POSITION = 900  # in the plan: after the steps of the protocol of its phase


def ask(link: SharedLink, values: Mapping[str, Any], *, actor: Person, now: datetime) -> Ask:
    """Ask an action of the other school: `values` holds `key` (of a ready one, or ''), `title`, `how` and `due_at`.

    Joins the caller's transaction; tells nobody. Raises `Invalid` and `Refused`.
    """
    root = link.root
    with db.atomic():
        check_runs(root.incident)
        title = str(values["title"]).strip()
        if not title:
            raise Invalid("title", N_("Write what you ask, in a few words."))
        one = rules.ready().get(values.get("key", ""))
        action = _made(root, title, values["due_at"], one.phase if one else "react", values["how"], actor, now)
        made: Ask = Ask.create(link=root, action=action, key=one.key if one else "", how=values["how"])
        note(root, "ask:make", actor=actor, now=now, ask=made.id)
        _say(made, root, "asked", author=actor, now=now)
    return made


def ask_more(link: SharedLink, values: Mapping[str, Any], *, standing: Standing, actor: Person, now: datetime) -> Ask:
    """As `ask`, on a link that was sent: who has it hears of it. Raises `Leaks` as well."""
    with db.atomic():
        check_answers(link, now)
        if not values["key"]:
            texts = {"title": values["title"], "how": values["how"]}
            check_names(link, texts, standing=standing, actor=actor, now=now)
        made = ask(link, values, actor=actor, now=now)
        tell_them(link.root, "shared-news", now=now)
    return made


def _made(
    root: SharedLink, title: str, due_at: datetime | None, phase: str, how: str, actor: Person | None, now: datetime
) -> Action:
    """An action without an assignee and without order or gate; leadership can tick it, when they hear by telephone."""
    action: Action = Action.create(
        incident=root.incident,
        title=title,
        how=how,
        contact="school",
        phase=phase,
        position=POSITION,
        function=LEADERSHIP,
        outsider=root.school,
        due_at=due_at,
        touched=True,
        changed_at=now,
        changed_by=actor,
    )
    subject = f"action:{action.id}"
    record("plan:action:add", subject, actor_id=actor and actor.id, now=now, incident=root.incident_id)
    return action


@contextmanager
def _theirs(one: Ask, version: int, link: SharedLink, now: datetime) -> Iterator[Ask]:
    """The ask as it is now, for a change by who holds the link, in one transaction.

    Raises `Missing` when the link answers no more or the ask is not of it, `ChangedMeanwhile` when the ask or its
    action is not as it was read, `Refused` when it is asked of this school no longer.
    """
    with db.atomic():
        check_answers(link, now)
        fresh = queries.ask_in(link, one.id)
        if fresh is None:
            raise Missing
        if fresh.read_version != version:
            raise ChangedMeanwhile(
                N_("Somebody else changed this meanwhile."), N_("Look at what it says now, then answer again.")
            )
        if rules.standing_of(fresh, now) in (rules.NOT_NEEDED, rules.OURS):
            raise Refused(N_("This is not asked of you any more. You need not do anything."))
        yield fresh
        # The caller's row says what was stored, for the page that follows.
        one.__data__.update(fresh.__data__)
        one.action = fresh.action


def tick(one: Ask, words: str, *, version: int, link: SharedLink, visit: LinkVisit, now: datetime) -> None:
    """The other school did it; `words` is what came of it and may be empty. Raises as `_theirs`."""
    with _theirs(one, version, link, now) as fresh:
        _check_unfinished(fresh)
        _answer(fresh, link, now, words=words)
        _act(fresh, now, state=DONE, outcome=words)
        note(link, "ask:done", visit=visit, now=now, ask=fresh.id)
        _tell(fresh, "done", link, now, words)


def propose(
    one: Ask, due_at: datetime | None, words: str, *, version: int, link: SharedLink, visit: LinkVisit, now: datetime
) -> None:
    """Another date, which waits for our answer. Raises `Invalid` for one that is past, and as `_theirs`."""
    if due_at is None or due_at <= now:
        raise Invalid("due_at", N_("Choose a moment that is still to come."))
    with _theirs(one, version, link, now) as fresh:
        _check_unfinished(fresh)
        _answer(fresh, link, now, proposed_at=due_at, proposed_words=words)
        note(link, "ask:date", visit=visit, now=now, ask=fresh.id)
        _tell(fresh, "date", link, now, words, date={"day": str(local(due_at).date())})


def decline(one: Ask, words: str, *, version: int, link: SharedLink, visit: LinkVisit, now: datetime) -> None:
    """The other school does not do it, with a reason. Raises `Invalid` without one, and as `_theirs`."""
    if not words:
        raise Invalid("words", N_("Write in one line why not. Then the school that asks can look for another way."))
    with _theirs(one, version, link, now) as fresh:
        _check_unfinished(fresh)
        _answer(fresh, link, now, answer=rules.DECLINED, words=words)
        note(link, "ask:declined", visit=visit, now=now, ask=fresh.id)
        _tell(fresh, "declined", link, now, words)


def take_up(one: Ask, *, version: int, link: SharedLink, visit: LinkVisit, now: datetime) -> None:
    """Undo: what was done or declined is to do again. Raises as `_theirs`."""
    with _theirs(one, version, link, now) as fresh:
        _answer(fresh, link, now)
        if fresh.action.state != TODO:
            _act(fresh, now, state=TODO)
        note(link, "ask:again", visit=visit, now=now, ask=fresh.id)
        _tell(fresh, "again", link, now)


def add_own(link: SharedLink, title: str, due_at: datetime | None, *, visit: LinkVisit, now: datetime) -> Ask:
    """What the other school does besides what was asked; its words may hold names, so the action has no title.

    Raises `Missing`, `Invalid` and `Refused`.
    """
    root = link.root
    if not title:
        raise Invalid("title", N_("Write in a few words what your school does."))
    with db.atomic():
        check_answers(link, now)
        if Ask.select().where(Ask.link == root, Ask.own).count() >= rules.MOST_OWN:
            raise Refused(N_("There are many own actions here already. Tell the rest in a message."))
        action = _made(root, "", due_at, "react", "", None, now)
        made: Ask = Ask.create(link=root, action=action, own=True, how=title, answered_at=now, answered_by=link)
        take_part(link, now=now)
        note(link, "ask:own", visit=visit, now=now, ask=made.id)
        _tell(made, "own", link, now)
    return made


def _check_unfinished(one: Ask) -> None:
    if one.action.state in FINISHED:
        raise Refused(N_("This is done already. You need not do it again."))


def _answer(one: Ask, link: SharedLink, now: datetime, **said: Any) -> None:
    """Keep what they say now in place of what they said before; the trail and the logbook keep that."""
    nothing = {"answer": "", "words": "", "proposed_at": None, "proposed_words": ""}
    claim(one, one.version, {**nothing, **said, "answered_at": now, "answered_by_id": link.id})
    take_part(link, now=now)


def _act(one: Ask, now: datetime, **change: Any) -> None:
    claim(one.action, one.action.version, {"touched": True, **change, "changed_at": now, "changed_by_id": None})


def _tell(one: Ask, what: str, link: SharedLink, now: datetime, words: str = "", **detail: Any) -> None:
    """Logbook and notice of what they did, which is contact with them as well."""
    _say(one, link, what, now=now, text=words, contact="school", **detail)
    tell_us(link.incident, now=now)


def _say(one: Ask, link: SharedLink, what: str, *, author: Person | None = None, now: datetime, **values: Any) -> None:
    say(link, EVENTS[what], author=author, now=now, what=one.title, action_id=one.action_id, **values)


@contextmanager
def _ours(one: Ask, version: int, what: str, actor: Person, now: datetime) -> Iterator[Ask]:
    """As `_theirs`, for a change by the team, who need no link that answers; tells the other school if it can read."""
    root = one.link
    with db.atomic():
        check_runs(root.incident)
        fresh = queries.ask_in(root, one.id)
        assert fresh
        if fresh.read_version != version:
            raise ChangedMeanwhile(
                N_("Somebody else changed this meanwhile."), N_("Look at what it says now, then answer again.")
            )
        yield fresh
        _say(fresh, root, what, author=actor, now=now)
        if queries.can_answer(root, now):
            tell_them(root, "shared-news", now=now)


def answer_date(one: Ask, accept: bool, *, version: int, actor: Person, now: datetime) -> None:
    """Agree with the date that they propose, or keep ours. Raises `ChangedMeanwhile`, `Refused`."""
    with _ours(one, version, "date.taken" if accept else "date.kept", actor, now) as fresh:
        if rules.standing_of(fresh, now) != rules.DATE:
            raise Refused(N_("There is no other date to answer any more."))
        due_at = fresh.proposed_at
        claim(fresh, fresh.version, {"answer": "" if accept else rules.KEPT, "proposed_at": None, "reminded_at": None})
        if accept:
            _plan(fresh, actor, now, due_at=due_at, told=0)
        note(one.link, "ask:answer-date", actor=actor, now=now, ask=one.id, accept=accept)


def ask_again(one: Ask, due_at: datetime | None, *, version: int, actor: Person, now: datetime) -> None:
    """Ask once more what they declined, with another date or the same. Raises `Invalid` for one that is past."""
    if due_at is not None and due_at <= now:
        raise Invalid("due_at", N_("Choose a moment that is still to come."))
    with _ours(one, version, "asked.again", actor, now) as fresh:
        if rules.standing_of(fresh, now) != rules.DECLINED:
            raise Refused(N_("They do not say no to this any more."))
        claim(fresh, fresh.version, {"answer": "", "words": "", "reminded_at": None})
        _plan(fresh, actor, now, due_at=due_at or fresh.action.due_at)
        note(one.link, "ask:again-by-us", actor=actor, now=now, ask=one.id)


def take_over(one: Ask, person_id: int, *, version: int, standing: Standing, actor: Person, now: datetime) -> None:
    """We do it ourselves: it goes to a member of our team.

    Raises `Invalid`, `ChangedMeanwhile`, `Refused`."""
    check_on_team(one.link.incident, "person", person_id)
    if not person_id:
        raise Invalid("person", N_("Choose who does it."))
    with _ours(one, version, "taken-over", actor, now) as fresh:
        if rules.standing_of(fresh, now) in rules.CLOSED:
            raise Refused(N_("This is done, or was taken over already."))
        values = {name: getattr(fresh.action, name) for name in ("function", "due_at", "place", "how", "after_id")}
        values |= {"assignee_id": person_id, "outsider": ""}
        action = plan.action_in(one.link.incident, fresh.action_id)
        assert action
        change_planning(action, values, version=action.version, standing=standing, actor=actor, now=now)
        note(one.link, "ask:take-over", actor=actor, now=now, ask=one.id)


def _plan(one: Ask, actor: Person, now: datetime, **change: Any) -> None:
    claim(one.action, one.action.version, {**change, "touched": True, "changed_at": now, "changed_by_id": actor.id})


def planned(action: Action, changed: set[str], actor: Person, now: datetime) -> None:
    """Our team chose another time for it in the plan: who was asked hears of it, and is reminded anew."""
    one = Ask.get_or_none(Ask.action == action) if "due_at" in changed and action.outsider else None
    if one and queries.can_answer(one.link, now):
        Ask.update(reminded_at=None).where(Ask.id == one.id).execute()
        note(one.link, "ask:plan", actor=actor, now=now, ask=one.id)
        tell_them(one.link, "shared-news", now=now)


def remind(one: Ask, *, actor: Person, now: datetime) -> None:
    """Mail them once more of what is late, at most once a day. Raises `Refused`, `Missing`."""
    with db.atomic():
        check_answers(one.link, now)
        fresh = queries.ask_in(one.link, one.id)
        if fresh is None or rules.standing_of(fresh, now) != rules.LATE:
            raise Refused(N_("This is not late any more."))
        if rules.reminded_today(find.reminded_at(one.link), now):
            raise Refused(N_("They got a mail today already."), N_("Call them: that works better than a second mail."))
        _remind(one.link, [one.id], actor, now)


def remind_due(now: datetime) -> None:
    """The worker's round: who was asked something that is due tomorrow or late gets a mail, at most one a day per link
    and none at night."""
    if not rules.is_night(now):
        for link, asks in find.to_remind(now).items():
            with db.atomic():
                wanted = [one.id for one in asks if rules.to_remind(one, now)]
                if wanted and queries.can_answer(link, now) and not rules.reminded_today(find.reminded_at(link), now):
                    _remind(link, wanted, None, now)


def _remind(link: SharedLink, ids: list[int], actor: Person | None, now: datetime) -> None:
    Ask.update(reminded_at=now).where(Ask.id.in_(ids)).execute()
    tell_them(link, "shared-news", now=now)
    note(link, "ask:remind", actor=actor, now=now, asks=ids)
