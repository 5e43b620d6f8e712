"""What is typed to the other school."""

from flask_babel import lazy_gettext as _

from portal.incidents.forms import words
from portal.links.talking.messages import rules
from portal.web.forms import ChoiceField, Form, LongTextField


class MessageForm(Form):
    text = LongTextField(_("Your message"), most=rules.LONGEST, required=True)


class WorryForm(Form):
    danger = ChoiceField(_("Is somebody in danger now?"), choices=words(rules.IN_DANGER), required=True)
    text = LongTextField(
        _("What worries you?"),
        most=rules.LONGEST,
        required=True,
        description=_("What did you see or hear, and when? Who is it about?"),
    )
