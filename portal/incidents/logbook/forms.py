"""What the address of the logbook asks for."""

from collections.abc import Iterable, Mapping

from portal.fulltext import typed
from portal.incidents.logbook.rules import PORTAL, Asked
from portal.incidents.rules import ENTRY_KINDS
from portal.web.forms import whole_number


def asked(args: Mapping[str, str], authors: Iterable[int], phases: Iterable[str]) -> Asked:
    """The filters; what is not offered narrows nothing, so that an old bookmark still opens."""
    author, phase, kind = whole_number(args.get("author")), args.get("phase", ""), args.get("kind", "")
    return Asked(
        words=typed(args.get("q", "")),
        kind=kind if kind in (*ENTRY_KINDS, PORTAL) else "",
        author=author if author in authors else 0,
        phase=phase if phase in phases else "",
    )
