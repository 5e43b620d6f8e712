"""What is typed about people involved."""

from collections.abc import Collection, Iterable
from typing import Any

import wtforms
from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.clock import local
from portal.incidents import rules
from portal.incidents.forms import MAX_YEAR, listed, words
from portal.incidents.people.rules import LONGEST_REACH, MEMBERS
from portal.web.forms import ChoiceField, Form, LongTextField, NumberField, PickField, TextField, TicksField


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
    part = PickField(_("Part in the incident"), required=True, default="")
    also = TicksField(_("Has another part too"))
    child = PickField(_("Parent or guardian of"), coerce=int, default=0)
    aliases = TextField(
        _("Nicknames and accounts"),
        most=300,
        description=_("Separated by commas. The portal keeps them out of what goes round."),
    )
    reach = TextField(_("How to reach"), most=LONGEST_REACH, description=_("Telephone, and when it suits."))
    language = TextField(_("Language at home"), most=40, description=_("Only if it is not Dutch."))
    interpreter = wtforms.BooleanField(_("An interpreter is needed"))
    delicate = LongTextField(
        _("What is delicate for this family"),
        most=1000,
        description=_("What a colleague has to know before calling. Facts, no guesses about culture or religion."),
    )
    support = LongTextField(
        _("Extra support"), most=1000, description=_("For instance: short sentences, one question at a time.")
    )
    version = wtforms.HiddenField()

    def offer(self, children: Iterable[tuple[int, str]], has: Collection[str]) -> None:
        """Whose parent somebody can be, and the parts to choose from: a buddy comes from the page of buddies."""
        self.child.choices = [(0, gettext("choose")), *children]
        first = {part: name for part, name in rules.PARTS.items() if part in (*MEMBERS, "parent", *has)}
        self.part.choices = [("", gettext("choose")), *words(first)]
        self.also.choices = words({part: name for part, name in first.items() if part in (*MEMBERS, *has)})

    @property
    def person(self) -> dict[str, Any]:
        parts = {self.part.data, *(self.also.data or ())}
        return {
            **super().person,
            "also": [part for part in self.also.data or () if part != self.part.data],
            "child_id": self.child.data or None if "parent" in parts else None,
            "aliases": listed(self.aliases.data),
            **{name: getattr(self, name).data or "" for name in ("reach", "language", "delicate", "support")},
            "interpreter": bool(self.interpreter.data),
        }


class MergeForm(Form):
    other = PickField(_("Who is the same person?"), required=True, coerce=int)
    right = ChoiceField(_("Where they differ, which is right?"), required=True)
    version = wtforms.HiddenField()
