"""What is typed when the press calls, and about being ready for it."""

from collections.abc import Callable, Iterable
from typing import Any

import wtforms
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.accounts.models import Person
from portal.communication.media import rules
from portal.incidents.forms import nameless, words
from portal.web.forms import ChoiceField, Form, LongTextField, MomentField, PickField, TextField

OWN = "own"  # no ready reply


class Nameless(Form):
    """What goes round: the view gives it what asks the database for names."""

    names_somebody: Callable[[str], bool]


class Deadline(Nameless):
    within = ChoiceField(_("How soon do they need an answer?"), choices=words(rules.WITHIN), default="hour")
    deadline_at = MomentField(_("Which moment"))
    promised = LongTextField(_("What you promised"), most=500, checks=[nameless])

    @property
    def moment(self) -> dict[str, Any]:
        return {"within": self.within.data or "none", "moment": self.deadline_at.data}


class CallForm(Deadline):
    medium = TextField(_("Newspaper, station or website"), required=True, checks=[nameless])
    journalist = TextField(_("Name of the journalist"))
    reach = TextField(_("Number or mail to answer to"), most=200)
    question = LongTextField(
        _("What do they ask?"),
        most=1000,
        required=True,
        checks=[nameless],
        description=_("No names of pupils, also when they say one: write “a pupil”, and tell the coordinator."),
    )
    at = MomentField(_("When did they call?"), past_only=True, required=True)

    @property
    def values(self) -> dict[str, Any]:
        return {name: self[name].data or "" for name in ("medium", "journalist", "reach", "question", "promised")}


class LaterForm(Deadline):
    version = wtforms.HiddenField()


class Answered(Nameless):
    """What was answered, outside: a ready reply that refers to the statement, own words, or both."""

    reply = ChoiceField(_("Answered with"), default=OWN)
    words = LongTextField(_("In your own words"), most=2000, checks=[nameless])
    version = wtforms.HiddenField()

    def offer(self, replies: Iterable[rules.Reply]) -> None:
        self.texts = {one.key: one.text for one in replies}
        titles = [(one.key, one.title) for one in replies]
        self.reply.choices = [*titles, (OWN, gettext("own words only"))]

    @property
    def text(self) -> str:
        """What was answered. Raises `Invalid` when nothing was."""
        return rules.answer_text(self.texts.get(self.reply.data or "", ""), self.words.data or "")


class AnswerForm(Answered):
    by = PickField(_("Who answered?"), coerce=int)

    def offer(self, replies: Iterable[rules.Reply]) -> None:
        super().offer(replies)
        if not self.arrived:
            self.reply.data = "press" if "press" in self.texts else OWN

    def offer_people(self, people: Iterable[Person]) -> None:
        self.by.choices = [(one.id, one.name) for one in people]


class PlanForm(Nameless):
    """A text for each part of the plan, with the part's own title."""

    holding = LongTextField(most=350, checks=[nameless])
    speaks = LongTextField(most=350, checks=[nameless])
    silent = LongTextField(most=350, checks=[nameless])
    gate = LongTextField(most=350, checks=[nameless])
    cameras = LongTextField(most=350, checks=[nameless])
    rights = LongTextField(most=350, checks=[nameless])
    online = LongTextField(most=350, checks=[nameless])
    ticked = wtforms.BooleanField(_("Also tick off “Be ready for media attention” in the plan"), default=True)
    version = wtforms.HiddenField()

    @property
    def typed(self) -> dict[str, str]:
        return {key: self[key].data or "" for key in rules.parts()}


class QuestionsForm(Nameless):
    """An answer to each of the twelve questions."""

    happened = LongTextField(most=3000, checks=[nameless])
    who = LongTextField(most=1000, checks=[nameless])
    think = LongTextField(most=3000, checks=[nameless])
    doing = LongTextField(most=3000, checks=[nameless])
    why = LongTextField(most=3000, checks=[nameless])
    since = LongTextField(most=1000, checks=[nameless])
    police = LongTextField(most=1000, checks=[nameless])
    measures = LongTextField(most=1000, checks=[nameless])
    victim = LongTextField(most=1000, checks=[nameless])
    rumour = LongTextField(most=1000, checks=[nameless])
    prevention = LongTextField(most=1000, checks=[nameless])
    filming = LongTextField(most=1000, checks=[nameless])
    version = wtforms.HiddenField()

    @property
    def typed(self) -> dict[str, str]:
        return {key: self[key].data or "" for key in rules.questions()}
