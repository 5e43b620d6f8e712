"""The words of an incident, and what follows from them. Pure."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from portal.errors import N_, Refused

PARTS = {
    "victim": N_("victim"),
    "suspect": N_("(suspected) maker or spreader"),
    "spreader": N_("passed it on"),
    "bystander": N_("bystander"),
    "buddy": N_("buddy"),
    "parent": N_("parent or guardian"),
}
# How a person is spoken of where no name may stand.
PART_LABELS = {
    "victim": N_("victim %(n)s"),
    "suspect": N_("suspect %(n)s"),
    "spreader": N_("spreader %(n)s"),
    "bystander": N_("bystander %(n)s"),
    "buddy": N_("buddy %(n)s"),
    "parent": N_("parent %(n)s"),
}
SCHOOLS = {"own": N_("our school"), "other": N_("another school"), "unknown": N_("not known")}
KINDS = {
    "image": N_("photo"),
    "video": N_("video"),
    "livestream": N_("livestream"),
    "fake": N_("fake, or made with AI"),
    "threat": N_("threat to publish"),
    "unknown": N_("not known yet"),
}
ORIGINS = {
    "voluntary": N_("made voluntarily, spread without consent"),
    "pressure": N_("made under pressure"),
    "secret": N_("made secretly"),
    "ai": N_("made with AI"),
    "unknown": N_("not known yet"),
}
CHANNELS = {
    "whatsapp": N_("WhatsApp"),
    "snapchat": N_("Snapchat"),
    "instagram": N_("Instagram"),
    "tiktok": N_("TikTok"),
    "telegram": N_("Telegram"),
    "discord": N_("Discord or a game"),
    "website": N_("a website"),
    "phone": N_("shown on a phone"),
    "other": N_("something else"),
}
SPREADS = {
    "device": N_("on one device, as far as we know"),
    "few": N_("a few pupils"),
    "class": N_("the class"),
    "classes": N_("more classes"),
    "schools": N_("more schools"),
    "internet": N_("public on the internet"),
    "unknown": N_("not known yet"),
}
SPREAD_ORDER = ("unknown", "device", "few", "class", "classes", "schools", "internet")
UNREST = {
    "0": N_("0: none"),
    "1": N_("1: a few pupils talk about it"),
    "2": N_("2: the class is restless"),
    "3": N_("3: more classes are restless"),
    "4": N_("4: the whole school is restless"),
}
ANSWERS = {"yes": N_("yes"), "no": N_("no"), "unknown": N_("don't know yet")}
ANSWER_ORDER = ("no", "unknown", "yes")
OPEN = "open"

CONTACTS = {
    "victim": N_("victim"),
    "suspect": N_("(suspected) maker or spreader"),
    "buddies": N_("buddies"),
    "classes": N_("classes"),
    "teachers": N_("teachers"),
    "parents": N_("parents"),
    "school": N_("other school"),
}
ENTRY_KINDS = {
    "call": N_("telephone call"),
    "talk": N_("conversation"),
    "decision": N_("decision"),
    "observation": N_("observation"),
}

TREES = [
    "Eik",
    "Beuk",
    "Berk",
    "Esdoorn",
    "Linde",
    "Wilg",
    "Els",
    "Hazelaar",
    "Lijsterbes",
    "Kastanje",
    "Populier",
    "Iep",
    "Plataan",
    "Acacia",
    "Ceder",
    "Spar",
    "Den",
    "Lariks",
    "Taxus",
    "Jeneverbes",
    "Meidoorn",
    "Sleedoorn",
    "Vlier",
    "Liguster",
    "Hulst",
    "Laurier",
    "Olijf",
    "Amandel",
    "Abrikoos",
    "Perzik",
    "Pruim",
    "Kers",
    "Appelboom",
    "Perenboom",
    "Kweepeer",
    "Mispel",
    "Moerbei",
    "Vijg",
    "Walnoot",
    "Magnolia",
    "Tulpenboom",
    "Ginkgo",
    "Sequoia",
    "Cipres",
    "Mirte",
    "Buxus",
    "Kornoelje",
    "Haagbeuk",
    "Esp",
    "Es",
    "Zilverspar",
    "Douglas",
    "Robinia",
    "Catalpa",
    "Amberboom",
    "Judasboom",
    "Palm",
    "Mimosa",
    "Eucalyptus",
    "Banyan",
]


@cache
def flags() -> dict[str, dict[str, Any]]:
    """The red-flag questions by key, in the order asked (`flags.toml`; product rule 2)."""
    rows = tomllib.loads((Path(__file__).parent / "flags.toml").read_text("utf-8"))["flag"]
    return {row["key"]: row for row in rows}


def raised(answers: dict[str, str]) -> list[str]:
    """Flags answered with yes, in the order of the questions."""
    return [key for key in flags() if answers.get(key) == "yes"]


def staff_may_be_suspected(answers: dict[str, str]) -> bool:
    """Only a plain 'no' rules it out; then people may join by themselves."""
    return answers.get("staff") != "no"


def reference(year: int, number: int) -> str:
    """'2026-007'; four digits from 1000 on."""
    return f"{year}-{number:03d}"


def code_name(number: int, taken: Iterable[str]) -> str:
    """A tree that no incident of this school has had; numbered once the trees are used up."""
    used = set(taken)
    # So many names fill the rounds before; looking through these for a gap takes long in a full school.
    for turn in range(len(used) // len(TREES) + 1, 1000):
        for offset in range(len(TREES)):
            tree = TREES[(number + offset) % len(TREES)]
            name = tree if turn == 1 else f"{tree} {turn}"
            if name not in used:
                return name
    raise AssertionError("more incidents than names")


def age_range(age: int | None, birth_year: int | None, today: date) -> tuple[int, int] | None:
    """Youngest and oldest this person can be, in years; None when nothing is known."""
    if age is not None:
        return age, age
    if birth_year is not None:
        return today.year - birth_year - 1, today.year - birth_year
    return None


def label(part: str, number: int) -> dict[str, Any]:
    """A message for the logbook that speaks of a person without a name."""
    return {"message": PART_LABELS[part], "values": {"n": number}}


SCOPE_FIELDS = {
    "kind": (N_("kind: %(value)s"), KINDS),
    "origin": (N_("how it came about: %(value)s"), ORIGINS),
    "channels": (N_("channels: %(value)s"), CHANNELS),
    "spread": (N_("spread: %(value)s"), SPREADS),
    "classes": (N_("classes touched: %(value)s"), {}),
    "unrest": (N_("unrest: %(value)s"), UNREST),
}


def scope_said(name: str, value: Any) -> dict[str, Any]:
    """A message for the logbook: what a field of the situation says now."""
    message, words = SCOPE_FIELDS[name]
    values = value if isinstance(value, list) else [] if value in (None, "") else [str(value)]
    said = [{"message": words[one]} if one in words else one for one in values]
    return {"message": message, "values": {"value": said or "–"}}


@dataclass(frozen=True)
class Someone:
    """What the plan needs to know of a person involved, in one of their parts."""

    id: int
    part: str
    school: str
    ages: tuple[int, int] | None
    class_name: str = ""


@dataclass(frozen=True)
class Facts:
    """What the protocol's conditions look at."""

    people: tuple[Someone, ...]
    spread: str
    unrest: int | None
    classes: int
    flags: tuple[str, ...]
    answers: dict[str, str] = field(default_factory=dict)


ADULT, CHILD, AGE_GAP = 18, 12, 5  # years


def flags_of_ages(people: Iterable[Someone]) -> list[str]:
    """Red flags that follow for certain from what is known of the ages (product rule 2)."""
    known = [(one, one.ages) for one in people if one.ages]
    victims = [ages for one, ages in known if one.part == "victim"]
    others = [ages for one, ages in known if one.part in ("suspect", "spreader")]
    found = []
    if any(youngest >= ADULT for youngest, _oldest in others):
        found.append("adult")
    if any(oldest < CHILD for _one, (_youngest, oldest) in known):
        found.append("under-12")
    if any(other[0] - victim[1] > AGE_GAP or victim[0] - other[1] > AGE_GAP for victim in victims for other in others):
        found.append("age-gap")
    return found


def wider(first: str, second: str) -> str:
    """The wider of two spreads."""
    return max(first, second, key=SPREAD_ORDER.index)


def stronger_answer(first: str, second: str) -> str:
    """Of two answers to a red-flag question, the one that asks for more care."""
    return max(first, second, key=ANSWER_ORDER.index)


def union(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Both lists, each word once, in order."""
    return list(dict.fromkeys([*first, *second]))


def check_can_join(state: str, other_state: str, *, same: bool) -> None:
    """Refuse to join an incident with itself, or unless both are open."""
    if same:
        raise Refused(N_("An incident cannot be joined with itself."), N_("Choose the other incident."))
    if state != OPEN or other_state != OPEN:
        raise Refused(N_("Only open incidents can be joined."), N_("Open the incident again first."))


def check_keep_out(person_id: int, actor_id: int, coordinators_left: int) -> None:
    """Refuse to keep oneself out, or to leave an incident without anybody who can lead it."""
    if person_id == actor_id:
        raise Refused(N_("You cannot keep yourself out."), N_("Ask school leadership or another coordinator to do it."))
    if coordinators_left == 0:
        raise Refused(
            N_("Then nobody on the team could change the plan."), N_("Add another coordinator to the team first.")
        )


EVENTS = {
    "report.sent": N_("Report by %(who)s."),
    "report.added": N_("%(who)s added to the report."),
    "report.joined": N_("Joined with %(name)s (%(ref)s). Its logbook, people and team are here now."),
    "report.joined_into": N_("Joined into %(name)s (%(ref)s). The work goes on there."),
    "incident.ended": N_("Ended: it turned out not to be so."),
    "incident.reopened": N_("Opened again."),
    "flag.from_ages": N_("Red flag '%(flag)s' is up: it follows from the ages."),
    "flag.answered": N_("Red flag '%(flag)s': %(answer)s."),
    "unrest.noted": N_("Unrest: %(value)s."),
    "scope.changed": N_("Situation changed: %(what)s."),
    "people.added": N_("Person involved added: %(who)s."),
    "people.changed": N_("Details of %(who)s changed."),  # as entries of before say it
    "people.details": N_("Details of %(who)s changed: %(what)s."),
    "people.merged": N_("%(who)s turned out to be the same person as %(into)s, and is that one from now on."),
    "team.added": N_("%(who)s joined the team as %(function)s."),
    "team.removed": N_("%(who)s left the team."),
    "team.less": N_("%(who)s is on the team no longer as: %(functions)s."),
    "team.kept_out": N_("%(who)s is kept out of this incident."),
    "team.let_in": N_("%(who)s is no longer kept out."),
}
