"""The list of incidents, and searching in it."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.audit.operations import record_read
from portal.desk.finding import queries
from portal.desk.finding.forms import asked as what_is_asked
from portal.desk.finding.rules import ANY_FLAG, PAGE, Asked, place
from portal.incidents.rules import KINDS, flags
from portal.protocol.rules import default_phases
from portal.web.access import requires
from portal.web.fragments import answer, behind
from portal.web.language import all_when, tell

bp = Blueprint("finding", __name__)


@bp.get("/incidents")
@requires("desk", "read")
def incidents() -> Any:
    asked = what_is_asked(request.args)
    if asked.words:
        return _search(asked)
    after = behind(place)
    found, more = queries.page(current_user, asked, after, g.clock.now())
    return answer("desk/incidents.html", **_shown(asked, found, {}), more=more, after=after, too_many=False)


def _search(asked: Asked) -> Any:
    now = g.clock.now()
    # One event for all logbooks that were searched through; the words are not kept.
    record_read("incident:log:search", f"person:{current_user.id}", reader_id=current_user.id, now=now)
    found, hits, too_many = queries.search(current_user, asked, now)
    return answer("desk/incidents.html", **_shown(asked, found, hits), more=None, after=None, too_many=too_many)


def _shown(asked: Asked, found: list[queries.Found], hits: Mapping[int, int]) -> dict[str, Any]:
    """What the page says, put into words once and not in each of its rows."""
    phases: dict[int | None, str] = {phase.number: tell(phase.name) for phase in default_phases()}
    names = {key: tell(flag["name"]) for key, flag in flags().items()}
    numbers = {hits[row.id] for row in found if row.id in hits}
    counts = {n: ngettext("%(num)s entry in the logbook", "%(num)s entries in the logbook", n) for n in numbers}
    late, mine = _("%(n)s late", n="{}"), _("%(n)s mine", n="{}")
    phases |= {0: _("everything done"), None: "–"}
    rows = [
        (
            row.ref,
            row.code_name,
            row.state != "open",
            moment,
            phases[row.phase],
            ", ".join([names[key] for key in names if key in row.flags]),
            row.late and late.format(row.late),
            row.mine and mine.format(row.mine),
            counts.get(hits.get(row.id, 0)),
        )
        for row, moment in zip(found, all_when([row.reported_at for row in found]), strict=True)
    ]
    return {
        "rows": rows,
        "asked": asked,
        "page_size": PAGE,
        "phases": [(phase.key, phases[phase.number]) for phase in default_phases()],
        "flags": [(ANY_FLAG, _("any red flag")), *names.items()],
        "kinds": [(key, _(word)) for key, word in KINDS.items()],
    }
