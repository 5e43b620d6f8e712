"""What is typed about accounts."""

import wtforms
from flask_babel import lazy_gettext as _

from portal.policy import FUNCTION_NAMES
from portal.web.forms import EmailField, Form, PhoneField, PickField, TextField, TicksField, filled
from portal.web.language import LANGUAGES
from portal.web.proof import ProofForm


class PasswordForm(ProofForm):
    old = wtforms.PasswordField(_("Current password"), validators=[filled])
    new = wtforms.PasswordField(
        _("New password"), validators=[filled], description=_("At least 12 characters. A sentence is fine.")
    )


class PersonForm(Form):
    name = TextField(_("Name"), required=True, description=_("As colleagues know this person, like M. de Wit."))
    email = EmailField(_("E-mail address"), most=254, required=True)
    phone = PhoneField(_("Telephone"))
    functions = TicksField(
        _("Functions"),
        choices=[(code, _(name)) for code, name in FUNCTION_NAMES.items()],
        description=_("Nobody is in an incident by function alone: the team of that incident decides."),
    )
    classes = TextField(_("Mentor of class"), description=_("Separated by commas, like 3B, 4HV1."))
    language = PickField(_("Language"), choices=list(LANGUAGES.items()), default="nl")
    version = wtforms.HiddenField(default="1")

    @property
    def values(self) -> dict[str, object]:
        """The fields as an account keeps them."""
        return {
            "name": self.name.data,
            "email": self.email.data,
            "phone": self.phone.data,
            "functions": self.functions.data or [],
            "classes": [c.strip() for c in (self.classes.data or "").split(",") if c.strip()],
            "language": self.language.data or "nl",
        }
