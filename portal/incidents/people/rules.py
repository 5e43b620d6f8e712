"""What follows from who is who among the people involved: parts, classes, and two rows for one person. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from portal.errors import N_
from portal.incidents.rules import PARTS, Someone
from portal.leakcheck.rules import Named as Named
from portal.leakcheck.rules import holds_name as holds_name
from portal.leakcheck.rules import plain
from portal.policy import as_class

MEMBERS = [part for part in PARTS if part not in ("buddy", "parent")]
SPREADING = ("suspect", "spreader")
# What is told of a person, with the words for it: the columns that move along when two rows become one.
DETAILS = {
    "part": N_("part"),
    "also": N_("another part"),
    "name": N_("name"),
    "aliases": N_("nicknames and accounts"),
    "class_name": N_("class"),
    "age": N_("age"),
    "birth_year": N_("year of birth"),
    "school": N_("school"),
    "school_name": N_("name of the school"),
    "child_id": N_("whose parent"),
    "reach": N_("how to reach"),
    "language": N_("language"),
    "interpreter": N_("interpreter"),
    "delicate": N_("what is delicate"),
    "support": N_("extra support"),
}
LONGEST_REACH = 200
WORD = re.compile(r"[^\W_]+")
TELEPHONE = re.compile(r"[+(]?\d[\d ()-]{7,17}\d")


def named(person: Any, year: int) -> Named:
    """By what a row of somebody involved is found in a text; `year` is the one in which the age was true."""
    born: tuple[int, ...] = (person.birth_year,) if person.birth_year else ()
    if not born and person.age is not None:
        born = (year - person.age - 1, year - person.age)
    return Named(person.name, person.class_name, tuple(person.aliases), born, person.reach)


def in_order(parts: Iterable[str]) -> list[str]:
    """Each part once, in the order of `PARTS`: the first is what somebody is called by."""
    chosen = set(parts)
    return [part for part in PARTS if part in chosen]


def of_each(parts: Sequence[str], someone: Someone) -> list[Someone]:
    """The same person in each of their parts, so that the conditions of the plan see all of them."""
    return [replace(someone, part=part) for part in parts]


def share_a_class(people: Iterable[Someone]) -> bool:
    """Whether a victim sits in one class with somebody else who is said to have made or spread it."""
    here = [one for one in people if one.class_name and one.school != "other"]
    victims = {(one.id, as_class(one.class_name)) for one in here if one.part == "victim"}
    others = {(one.id, as_class(one.class_name)) for one in here if one.part in SPREADING}
    return any(number != other and name == beside for number, name in victims for other, beside in others)


# How somebody is spoken of to who may not know names or classes.
PLACES = {
    "class": N_("a pupil of the same class as the victim"),
    "other-class": N_("a pupil of another class"),
    "own": N_("somebody of our school"),
    "other": N_("a pupil of another school"),
    "unknown": N_("somebody whose school is not known yet"),
}


def masked(people: Iterable[Someone]) -> list[dict[str, Any]]:
    """A message for each victim, suspect, spreader and bystander that says neither name nor class."""
    by_id: dict[int, list[Someone]] = {}
    for one in people:
        if one.part in MEMBERS:
            by_id.setdefault(one.id, []).append(one)
    victims = [ones[0] for ones in by_id.values() if ones[0].part == "victim"]
    classes = {as_class(one.class_name) for one in victims if one.school != "other"}
    return [_masked(ones, classes - {""}, len(victims) > 1) for ones in by_id.values()]


def _masked(ones: list[Someone], classes: set[str], several: bool) -> dict[str, Any]:
    first, rest = ones[0], [{"message": PARTS[one.part]} for one in ones]
    if first.part != "victim":
        return {"message": "%(who)s: %(parts)s", "values": {"who": {"message": _place(first, classes)}, "parts": rest}}
    who = N_("a victim") if several else N_("the victim")
    if first.school == "other":
        who = N_("a victim, at another school") if several else N_("the victim, at another school")
    if not rest[1:]:
        return {"message": who}
    return {"message": "%(who)s; %(parts)s", "values": {"who": {"message": who}, "parts": rest[1:]}}


def _place(one: Someone, classes: set[str]) -> str:
    if one.school != "own" or not one.class_name or not classes:
        return PLACES[one.school]
    return PLACES["class" if as_class(one.class_name) in classes else "other-class"]


def may_be_same(one: Any, other: Any) -> bool:
    """Whether two rows look like one person: each word of the shorter name fits one of the longer name, in order.

    'Noor V.' fits 'Noor Vermeer'. Another class or another school tells them apart.
    """
    for name, key in (("class_name", as_class), ("school", plain)):
        first, second = key(getattr(one, name)), key(getattr(other, name))
        if first != second and "" not in (first, second) and "unknown" not in (first, second):
            return False
    words = [WORD.findall(plain(row.name)) for row in (one, other)]
    shorter, longer = sorted(words, key=lambda name: (len(name), sum(map(len, name))))
    if not any(len(word) > 1 for word in shorter):
        return bool(shorter) and shorter == longer
    return all(a.startswith(b) or b.startswith(a) for a, b in zip(shorter, longer, strict=False))


def doubles(rows: Sequence[Any]) -> dict[int, Any]:
    """For each row that looks like the same person as an earlier one: that one."""
    found: dict[int, Any] = {}
    for at, row in enumerate(rows):
        for before in rows[:at]:
            related = row.child_id == before.id or before.child_id == row.id
            if not related and may_be_same(row, before):
                found.setdefault(row.id, before)
    return found


def edition(rows: Iterable[tuple[int, int]]) -> str:
    """What rows (id and version) were when somebody looked at them."""
    return ",".join(f"{number}.{version}" for number, version in sorted(rows))


def first_of(one: tuple[str, int], other: tuple[str, int]) -> int:
    """Which of two rows stays, 0 or 1: of part and number, the one that comes first keeps its label."""
    return min((0, 1), key=lambda at: (list(PARTS).index((one, other)[at][0]), (one, other)[at][1]))


def combined(right: Mapping[str, Any], other: Mapping[str, Any], *, stays: int) -> dict[str, Any]:
    """What is known of one person out of two rows: where both say something, `right` counts.

    Both names stay known, so that neither leaves the school; texts are put below each other. `stays` is the id of
    the row that stays, which cannot be its own child.
    """
    found = {name: right[name] or other[name] for name in DETAILS}
    parts = in_order([right["part"], *right["also"], other["part"], *other["also"]])
    found |= {"part": parts[0], "also": parts[1:]}
    ages = right if right["age"] is not None or right["birth_year"] is not None else other
    found |= {"age": ages["age"], "birth_year": ages["birth_year"]}
    known = right if right["school"] != "unknown" else other
    found |= {"school": known["school"], "school_name": right["school_name"] or known["school_name"]}
    found["aliases"] = [
        name
        for name in dict.fromkeys([*right["aliases"], *other["aliases"], *_listed(other["name"])])
        if plain(name) != plain(found["name"])
    ]
    found |= {name: "\n".join(dict.fromkeys(filter(None, (right[name], other[name])))) for name in TEXTS}
    reach = "; ".join(dict.fromkeys(filter(None, (right["reach"], other["reach"]))))
    found["reach"] = reach if len(reach) <= LONGEST_REACH else found["reach"]
    if found["child_id"] == stays or "parent" not in parts:
        found["child_id"] = None
    return found


TEXTS = ("delicate", "support")


def _listed(name: str) -> list[str]:
    # A list of short words is kept with commas between them.
    return [name.replace(",", " ")] if name else []


def fields_said(fields: Iterable[str]) -> list[dict[str, Any]]:
    """Messages for the logbook: which details changed, and nothing of what they say."""
    return [{"message": word} for name, word in DETAILS.items() if name in set(fields)]


def telephone(reach: str) -> str:
    """The first telephone number in how somebody is reached, to call with one touch; '' without one."""
    found = TELEPHONE.search(reach)
    return found[0] if found else ""
