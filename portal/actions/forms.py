"""What is typed about an action."""

from datetime import date
from typing import Any

import wtforms
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.actions.rules import SAFETY_QUESTIONS, WISH_ANSWERS, may_be_overridden
from portal.policy import FUNCTION_NAMES, TEAM_FUNCTIONS, Standing
from portal.web.forms import ChoiceField, Form, LongTextField, MomentField, PickField, TextField, whole_number
from portal.web.language import named

FUNCTION_CHOICES = [("", _("nobody yet")), *((code, _(FUNCTION_NAMES[code])) for code in TEAM_FUNCTIONS)]
ANSWERS = {code: _(text) for code, text in WISH_ANSWERS.items()}
FEARED = [("yes", _("yes")), ("no", _("no")), ("unknown", _("don't know yet"))]


class StateForm(Form):
    """One button per state; the words say what came of it."""

    state = wtforms.HiddenField()
    words = LongTextField(_("What came of it, or why it is not needed"), most=500)
    override = TextField(_("Reason to go on all the same"), most=500)
    version = wtforms.HiddenField()


class WhoFields:
    function = PickField(_("Function"), choices=FUNCTION_CHOICES, default="")
    assignee = PickField(_("Who"), coerce=int, default=0)
    outsider = TextField(_("Or somebody outside the school"), description=_("A function or organisation, no names."))
    due_at = MomentField(_("When"))
    place = TextField(_("Where"))
    how = LongTextField(_("How"), most=1000)
    after = PickField(_("Only after"), coerce=int, default=0)

    @property
    def planning(self) -> dict[str, Any]:
        """The fields as an action keeps them."""
        return {
            "function": self.function.data or "",
            "assignee_id": self.assignee.data or None,
            "outsider": self.outsider.data or "",
            "due_at": self.due_at.data,
            "place": self.place.data or "",
            "how": self.how.data or "",
            "after_id": self.after.data or None,
        }

    def offer(self, team: list[Any], actions: list[Any], away: dict[int, date]) -> None:
        """Fill the lists with the team and with the other actions (pairs of id and words)."""
        self.assignee.choices = [(0, gettext("nobody yet")), *((p.id, named(p.name, away.get(p.id))) for p in team)]
        self.after.choices = [(0, gettext("nothing")), *actions]


class PlanningForm(WhoFields, Form):
    version = wtforms.HiddenField()


class NewActionForm(WhoFields, Form):
    step = PickField(_("A step of the protocol"), default="")
    title = TextField(_("Or something else"), description=_("What has to be done, in a few words. No names of pupils."))
    phase = PickField(_("Phase"), default="")

    @property
    def values(self) -> dict[str, Any]:
        return {
            **self.planning,
            "step": self.step.data or "",
            "title": self.title.data or "",
            "phase": self.phase.data or "",
        }


class AskedFields:
    """Who asked a victim, when, and what was said."""

    asked_by = TextField(_("Who asked"))
    asked_at = MomentField(_("When"), past_only=True)
    words = LongTextField(_("In the victim's own words, or the reason"), most=500)

    @property
    def asked(self) -> dict[str, Any]:
        return {"asked_by": self.asked_by.data or "", "asked_at": self.asked_at.data, "words": self.words.data or ""}


class WishForm(AskedFields, Form):
    subject = wtforms.HiddenField()
    answer = ChoiceField(_("What does the victim want?"), choices=[], required=True)
    told_before = wtforms.BooleanField(_("The victim was told before"))
    told_note = TextField(_("If not: why that could not be"), most=300)

    def offer(self, standing: Standing, subject: str) -> None:
        """Who may record a wish chooses an answer; leadership may only override (product rule 4)."""
        verbs = {code: "override" if code == "override" else "change" for code in ANSWERS}
        self.answer.choices = [
            (code, ANSWERS[code])
            for code, verb in verbs.items()
            if standing.may("wishes", verb) and (verb == "change" or may_be_overridden(subject))
        ]

    @property
    def values(self) -> dict[str, Any]:
        override = self.answer.data == "override"
        return {
            **self.asked,
            "answer": self.answer.data,
            "told_before": bool(self.told_before.data) if override else None,
            "told_note": self.told_note.data or "" if override else "",
        }


class SafetyForm(AskedFields, Form):
    """Whether it is safe at home to tell the parents; what that comes to, a rule says."""

    subject = wtforms.HiddenField()
    violence = ChoiceField(_(SAFETY_QUESTIONS["violence"]), choices=FEARED, required=True)
    rejection = ChoiceField(_(SAFETY_QUESTIONS["rejection"]), choices=FEARED, required=True)
    honour = ChoiceField(_(SAFETY_QUESTIONS["honour"]), choices=FEARED, required=True)
    safe_with = TextField(
        _("Who else is safe at home?"), most=300, description=_("Like a sister, an aunt or a stepfather.")
    )

    @property
    def values(self) -> dict[str, Any]:
        said = {key: self[key].data for key in SAFETY_QUESTIONS}
        return {**self.asked, "detail": {**said, "safe_with": self.safe_with.data or ""}}


def wish_form(subject: str, standing: Standing, **kw: Any) -> WishForm | SafetyForm:
    """The form in which an answer on this subject is noted."""
    if subject == "safety":
        return SafetyForm(**kw)
    form = WishForm(**kw)
    form.offer(standing, subject)
    return form


class NoteForm(Form):
    text = LongTextField(_("Note for the logbook"), required=True)


class TickedField(wtforms.SelectMultipleField):
    """Tick boxes that stand beside the rows of the plan, not together."""

    def __init__(self, label: Any = "", **kw: Any) -> None:
        super().__init__(label, coerce=whole_number, validate_choice=False, choices=(), **kw)


class HandOverForm(Form):
    actions = TickedField(_("Actions"))
    person = PickField(_("Hand over to"), coerce=int, default=0, required=True)
