"""Who works on it at the other school: proposed there, and answered here."""

import wtforms
from flask_babel import lazy_gettext as _

from portal.web.forms import ChoiceField, EmailField, Form, PhoneField, TextField, choices
from portal.web.language import LANGUAGES


class ColleagueForm(Form):
    name = TextField(_("Name"), required=True)
    function = TextField(_("Function"), description=_("Like: mentor, care coordinator."))
    email = EmailField(_("E-mail"), required=True)
    phone = PhoneField(_("Telephone"), required=True, description=_("We call this number to tell the code."))
    language = ChoiceField(_("Language"), choices=choices(LANGUAGES), default="nl")

    @property
    def values(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in ("name", "function", "email", "phone", "language")}


class DecideForm(Form):
    """What we say of a colleague who was proposed, or whose link ends."""

    words = TextField(_("Why"), most=300)
    version = wtforms.HiddenField()
