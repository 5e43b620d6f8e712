"""Who did and read what through a shared link, as our own staff see it."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from flask import Blueprint, g
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.queries import people
from portal.audit.operations import record_read
from portal.links import queries
from portal.links.trail.queries import Line, lines
from portal.links.trail.rules import SAID
from portal.web.access import requires
from portal.web.fragments import answer
from portal.web.here import there
from portal.web.language import day

bp = Blueprint("partners_trail", __name__, url_prefix="/incidents/<ref>/links/<int:link_id>")


@bp.get("/trail")
@requires("links", "read")
def trail(link_id: int) -> Any:
    link = there(queries.link_in(g.incident, link_id))
    names = {person.id: person.name for person in people()}
    record_read("links:trail:read", link.subject, reader_id=current_user.id, now=g.clock.now())
    found, more = lines(link, theirs=False)
    said = by_day(found, lambda number: names.get(number, _("somebody")))
    return answer("links/trail.html", link=link.root, lines=said, more=more)


def by_day(found: Iterable[Line], ours: Callable[[int], str]) -> list[Any]:
    """As `components/trail.html` shows them; `ours` names a member of our staff."""
    told = [(line.at, _who(line, ours), _(SAID.get(line.action, line.action)), _aside(line)) for line in found]
    return [(on, list(of_day)) for on, of_day in groupby(told, key=lambda one: day(one[0]))]


def _who(line: Line, ours: Callable[[int], str]) -> str:
    if line.them is not None:
        return f"{line.them.name} ({line.them.school})"
    if line.us is not None:
        return ours(line.us)
    return _("Somebody") if line.is_unknown else "Rustpunt"


def _aside(line: Line) -> str:
    version = _("version %(n)s", n=line.version) if line.version else ""
    network = _("from network %(network)s", network=line.network) if line.network else ""
    return " · ".join(filter(None, (version, network)))
