"""What is said on the page of a link: taking part or not."""

from flask_babel import lazy_gettext as _

from portal.web.forms import Form, LongTextField


class JoinForm(Form):
    """The one button of who takes part."""


class TurnDownForm(Form):
    words = LongTextField(
        _("Why your school cannot take part"),
        most=500,
        required=True,
        description=_("One line is enough. The school that asks reads it and looks for another way."),
    )
