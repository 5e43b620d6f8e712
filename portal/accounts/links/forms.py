"""What is typed on a link, and to get one."""

import wtforms
from flask_babel import lazy_gettext as _

from portal.web.forms import EmailField, Form, TextField, filled
from portal.web.proof import ProofForm


class ChooseForm(ProofForm):
    new = wtforms.PasswordField(
        _("Password"), validators=[filled], description=_("At least 12 characters. A sentence is fine.")
    )


class SetUpForm(ChooseForm):
    name = TextField(_("Your name"), required=True, description=_("As colleagues know you, like M. de Wit."))
    email = EmailField(_("Your e-mail address"), most=254, required=True)


class ForgottenForm(Form):
    email = EmailField(_("E-mail address"), most=254, required=True)
