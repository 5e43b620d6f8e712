"""'Who can see what', in plain words, out of the one table. Pure."""

from portal.errors import N_
from portal.policy import INCIDENT_PARTS, TEAM_FUNCTIONS, incident_verbs

PART_NAMES = {
    "overview": N_("Overview and situation"),
    "plan": N_("Plan"),
    "log": N_("Logbook"),
    "team": N_("Team"),
    "people": N_("People involved, with names"),
    "wishes": N_("Wishes of the victim"),
    "trail": N_("Who did and read what"),
}
VERB_NAMES = {
    "change": N_("read and change"),
    "write": N_("read and write"),
    "add+change-own": N_("read, add, and change own actions"),
    "change-own": N_("read, and change own actions"),
    "add": N_("read, and note the unrest"),
    "override": N_("read, and override with a reason"),
    "write-own": N_("only entries on own actions"),
    "read-own": N_("only those of own class or own actions"),
    "read-masked": N_("only yes or no"),
    "read": N_("read"),
}


def in_words(verbs: frozenset[str]) -> str:
    """One msgid for what a set of verbs allows; '' for nothing."""
    if {"add", "change-own"} <= verbs:
        return VERB_NAMES["add+change-own"]
    return next((words for verb, words in VERB_NAMES.items() if verb in verbs), "")


def seen_parts() -> list[tuple[str, list[str]]]:
    """Each part with what every team function may do, in the order of `TEAM_FUNCTIONS`."""
    return [
        (PART_NAMES[part], [in_words(incident_verbs(part, [function])) for function in TEAM_FUNCTIONS])
        for part in INCIDENT_PARTS
    ]
