"""'Who can see what', in plain words, out of the one table. Pure."""

from collections.abc import Iterable

from portal.errors import N_
from portal.policy import INCIDENT_PARTS, TEAM_FUNCTIONS, incident_verbs

PART_NAMES = {
    "overview": N_("Overview and situation"),
    "plan": N_("Plan"),
    "log": N_("Logbook"),
    "team": N_("Team"),
    "people": N_("People involved, with names"),
    "wishes": N_("Wishes of the victim"),
    "notes": N_("Confidential notes"),
    "conversations": N_("Conversations and help"),
    "rest": N_("Period of rest"),
    "buddies": N_("Buddies"),
    "classes": N_("Class conversations"),
    "sheet": N_("Teacher sheet"),
    "statement": N_("Statement"),
    "letters": N_("Letters"),
    "media": N_("Media plan and press"),
    "watch": N_("Online watch"),
    "links": N_("Links with other schools"),
    "trail": N_("Who did and read what"),
}
VERB_NAMES = {
    "change": N_("read and change"),
    "make+revoke": N_("read, make and revoke"),
    "publish+withdraw": N_("read, approve, publish and withdraw"),
    "draft+publish": N_("read, write, and publish what is approved"),
    "draft": N_("read and write"),
    "write": N_("read and write"),
    "add+change-own": N_("read, add, and change own actions"),
    "change-own": N_("read, and change own actions"),
    "read-own+change-own": N_("read and change those of own pupils"),
    "add": N_("read, and note the unrest"),
    "override": N_("read, and override with a reason"),
    "write-own": N_("only entries on own actions"),
    "read-own": N_("only those of own class or own actions"),
    "read-masked": N_("only yes or no"),
    "read": N_("read"),
}
# Where '-own' is narrower than elsewhere.
OWN = {"notes": N_("only what they wrote or were given")}
OWN_CHANGES = {"classes": N_("read, and change those of own class or led by them")}
# How much somebody sees of a part at all, most first.
CHANGES, READS, IN_PART, NOTHING = N_("reads and changes"), N_("reads"), N_("sees in part"), N_("does not see")


def in_words(part: str, verbs: frozenset[str]) -> str:
    """One msgid for what a set of verbs allows of a part; '' for nothing."""
    if verbs and part in OWN:
        return OWN[part]
    if "change-own" in verbs and "change" not in verbs and part in OWN_CHANGES:
        return OWN_CHANGES[part]
    for both in ("make+revoke", "publish+withdraw", "draft+publish", "add+change-own", "read-own+change-own"):
        if verbs.issuperset(both.split("+")) and "change" not in verbs:
            return VERB_NAMES[both]
    return next((words for verb, words in VERB_NAMES.items() if verb in verbs), "")


def seen_parts() -> list[tuple[str, list[str]]]:
    """Each part with what every team function may do, in the order of `TEAM_FUNCTIONS`."""
    return [
        (PART_NAMES[part], [in_words(part, incident_verbs(part, [function])) for function in TEAM_FUNCTIONS])
        for part in INCIDENT_PARTS
    ]


def seen_with(functions: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Of somebody with these functions together: how much they see, with the parts and, where it is narrower, what."""
    mine = list(functions)
    found: dict[str, list[tuple[str, str]]] = {level: [] for level in (CHANGES, READS, IN_PART, NOTHING)}
    for part, name in PART_NAMES.items():
        verbs = incident_verbs(part, mine)
        level = _level(verbs)
        narrower = level != CHANGES and verbs != {"read"}
        found[level].append((name, in_words(part, verbs) if narrower else ""))
    return {level: parts for level, parts in found.items() if parts}


def _level(verbs: frozenset[str]) -> str:
    if verbs & {"change", "write", "make"}:
        return CHANGES
    return READS if "read" in verbs else IN_PART if verbs else NOTHING
