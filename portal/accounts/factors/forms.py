"""What is typed, or sent by a script, to set up a second factor."""

import wtforms
from flask_babel import lazy_gettext as _

from portal.web.forms import Form, TextField, filled
from portal.web.proof import ProofForm


class AppForm(Form):
    code = TextField(_("Code"), most=10, required=True, description=_("The six digits that the app shows now."))


class PasskeyForm(ProofForm):
    name = TextField(_("Name"), most=80, description=_("So that you know it again, like 'My phone'."))
    credential = wtforms.HiddenField(_("Passkey"), validators=[filled])
