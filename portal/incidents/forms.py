"""What is typed about an incident."""

from typing import Any

import wtforms
from flask_babel import gettext, lazy_gettext
from flask_babel import lazy_gettext as _

from portal.incidents import rules
from portal.web.forms import ChoiceField, Form, LongTextField, MomentField, PickField, TextField, TicksField, choices

MAX_YEAR = 2100


def words(labels: dict[str, str]) -> list[tuple[str, Any]]:
    """Choices out of a table of codes and msgids."""
    return choices({code: lazy_gettext(text) for code, text in labels.items()})


def listed(text: str | None) -> list[str]:
    """Classes typed with commas between them."""
    return list(dict.fromkeys(c.strip() for c in (text or "").split(",") if c.strip()))


def short_names(form: Any, field: wtforms.Field) -> None:
    if any(len(name) > 20 for name in listed(field.data)):
        raise wtforms.ValidationError(gettext("Separate classes with commas, like 3B, 4HV1."))


def nameless(form: Any, field: wtforms.Field) -> None:
    """For what is handed out or shown to many: no name of this incident, without saying whose it is.

    The view gives such a form its `names_somebody`, since the database has to be asked.
    """
    if field.data and form.names_somebody(field.data):
        message = gettext("This names somebody of this incident, or a class or account. Leave it out: it goes round.")
        raise wtforms.ValidationError(message)


class ScopeFields:
    """What is known of the situation; shared by the report and the page 'situation'."""

    kind = PickField(_("What is it?"), choices=[("", _("choose")), *words(rules.KINDS)])
    origin = PickField(_("How did it come about?"), choices=[("", _("choose")), *words(rules.ORIGINS)])
    channels = TicksField(_("Where is it going round?"), choices=words(rules.CHANNELS))
    spread = PickField(_("How far did it spread?"), choices=words(rules.SPREADS), default="unknown")
    classes = TextField(
        _("Classes it touches"), description=_("Separated by commas, like 3B, 4HV1."), checks=[short_names]
    )
    unrest = ChoiceField(_("How much unrest is there?"), choices=words(rules.UNREST))

    @property
    def scope(self) -> dict[str, Any]:
        """The fields as the incident keeps them."""
        return {
            "kind": self.kind.data or "",
            "origin": self.origin.data or "",
            "channels": self.channels.data or [],
            "spread": self.spread.data or "unknown",
            "classes": listed(self.classes.data),
            "unrest": int(self.unrest.data) if self.unrest.data else None,
        }


class ScopeForm(ScopeFields, Form):
    version = wtforms.HiddenField()


class EntryForm(Form):
    kind = PickField(_("Kind"), choices=words(rules.ENTRY_KINDS), default="observation", required=True)
    text = LongTextField(_("What happened"), required=True)
    at = MomentField(_("When it happened"), past_only=True, description=_("Leave empty if it is happening now."))
    contact = PickField(_("With whom"), choices=[("", _("not filled in")), *words(rules.CONTACTS)], default="")
    present = TextField(_("Who was there"), most=300)

    @property
    def values(self) -> dict[str, Any]:
        return {
            "kind": self.kind.data,
            "text": self.text.data,
            "at": self.at.data,
            "present": self.present.data or "",
            "contact": self.contact.data or "",
        }


class ReasonForm(Form):
    reason = LongTextField(_("Reason"), most=500, required=True)


class MemberForm(Form):
    person = PickField(_("Colleague"), required=True, coerce=int)
    function = PickField(_("Function in this incident"), required=True)


class PersonPickForm(Form):
    person = PickField(_("Colleague"), required=True, coerce=int)
