"""Laying a statement before the other school, and answering to theirs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.accounts.models import Person
from portal.actions.operations import tick
from portal.communication.check import operations as check
from portal.communication.documents.models import DocumentVersion
from portal.communication.documents.rules import Texts
from portal.db import db
from portal.errors import N_, Invalid, Refused
from portal.incidents.operations import check_runs
from portal.links.models import LinkVisit, SharedLink, Wording
from portal.links.operations import check_names, look_at, note, say, tell_us
from portal.links.talking.operations import check_lives, tell_school
from portal.links.talking.wording import queries, rules
from portal.policy import Standing
from portal.prepared import claim


def _check_shared(link: SharedLink) -> None:
    if not queries.is_shared(link):
        raise Refused(
            N_("The statement is not shared through this link."), N_("Change what is shared first, then lay it there.")
        )


def offer(link: SharedLink, number: int, *, standing: Standing, actor: Person, now: datetime) -> Wording:
    """Lay this version of our statement before the other school, as it reads now.

    Raises `Refused`, `Invalid`, and `Leaks` when it names anybody: what the statement says names nobody at all.
    """
    root = link.root
    with db.atomic():
        check_lives(root, now=now)
        _check_shared(root)
        version = next((one for one in queries.offered(root.incident) if one.number == number), None)
        if version is None:
            raise Invalid("number", N_("Choose one of the answers given."))
        if queries.of(root).numbered(rules.OURS, number):
            raise Refused(N_("They have this version already."), N_("Look at what they said of it."))
        made = _lay_ours(root, version, standing, actor, now)
        tell_school(root, now=now)
    return made


def _lay_ours(root: SharedLink, version: DocumentVersion, standing: Standing, actor: Person, now: datetime) -> Wording:
    texts = rules.tidied(version.texts)
    check.gate(root.incident, texts, None, **look_at(root, {}), standing=standing, actor=actor, now=now)
    made = _lay(root, rules.OURS, version.number, texts, by_person=actor, at=now)
    note(root, "statement:offer", actor=actor, now=now, number=version.number)
    say(root, rules.EVENTS["ours.offered"], author=actor, now=now, kind="decision", number=version.number)
    return made


def _lay(root: SharedLink, whose: str, number: int, texts: Texts, **by: Any) -> Wording:
    made: Wording = Wording.create(link=root, whose=whose, number=number, texts=texts, **by)
    return made


def offer_valid(link: SharedLink, *, standing: Standing, actor: Person, now: datetime) -> Wording | None:
    """What is online, else was approved last, goes along with what is shared; joins the caller's transaction, tells
    nobody. None when there is none or they have it, and when it names somebody: that is shown to who lays it by hand.
    """
    version = queries.valid(link.incident)
    if version is None or queries.of(link).numbered(rules.OURS, version.number):
        return None
    try:
        return _lay_ours(link.root, version, standing, actor, now)
    except check.Leaks:
        return None


def answer_ours(
    wording: Wording,
    answer: str,
    typed: Texts,
    words: str,
    *,
    version: int,
    link: SharedLink,
    visit: LinkVisit | None,
    now: datetime,
) -> None:
    """What the other school says of ours; `typed` is the whole text as they would have it.

    Raises `Invalid`, `Refused`, `ChangedMeanwhile` and `Missing`.
    """
    proposed = rules.otherwise(wording.texts, typed) if answer == rules.PROPOSED else {}
    rules.check_said(answer, proposed, words, "words")
    with db.atomic():
        check_lives(link, visit=visit, now=now)
        _claim(wording, answer, proposed, words, version, answered_by_link_id=link.id, answered_at=now)
        note(link, "statement:answer", visit=visit, now=now, number=wording.number, answer=answer)
        event = rules.EVENTS[f"ours.{answer}"]
        say(link, event, now=now, kind="decision", contact="school", number=wording.number, text=_said(proposed, words))
        tell_us(link.incident, now=now)


def _claim(wording: Wording, answer: str, proposed: Texts, words: str, version: int, **by: Any) -> None:
    latest = queries.of(wording.link).newest(wording.whose)
    assert latest
    rules.check_can_answer(answer, before=latest.answer, is_newest=latest.id == wording.id)
    # Who agrees after having proposed other words leaves these as they were said.
    said = {} if wording.answer and answer == rules.AGREED else {"proposed": proposed, "words": words}
    claim(wording, version, {"answer": answer, **said, **by})


def _said(proposed: Mapping[str, Mapping[str, str]], words: str) -> str:
    """For the logbook, where what was said stays whole."""
    texts = [text for said in proposed.values() for text in said.values()]
    return "\n\n".join(one for one in (words, *texts) if one)


def lay_theirs(link: SharedLink, text: str, language: str, *, visit: LinkVisit | None, now: datetime) -> Wording:
    """The other school lays its own statement before us. Raises `Missing` and `Refused`."""
    with db.atomic():
        check_lives(link, visit=visit, now=now)
        latest = queries.of(link).newest(rules.THEIRS)
        texts = {language: {rules.TEXT: text}}
        if latest and latest.texts == texts:
            raise Refused(N_("We have this text already."), N_("Change it first, or wait for our answer."))
        made = _lay(link.root, rules.THEIRS, latest.number + 1 if latest else 1, texts, by_link=link, at=now)
        note(link, "statement:lay", visit=visit, now=now, number=made.number)
        say(link, rules.EVENTS["theirs.offered"], now=now, kind="decision", contact="school", text=text)
        tell_us(link.incident, now=now)
    return made


def answer_theirs(
    wording: Wording,
    answer: str,
    text: str,
    words: str,
    *,
    version: int,
    standing: Standing,
    actor: Person,
    now: datetime,
) -> None:
    """What we say of theirs; `text` is the whole of it as we would have it. Raises as `answer_ours`, and `Leaks`."""
    root = wording.link
    language = next(iter(wording.texts))
    typed = {language: {rules.TEXT: text}}
    proposed = rules.otherwise(wording.texts, typed) if answer == rules.PROPOSED else {}
    rules.check_said(answer, proposed, words, "words")
    with db.atomic():
        check_lives(root, now=now)
        # What they wrote themselves is no leak of ours.
        said = {"words": words, **({rules.TEXT: text} if proposed else {})}
        check_names(root, said, standing=standing, actor=actor, now=now)
        _claim(wording, answer, proposed, words, version, answered_by_person_id=actor.id, answered_at=now)
        note(root, "statement:answer", actor=actor, now=now, number=wording.number, answer=answer)
        event = rules.EVENTS[f"theirs.{answer}"]
        say(root, event, author=actor, now=now, kind="decision", text=_said(proposed, words))
        tell_school(root, now=now)


def tick_off(link: SharedLink, step: str, words: str, *, standing: Standing, actor: Person, now: datetime) -> None:
    """Finish a step of the plan for which the other school was needed. Raises as `actions.operations.tick`."""
    with db.atomic():
        check_runs(link.incident)
        tick(link.incident, step, None, words, standing=standing, actor=actor, now=now)
