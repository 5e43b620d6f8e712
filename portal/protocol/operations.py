"""Loading a protocol."""

from datetime import datetime

from portal.audit.operations import record
from portal.db import db
from portal.protocol.models import ProtocolVersion
from portal.protocol.rules import default_document, parse


def load_default(*, now: datetime) -> ProtocolVersion:
    """Store the default protocol as version 1 of this school's own."""
    document = default_document()
    parse(document)
    with db.atomic():
        version: ProtocolVersion = ProtocolVersion.create(number=1, document=document, loaded_at=now)
        record("protocol:version:load", f"protocol:{version.id}", actor_id=None, now=now)
    return version
