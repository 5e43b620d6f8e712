"""Where drafts are kept, and for how long. Pure."""

import re
from datetime import timedelta

from portal.protocol.rules import GATES

MOST = 20_000  # characters of one draft: more than any field accepts, so that what is too long is kept too
KEPT = timedelta(days=30)
KEYS_KEPT = timedelta(days=2)
TOGETHER = timedelta(minutes=10)  # who saved a draft so long ago is still writing
MOST_DRAFTS = 200  # of one person: more than anybody has waiting, and few enough to show on one page

# Every address to which a form with a long text is sent, with the name of that text. A test reads it from the pages.
_TEXTS = {
    r"/incidents/[\w-]+/(?:(?:log|notes)(?:/\d+/correct)?|plan/\d+/note)": "text",
    r"/incidents/[\w-]+/(?:end|reopen|classes/\d+/cancel)": "reason",
    r"/incidents/[\w-]+/classes/\d+/prepare": "(?:feelings|opening|closing|materials)",
    r"/incidents/[\w-]+/classes/\d+/held": "(?:mood|insight|agreements)",
    r"/incidents/[\w-]+/classes/\d+/later": "(?:text|agreements)",
    r"/incidents/[\w-]+/classes/\d+/worry": "text",
    r"/incidents/[\w-]+/plan/(?:new|\d+/planning)": "how",
    r"/incidents/[\w-]+/plan/\d+/wish": f"(?:{'|'.join((*GATES, 'apology', 'safety'))})-words",
    r"/incidents/[\w-]+/plan/\d+/state": "words",
    r"/incidents/[\w-]+/letters/\d+/edit": "(?:nl|en)-(?:opening|core|more|closing)",
    r"/incidents/[\w-]+/letters/\d+/decide": "remark",
    r"/incidents/[\w-]+/letters/\d+/informed": "words",
    r"/incidents/[\w-]+/sheet/adapt": "(?:signal|now|say|lesson|remark|phone|own|questions)",
    r"/incidents/[\w-]+/people/(?:new|\d+)": "(?:delicate|support)",
    r"/incidents/[\w-]+/wishes/\d+": f"(?:{'|'.join((*GATES, 'apology', 'safety'))})-words",
    r"/incidents/[\w-]+/rest/(?:new/\d+|\d+/change)": "(?:schoolwork|told)",
    r"/incidents/[\w-]+/rest/\d+/(?:contact|longer|end|return)": "words",
    r"/incidents/[\w-]+/buddies/\d+/ask": "told",
    r"/incidents/[\w-]+/buddies/\d+/arrange": "task",
    r"/incidents/[\w-]+/buddies/\d+/check-in": "words",
    r"/incidents/new/[\w-]+/what": "story",
    r"/incidents/[\w-]+/conversations/\d+/prepare": "(?:goal|opening|emotions|avoid|culture|interpreter|closing)",
    r"/incidents/[\w-]+/conversations/\d+/held": "(?:agreed|feelings|confidential)",
    r"/incidents/[\w-]+/conversations/\d+/cancel": "reason",
    r"/incidents/[\w-]+/conversations/\d+/add": "text",
    r"/incidents/[\w-]+/conversations/help/\d+": "words",
    r"/incidents/[\w-]+/links/\d+/purpose": "(?:purpose|parents)_words",
    r"/incidents/[\w-]+/links/\d+/(?:share|change)": "summary",
    r"/incidents/[\w-]+/links/\d+/revoke": "words",
    r"/incidents/[\w-]+/media/calls/new": "(?:question|promised)",
    r"/incidents/[\w-]+/media/calls/\d+/answer": "words",
    r"/incidents/[\w-]+/media/calls/\d+/later": "promised",
    r"/incidents/[\w-]+/media/plan": "(?:holding|speaks|silent|gate|cameras|rights|online)",
    r"/incidents/[\w-]+/media/questions": "(?:happened|who|think|doing|why|since|police|measures|victim|rumour|"
    "prevention|filming)",
    r"/incidents/[\w-]+/statement/write": "(?:nl|en)-(?:going|think|do|why|contact)",
    r"/incidents/[\w-]+/statement/(?:send-back|withdraw)": "words",
    r"/incidents/[\w-]+/watch/new": "said",
    r"/incidents/[\w-]+/watch/places": "terms",
    r"/incidents/[\w-]+/watch/\d+/reply": "words",
    r"/incidents/[\w-]+/links/\d+/messages": "text",
    r"/incidents/[\w-]+/links/\d+/statement/answer": "(?:text|words)",
    r"/receipts/[\w-]+/add": "text",
}
# Behind ~ what was typed in a session of before, and set aside when that one could not be shown.
_PLACE = re.compile("(?:" + "|".join(f"{path}#{text}" for path, text in _TEXTS.items()) + r")(?:~\d+)?", re.ASCII)
_PATH = re.compile("|".join(_TEXTS), re.ASCII)
_POSTED_TO = re.compile(
    r"/(?:note|planning|state|wish|add|ask|arrange|check-in|decide|informed|send-back|withdraw)$|(?<=/wishes)/\d+$"
    r"|(?<=/rest)/\d+/(?:contact|longer|end|return)$|(?<=/media)/calls/\d+/(?:answer|later)$"
    r"|(?<=\d)/reply$|(?<=/statement)/answer$"
)


def has_text(path: str) -> bool:
    """Whether a form with a long text is sent to this address."""
    return bool(_PATH.fullmatch(path))


def is_place(place: str) -> bool:
    """Whether a draft can be kept there, by somebody who may send the form."""
    return bool(_PLACE.fullmatch(place))


def page_of(place: str) -> str:
    """The page on which the text of a place is typed: some forms are sent to an address of their own."""
    return _POSTED_TO.sub("", place.partition("#")[0])


def moved(place: str, ref: str) -> str:
    """The same place in another incident."""
    return re.sub(r"^/incidents/[^/]+", f"/incidents/{ref}", place)


def both(first: str, second: str) -> str:
    """Two drafts that came to one place."""
    return "\n\n".join(dict.fromkeys(text for text in (first, second) if text))
