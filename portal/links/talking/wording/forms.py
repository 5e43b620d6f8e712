"""What is said of a statement of the other school."""

import wtforms
from flask_babel import lazy_gettext as _

from portal.communication.documents.rules import LANGUAGES, PARTS
from portal.communication.statement.rules import LONGEST
from portal.links.talking.wording import rules
from portal.web.forms import ChoiceField, Form, LongTextField


class OfferForm(Form):
    """Which version of ours is laid before the other school."""

    number = ChoiceField(_("Which version"), required=True)


class AnswerForm(Form):
    """Agree, or say how it should be worded. Which of both is the button that is pressed."""

    words = LongTextField(_("Why, or what has to change"), most=1500)
    version = wtforms.HiddenField()


class OursForm(AnswerForm):
    """The parts of our statement, to be worded otherwise by the other school; those that it has are shown."""

    @property
    def typed(self) -> dict[str, dict[str, str]]:
        return {
            one: {part: self[f"{one}-{part}"].data or "" for part in PARTS if f"{one}-{part}" in self}
            for one in LANGUAGES
        }


for _language in LANGUAGES:
    for _part in PARTS:
        setattr(OursForm, f"{_language}-{_part}", LongTextField(rules.TITLES[_language][_part], most=LONGEST))


class TheirsForm(AnswerForm):
    """The whole of their statement as we would have it."""

    text = LongTextField(_("The text as you would word it"), most=rules.LONGEST)


class LayForm(Form):
    """Their own statement, as they want to publish it."""

    text = LongTextField(_("Your statement"), most=rules.LONGEST, required=True)
