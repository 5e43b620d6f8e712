"""The school's protocol."""

from typing import Any

from portal.db import current_file
from portal.prepared import Prepared
from portal.protocol.models import ProtocolVersion
from portal.protocol.rules import Protocol, parse

_parsed: dict[tuple[str, int], Protocol] = {}


@Prepared
def _newest() -> Any:
    return ProtocolVersion.select(ProtocolVersion.id).order_by(ProtocolVersion.number.desc()).limit(1)


def newest_id() -> int:
    """Raises `ProtocolVersion.DoesNotExist` in a database that was never set up."""
    for (number,) in _newest():
        return int(number)
    raise ProtocolVersion.DoesNotExist


def newest() -> ProtocolVersion:
    """Raises `ProtocolVersion.DoesNotExist` in a database that was never set up."""
    return ProtocolVersion.select().order_by(ProtocolVersion.number.desc()).get()  # type: ignore[no-any-return]


def protocol(version_id: int) -> Protocol:
    """A version, parsed once per process and school: versions never change."""
    known = (current_file(), version_id)
    if known not in _parsed:
        _parsed[known] = parse(ProtocolVersion.get_by_id(version_id).document)
    return _parsed[known]
