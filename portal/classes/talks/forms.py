"""What is typed about conversations with classes."""

from typing import Any

import wtforms
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.accounts.models import Person
from portal.classes.talks import rules
from portal.incidents.forms import ReasonForm, nameless, words
from portal.web.forms import ChoiceField, DateField, Form, LongTextField, MomentField, PickField, TextField


def on_one_page(form: Any, field: wtforms.Field) -> None:
    """As many agreements, and as short, as a poster can show."""
    lines = rules.agreements_in(field.data or "")
    if len(lines) > rules.MOST_AGREEMENTS or any(len(line) > rules.LONGEST_AGREEMENT for line in lines):
        message = gettext(
            "Write at most %(most)s agreements, one on a line, of at most %(long)s characters each.",
            most=rules.MOST_AGREEMENTS,
            long=rules.LONGEST_AGREEMENT,
        )
        raise wtforms.ValidationError(message)


class TickField(wtforms.BooleanField):
    """A box that is ticked or not; anything else that is sent is refused."""

    def pre_validate(self, form: Any) -> None:
        if self.raw_data and self.raw_data[0] not in ("y", ""):
            raise wtforms.ValidationError(gettext("Choose one of the answers given."))


class DecideForm(Form):
    class_name = TextField(_("Class"), most=20, required=True)
    reason = TextField(_("Why not"), most=300)
    against = TickField()


class CancelForm(ReasonForm):
    """Why a conversation is called off."""


class PrepareForm(Form):
    leader = PickField(_("Who leads the conversation"), coerce=int, default=0)
    second = TextField(
        _("Second adult"), description=_("Somebody who watches how pupils react, and can go out with one.")
    )
    planned_at = MomentField(_("When"))
    place = TextField(_("Where"))
    victim_there = ChoiceField(_("Is the victim there?"), choices=words(rules.PRESENCE))
    feelings = LongTextField(_("What I talk about first, and with whom"), most=1000)
    message = ChoiceField(_("Which message fits?"), choices=[(key, "") for key in rules.MESSAGES])
    opening = LongTextField(_("How you begin"), most=1000)
    closing = LongTextField(_("How you end"), most=1000)
    materials = LongTextField(_("What you need"), most=500)
    version = wtforms.HiddenField()

    def offer(self, people: list[Person], names: dict[str, str], *, victim: bool, feelings: bool) -> None:
        """Fill the lists; what is not for this reader or this class is left out."""
        self.leader.choices = [(0, gettext("nobody yet")), *((one.id, one.name) for one in people)]
        self.message.choices = list(names.items())
        if not victim:
            del self.victim_there
        if not feelings:
            del self.feelings

    @property
    def values(self) -> dict[str, Any]:
        texts = ("second", "place", "victim_there", "feelings", "message", "opening", "closing", "materials")
        found = {name: self[name].data or "" for name in texts if name in self}
        return {**found, "leader_id": self.leader.data or None, "planned_at": self.planned_at.data}


class CameOfItFields:
    """What came of a conversation, right after it and later."""

    agreements = LongTextField(
        _("What the class agreed"),
        most=1500,
        description=_("One agreement on a line, in the pupils' own words. No names: it can go on the wall."),
        checks=[on_one_page, nameless],
    )
    unrest = ChoiceField(_("How restless is the class now?"), choices=words(rules.UNREST))
    parents_informed = TickField(_("The parents of the class were informed"))
    follow_up_on = DateField(_("When you come back to it"))

    @property
    def came_of_it(self) -> dict[str, Any]:
        unrest: Any = self.unrest.data
        informed: Any = "parents_informed" in self and self.parents_informed.data  # type: ignore[operator]
        return {
            "agreements": rules.agreements_in(self.agreements.data or ""),
            "unrest": int(unrest) if unrest else None,
            "parents_informed": bool(informed),
            "follow_up_on": self.follow_up_on.data,
        }


class HoldForm(CameOfItFields, Form):
    held_at = MomentField(_("When it was held"), past_only=True, required=True)
    victim_there = ChoiceField(_("Was the victim there?"), choices=words(rules.PRESENCE))
    mood = LongTextField(_("How was the mood?"), most=500, required=True)
    insight = LongTextField(_("What did the class come to see?"), most=1000)
    ticked = TickField()
    version = wtforms.HiddenField()

    @property
    def values(self) -> dict[str, Any]:
        there = {"victim_there": self.victim_there.data or ""} if "victim_there" in self else {}
        texts = {"mood": self.mood.data, "insight": self.insight.data or "", "held_at": self.held_at.data}
        return {**self.came_of_it, **texts, **there}


class AddForm(CameOfItFields, Form):
    text = LongTextField(_("How is it now? Or: what is missing above?"), most=1000, required=True)
    followed_up = TickField(_("I came back to the agreements with the class"))
    version = wtforms.HiddenField()

    @property
    def values(self) -> dict[str, Any]:
        return {**self.came_of_it, "text": self.text.data, "followed_up": bool(self.followed_up.data)}


class WorryForm(Form):
    text = LongTextField(
        _("What is the worry?"),
        most=1000,
        required=True,
        description=_("Initials are enough. Write what you saw or heard."),
    )
    assignee = PickField(_("Who takes it on"), coerce=int, default=0)
    due_at = MomentField(_("Before when"))

    @property
    def values(self) -> dict[str, Any]:
        return {"text": self.text.data, "assignee_id": self.assignee.data or None, "due_at": self.due_at.data}
