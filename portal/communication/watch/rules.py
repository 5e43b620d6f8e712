"""Who looks online when, what can be said of a post, and how many there were per day. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import cycle
from typing import Any

from portal.clock import local
from portal.errors import N_, Refused

STEP = "watch-online"  # what looking ticks off in the plan
TAKE_OFFLINE = "take-offline"
DAYS = 7  # of the list of who looks when
# Parts of a day, each until its hour on the school's clock.
PARTS = {
    "morning": (N_("before school"), time(12)),
    "afternoon": (N_("after school"), time(18)),
    "evening": (N_("in the evening"), time.max),
}
WEEKEND = ("evening",)  # what is proposed on a day without school
PLATFORMS = {
    "instagram": N_("Instagram"),
    "snapchat": N_("Snapchat"),
    "tiktok": N_("TikTok"),
    "whatsapp": N_("WhatsApp"),
    "telegram": N_("Telegram"),
    "facebook": N_("Facebook"),
    "x": N_("X"),
    "youtube": N_("YouTube"),
    "discord": N_("Discord or a game"),
    "news": N_("comments on the news"),
    "other": N_("another place"),
}
USUAL = ("instagram", "snapchat", "tiktok", "facebook", "x", "news")  # where to look when nobody said it
ACCOUNTS = {
    "anonymous": N_("nobody knows whose"),
    "pupil": N_("of a pupil"),
    "parent": N_("of a parent"),
    "press": N_("of the press"),
    "public": N_("of somebody else"),
}
REACHES = {
    "few": N_("seen by a few"),
    "group": N_("in a group"),
    "hundreds": N_("hundreds"),
    "thousands": N_("thousands or more"),
}
TRUTHS = {"wrong": N_("wrong"), "partly": N_("partly wrong"), "right": N_("right"), "unknown": N_("not known yet")}
WRONG = ("wrong", "partly")
TONES = {
    "calm": N_("calm"),
    "worried": N_("worried"),
    "angry": N_("angry"),
    "hateful": N_("against a person"),
    "threat": N_("a threat"),
}
EVENTS = {
    "watch.looked": N_("Looked online: nothing seen."),
    "watch.places": N_("Where we look online, and for which words, changed."),
    "watch.turns": N_("Who looks online when was agreed."),
    "post.seen": N_("Seen online on %(platform)s: %(truth)s, %(tone)s."),
    "post.assessed": N_("A post on %(platform)s was judged anew: %(truth)s, %(tone)s."),
    "post.replied": N_("A post on %(platform)s was answered."),
    "post.take-down": N_("A post on %(platform)s has to be taken offline. Where it is stands at the online watch."),
}


def part_of_day(moment: datetime) -> str:
    """In which part of the school's day a moment lies."""
    at = local(moment).time()
    return next(part for part, (_words, until) in PARTS.items() if at <= until)


def week(first: date) -> list[date]:
    """The days for which turns are agreed."""
    return [first + timedelta(days=n) for n in range(DAYS)]


def propose(
    days: Iterable[date], people: Sequence[int], away: Mapping[int, Collection[date]], closed: Collection[date]
) -> dict[tuple[date, str], int]:
    """Who could look when: in turns, nobody on a day of absence; on a day without school once, in the evening."""
    turns, found = cycle(people), {}
    for day in days:
        for part in WEEKEND if day in closed or day.weekday() >= 5 else PARTS:
            for _try in people:
                person = next(turns)
                if day not in away.get(person, ()):
                    found[day, part] = person
                    break
    return found


def by_person(turns: Mapping[tuple[date, str], Any], day: date) -> Iterable[tuple[str, list[tuple[str, bool]]]]:
    """Who looks or looked on a day, each with the parts of that day and whether it was done."""
    found: dict[str, list[tuple[str, bool]]] = {}
    for part in PARTS:
        turn = turns.get((day, part))
        person = (turn.looked_by or turn.person) if turn else None
        if turn and person:
            found.setdefault(person.name, []).append((part, bool(turn.looked_at)))
    return found.items()


def fitting(truth: str, tone: str, account_kind: str) -> list[str]:
    """Which of the ready replies fit a post, the best first."""
    fits = {
        "names": tone == "hateful",
        "wrong": truth in WRONG,
        account_kind: account_kind in ("pupil", "parent", "press"),
        "refer": True,
    }
    return [key for key, does in fits.items() if does]


def check_can_answer(replied_at: datetime | None) -> None:
    """What was answered stays as it was (product rule 10). Raises `Refused`."""
    if replied_at:
        raise Refused(N_("This post was answered already."), N_("Look at what was said."))


def check_not_asked(action_id: int | None) -> None:
    """Taking a post down is asked once. Raises `Refused`."""
    if action_id:
        raise Refused(N_("It was asked already to take this post down."), N_("Look at how that goes in the plan."))


CHART_DAYS, COLUMN, HIGHEST = 14, 18, 64  # days, and width and height in units of the drawing


@dataclass(frozen=True)
class Bar:
    """Posts seen on one day, of which so many wrong. `x`, `height` and `wrong_height` are drawn."""

    day: date
    number: int
    wrong: int
    x: int
    height: int
    wrong_height: int


def per_day(posts: Iterable[tuple[datetime, str]], began: datetime, now: datetime) -> list[Bar]:
    """Posts per day, of the newest `CHART_DAYS` days since the report; pairs of when it was seen and how true it is."""
    seen: dict[date, list[str]] = {}
    for moment, truth in posts:
        seen.setdefault(local(moment).date(), []).append(truth)
    today = local(now).date()
    first = max(local(began).date(), today - timedelta(days=CHART_DAYS - 1))
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    unit = HIGHEST / max([len(seen.get(day, ())) for day in days] + [3])
    bars = []
    for place, day in enumerate(days):
        of_day = seen.get(day, [])
        wrong = sum(truth in WRONG for truth in of_day)
        bars.append(Bar(day, len(of_day), wrong, place * COLUMN, round(len(of_day) * unit), round(wrong * unit)))
    return bars
