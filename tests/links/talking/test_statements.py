"""What both schools say asks the database the same, however much was said."""

from typing import Any

import pytest

from portal.links.models import Ask, LinkFeedback, LinkMessage, SharedLink, ShareVersion, Wording
from portal.links.rules import hash_of, new_nonce
from portal.links.talking.queries import beside, news
from tests.links.conftest import Lent
from tests.statements import counted
from tests.web.scene import shared_with

MOST = 16


def grow(lent: Lent, cast: Any, now: Any) -> None:
    link, ours = lent.link, cast["coordinator"]
    for number in range(1, 6):
        LinkMessage.create(link=link, text="Wij.", by_person=ours, at=now, read_at=now)
        LinkMessage.create(link=link, text="Zij.", by_link=link, at=now, read_at=now)
        last = Wording.select().count() + number
        agreed = {"answer": "agreed", "answered_at": now, "at": now}
        said = {"texts": {"nl": {"why": "Rust."}}, "by_person": ours, "answered_by_link": link}
        Wording.create(link=link, whose="ours", number=last, **said, **agreed)
        said = {"texts": {"nl": {"text": "Rust."}}, "by_link": link, "answered_by_person": ours}
        Wording.create(link=link, whose="theirs", number=last, **said, **agreed)
        nonce = new_nonce()
        copied = {
            name: getattr(link, name) for name in ("incident", "kind", "school", "name", "phone", "sent_at", "ends_at")
        }
        who = {"head": link, "proposed_by": link, "email": f"{nonce}@lyceum.example", "made_at": now}
        colleague = SharedLink.create(nonce=nonce, token_hash=hash_of(nonce), **copied, **who)
        LinkFeedback.create(link=link, by_link=colleague, answers={"well": "Alles."}, at=now)


@pytest.mark.parametrize("part", ["messages", "statement", "colleagues", "feedback"])
def test_a_page_asks_the_same(lent: Lent, ours: str, client: Any, cast: Any, clock: Any, part: str) -> None:
    for browser, path in ((client("coordinator"), f"{ours}/{part}"), (lent.visitor(), f"{lent.path}/{part}")):
        numbers = []
        for _time in range(2):
            grow(lent, cast, clock.now())
            browser.get(path)
            with counted() as asked:
                assert browser.get(path).status_code == 200
            numbers.append(len(asked))
        assert numbers[0] == numbers[1] <= MOST, (path, numbers)


def test_our_pages_ask_the_same_however_many_schools_there_are(
    lent: Lent, ours: str, client: Any, cast: Any, clock: Any
) -> None:
    browser, case = client("coordinator"), lent.link.incident
    for path, most in ((ours, 8), (ours.rpartition("/")[0], 7)):
        numbers = []
        for _time in range(2):
            grow(lent, cast, clock.now())
            another, ask = shared_with(case, cast["coordinator"], clock.now(), school="De Linde")
            Ask.update(answer="declined").where(Ask.id == ask.id).execute()
            LinkMessage.create(link=another, text="Help.", kind="worry", by_link=another, at=clock.now())
            ShareVersion.create(
                link=lent.link, number=another.id, content={"people": []}, made_by=cast["care"], made_at=clock.now()
            )
            browser.get(path)
            with counted() as asked:
                assert browser.get(path).status_code == 200
            numbers.append(len(asked))
        assert numbers[0] == numbers[1] <= most, (path, numbers)


def test_what_waits_is_one_statement_for_each_side(lent: Lent, cast: Any, clock: Any) -> None:
    grow(lent, cast, clock.now())
    for wait in (lambda: beside(lent.link.incident, {}, clock.now()), lambda: news(lent.link, clock.now())):
        with counted() as asked:
            list(wait())
        assert len(asked) == 1
