"""What is mailed to another school: which school and its number, no word of what it is about (product rule 6)."""

from email.message import EmailMessage
from typing import Any

import pytest

from portal.links.models import SharedLink
from portal.links.operations import tell_them
from portal.notices.models import CANCELLED, Mail
from portal.notices.operations import send_due
from tests.links.conftest import PEOPLE, Lent

KINDS = ("shared-offer", "shared-news", "shared-dead")


def sent(lent: Lent, clock: Any) -> list[EmailMessage]:
    """What goes out now."""
    messages: list[EmailMessage] = []
    with lent.app.app_context():
        send_due(
            messages.append, {}, base_url="https://baken.example", sender="rustpunt@baken.example", now=clock.now()
        )
    return [message for message in messages if message["To"] == lent.link.email]


def mailed(lent: Lent, kind: str, clock: Any) -> str:
    tell_them(lent.link, kind, now=clock.now())
    (message,) = sent(lent, clock)
    return f"{message['Subject']}\n{message.get_content()}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_mail_says_which_school_it_is_and_its_number_and_nothing_of_the_case(
    lent: Lent, clock: Any, kind: str, language: str
) -> None:
    SharedLink.update(language=language).where(SharedLink.id == lent.link.id).execute()
    lent.link.language = language
    text = mailed(lent, kind, clock)
    assert "Het Baken College" in text
    assert "%(" not in text
    case = lent.link.incident
    words = [case.ref, case.code_name, lent.link.name, "Een leerling van u.", *(one["name"] for one in PEOPLE)]
    assert [word for word in words if str(word) in text] == []
    assert lent.code not in text.replace(" ", "")


def test_the_offer_has_the_address_and_never_the_code(lent: Lent, clock: Any) -> None:
    assert f"https://baken.example{lent.path}\n" in mailed(lent, "shared-offer", clock)


def test_news_has_the_address_for_the_mailbox_that_got_it_only(lent: Lent, clock: Any) -> None:
    assert lent.path not in mailed(lent, "shared-news", clock)
    mailed(lent, "shared-offer", clock)
    assert lent.path in mailed(lent, "shared-news", clock)
    SharedLink.update(email="another@lyceum.example").where(SharedLink.id == lent.link.id).execute()
    lent.link.email = "another@lyceum.example"
    assert lent.path not in mailed(lent, "shared-news", clock)


def test_no_subject_says_what_it_is_about_and_no_address_stands_in_one(lent: Lent, clock: Any) -> None:
    for kind in KINDS:
        subject = mailed(lent, kind, clock).partition("\n")[0]
        assert "/p/" not in subject
        assert lent.link.school not in subject


@pytest.mark.parametrize(
    "change", [{"revoked_at": True}, {"dead_at": True}, {"ends_at": True}, {"email": "another@lyceum.example"}]
)
def test_a_mail_that_waits_is_taken_back(lent: Lent, clock: Any, change: dict[str, Any]) -> None:
    """Of a link that was revoked, died or ended, or whose mailbox was changed."""
    tell_them(lent.link, "shared-offer", now=clock.now())
    values = {name: clock.now() if value is True else value for name, value in change.items()}
    SharedLink.update(**values).where(SharedLink.id == lent.link.id).execute()
    assert sent(lent, clock) == []
    assert Mail.get(Mail.kind == "shared-offer").state == CANCELLED


def test_that_a_link_is_dead_is_told_although_other_mail_about_it_is_taken_back(lent: Lent, clock: Any) -> None:
    tell_them(lent.link, "shared-news", now=clock.now())
    SharedLink.update(dead_at=clock.now()).where(SharedLink.id == lent.link.id).execute()
    clock.advance(minutes=1)
    tell_them(lent.link, "shared-dead", now=clock.now())
    (message,) = sent(lent, clock)
    assert lent.path not in message.get_content()


def test_the_database_has_no_address_in_a_mail(lent: Lent, clock: Any) -> None:
    tell_them(lent.link, "shared-offer", now=clock.now())
    row = Mail.get(Mail.kind == "shared-offer")
    assert lent.path.removeprefix("/p/") not in str(row.__data__)
