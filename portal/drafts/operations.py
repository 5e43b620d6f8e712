"""Keeping what is typed, and claiming a form that is sent. Neither is in the trail: see `docs/privacy.md`."""

from datetime import datetime

from portal.accounts.models import Person
from portal.clearing import remove_over
from portal.db import db
from portal.drafts.models import Draft, SentForm
from portal.drafts.rules import KEPT, KEYS_KEPT, MOST_DRAFTS, both, moved
from portal.errors import N_, Invalid, Missing
from portal.incidents.models import Incident

TOO_MANY = N_("Not kept: you have %(most)s drafts. Open 'My drafts', and send or throw away what you do not need.")


def keep(person: Person, place: str, incident: Incident, text: str, *, only: int | None = None, now: datetime) -> None:
    """Store what somebody is typing, in place of what was there; nothing typed, nothing kept.

    `only` is a session that sees no drafts of others: what was typed in those is set aside and not overwritten.
    Raises `Invalid` for one more than a person can have.
    """
    change = {Draft.text: text, Draft.saved_at: now, Draft.incident: incident, Draft.session_id: person.session_id}
    with db.atomic():
        if not text:
            return forget(person.id, {place: ""}, only)
        if only is not None:
            _set_aside(person, place, text, only)
        others = Draft.select().where(Draft.person == person, Draft.place != place)
        if others.count() >= MOST_DRAFTS:
            raise Invalid("text", TOO_MANY, most=MOST_DRAFTS)
        Draft.insert({Draft.person: person, Draft.place: place, **change}).on_conflict(
            conflict_target=[Draft.person, Draft.place], update=change
        ).execute()


def _set_aside(person: Person, place: str, text: str, only: int) -> None:
    """What was typed there in another session goes to a place of its own, unless the text holds it already."""
    there = Draft.get_or_none(Draft.person == person, Draft.place == place)
    if there is not None and there.session_id != only and there.text not in text:
        Draft.update(place=f"{place}~{there.id}").where(Draft.id == there.id).execute()


def forget(person_id: int, texts: dict[str, str], only: int | None = None) -> None:
    """These texts have been sent, by place; joins the caller's transaction.

    `only` is a session that sees no drafts of others: of those only what is the same text goes.
    """
    gone = (Draft.person == person_id) & Draft.place.in_(list(texts))
    if only is not None:
        gone &= (Draft.session_id == only) | Draft.text.in_(list(texts.values()))
    Draft.delete().where(gone).execute()


def throw_away(person: Person, draft_id: int) -> None:
    """Raises `Missing` for a draft that is not there or not one's own."""
    with db.atomic():
        if not Draft.delete().where(Draft.id == draft_id, Draft.person == person).execute():
            raise Missing


def forget_incident(incident: Incident, person: Person, now: datetime) -> None:
    """Somebody left the team or is kept out: nothing of it stays with them."""
    Draft.delete().where(Draft.incident == incident, Draft.person == person).execute()


def move_to(source: Incident, target: Incident, *, actor: Person, now: datetime) -> None:
    """Two incidents were joined: what was typed in one goes on in the other, beside what was typed there."""
    for draft in list(Draft.select().where(Draft.incident == source)):
        place = moved(draft.place, target.ref)
        there = Draft.get_or_none(Draft.person == draft.person_id, Draft.place == place, Draft.id != draft.id)
        if there is not None:
            Draft.update(text=both(there.text, draft.text)).where(Draft.id == there.id).execute()
            draft.delete_instance()
        else:
            Draft.update(place=place, incident=target).where(Draft.id == draft.id).execute()


def claim(key: str, person_id: int, now: datetime) -> None:
    """Take the key of a form; joins the transaction of its record."""
    SentForm.create(key=key, person_id=person_id, at=now)


def clear_old(now: datetime) -> None:
    """What nobody came back for, and keys of forms that nobody sends again."""
    remove_over({Draft: Draft.saved_at < now - KEPT, SentForm: SentForm.at < now - KEYS_KEPT})
