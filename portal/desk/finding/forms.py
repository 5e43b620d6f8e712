"""What the address of the list asks for."""

from collections.abc import Iterable, Mapping

from portal.desk.finding.rules import ANY_FLAG, Asked
from portal.fulltext import typed
from portal.incidents.rules import KINDS, flags
from portal.protocol.rules import default_phases


def _one_of(given: str, known: Iterable[str]) -> str:
    return given if given in known else ""


def asked(args: Mapping[str, str]) -> Asked:
    """The filters of a list's address; what is not known narrows nothing, so that an old bookmark still opens."""
    return Asked(
        words=typed(args.get("q", "")),
        phase=_one_of(args.get("phase", ""), {phase.key for phase in default_phases()}),
        flag=_one_of(args.get("flag", ""), {ANY_FLAG, *flags()}),
        kind=_one_of(args.get("kind", ""), KINDS),
        mine="mine" in args,
        late="late" in args,
    )
