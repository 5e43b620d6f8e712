"""What a link has to say before it can be sent, what is shared by default, what changed, and what has to be done next.
Pure.

Source: product rules 6 and 10. What there is to choose from stands in `making.toml`.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from portal.errors import N_, Invalid, Refused
from portal.incidents.people.rules import MEMBERS
from portal.incidents.rules import label
from portal.leakcheck.rules import plain
from portal.links import rules as links
from portal.links.kinds.rules import PERSON_FIELDS, told_of

STEP = "contact-partner-school"  # of the protocol, done when a link is sent
WITH, PURPOSE, SHARE, TERM = "with", "purpose", "share", "term"
STEPS = {WITH: N_("With whom"), PURPOSE: N_("What for"), SHARE: N_("What you share"), TERM: N_("How long")}
PARENTS = {
    "asked": N_("Yes, they were asked and agree"),
    "told": N_("Yes, they were told"),
    "not": N_("No, and this is why"),
}
NOT_TOLD = "not"
OTHER = "other"  # the purpose that needs words of one's own
LENGTHS = (14, 28, links.DEFAULT_DAYS, 60, links.MOST_DAYS)  # days
MOST_SUMMARY, MOST_TITLE, MOST_HOW = 2000, 120, 500
OWN_LINES = 3  # actions of one's own words that a link can begin with
THEIRS = ("name", "class_name", "age")  # of a pupil of theirs, ticked beforehand
UNOPENED = timedelta(days=2)  # from here on somebody should call
SOON = timedelta(days=7)  # before its end a link is renewed

EVENTS = {
    "sent": N_("A shared link was sent to %(who)s. It ends on %(day)s."),
    "renewed": N_("The shared link of %(who)s lasts until %(day)s."),
    "revoked": N_("The shared link of %(who)s was revoked."),
    "code": N_("%(who)s got another code for the shared link."),
    "changed": N_("What is shared with %(who)s was changed: %(what)s."),
}


@cache
def _texts() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((Path(__file__).parent / "making.toml").read_text("utf-8"))


def purposes() -> dict[str, dict[str, Any]]:
    """What a link can be for, by key: a `title` in both languages."""
    return {row["key"]: row for row in _texts()["purpose"]}


def bases() -> dict[str, dict[str, Any]]:
    """Why sharing may be, by key: a `title` in both languages and the `article` behind it."""
    return {row["key"]: row for row in _texts()["basis"]}


def script(language: str, **values: str) -> list[str]:
    """What is said on the telephone with the code, line by line."""
    return [row[language].format(**values) for row in _texts()["script"]]


def check_purpose(values: Mapping[str, str]) -> None:
    """Raises `Invalid` for words of one's own that are needed and not there."""
    if values["purpose"] == OTHER and not values["purpose_words"]:
        raise Invalid("purpose_words", N_("Write in one sentence what it is for."))
    if values["parents"] == NOT_TOLD and not values["parents_words"]:
        raise Invalid("parents_words", N_("Write why the parents were neither asked nor told."))


def check_days(days: int) -> None:
    """A link lasts from 1 to 90 days, and is renewed after that. Raises `Invalid`."""
    if not 1 <= days <= links.MOST_DAYS:
        raise Invalid("days", N_("Choose at most %(most)s days. You can renew a link."), most=links.MOST_DAYS)


def missing(link: Any, content: Mapping[str, Any]) -> list[str]:
    """The steps that are not filled in yet."""
    done = {
        WITH: bool(link.school and link.name and link.email and link.phone),
        PURPOSE: bool(link.purpose and link.basis and link.parents),
        SHARE: bool(content.get("summary")),
        TERM: bool(link.days),
    }
    return [step for step in STEPS if not done[step]]


def kept(at: datetime | None) -> dict[str, str | None]:
    """By when something is asked, as a content keeps it."""
    return {"due_at": at.isoformat() if at else None}


def moment(text: str | None) -> datetime | None:
    """A moment as a content keeps it, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def gone_by(content: Mapping[str, Any], now: datetime) -> list[str]:
    """What is asked before a moment that went by while the link was made."""
    asked = [(one["title"], moment(one["due_at"])) for one in content.get("asks", ())]
    return [title for title, due in asked if due and due <= now]


def check_whole(link: Any, content: Mapping[str, Any], now: datetime) -> None:
    """Raises `Refused` while a step is not filled in, or what is asked would be late already."""
    lacking = missing(link, content)
    if lacking:
        raise Refused(
            N_("This link is not ready yet: %(what)s."),
            N_("Fill that in first, and look at the page once more."),
            what=[{"message": STEPS[step]} for step in lacking],
        )
    if gone_by(content, now):
        raise Refused(N_("A date of what you ask went by."), N_("Choose a moment that is still to come."))


# ------------------------------------------------------------------------------------------------------ what is shared


def same_school(one: str, other: str) -> bool:
    """Whether two names are of one school: 'Lyceum' is 'Het Lyceum'."""
    first, second = (plain(name).strip().removeprefix("het ").removeprefix("de ").strip() for name in (one, other))
    return bool(first) and first == second


def is_of(person: Any, school: str) -> bool:
    """Whether somebody involved is a pupil of that other school."""
    return person.school == "other" and same_school(person.school_name, school)


def to_share(people: Iterable[Any]) -> list[Any]:
    """Those of the people involved who can be shared at all: no parents, no buddies."""
    return [person for person in people if person.part in MEMBERS]


def values_of(person: Any) -> dict[str, Any]:
    """What could be shared of somebody, by column."""
    return {name: getattr(person, name) for name in PERSON_FIELDS}


def choices(kind: str, person: Any) -> dict[str, str]:
    """What can be shared of this person with this kind of outsider: the columns that are filled in, as text."""
    return told_of(kind, values_of(person), PERSON_FIELDS)


def tick_of(person_id: int, column: str) -> str:
    """The value of a tick box."""
    return f"{person_id}-{column}"


def by_default(kind: str, school: str, people: Iterable[Any]) -> list[str]:
    """What is ticked beforehand: of pupils of that school name, class and age; of others nothing (product rule 6)."""
    return [
        tick_of(person.id, column)
        for person in to_share(people)
        if is_of(person, school)
        for column in choices(kind, person)
        if column in THEIRS
    ]


def chosen(kind: str, people: Iterable[Any], ticks: Iterable[str]) -> list[dict[str, Any]]:
    """The ticked columns of each person as they are now, to be kept as what was shared."""
    ticked, found = set(ticks), []
    for person in to_share(people):
        asked = [name for name in PERSON_FIELDS if tick_of(person.id, name) in ticked]
        fields = told_of(kind, values_of(person), asked)
        if fields:
            found.append({"id": person.id, "part": person.part, "number": person.number, "fields": fields})
    return found


def ticks_of(content: Mapping[str, Any]) -> list[str]:
    """What was ticked, of a content that was kept."""
    return [tick_of(one["id"], name) for one in content.get("people", ()) for name in one["fields"]]


# --------------------------------------------------------------------------------------------------------- what changed


FLAGS = {
    "statement": (N_("now also: the statement"), N_("no longer: the statement")),
    "feedback": (N_("now also: feedback at the end"), N_("no longer: feedback at the end")),
}


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Messages on what changed in what is shared: which fields of whom, and nothing of what they say (rule 10)."""
    said: list[dict[str, Any]] = []
    if before.get("summary") != after.get("summary"):
        said.append({"message": N_("the summary")})
    old, new = ({one["id"]: one for one in content.get("people", ())} for content in (before, after))
    for number in dict.fromkeys([*old, *new]):
        one = new.get(number) or old[number]
        was, now = (side.get(number, {}).get("fields", {}) for side in (old, new))
        said += _of_person(label(one["part"], one["number"]), was, now)
    for name, (added, gone) in FLAGS.items():
        if bool(before.get(name)) != bool(after.get(name)):
            said.append({"message": added if after.get(name) else gone})
    return said


def _of_person(who: dict[str, Any], was: Mapping[str, str], now: Mapping[str, str]) -> list[dict[str, Any]]:
    kinds = (
        (N_("now also of %(who)s: %(fields)s"), [name for name in now if name not in was]),
        (N_("no longer of %(who)s: %(fields)s"), [name for name in was if name not in now]),
        (N_("otherwise of %(who)s: %(fields)s"), [name for name in now if name in was and now[name] != was[name]]),
    )
    return [
        {"message": message, "values": {"who": who, "fields": [{"message": PERSON_FIELDS[name]} for name in names]}}
        for message, names in kinds
        if names
    ]


# ------------------------------------------------------------------------------------------------------------ what next


class Next(NamedTuple):
    """What has to be done with a link: whether it is ours to do, why, and the button with where it leads.

    `path` begins behind the address of the link, or with a slash behind the one of all links; '' for no button.
    """

    is_ours: bool
    why: str
    button: str = ""
    path: str = ""


_AGAIN = (N_("Make a new link"), "/new?like={id}")
_CALL = (N_("Call with the code"), "/{id}/code")
_RENEW = (N_("Renew it"), "/{id}/renew")
_NEXT: dict[str, Next] = {
    links.DRAFT: Next(True, N_("It was not sent yet. The other school sees nothing."), N_("Go on"), "/{id}"),
    links.PROPOSED: Next(True, N_("The other school proposes this colleague."), N_("Decide"), "/{head}/colleagues"),
    links.OFFERED: Next(True, N_("The mail is on its way. Without the code the link does not open."), *_CALL),
    links.OPENED: Next(False, N_("They read it. They still have to say whether they take part.")),
    links.ACCEPTED: Next(False, N_("They take part.")),
    links.IN_PROGRESS: Next(False, N_("They are working on it.")),
    links.DONE: Next(False, N_("All that was asked is done.")),
    links.DECLINED: Next(True, N_("They do not take part. Call them: who else at that school can?"), *_AGAIN),
    links.EXPIRED: Next(True, N_("The link ended by itself. They can read nothing any more."), *_RENEW),
    links.REVOKED: Next(False, N_("They can read nothing any more.")),
    links.DEAD: Next(True, N_("Somebody typed too many wrong codes. Call them: was it them?"), *_AGAIN),
}
_UNOPENED = Next(True, N_("Not opened for two days. Call them: do they have the mail and the code?"), *_CALL)
_ENDS = Next(True, N_("It ends within a week, and not everything is done."), *_RENEW)


def next_of(link: Any, state: str, now: datetime) -> Next:
    """What has to be done next with a link in this state."""
    found = _NEXT[state]
    if state == links.OFFERED and link.sent_at <= now - UNOPENED:
        found = _UNOPENED
    elif state in (links.OPENED, links.ACCEPTED, links.IN_PROGRESS) and link.ends_at <= now + SOON:
        found = _ENDS
    return found._replace(path=found.path.format(id=link.id, head=link.head_id or link.id))


def check_sent(link: Any, now: datetime) -> None:
    """Raises `Refused` for a link that was not sent, or that opens nothing any more."""
    if links.state_of(link, now) in links.SHUT:
        raise Refused(N_("This link does not work any more, or does not work yet."), N_("Look how it stands now."))


def check_renewable(link: Any) -> None:
    """Raises `Refused` for a link that was never sent, was revoked, or died."""
    if not link.sent_at or link.revoked_at or link.dead_at:
        raise Refused(N_("This link cannot be renewed."), N_("Make a new link for the same people."))
