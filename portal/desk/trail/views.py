"""Who did what: over accounts and settings for the administrator, of one incident for its leadership."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import Blueprint, g, request
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.devices.operations import shown
from portal.accounts.queries import people
from portal.audit.models import AuditEvent
from portal.audit.operations import record_read
from portal.audit.queries import head_at
from portal.desk.finding import queries as finding
from portal.desk.finding.rules import Asked as AskedOfList
from portal.desk.finding.rules import place as place_in_list
from portal.desk.trail import queries, rules
from portal.desk.trail.forms import asked_of_case, asked_of_office
from portal.incidents.logbook.rules import Place, place
from portal.incidents.people.queries import involved_in
from portal.incidents.rules import flags, label
from portal.policy import FUNCTION_NAMES
from portal.school.queries import school_name
from portal.web.access import requires
from portal.web.fragments import answer, behind
from portal.web.language import day, say, when

bp = Blueprint("trail", __name__)


def _names() -> dict[int, str]:
    return {person.id: person.name for person in people()}


def _what(event: AuditEvent, about: Any, names: Mapping[int, str]) -> str:
    """What was done, in the reader's language; of the details only numbers and codes that we have words for."""
    what = event.detail.get("function", "")
    key = event.action.removeprefix("incident:flag:")
    values = {
        "about": about,
        "whom": names.get(rules.whom_of(event.detail), _("somebody")),
        "what": flags()[key]["name"] if key in flags() else {"message": FUNCTION_NAMES.get(what, what)},
    }
    return say(rules.words_of(event.action), values)


def _lines(events: list[AuditEvent], subjects: Mapping[str, queries.Subject], names: Mapping[int, str]) -> list[Any]:
    """The events by day; each as its moment, who, what, of which joined incident, where, and in which session."""
    devices = queries.devices({event.session_id for event in events if event.session_id})
    lines = []
    for event in events:
        about = subjects.get(event.subject, queries.Subject())
        place = rules.PLACES.get(event.detail.get("place", ""), "")
        session = _("session %(n)s", n=event.session_id) if event.session_id else ""
        aside = (
            about.school,
            about.ref and _("in %(ref)s", ref=about.ref),
            place and _(place),
            devices.get(event.session_id) and shown(devices[event.session_id]),
            session,
        )
        by_visitor = about.holder if event.detail.get("visit") else ""
        who = names.get(event.actor_id) or by_visitor or "Rustpunt"
        lines.append((event.at, who, _what(event, about.name, names), " · ".join(one for one in aside if one)))
    return [(on, list(of_day)) for on, of_day in groupby(lines, key=lambda line: day(line[0]))]


def _people_named(names: Mapping[int, str]) -> dict[str, queries.Subject]:
    found = {f"person:{number}": queries.Subject(name) for number, name in names.items()}
    return found | {"person:0": queries.Subject({"message": queries.NOBODY})}


@bp.get("/audit")
@requires("audit", "read")
def audit() -> Any:
    return _office() if current_user.is_administrator else _list()


def _office() -> Any:
    names, now = _names(), g.clock.now()
    asked, after = asked_of_office(request.args, names), behind(place)
    record_read("account:trail:read", "school:1", reader_id=current_user.id, now=now)
    events, more = queries.office(asked, after, now, rules.PAGE)
    return answer(
        "audit/office.html",
        lines=_lines(events, _people_named(names), names),
        asked=asked,
        names=names,
        kinds={key: _(word) for key, word in rules.KINDS.items()},
        days={n: _("last %(n)s days", n=n) for n in rules.DAYS},
        after=after,
        more=more,
    )


def _list() -> Any:
    """Incidents of whose trail this person is a reader, open ones first."""
    after = behind(place_in_list)
    found, more = finding.page(current_user, AskedOfList(reads="trail"), after, g.clock.now())
    return answer("audit/incidents.html", found=found, after=after, more=more)


@bp.get("/audit/head")
@requires("audit", "read")
def head() -> Any:
    found = head_at()
    command = f"flask --app wsgi audit verify --head {found.digest}" if found else ""
    return answer("audit/head.html", head=found, command=command, now=g.clock.now())


@bp.get("/incidents/<ref>/audit")
@requires("trail", "read")
def of_incident() -> Any:
    now, subjects, names = g.clock.now(), queries.subjects_of(g.incident), _names()
    record_read("incident:trail:read", f"incident:{g.incident.id}", reader_id=current_user.id, now=now)
    actors = {number: names[number] for number in queries.actors(subjects) if number in names}
    asked, whole = asked_of_case(request.args, actors), request.args.get("all") == "1"
    after: Place | None = None if whole else behind(place)
    events, more = queries.of_case(subjects, asked, after, now, None if whole else rules.PAGE)
    return answer(
        "audit/incident.html",
        lines=_lines(events, subjects, names),
        asked=asked,
        names=dict(sorted(actors.items(), key=lambda one: one[1])),
        done={key: _(word) for key, word in rules.DONE.items()},
        whole=whole,
        after=after,
        more=more,
        now=now,
    )


@bp.get("/incidents/<ref>/people/<int:involved_id>/opened")
@requires("trail", "read")
def opened(involved_id: int) -> Any:
    person, now, after = involved_in(g.incident, involved_id), g.clock.now(), behind(place)
    events, more = queries.readings(person, after, now, rules.PAGE)
    record_read("incident:opened:read", f"involved:{person.id}", reader_id=current_user.id, now=now)
    about = queries.Subject(label(person.part, person.number))
    lines = _lines(events, {event.subject: about for event in events}, _names())
    return answer("audit/opened.html", person=person, lines=lines, after=after, more=more)


def mailed_head(mail: Any, base_url: str) -> dict[str, str] | None:
    """What the daily mail of the head says; None when that row is not there."""
    number = int(mail.about.rpartition(":")[2])
    found = head_at(number)
    return found and {"school": school_name(), "rows": str(found.rows), "digest": found.digest, "when": when(found.at)}


def mailed_stop(mail: Any, base_url: str) -> dict[str, str]:
    """What the mail says to who no longer gets the head."""
    return {"school": school_name()}
