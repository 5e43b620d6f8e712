"""Offering help, writing down the answer, and keeping the school's own list."""

from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.actions.operations import check_gate_of, tick
from portal.audit.operations import record
from portal.care.conversations.queries import parts_of, pupil_of
from portal.care.help import queries, rules
from portal.care.help.models import HelpOffer, HelpOption
from portal.db import db
from portal.errors import N_, Invalid, Missing
from portal.incidents.models import Incident, Involved
from portal.incidents.operations import check_runs, log
from portal.policy import Standing
from portal.prepared import claim

EVENTS = {
    "offered": N_("Help offered to %(who)s: %(what)s."),
    "answered": N_("Help for %(who)s, %(what)s: %(answer)s."),
}


def offer(
    incident: Incident, values: dict[str, Any], *, standing: Standing, actor: Person, now: datetime
) -> list[HelpOffer]:
    """Offer one or more kinds of help to one family or pupil. Raises `GateClosed` and `Invalid`."""
    person, who = queries.receivers(incident, standing).get(values["receiver"], (None, {}))
    if person is None:
        raise Invalid("receiver", N_("Choose one of the answers given."))
    if "parent" in parts_of(person) and person.child_id is None:
        raise Invalid("receiver", N_("Write down first whose parent this is: the wish of a victim comes first."))
    to_pupil = values["receiver"].startswith(queries.ALONE)
    there = {option.id: option for option in queries.options()}
    chosen = [there[number] for number in values["options"] if number in there]
    _check_new(person, to_pupil, chosen)
    pupil, part = pupil_of(person), queries.part_of_child(person)
    at = min(values["offered_at"] or now, now)
    with db.atomic():
        check_runs(incident)
        gate = rules.gate_of(part, to_pupil=to_pupil)
        if gate:
            check_gate_of(pupil, gate)
        common = {"incident": incident, "about": person, "to_pupil": to_pupil, "offered_at": at, "offered_by": actor}
        made = [HelpOffer.create(**common, option=option) for option in chosen]
        numbers = [option.id for option in chosen]
        record("care:help:offer", f"involved:{person.id}", actor_id=actor.id, now=now, options=numbers)
        what = [option.name for option in chosen]
        contact = rules.contact_of(part, to_pupil=to_pupil)
        log(incident, "talk", EVENTS["offered"], author=actor, now=now, who=who, what=what, contact=contact, at=at)
        step = rules.step_for(part, to_pupil=to_pupil)
        if values["tick"] and step:
            tick(incident, step, pupil and pupil.id, ", ".join(what), standing=standing, actor=actor, now=now)
    return made


def _check_new(person: Involved, to_pupil: bool, chosen: list[HelpOption]) -> None:
    if not chosen:
        raise Invalid("options", N_("Choose which help you offered."))
    before = HelpOffer.select(HelpOffer.option).where(HelpOffer.about == person, HelpOffer.to_pupil == to_pupil)
    known = {number for (number,) in before.tuples()}
    again = [option.name for option in chosen if option.id in known]
    if again:
        raise Invalid("options", N_("Offered before: %(what)s. Open it in the list to note an answer."), what=again[0])


def answer(offered: HelpOffer, said: str, words: str, *, version: int, actor: Person, now: datetime) -> None:
    """What they say to it now; what they said before stays. Raises `ChangedMeanwhile`."""
    history = rules.kept(offered.answer, offered.answered_at, offered.words, offered.history)
    with db.atomic():
        check_runs(offered.incident)
        claim(offered, version, {"answer": said, "answered_at": now, "words": words, "history": history})
        record("care:help:answer", f"involved:{offered.about_id}", actor_id=actor.id, now=now, offer=offered.id)
        values = {"who": queries.to_whom(offered), "what": offered.option.name, "text": words}
        answer = {"message": rules.SAID[said]}
        log(offered.incident, "talk", EVENTS["answered"], author=actor, now=now, answer=answer, **values)


def add_option(values: dict[str, Any], *, actor: Person, now: datetime) -> HelpOption:
    """Put help on the school's list."""
    with db.atomic():
        option: HelpOption = HelpOption.create(**values)
        record("settings:help:add", f"help:{option.id}", actor_id=actor.id, now=now)
    return option


def change_option(option: HelpOption, values: dict[str, Any], *, version: int, actor: Person, now: datetime) -> None:
    """Change what the list says. Raises `ChangedMeanwhile`."""
    with db.atomic():
        claim(option, version, values)
        record("settings:help:change", f"help:{option.id}", actor_id=actor.id, now=now, fields=sorted(values))


def remove_option(option: HelpOption, *, actor: Person, now: datetime) -> None:
    """Take help off the list; what was offered of it stays. Raises `Missing`."""
    with db.atomic():
        there = (HelpOption.id == option.id) & HelpOption.removed_at.is_null()
        if not HelpOption.update(removed_at=now, version=HelpOption.version + 1).where(there).execute():
            raise Missing
        record("settings:help:remove", f"help:{option.id}", actor_id=actor.id, now=now)
