"""Filling the mails to another school when they are sent."""

from datetime import datetime

from flask_babel import gettext as _

from portal.links import queries
from portal.links.mails import rules
from portal.links.models import SharedLink
from portal.links.rules import path_of
from portal.notices.models import CANCELLED, Mail
from portal.notices.queries import about
from portal.school.queries import school


def values(mail: Mail, base_url: str, *, secret: str, now: datetime) -> dict[str, str] | None:
    """What fills the places of a mail; None when its link answers no more or belongs to another mailbox now.

    Only the mailbox that got the address once reads it again.
    """
    number = int(mail.about.rpartition(":")[2])
    link: SharedLink | None = SharedLink.get_or_none(SharedLink.id == number)
    if link is None or link.email != mail.address or (mail.kind != rules.DEAD and queries.fresh(link, now) is None):
        return None
    here, address = school(), base_url + path_of(link.nonce, secret)
    phone = here.coordinator_phone
    where = _(rules.HERE, link=address) if _got_address(mail) else _(rules.AS_BEFORE)
    return {"school": here.name, "call": _(rules.CALL, phone=phone) if phone else "", "link": address, "where": where}


def _got_address(mail: Mail) -> bool:
    offers = about(mail.about).where(Mail.kind == rules.OFFER, Mail.address == mail.address, Mail.state != CANCELLED)
    return bool(offers.exists())
