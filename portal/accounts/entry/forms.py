"""What is typed to sign in."""

import wtforms
from flask_babel import lazy_gettext as _

from portal.web.forms import EmailField, Form, filled


class SignInForm(Form):
    email = EmailField(_("E-mail address"), most=254, required=True)
    password = wtforms.PasswordField(_("Password"), validators=[filled])
