"""What is typed to make a link, and what of it is shared."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import wtforms
from flask_babel import lazy_gettext as _

from portal.errors import N_, Invalid
from portal.incidents.forms import words
from portal.links import rules as links
from portal.links.asks.rules import Ready, ready
from portal.links.kinds.rules import PERSON_FIELDS
from portal.links.making import rules
from portal.web.forms import (
    ChoiceField,
    EmailField,
    Form,
    LongTextField,
    MomentField,
    PhoneField,
    TextField,
    TicksField,
)
from portal.web.language import LANGUAGES, tell


def _titles(rows: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(key, tell(row["title"])) for key, row in rows.items()]


class WithForm(Form):
    school = TextField(_("School"), required=True)
    name = TextField(_("Name"), required=True, description=_("One person. Colleagues can be added later."))
    function = TextField(_("Function"), description=_("Such as: team leader, coordinator of care."))
    email = EmailField(
        _("E-mail address"), required=True, description=_("The link goes here. Take one that only this person reads.")
    )
    phone = PhoneField(
        _("Telephone"),
        required=True,
        description=_("You tell the code by telephone. Look the number up yourself, on the website of the school."),
    )
    language = ChoiceField(_("Language of the mail"), choices=[*LANGUAGES.items()], default="nl", required=True)
    version = wtforms.HiddenField()

    @property
    def values(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in ("school", "name", "function", "email", "phone", "language")}


class PurposeForm(Form):
    purpose = ChoiceField(_("What is it for?"), required=True)
    purpose_words = LongTextField(_("In your own words"), most=500)
    basis = ChoiceField(_("Why may you share this?"), required=True)
    parents = ChoiceField(_("Do the parents of these pupils know?"), choices=words(rules.PARENTS), required=True)
    parents_words = LongTextField(_("Why, or what they said"), most=500)
    version = wtforms.HiddenField()

    def offer(self) -> None:
        self.purpose.choices, self.basis.choices = _titles(rules.purposes()), _titles(rules.bases())

    @property
    def values(self) -> dict[str, str]:
        names = ("purpose", "purpose_words", "basis", "parents", "parents_words")
        return {name: self[name].data or "" for name in names}


class ShareForm(Form):
    """What of people is ticked, a summary, and whether there is a statement and feedback."""

    summary = LongTextField(
        _("Summary"),
        most=rules.MOST_SUMMARY,
        required=True,
        description=_("Three or four sentences: what goes round, since when, what you do, what you hope for."),
    )
    people = TicksField(_("Which people, and what of them"))
    statement = wtforms.BooleanField(_("Lay the statement before them, to say the same"))
    feedback = wtforms.BooleanField(_("Ask them at the end how it went"))
    version = wtforms.HiddenField()

    def offer(self, kind: str, people: Iterable[Any]) -> None:
        """People with what could be shared of each."""
        self.offered = [(one, rules.choices(kind, one)) for one in people]
        self.people.choices = [
            (rules.tick_of(one.id, name), PERSON_FIELDS[name]) for one, fields in self.offered for name in fields
        ]

    @property
    def rows(self) -> list[tuple[Any, list[tuple[str, str, Any]]]]:
        """Each person with the columns that are filled in: what it says, and its box."""
        boxes = {option.data: option for option in self.people}
        return [
            (one, [(name, said, boxes[rules.tick_of(one.id, name)]) for name, said in fields.items()])
            for one, fields in self.offered
            if fields
        ]

    def content(self, kind: str) -> dict[str, Any]:
        """What was ticked and typed, as it is kept."""
        people = rules.chosen(kind, [one for one, _fields in self.offered], self.people.data or [])
        return {
            "summary": self.summary.data or "",
            "people": people,
            "statement": bool(self.statement.data),
            "feedback": bool(self.feedback.data),
        }


class _DraftForm(ShareForm):
    asked = TicksField(_("What you ask of them"))

    def offer_asks(self, fitting: Iterable[Ready]) -> None:
        self.ready = list(fitting)
        self.asked.choices = [(one.key, tell(one.title)) for one in self.ready]

    def check_lines(self) -> None:
        """Raises `Invalid` for a line of one's own that says how or when, and not what; nothing typed is lost."""
        for n in range(1, rules.OWN_LINES + 1):
            if (self[f"how-{n}"].data or self[f"due-{n}"].data) and not self[f"title-{n}"].data:
                raise Invalid(f"title-{n}", N_("Write what you ask, in a few words."))

    def asks(self, language: str) -> list[dict[str, Any]]:
        """What is asked: ready ones in the language of who reads them, then lines of one's own."""
        ticked = set(self.asked.data or [])
        found = [
            {
                "key": one.key,
                "title": one.title[language],
                "how": one.how[language],
                **rules.kept(self[f"due-{one.key}"].data),
            }
            for one in self.ready
            if one.key in ticked
        ]
        own = [
            {
                "key": "",
                "title": self[f"title-{n}"].data,
                "how": self[f"how-{n}"].data or "",
                **rules.kept(self[f"due-{n}"].data),
            }
            for n in range(1, rules.OWN_LINES + 1)
            if self[f"title-{n}"].data
        ]
        return found + own


DraftForm: Any = type(
    "DraftForm",
    (_DraftForm,),
    {f"due-{key}": MomentField(_("Before")) for key in ready()}
    | {f"title-{n}": TextField(_("What you ask"), most=rules.MOST_TITLE) for n in range(1, rules.OWN_LINES + 1)}
    | {f"how-{n}": TextField(_("How, or why"), most=rules.MOST_HOW) for n in range(1, rules.OWN_LINES + 1)}
    | {f"due-{n}": MomentField(_("Before")) for n in range(1, rules.OWN_LINES + 1)},
)


def shown_content(content: Mapping[str, Any], due: Mapping[str, datetime]) -> dict[str, Any]:
    """What a share form shows of a content; `due` are proposed moments of ready actions, by key."""
    asks = content.get("asks", [])
    found = {**content, "people": rules.ticks_of(content), "asked": [one["key"] for one in asks if one["key"]]}
    found |= {f"due-{key}": moment for key, moment in due.items()}
    own = [one for one in asks if not one["key"]]
    for place, one in [*((one["key"], one) for one in asks if one["key"]), *enumerate(own, 1)]:
        moment = rules.moment(one["due_at"])
        found |= {f"title-{place}": one["title"], f"how-{place}": one["how"], f"due-{place}": moment}
    return found


class DaysForm(Form):
    days = ChoiceField(_("How long can they read it?"), required=True)
    version = wtforms.HiddenField()

    def offer(self, lengths: Iterable[tuple[int, str]]) -> None:
        """So many days, each with the words for it."""
        self.days.choices = [(str(days), text) for days, text in lengths]

    @property
    def values(self) -> dict[str, int]:
        return {"days": int(self.days.data or links.DEFAULT_DAYS)}


class SendForm(Form):
    seen = wtforms.HiddenField()
    ticked = wtforms.BooleanField(_("Also tick off this step in the plan"))
    version = wtforms.HiddenField()


class PlainForm(Form):
    """A button with the version of what its page showed."""

    version = wtforms.HiddenField()
