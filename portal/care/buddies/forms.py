"""What is typed about buddies."""

from typing import Any

import wtforms
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.care.buddies.rules import ANSWERS, GOING
from portal.incidents.forms import nameless, words
from portal.web.forms import (
    ChoiceField,
    DateField,
    Form,
    LongTextField,
    MomentField,
    PickField,
    TextField,
    TicksField,
    whole_number,
)

LATER = "later"  # an answer that is none yet
MOST_LINES = 8


class NameRow(wtforms.Form):
    """One whom the victim named."""

    name = TextField(_("Name or initials"), most=80)
    class_name = TextField(_("Class"), most=20)


class NameForm(Form):
    first = wtforms.FormField(NameRow)
    second = wtforms.FormField(NameRow)
    third = wtforms.FormField(NameRow)

    @property
    def rows(self) -> tuple[Any, ...]:
        return self.first, self.second, self.third

    @property
    def names(self) -> list[dict[str, str]]:
        """The rows with a name, in the order of the victim's choice."""
        return [
            {"name": row.form.name.data, "class_name": row.form.class_name.data or ""}
            for row in self.rows
            if row.form.name.data
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        if good and not self.names:
            name = self.first.form.name
            name.errors = [gettext("Fill in: %(label)s", label=name.label.text)]
            return False
        return bool(good)


def fits_the_card(form: Any, field: wtforms.Field) -> None:
    """The card is one page."""
    if len([line for line in field.data.splitlines() if line.strip()]) > MOST_LINES:
        raise wtforms.ValidationError(gettext("Write at most %(most)s lines: the card is one page.", most=MOST_LINES))


class VersionForm(Form):
    """A form about a row that somebody else may change meanwhile."""

    version = wtforms.HiddenField()

    @property
    def values(self) -> dict[str, Any]:
        plain = {name: field.data for name, field in self._fields.items() if name not in ("csrf_token", "version")}
        return {**plain, "version": whole_number(self.version.data)}


class AnswerForm(VersionForm):
    answer = ChoiceField(_("What is the answer?"), choices=words(ANSWERS), required=True)
    tick = TicksField(_("In the plan"))


class AskForm(VersionForm):
    asker = PickField(_("Who asked"), coerce=int, default=0)
    asked_at = MomentField(_("When"), past_only=True, description=_("Leave empty if it was just now."))
    told = LongTextField(
        _("What you told"), description=_("Only if it was something else than the text above."), most=2000
    )
    answer = ChoiceField(
        _("What is the answer?"), choices=[*words(ANSWERS), (LATER, _("thinks about it"))], required=True
    )
    reason = TextField(_("Why all the same"), most=300)
    tick = TicksField(_("In the plan"))


class ArrangeForm(VersionForm):
    asker = PickField(_("Who asks"), coerce=int, default=0)
    supporter = PickField(
        _("Who supports the buddy"),
        coerce=int,
        default=0,
        description=_("An adult on the team. The name stands on the card."),
    )
    task = LongTextField(
        _("What this buddy does"),
        description=_("One thing on each line, without names: it stands on the card."),
        most=400,
        checks=[nameless, fits_the_card],
    )
    parents_informed_at = MomentField(_("When the parents of the buddy were told"), past_only=True)

    @property
    def values(self) -> dict[str, Any]:
        kept = super().values
        people = {f"{name}_id": kept.pop(name) or None for name in ("asker", "supporter") if name in kept}
        return {**kept, **people, "task": self.task.data or ""}


class CheckInForm(Form):
    going = ChoiceField(_("How does it go?"), choices=words(GOING), required=True)
    words = LongTextField(_("In short"), most=1000)
    check_in = PickField(_("Which check-in"), coerce=int, default=0)

    @property
    def values(self) -> dict[str, Any]:
        return {"going": self.going.data, "words": self.words.data or "", "check_in": self.check_in.data or 0}


class PlanForm(Form):
    check_in = PickField(_("Which check-in"), coerce=int, default=0)
    due_on = DateField(_("Day"), required=True)

    @property
    def values(self) -> dict[str, Any]:
        return {"check_in": self.check_in.data or 0, "due_on": self.due_on.data}


class StopForm(VersionForm):
    reason = TextField(_("Why"), most=300, required=True)
