"""What is typed, or signed by a passkey, to sign in."""

import wtforms
from flask_babel import lazy_gettext as _

from portal.web.forms import EmailField, TextField, filled
from portal.web.proof import ProofForm


class SignInForm(ProofForm):
    email = EmailField(_("E-mail address"), most=254, required=True)
    password = wtforms.PasswordField(_("Password"), validators=[filled])


class CodeForm(ProofForm):
    code = TextField(
        _("Code"), most=40, required=True, description=_("Six digits from the app, or one of your recovery codes.")
    )


class PasskeyProofForm(ProofForm):
    credential = wtforms.HiddenField(_("Passkey"), validators=[filled])
