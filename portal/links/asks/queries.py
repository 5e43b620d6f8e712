"""Finding what other schools were asked: for the lines of the plan, one's own work, and the reminders."""

from datetime import date, datetime, timedelta
from typing import Any

from peewee import JOIN, SQL, Case, fn

from portal.actions.models import Action
from portal.actions.plan.queries import Asked, Beside
from portal.actions.queries import Line
from portal.actions.rules import FINISHED
from portal.db import moment_of
from portal.errors import N_
from portal.incidents.models import OPEN, Incident, Involved, Membership
from portal.links import queries
from portal.links import rules as links
from portal.links.asks import rules
from portal.links.making import queries as making
from portal.links.models import Ask, SharedLink
from portal.policy import Standing
from portal.prepared import Prepared, given

# What the plan says beside an action, by how it stands; and what is to be done with it.
SAID = {
    rules.DATE: (N_("Another date is proposed."), N_("Answer")),
    rules.DECLINED: (N_("The other school does not do this."), N_("What now?")),
    rules.LATE: (N_("Not done yet."), N_("Remind")),
}
OVER = {
    links.EXPIRED: N_("The link with %(who)s has expired. Renew it, or do these actions yourself."),
    links.REVOKED: N_("The link with %(who)s was revoked. Do what it still had to do yourself."),
    links.DEAD: N_("The link with %(who)s is closed after wrong codes. Call this school, and make a new link."),
    links.DECLINED: N_("%(who)s does not take part. Call this school, or do these actions yourself."),
}
_COLUMNS = (Ask.id, Ask.own, Ask.how, Ask.answer, Ask.proposed_at, SharedLink.id, SharedLink.school)


_WAITS = (Ask.answer == SQL("'declined'")) | (
    Ask.proposed_at.is_null(False) & (Action.due_at.is_null() | (Ask.proposed_at != Action.due_at))
)
WAITING = N_("%(n)s answer to decide on")
WAITING_MORE = N_("%(n)s answers to decide on")


def with_asks(lines: Any) -> Any:
    """The lines of a plan, each with what another school was asked of it: no statement more."""
    joined = lines.join_from(Action, Ask, JOIN.LEFT_OUTER, on=(Ask.action == Action.id)).join_from(
        Ask, SharedLink, JOIN.LEFT_OUTER, on=(Ask.link == SharedLink.id)
    )
    return joined.select_extend(*_COLUMNS)


@Prepared
def _of_one() -> Any:
    return Ask.select(*_COLUMNS).join(SharedLink, on=(Ask.link == SharedLink.id)).where(Ask.action == given())


class _Said:
    """An ask out of `_COLUMNS`."""

    reminded_at = None

    def __init__(self, action: Action | Line, columns: tuple[Any, ...]) -> None:
        self.action = action
        self.id, self.own, self.how, self.answer, proposed, self.link_id, self.school = columns
        self.proposed_at = moment_of(proposed) if proposed else None


def of_row(action: Action | Line, standing: Standing, now: datetime) -> Asked | None:
    """What a row of the plan says of the other school; None for an action that is not theirs."""
    if not action.outsider:
        return None
    columns = action.more if isinstance(action, Line) else next(iter(_of_one(action.id)), (None,))
    if columns[0] is None:
        return None
    said = _Said(action, columns)
    status = rules.standing_of(said, now)
    if status == rules.OURS:
        return None
    # Typed outside: for who reads names.
    title = said.how if said.own and standing.may("people", "read") else ""
    path = f"/links/{said.link_id}/ask#ask-{said.id}" if standing.sees("links") else ""
    words, next_for_us = SAID.get(status, ("", ""))
    needs_us = status in (rules.DATE, rules.DECLINED) and standing.may("links", "make")
    return Asked(said.school, title, words, next_for_us, path, needs_us)


def behind(action: Action, standing: Standing) -> str:
    """Where what another school was asked is answered: below the incident; '' for who sees no links."""
    if not standing.sees("links"):
        return ""
    found = Ask.select(Ask.id, Ask.link).where(Ask.action == action).tuples().first()
    return f"/links/{found[1]}/ask#ask-{found[0]}" if found else ""


def beside_plan(incident: Incident, standing: Standing, now: datetime) -> list[Beside]:
    """Links that ended while something is still asked on them, or that were declined."""
    if not standing.sees("links"):
        return []
    waiting = (Action.outsider != "") & Action.assignee.is_null() & Action.state.not_in(FINISHED)
    rows = (
        SharedLink.select(SharedLink, fn.COUNT(Action.id).alias("waiting"))
        .join(Ask, JOIN.LEFT_OUTER, on=(Ask.link == SharedLink.id))
        .join(Action, JOIN.LEFT_OUTER, on=((Ask.action == Action.id) & waiting))
        .where(SharedLink.incident == incident, SharedLink.head.is_null())
        .group_by(SharedLink.id)
        .order_by(SharedLink.id)
    )
    found = [(link, links.state_of(link, now)) for link in rows if link.waiting]
    return [
        Beside({"message": OVER[state], "values": {"who": link.school}}, f"/links/{link.id}/ask")
        for link, state in found
        if state in OVER
    ]


def beside_link(link: SharedLink, standing: Standing, now: datetime) -> list[making.Beside]:
    """How many of what this school was asked wait for an answer of ours."""
    rows = Ask.select(Ask, Action).join(Action).where(Ask.link == link, _WAITS)
    number = sum(rules.standing_of(row, now) in (rules.DATE, rules.DECLINED) for row in rows)
    message = WAITING if number == 1 else WAITING_MORE
    return [making.Beside({"message": message, "values": {"n": number}}, "/ask")] if number else []


def ask_of(link: SharedLink, ask_id: int) -> Ask | None:
    """As `links.queries.ask_in`; it knows its link and incident without asking for them again."""
    found = queries.ask_in(link, ask_id)
    if found is not None:
        found.link = link
    return found


def parts_of(link: SharedLink) -> set[str]:
    """What the pupils of this school are in the incident, as far as is known."""
    rows = Involved.select(Involved.part).where(Involved.incident == link.incident, Involved.school == "other")
    return {part for (part,) in rows.where(fn.LOWER(Involved.school_name) == link.school.lower()).tuples()}


def duties(_today: date) -> Any:
    """Dates that wait for an answer, and what the other school does not do: for who works on links, by the day after.

    Columns as `moments`.
    """
    what = Case(None, [(Ask.answer == SQL("'declined'"), SQL("'ask-declined'"))], SQL("'ask-date'"))
    unfinished = (Action.state == SQL("'todo'")) & (Action.outsider != SQL("''")) & Action.assignee.is_null()
    functions = [SQL(f"'{function}'") for function in links.WORK_ON_IT]
    columns = (SQL("''"), SQL("NULL"), Membership.person, fn.DATE(fn.MIN(Ask.answered_at), "+1 day"), what, Ask.link)
    return (
        Ask.select(Action.incident, *columns)
        .join(Action)
        .join(Membership, on=((Membership.incident == Action.incident) & Membership.function.in_(functions)))
        .where(unfinished, _WAITS)
        .group_by(Action.incident, Membership.person, Ask.link, what)
    )


def to_remind(now: datetime) -> dict[SharedLink, list[Ask]]:
    """Asks that their school may have to be reminded of, by link. Asked every other second: most often there are
    none."""
    reminded = Ask.reminded_at.is_null() | (Ask.reminded_at < Action.due_at) & (Action.due_at < now)
    rows = (
        Ask.select(Ask, Action, SharedLink, Incident)
        .join_from(Ask, Action)
        .join_from(Ask, SharedLink, on=(Ask.link == SharedLink.id))
        .join_from(SharedLink, Incident)
        .where(
            Action.state.in_(("todo", "doing")),
            Action.due_at < now + timedelta(days=2),
            reminded,
            Incident.state == OPEN,
        )
    )
    found: dict[SharedLink, list[Ask]] = {}
    for row in rows:
        found.setdefault(row.link, []).append(row)
    return found


def reminded_at(link: SharedLink) -> datetime | None:
    """When this link was reminded last, of anything."""
    return Ask.select(fn.MAX(Ask.reminded_at)).where(Ask.link == link.root).scalar()  # type: ignore[no-any-return]
