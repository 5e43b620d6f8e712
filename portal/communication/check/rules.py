"""What each kind of finding means, and what to write instead; how many names a check may show. Pure.

Source: product rules 5, 6 and 11.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from portal.errors import N_, TooOften

MOST_SHOWN = 20  # names that a check shows in a day to somebody who may not see names
WAIT = 60 * 60  # seconds
LONGEST_REASON = 300
PERSONAL = frozenset(
    {"name", "surname", "nickname", "account", "birth", "class", "first", "common", "initials", "classword"}
)


class Words(NamedTuple):
    title: str
    why: str
    instead: str


_LEAVE_OUT = N_("Leave it out, or write ‘a pupil of our school’.")
KINDS = {
    "name": Words(N_("Full name"), N_("This is the name of somebody involved."), _LEAVE_OUT),
    "surname": Words(
        N_("Surname"), N_("This is the surname of somebody involved. With a surname everybody is found."), _LEAVE_OUT
    ),
    "nickname": Words(
        N_("Nickname"), N_("Somebody involved is called this. Pupils know at once who is meant."), _LEAVE_OUT
    ),
    "account": Words(
        N_("Account or number"),
        N_("This is an account, address or telephone number of somebody involved."),
        N_("Leave it out. Name only the platform, like ‘on Snapchat’."),
    ),
    "birth": Words(
        N_("Birth date"), N_("This may be when somebody involved was born."), N_("Leave it out: ‘a minor’ is enough.")
    ),
    "class": Words(
        N_("Class"),
        N_("This class is part of this case. A class leads to a few pupils."),
        N_("Write ‘one of our classes’, or ‘the classes concerned have been told’."),
    ),
    "first": Words(
        N_("First name"),
        N_("Somebody involved has this first name."),
        N_("Leave it out. Is somebody else meant, a colleague? Write the function, or say so as the reason."),
    ),
    "common": Words(
        N_("A word that is also a name"),
        N_("Somebody involved is called this, and it is a word too."),
        N_("Is the word meant? Say so as the reason, or choose another word."),
    ),
    "initials": Words(
        N_("Initials"),
        N_("These may be the initials of somebody involved."),
        N_("Leave them out, or write the word in full."),
    ),
    "classword": Words(
        N_("Class"),
        N_("A class that is part of this case is called this."),
        N_("Is something else meant? Say so as the reason. Else write ‘one of our classes’."),
    ),
    "age": Words(
        N_("Age"),
        N_("An age together with a class or a sport leads to one pupil."),
        N_("Leave out the age: ‘a pupil of our school’."),
    ),
    "address": Words(
        N_("Address"),
        N_("An address can lead to somebody’s home."),
        N_("Leave it out, unless it is a place for everybody."),
    ),
    "relation": Words(
        N_("Family or friends"),
        N_("Through a brother, sister or friend somebody is found."),
        N_("Write ‘those involved’ or ‘the families’."),
    ),
    "blame": Words(
        N_("Blame or label"),
        N_("This gives somebody the blame or a label. What happened has not been judged, and it is read at home."),
        N_("Write what happened, not what somebody is: ‘images are passed on; that must stop’."),
    ),
    "imagery": Words(
        N_("Details of the images"),
        N_("Who reads this sees it before them, and starts to look for it."),
        N_("Write ‘images that should not go round’. More is not needed."),
    ),
    "promise": Words(
        N_("Promise"),
        N_("The school cannot keep this for certain. A broken promise costs trust."),
        N_("Write what you do: ‘we do all we can to …’."),
    ),
}


def check_shown(number: int) -> None:
    """So many names were shown to this person in a day. Raises `TooOften`: this looks like trying out a list."""
    if number >= MOST_SHOWN:
        raise TooOften(
            N_("The check has shown you very many names today, and stops for now."),
            N_("Ask the incident coordinator to look at the text."),
            wait=WAIT,
        )


def marked(told: Iterable[Mapping[str, Any]], texts: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """The parts that have findings, in pieces: text, the number of the finding (0 for none), whether it is hard."""
    by_part: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in told:
        by_part.setdefault((one["language"], one["part"]), []).append(one)
    return [
        {"language": language, "part": part, "pieces": _pieces(texts[language][part], ones)}
        for (language, part), ones in by_part.items()
    ]


def _pieces(text: str, told: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, bool]]:
    pieces, at = [], 0
    for one in told:
        # Of two that lie over each other the second begins where the first ends.
        start = max(one["start"], at)
        if start < one["end"]:
            pieces += [(text[at:start], 0, False), (text[start : one["end"]], one["n"], one["hard"])]
            at = one["end"]
    return [piece for piece in (*pieces, (text[at:], 0, False)) if piece[0]]
