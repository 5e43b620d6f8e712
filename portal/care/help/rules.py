"""The kinds of help a school can name, and what somebody said to an offer. Pure."""

from datetime import datetime
from typing import Any

from portal.errors import N_

KINDS = {
    "gp": N_("Family doctor"),
    "victim-support": N_("Help for victims"),
    "cjg": N_("Youth and family centre, or neighbourhood team"),
    "youth-health": N_("Youth health care"),
    "care": N_("Care organisation"),
    "other": N_("Other help"),
}
ACCEPTED, DECLINED, LATER = "accepted", "declined", "later"
ANSWERS = {ACCEPTED: N_("yes, they want this"), DECLINED: N_("no, not this"), LATER: N_("they think about it")}
# The same said of an offer on a list.
SAID = {"": N_("no answer yet"), ACCEPTED: N_("accepted"), DECLINED: N_("declined"), LATER: N_("thinks about it")}
# The step of the protocol that offering help to these parents carries out, by the part of their child.
STEPS = {"victim": "help-victim-parents", "suspect": "help-suspect-parents", "spreader": "help-suspect-parents"}


def step_for(part: str, *, to_pupil: bool) -> str:
    """The step that an offer belongs to; the steps are for parents, so '' for help to the pupil alone."""
    return "" if to_pupil else STEPS.get(part, "")


def contact_of(part: str, *, to_pupil: bool) -> str:
    """With which group of the logbook there was contact; '' for a pupil of no group."""
    return {"victim": "victim", "suspect": "suspect", "spreader": "suspect"}.get(part, "") if to_pupil else "parents"


def gate_of(part: str, *, to_pupil: bool) -> str:
    """The wish that must be known before it is offered: a victim's, before the own parents hear (product rule 4)."""
    return "parents" if part == "victim" and not to_pupil else ""


def kept(answer: str, at: datetime | None, words: str, history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The earlier answers with the one that is replaced, which stays readable (product rule 10)."""
    if not answer:
        return history
    return [*history, {"answer": answer, "at": at.isoformat() if at else "", "words": words}]
