"""What a reporter adds later."""

from flask_babel import lazy_gettext as _

from portal.web.forms import Form, LongTextField


class AddedForm(Form):
    text = LongTextField(_("What else do you know?"), required=True)
