"""What is typed about a conversation."""

from collections.abc import Callable
from typing import Any

import wtforms
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.care.conversations.rules import AGREED, FEELINGS, SECTIONS
from portal.incidents.forms import ReasonForm, nameless
from portal.web.forms import ChoiceField, Form, LongTextField, MomentField, PickField, TextField, TicksField

TICK = "tick"
SECTION = 500  # characters of one section of a card, so that the card stays one A4


class PlanForm(Form):
    names_somebody: Callable[[str], bool]
    about = PickField(_("With whom"), coerce=int, default=0)
    planned_at = MomentField(_("When"), description=_("Leave empty if it is not known yet."))
    place = TextField(
        _("Where"), checks=[nameless], description=_("Quiet, where nobody looks in. It stands in the invitation.")
    )
    leader = PickField(_("Who leads it"), required=True, coerce=int, default=0)
    others = TextField(_("Who else is there"), most=300)
    interpreter = TextField(_("Interpreter"), description=_("Which language, and who. Never a relative or a pupil."))
    version = wtforms.HiddenField()

    @property
    def planning(self) -> dict[str, Any]:
        return {
            "planned_at": self.planned_at.data,
            "place": self.place.data or "",
            "leader_id": self.leader.data,
            "others": self.others.data or "",
            "interpreter": self.interpreter.data or "",
        }


class CardForm(Form):
    names_somebody: Callable[[str], bool]
    version = wtforms.HiddenField()

    @property
    def sections(self) -> dict[str, str]:
        return {section: self[section].data or "" for section in SECTIONS}


for _section, _title in SECTIONS.items():
    setattr(CardForm, _section, LongTextField(_(_title), most=SECTION, checks=[nameless]))


class HeldForm(Form):
    names_somebody: Callable[[str], bool]
    held_at = MomentField(_("When it was"), past_only=True)
    agreed = LongTextField(_("What was agreed"), required=True)
    feelings = LongTextField(_("How it felt for them"))
    confidential = LongTextField(_("Confidential note"), most=8000)
    next_step = TextField(_("Next step"), checks=[nameless], description=_("It comes in the plan, with you. No names."))
    next_at = MomentField(_("Before when"))
    tick = TicksField(_("In the plan"), default=(TICK,))
    version = wtforms.HiddenField()

    @property
    def values(self) -> dict[str, Any]:
        return {
            "held_at": self.held_at.data,
            "agreed": self.agreed.data,
            "feelings": self.feelings.data or "",
            "confidential": (self.confidential.data or "") if "confidential" in self else "",
            "next_step": self.next_step.data or "",
            "next_at": self.next_at.data,
            "tick": TICK in (self.tick.data or ()) if "tick" in self else False,
        }


class AdditionForm(Form):
    text = LongTextField(_("What you add"), required=True)
    part = ChoiceField(
        _("What is it about?"),
        choices=[(AGREED, _("what was agreed")), (FEELINGS, _("how it felt"))],
        default=AGREED,
        required=True,
    )


class CancelForm(ReasonForm):
    version = wtforms.HiddenField()


def choose(pairs: dict[int, str], nobody: str = "") -> list[tuple[int, str]]:
    """Choices of people; without `nobody` one has to be chosen, unless there is one only."""
    first = [(0, nobody or gettext("choose"))] if nobody or len(pairs) != 1 else []
    return [*first, *pairs.items()]
