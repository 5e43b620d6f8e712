"""Product rule 11 and the table of functions: what a team member may not read stands on no page that opens for them.

Over the demo school and made-up incidents, and over every page with every row in it.
"""

from html import unescape
from typing import Any

import pytest

from portal.actions.models import Wish
from portal.care.buddies.models import Buddy, CheckIn
from portal.care.conversations.models import Conversation
from portal.care.help.models import HelpOffer
from portal.care.notes.models import Note
from portal.care.rest.models import Rest, RestContact
from portal.classes.talks.models import ClassTalk, Worry
from portal.incidents.models import Incident, Involved, Membership
from portal.links.models import Ask, LinkMessage, SharedLink, ShareVersion
from tests import test_names_stay
from tests.conftest import Browser
from tests.test_names_stay import addresses, incidents
from tests.web.scene import somebody

__all__ = ["incidents"]
OWN_WORDS = [
    (Wish, ("words", "told_note", "asked_by")),
    (Conversation, ("agreed", "feelings", "reason", "others", "interpreter")),
    (HelpOffer, ("words",)),
    (Rest, ("schoolwork", "told", "end_reason")),
    (RestContact, ("words",)),
    (Buddy, ("told", "reason", "task", "end_reason")),
    (CheckIn, ("words",)),
    (ClassTalk, ("feelings", "mood", "insight")),
    (Worry, ("text",)),
    (Note, ("text",)),
    (Involved, ("name", "reach", "delicate", "support", "school_name")),
    (SharedLink, ("purpose_words", "parents_words", "declined_words", "revoked_words")),
    (LinkMessage, ("text",)),
    (Ask, ("words", "proposed_words")),
]


def words(staff: set[str]) -> set[str]:
    """All that was typed about people, of all incidents; colleagues are no secret."""
    found = {getattr(row, name) for table, names in OWN_WORDS for row in table.select() for name in names}
    found |= {row.content["summary"] for row in ShareVersion.select()}
    found |= {row.how for row in Ask.select().where(Ask.own)}
    # With which schools we work stands in the plan.
    schools = {row.school for row in SharedLink.select()}
    return {" ".join(text.split()) for text in found if len(text) > 5} - staff - schools


@pytest.mark.parametrize("function", ["communication", "mentor"])
def test_pages_of_others_hold_no_name_and_no_word_of_anybody(
    app: Any, incidents: list[Incident], cast: Any, clock: Any, function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mentor of another class without work of the own; communication also where it mentors that class."""
    monkeypatch.setattr(test_names_stay, "HANDED_OUT", test_names_stay.re.compile(""))  # every row
    me = somebody("newcomer", clock.now(), [function])
    me.classes = ["9Z"] if function == "mentor" else sorted({row.class_name for row in Involved.select()} - {""})
    me.save()
    secret, opened = words({person.name for person in cast.values()}), 0
    reader = Browser(app)
    reader.sign_in(me, clock.now())
    for case in incidents[:2]:  # that of the demo school, and one that was made up
        Membership.create(incident=case, person=me, function=function, joined_at=case.reported_at)
        for _rule, path in addresses(app, case):
            answer = reader.get(path)
            if answer.status_code != 200:
                assert answer.status_code in (303, 403, 404, 409), path
            opened += answer.status_code == 200
            text = " ".join(unescape(answer.text).split())
            assert not [word for word in secret if word in text], path
    assert opened > 40
