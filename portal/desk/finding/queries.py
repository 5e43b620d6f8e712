"""Finding incidents among many: plain SQL, since this page is asked often and must not grow slower with the school.

A person on few incidents is served from the team, everybody else from the incidents by date; both scope in the same
statement, as `portal.incidents.queries.visible_to` does.
"""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from portal import fulltext
from portal.accounts.models import Person
from portal.actions.queries import LATE, PHASE_NUMBER, UNFINISHED, current_phase_is
from portal.db import db
from portal.desk.finding.rules import ANY_FLAG, PAGE, Asked, Place, names, references
from portal.incidents.rules import OPEN
from portal.policy import TEAM_FUNCTIONS, incident_verbs
from portal.protocol.rules import default_phases

FEW = 300  # incidents of one person; from here on most of the newest ones are theirs too
MOST_HITS = 1500  # newest entries with the words that a search looks at; more only says that there are more


def _readers_of(part: str) -> str:
    return ", ".join(f"'{name}'" for name in TEAM_FUNCTIONS if "read" in incident_verbs(part, [name]))


_READERS = _readers_of("log")
_NOT_BARRED_FROM = "NOT EXISTS (SELECT 1 FROM kept_out k WHERE k.incident_id = {}.id AND k.person_id = :me)"
_NOT_BARRED = _NOT_BARRED_FROM.format("i")
_ON_TEAM = "EXISTS (SELECT 1 FROM membership m WHERE m.incident_id = i.id AND m.person_id = :me)"
_READS = "EXISTS (SELECT 1 FROM membership r WHERE r.incident_id = i.id AND r.person_id = :me AND r.function IN ({}))"
_IS_FEW = "((SELECT count(*) FROM (SELECT 1 FROM membership WHERE person_id = :me LIMIT :few + 1) n) <= :few)"
_COLUMNS = "i.id, i.ref, i.code_name, i.state, i.reported_at"
_NEWEST = "ORDER BY i.reported_at DESC, i.id DESC"
_FROM_TEAM = (
    "FROM (SELECT DISTINCT incident_id FROM membership WHERE person_id = :me LIMIT :few) m "  # noqa: S608
    f"CROSS JOIN incident i WHERE i.id = m.incident_id AND {_IS_FEW}"
)
_FROM_INCIDENTS = f"FROM incident i WHERE NOT {_IS_FEW} AND {_ON_TEAM}"
# What another school was asked and does not do in time is not late of ours, as in the plan.
_LATE = (
    f"{LATE} AND NOT EXISTS (SELECT 1 FROM ask k JOIN action b ON b.id = k.action_id "  # noqa: S608
    "WHERE k.action_id = a.id AND b.assignee_id IS NULL AND b.outsider <> '')"
)
_AN_ACTION = "EXISTS (SELECT 1 FROM action a WHERE a.incident_id = i.id AND {})"


class Found(NamedTuple):
    """One row of the list. `late` and `mine` count actions.

    `phase` is a number: 0 where nothing is left to do, None where only actions without a phase are, as a call is.
    """

    id: int
    ref: str
    code_name: str
    state: str
    reported_at: datetime
    phase: int | None
    late: int
    mine: int
    flags: tuple[str, ...]

    @property
    def place(self) -> Place:
        return Place(self.state, self.reported_at, self.id)


def page(person: Person, asked: Asked, after: Place | None, now: datetime) -> tuple[list[Found], Place | None]:
    """Incidents of this person, open ones first and then the newest; and behind which place there are more."""
    parts = []
    for state in asked.states_from(after):
        behind = " AND (i.reported_at, i.id) < (:at, :number)" if after and state == after.state else ""
        for source in (_FROM_TEAM, _FROM_INCIDENTS):
            conditions = f"{source} AND i.state = '{state}'{behind}{_narrowed(asked)} AND {_NOT_BARRED}"
            parts.append(f"SELECT * FROM (SELECT {_COLUMNS} {conditions} {_NEWEST} LIMIT {PAGE + 1})")  # noqa: S608
    if not parts or person.is_administrator:
        return [], None
    # No order over the whole: what has ended is looked for only when the open ones run dry.
    sql = " UNION ALL ".join(parts) + f" LIMIT {PAGE + 1}"
    rows = _run(sql, person, asked, now=now, at=after and _stored(after.at), number=after and after.number)
    found = _with_details(rows[:PAGE], person, now)
    return found, found[-1].place if len(rows) > PAGE else None


def search(person: Person, asked: Asked, now: datetime) -> tuple[list[Found], Counter[int], bool]:
    """Incidents with the words in code name, reference or logbook: exact names first, then open ones, then the newest.

    Also how many entries hold them by incident, of those this person may read, and whether there are more incidents.
    """
    if person.is_administrator:
        return [], Counter(), False
    named = _named(person, asked, now)
    sought = fulltext.words(asked.words)
    hits = _entries(person, sought, _few(person), MOST_HITS)
    states = ", ".join(f"'{state}'" for state in asked.states)
    sql = (
        # As one value: hundreds of numbers in the text would be a new statement each time.
        f"SELECT {_COLUMNS} FROM incident i WHERE i.id IN (SELECT value FROM json_each(:hits)) "  # noqa: S608
        f"AND i.state IN ({states})"
        f"{_narrowed(asked)} AND {_ON_TEAM} AND {_NOT_BARRED} "
        f"ORDER BY i.id IN ({_listed(number for number in named if named[number])}) DESC, "
        f"i.state = '{OPEN}' DESC, i.reported_at DESC, i.id DESC LIMIT {PAGE + 1}"
    )
    rows = _run(sql, person, asked, now=now, hits=json.dumps([*named, *hits]))
    found = _with_details(rows[:PAGE], person, now)
    cut_off = sum(hits.values()) == MOST_HITS
    if cut_off:
        hits = _entries(person, sought, _with_joined(row.id for row in found), -1)
    return found, hits, cut_off or len(rows) > PAGE


def _run(sql: str, person: Person, asked: Asked | None = None, **values: Any) -> list[Any]:
    filters = {"flag": asked.flag, "kind": asked.kind} if asked else {}
    if "now" in values:
        values["now"] = _stored(values["now"])
    return db.execute_sql(sql, {"me": person.id, "few": FEW, **filters, **values}).fetchall()  # type: ignore[no-any-return]


def _stored(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _listed(numbers: Iterable[int]) -> str:
    """Ids for `IN (…)`; 0, which no row has, when there are none."""
    return ", ".join(str(number) for number in numbers) or "0"


def _narrowed(asked: Asked) -> str:
    """The filters as conditions on the incident `i`."""
    number = next((phase.number for phase in default_phases() if phase.key == asked.phase), 0)
    up = "EXISTS (SELECT 1 FROM flag f WHERE f.incident_id = i.id AND f.answer = 'yes'{})"
    conditions = [
        asked.kind and "i.kind = :kind",
        asked.flag and up.format("" if asked.flag == ANY_FLAG else " AND f.key = :flag"),
        number and current_phase_is(number),
        asked.mine and _AN_ACTION.format(f"{UNFINISHED} AND a.assignee_id = :me"),
        asked.reads and _READS.format(_readers_of(asked.reads)),
        asked.late and _AN_ACTION.format(f"{UNFINISHED} AND {_LATE}"),
    ]
    return "".join(f" AND {condition}" for condition in conditions if condition)


def _with_details(rows: list[Any], person: Person, now: datetime) -> list[Found]:
    """The rows with their phase, what is late, what is the reader's own and the red flags: one statement for all."""
    still_open = _listed(number for number, _ref, _name, state, _at in rows if state == OPEN)
    sql = (
        f"SELECT a.incident_id, min({PHASE_NUMBER}), sum(CASE WHEN {_LATE} THEN 1 ELSE 0 END), "  # noqa: S608
        "sum(CASE WHEN a.assignee_id = :me THEN 1 ELSE 0 END), '' FROM action a "
        f"WHERE a.incident_id IN ({still_open}) AND {UNFINISHED} GROUP BY a.incident_id "
        "UNION ALL SELECT f.incident_id, 0, 0, 0, f.key FROM flag f "
        f"WHERE f.incident_id IN ({_listed(row[0] for row in rows)}) AND f.answer = 'yes'"
    )
    work: dict[int, tuple[int | None, int, int]] = {}
    flags: dict[int, list[str]] = {}
    for number, phase, late, mine, key in _run(sql, person, now=now) if rows else ():
        if key:
            flags.setdefault(number, []).append(key)
        else:
            work[number] = (phase, late, mine)
    return [
        Found(number, ref, name, state, _moment(at), *work.get(number, (0, 0, 0)), tuple(flags.get(number, ())))
        for number, ref, name, state, at in rows
    ]


def _moment(stored: Any) -> datetime:
    naive = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return naive.replace(tzinfo=UTC)


def _named(person: Person, asked: Asked, now: datetime) -> dict[int, bool]:
    """Incidents of this person that are called so, each with whether that is its whole name or reference.

    What was joined is found by what it was called, as the incident in which it goes on.
    """
    name, refs = names(asked.words), references(asked.words, now.year + 1)
    among = ", ".join(f"'{ref}'" for ref in refs) or "''"
    sql = (
        f"SELECT i.id, max(j.code_name = :name OR j.ref IN ({among})) FROM incident j "  # noqa: S608
        "CROSS JOIN incident i ON i.id = coalesce(j.joined_into_id, j.id) "
        f"WHERE (j.ref IN ({among}) OR (j.code_name >= :name AND j.code_name < :beyond)) "
        f"AND {_ON_TEAM} AND {_NOT_BARRED} AND {_NOT_BARRED_FROM.format('j')} GROUP BY i.id"
    )
    return dict(_run(sql, person, name=name, beyond=f"{name}\uffff")) if name else {}


def _few(person: Person) -> list[int] | None:
    """The incidents of this person with those joined into them; None when there are too many to name."""
    sql = "SELECT DISTINCT incident_id FROM membership WHERE person_id = :me LIMIT :few + 1"
    ids = [number for (number,) in _run(sql, person)]
    return None if len(ids) > FEW else _with_joined(ids)


def _with_joined(ids: Iterable[int]) -> list[int]:
    among = _listed(ids)
    rows = db.execute_sql(f"SELECT id FROM incident WHERE id IN ({among}) OR joined_into_id IN ({among})")  # noqa: S608
    return [number for (number,) in rows]


# A line of a joined logbook is read in the incident in which the work went on, by the team that is there.
_ENTRIES = f"""
    SELECT i.id FROM ({fulltext.FOUND.format(":query")}) w
    CROSS JOIN entry e ON e.id = w.entry_id
    CROSS JOIN incident j ON j.id = e.incident_id
    CROSS JOIN incident i ON i.id = coalesce(j.joined_into_id, j.id)
    WHERE {_NOT_BARRED} AND EXISTS (
        SELECT 1 FROM membership m WHERE m.incident_id = i.id AND m.person_id = :me AND (
            m.function IN ({_READERS}) OR e.author_id = :me OR EXISTS (
                SELECT 1 FROM action a WHERE a.id = e.action_id AND a.incident_id = i.id AND a.assignee_id = :me)))
    ORDER BY w.entry_id DESC LIMIT :most"""  # noqa: S608


def _entries(person: Person, sought: list[str], within: list[int] | None, most: int) -> Counter[int]:
    """How many entries that this person may read hold the words, by incident; at most the newest so many."""
    if not sought or within == []:
        return Counter()
    rows = _run(_ENTRIES, person, query=fulltext.query(sought, within), most=most)
    return Counter(number for (number,) in rows)
