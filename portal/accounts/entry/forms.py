"""What is typed, or signed by a passkey, to sign in."""

from collections.abc import Callable
from typing import Any

import wtforms
from flask_babel import lazy_gettext as _

from portal.errors import Invalid, Refused
from portal.web.forms import EmailField, Form, TextField, filled


class ProofForm(Form):
    def tries(self, act: Callable[[], Any]) -> bool:
        """As `accepts`, but without a transaction.

        What counts the tries stays when one is refused, and what is slow on purpose holds no writer up.
        """
        if not (self.was_sent and self.validate()):
            return False
        try:
            act()
        except Invalid as error:
            self._show(error)
        except Refused as error:
            self.refuse(error)
        else:
            return True
        return False


class SignInForm(ProofForm):
    email = EmailField(_("E-mail address"), most=254, required=True)
    password = wtforms.PasswordField(_("Password"), validators=[filled])


class CodeForm(ProofForm):
    code = TextField(
        _("Code"), most=40, required=True, description=_("Six digits from the app, or one of your recovery codes.")
    )


class PasskeyProofForm(ProofForm):
    credential = wtforms.HiddenField(_("Passkey"), validators=[filled])
