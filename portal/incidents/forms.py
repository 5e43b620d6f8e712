"""What is typed about an incident."""

from typing import Any

import wtforms
from flask import g
from flask_babel import gettext, lazy_gettext
from flask_babel import lazy_gettext as _

from portal.clock import local
from portal.incidents import rules
from portal.web.forms import (
    ChoiceField,
    Form,
    LongTextField,
    MomentField,
    NumberField,
    PickField,
    TextField,
    TicksField,
    choices,
)

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


def age_or_year(form: Any, field: wtforms.Field) -> None:
    this_year = local(g.clock.now()).year
    if field.data is not None and not (field.data < 100 or this_year - 100 <= field.data <= this_year):
        raise wtforms.ValidationError(gettext("Write an age like 14, or a year like 2012."))


class InvolvedFields:
    """The least that is needed of a person."""

    part: PickField
    name = TextField(_("Name or initials"), description=_("Only if you know it and it is needed."))
    class_name = TextField(_("Class"), most=20)
    age_or_year = NumberField(_("Age or year of birth"), least=0, most=MAX_YEAR, checks=[age_or_year])
    school = PickField(_("School"), choices=words(rules.SCHOOLS), default="unknown")
    school_name = TextField(_("Name of the other school"))

    @property
    def person(self) -> dict[str, Any]:
        """The fields as a person involved keeps them."""
        number = self.age_or_year.data
        return {
            "part": self.part.data,
            "name": self.name.data or "",
            "class_name": self.class_name.data or "",
            "age": number if number is not None and number < 100 else None,
            "birth_year": number if number is not None and number >= 100 else None,
            "school": self.school.data or "unknown",
            "school_name": self.school_name.data or "",
        }


class InvolvedForm(InvolvedFields, Form):
    part = PickField(
        _("Part in the incident"), choices=[("", _("choose")), *words(rules.PARTS)], required=True, default=""
    )
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
