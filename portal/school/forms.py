"""What an administrator types about the school."""

from typing import Any

import wtforms
from flask_babel import lazy_gettext as _

from portal.policy import FUNCTION_NAMES, TEAM_FUNCTIONS
from portal.web.forms import DateField, EmailField, Form, PhoneField, TextField, TicksField


class SettingsForm(Form):
    name = TextField(_("Name of the school"), required=True)
    address = TextField(_("Address"))
    place = TextField(_("Place"))
    coordinator_phone = PhoneField(_("Telephone of the incident coordinator"))
    counselor_phone = PhoneField(_("Telephone of the confidential counselor"))
    board_name = TextField(_("Board"))
    board_phone = PhoneField(_("Telephone of the board"))
    police_contact = TextField(
        _("Police contact"), description=_("A function, like youth officer. No names: the card is public.")
    )
    police_phone = PhoneField(_("Telephone of the police contact"))
    contact_name = TextField(
        _("Contact person for parents and the press"),
        description=_("Stands on every statement that we publish. Everybody can read it, with number and address."),
    )
    contact_phone = PhoneField(_("Telephone of the contact person"))
    contact_mail = EmailField(_("Mail address of the contact person"))
    joins = TicksField(
        _("Who joins a new incident by default?"),
        choices=[(code, _(FUNCTION_NAMES[code])) for code in TEAM_FUNCTIONS],
        description=_(
            "They join the team and get a mail without content. "
            "Nobody joins by default when a member of staff may be suspected."
        ),
    )
    trail_mail = EmailField(
        _("Mail the head of the trail each day to"),
        description=_(
            "An address outside the portal, like that of the board. With what is kept there it shows when somebody "
            "puts another file in place of the trail. The mail says nothing of an incident."
        ),
    )
    version = wtforms.HiddenField()

    @property
    def values(self) -> dict[str, Any]:
        return {
            name: field.data or ([] if name == "joins" else "")
            for name, field in self._fields.items()
            if name not in ("version", "csrf_token")
        }


class ClosedForm(Form):
    name = TextField(_("What"), required=True, description=_("Like autumn holiday."))
    first = DateField(_("First day"), required=True)
    last = DateField(_("Last day"), required=True)
