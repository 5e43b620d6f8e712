"""What the events of the trail say in plain words, who may read which, and what is asked of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from portal.clock import day_begins
from portal.errors import N_
from portal.incidents.logbook.rules import Place
from portal.links.trail.rules import SAID

PAGE = 100  # events on a page
# All that the administrator reads; every other event is about an incident. The index `audit_event_office` says so too.
OFFICE = ("account:", "protocol:", "settings:")
# What the administrator can ask for: how the actions begin. 'account' is what is left of that part.
KINDS = {
    "account": N_("accounts"),
    "sign-in": N_("signing in and out"),
    "factor": N_("second factor"),
    "confirmation": N_("confirmations by two"),
    "absence": N_("absence and deputies"),
    "settings": N_("settings and protocol"),
}
BEGINS = {
    "sign-in": ("account:sign-in:", "account:session:", "account:emergency:", "account:device:"),
    "factor": ("account:factor:",),
    "confirmation": ("account:confirmation:",),
    "absence": ("account:absence:", "account:work:", "settings:deputies:"),
    "settings": ("settings:", "protocol:"),
}
DAYS = (7, 30, 365)
READ, CHANGED = "read", "changed"
DONE = {READ: N_("what was read"), CHANGED: N_("what was changed")}

# action -> what the person did. `about` is what the event is about, `whom` a colleague, `what` a word of its own.
# A star stands for any word.
WORDS = {
    "account:absence:report": N_("reported %(about)s away"),
    "account:absence:begin": N_("the absence of %(about)s began"),
    "account:absence:end": N_("ended the absence of %(about)s"),
    "account:absence:cancel": N_("cancelled the absence of %(about)s"),
    "account:absence:forget": N_("removed days of absence of %(about)s that went by"),
    "account:address:change": N_("changed the e-mail address of %(about)s"),
    "account:confirmation:ask": N_("asked a second person to confirm something about %(about)s"),
    "account:confirmation:confirm": N_("confirmed what was asked about %(about)s"),
    "account:confirmation:refuse": N_("refused what was asked about %(about)s"),
    "account:device:add": N_("signed in on a new device"),
    "account:emergency:end": N_("ended all sessions of the school"),
    "account:factor:*": N_("changed the second factor of %(about)s"),
    "account:factor:app": N_("set up an app for the second factor"),
    "account:factor:close": N_("was stopped after too many wrong codes"),
    "account:factor:codes": N_("made new recovery codes"),
    "account:factor:fail": N_("showed a wrong second factor"),
    "account:factor:passkey": N_("added a passkey"),
    "account:factor:recover": N_("used a recovery code"),
    "account:factor:remove": N_("removed a passkey"),
    "account:factor:reset": N_("took away the second factor of %(about)s"),
    "account:functions:give": N_("gave functions to %(about)s"),
    "account:invite:*": N_("invited %(about)s"),
    "account:language:change": N_("chose a language"),
    "account:link:read": N_("looked at the link of %(about)s"),
    "account:link:use": N_("used a link that was sent"),
    "account:password:change": N_("chose a new password"),
    "account:password:reset": N_("ended the password of %(about)s"),
    "account:people:import": N_("added or changed accounts from a list"),
    "account:person:change": N_("changed the account of %(about)s"),
    "account:person:create": N_("made the account of %(about)s"),
    "account:person:leave": N_("closed the account of %(about)s"),
    "account:person:return": N_("opened the account of %(about)s again"),
    "account:reset:*": N_("made a link for a new password of %(about)s"),
    "account:reset:ask": N_("a new password was asked for %(about)s"),
    "account:session:end": N_("ended sessions of %(about)s"),
    "account:setup:*": N_("made a link to set up the school"),
    "account:sign-in:start": N_("signed in"),
    "account:sign-in:end": N_("signed out"),
    "account:sign-in:fail": N_("signing in as %(about)s failed"),
    "account:sign-in:refuse": N_("signing in as %(about)s was refused on the page of a colleague"),
    "account:sign-in:step-up": N_("showed the second factor"),
    "account:sign-in:throttle": N_("signing in as %(about)s has to wait after too many tries"),
    "account:trail:read": N_("read this page"),
    "account:work:hand-over": N_("handed over the work of %(about)s"),
    "care:conversation:add": N_("added to a conversation with or about %(about)s"),
    "care:conversation:cancel": N_("called off a conversation with or about %(about)s"),
    "care:conversation:change": N_("changed when or where a conversation is with or about %(about)s"),
    "care:conversation:hold": N_("wrote down a conversation with or about %(about)s"),
    "care:conversation:plan": N_("planned a conversation with or about %(about)s"),
    "care:conversation:prepare": N_("prepared a conversation with or about %(about)s"),
    "care:group:*": N_("planned, prepared or wrote down a conversation with a group"),
    "care:help:answer": N_("wrote down the answer of %(about)s to an offer of help"),
    "care:help:offer": N_("wrote down an offer of help to or for %(about)s"),
    "care:buddy:answer": N_("wrote down the answer of %(about)s"),
    "care:buddy:ask": N_("wrote down that %(about)s was asked to be a buddy"),
    "care:buddy:change": N_("changed what was agreed with %(about)s"),
    "care:buddy:check-in": N_("wrote down how it goes with %(about)s"),
    "care:buddy:name": N_("wrote down that the victim named %(about)s"),
    "care:buddy:plan": N_("planned a check-in with %(about)s"),
    "care:buddy:stop": N_("wrote down that %(about)s stopped as a buddy"),
    "care:note:correct": N_("corrected a confidential note"),
    "care:note:hand-over": N_("handed a confidential note to %(whom)s"),
    "care:note:read": N_("read a confidential note"),
    "care:note:write": N_("wrote a confidential note"),
    "care:rest:begin": N_("began the period of rest of %(about)s"),
    "care:rest:change": N_("changed the period of rest of %(about)s"),
    "care:rest:contact": N_("noted contact with %(about)s during the rest"),
    "care:rest:end": N_("ended the period of rest of %(about)s"),
    "care:rest:lengthen": N_("made the period of rest of %(about)s longer"),
    "care:rest:plan": N_("planned a period of rest for %(about)s"),
    "care:rest:return": N_("noted the talk with %(about)s at coming back"),
    "care:rest:tell": N_("noted that the teachers were told about %(about)s"),
    "care:wish:record": N_("wrote down a wish of %(about)s"),
    "classes:sheet:change": N_("adapted the teacher sheet"),
    "classes:sheet:end": N_("took back the teacher sheet"),
    "classes:sheet:give-out": N_("gave out the teacher sheet"),
    "classes:talk:add": N_("added to a class conversation"),
    "classes:talk:cancel": N_("called off a class conversation"),
    "classes:talk:decide": N_("decided whether there is a class conversation"),
    "classes:talk:hold": N_("noted what came of a class conversation"),
    "classes:talk:prepare": N_("prepared a class conversation"),
    "classes:unrest:note": N_("noted the unrest in a class"),
    "classes:worry:add": N_("wrote down a worry after a class conversation"),
    "classes:worry:read": N_("read worries about pupils after a class conversation"),
    "communication:plan:keep": N_("agreed on the media plan or the answers to the press"),
    "communication:press:answer": N_("noted what the press was answered"),
    "communication:press:change": N_("noted that another moment was agreed with the press"),
    "communication:press:note": N_("noted a question of the press"),
    "communication:document:approve": N_("approved the statement or a letter"),
    "communication:document:ask": N_("asked for approval of the statement or a letter"),
    "communication:document:publish": N_("published the statement"),
    "communication:document:send-back": N_("sent the statement or a letter back"),
    "communication:document:withdraw": N_("withdrew the statement"),
    "communication:document:write": N_("wrote the statement or a letter"),
    "communication:letter:inform": N_("noted who was informed with a letter"),
    "communication:address:read": N_("asked for the address of a post"),
    "communication:post:add": N_("wrote down a post that was seen online"),
    "communication:post:assess": N_("judged a post that was seen online"),
    "communication:post:reply": N_("noted the answer to a post"),
    "communication:post:take-down": N_("asked to take a post offline"),
    "communication:post:unrest": N_("noted the unrest because of a post"),
    "communication:watch:change": N_("changed where is looked online"),
    "communication:watch:look": N_("looked online and saw nothing"),
    "communication:watch:turns": N_("agreed who looks online when"),
    "incident:flag:*": N_("answered a red flag: %(what)s"),
    "incident:log:correct": N_("corrected an entry in the logbook"),
    "incident:log:read": N_("read the logbook"),
    "incident:log:search": N_("searched in logbooks"),
    "incident:log:write": N_("wrote in the logbook"),
    "incident:opened:read": N_("looked who opened the data of %(about)s"),
    "incident:overview:first-read": N_("opened the incident for the first time"),
    "communication:names:find": N_("was shown that a text names %(about)s"),
    "incident:names:refuse": N_("typed a name of somebody involved where none may stand"),
    "incident:person:add": N_("added %(about)s"),
    "incident:person:change": N_("changed the data of %(about)s"),
    "incident:person:join": N_("%(about)s took over the data of the same person in another report"),
    "incident:person:merge": N_("found that %(about)s stood there twice, and made one person of it"),
    "incident:person:read": N_("read the data of %(about)s"),
    "incident:report:add": N_("added to the own report"),
    "incident:report:begin": N_("began a report"),
    "incident:report:send": N_("sent the report"),
    "incident:scope:change": N_("changed the situation"),
    "incident:state:end": N_("ended the incident"),
    "incident:state:join": N_("joined two incidents"),
    "incident:state:reopen": N_("opened the incident again"),
    "incident:team:add": N_("put %(whom)s on the team: %(what)s"),
    "incident:team:keep-out": N_("kept %(whom)s out"),
    "incident:team:let-in": N_("no longer keeps %(whom)s out"),
    "incident:team:remove": N_("took %(whom)s off the team"),
    "incident:trail:read": N_("read who did what"),
    "incident:unrest:note": N_("noted the unrest"),
    "plan:absence:give-back": N_("gave actions back to %(whom)s after an absence"),
    "plan:absence:hand-over": N_("gave actions to %(whom)s during an absence"),
    "plan:absence:nobody-stands-in": N_("found nobody who stands in during an absence"),
    "plan:action:add": N_("added an action: %(about)s"),
    "plan:action:change": N_("changed who, when or how of: %(about)s"),
    "plan:action:doing": N_("began: %(about)s"),
    "plan:action:done": N_("finished: %(about)s"),
    "plan:action:drop": N_("took out of the plan: %(about)s"),
    "plan:action:not-needed": N_("marked as not needed: %(about)s"),
    "plan:action:todo": N_("marked as still to do: %(about)s"),
    "plan:actions:hand-over": N_("handed actions over to %(whom)s"),
    "plan:actions:move": N_("moved actions from the incident that was joined"),
    "plan:leaving:hand-over": N_("gave actions of who leaves to %(whom)s"),
    "plan:late:tell": N_("told colleagues that actions are late"),
    "protocol:version:load": N_("put a version of the protocol in place"),
    "settings:closed-days:add": N_("added closed days"),
    "settings:closed-days:remove": N_("removed closed days"),
    "settings:deputies:change": N_("chose the deputies"),
    "settings:help:add": N_("added to the list of help"),
    "settings:help:change": N_("changed the list of help"),
    "settings:help:remove": N_("took something off the list of help"),
    "settings:school:change": N_("changed the settings"),
    "settings:school:create": N_("set up the school"),
    "settings:trail-mail:change": N_("changed to which address the head of the trail goes"),
    **SAID,
}
# Where somebody's data was read.
PLACES = {
    "people": N_("on the page of people involved"),
    "buddies": N_("on the page of the buddies"),
    "receipt": N_("on the own receipt"),
    "conversations": N_("at a conversation"),
    "help": N_("on the page of help"),
    "action": N_("at an action that waits for a wish"),
    "classes": N_("with the conversations of the class"),
    "wishes": N_("on the page of wishes"),
    "rest": N_("on the page of the period of rest"),
    "statement": N_("with the statement"),
    "letters": N_("with the letters"),
    "links": N_("with what is shared with another school"),
}


def words_of(action: str) -> str:
    """The msgid of what was done; the action itself where nobody gave it words."""
    return WORDS.get(action) or WORDS.get(f"{action.rpartition(':')[0]}:*") or action


def whom_of(detail: Mapping[str, Any]) -> int:
    """The colleague an event names besides who did it; 0 for none."""
    named = detail.get("person") or detail.get("to") or detail.get("receiver")
    return named if isinstance(named, int) else 0


@dataclass(frozen=True)
class Asked:
    """The filters; '', 0 and None leave everything in. `days` back from now, or one `day` on the school's calendar."""

    person: int = 0
    kind: str = ""
    done: str = ""
    days: int = 0
    day: date | None = None

    @property
    def narrows(self) -> bool:
        return self != Asked()

    def address(self, after: Place | None = None, *, whole: bool = False) -> str:
        """What stands behind the path of the page, from a place on, or for all of it."""
        given: dict[str, Any] = {"person": self.person, "kind": self.kind, "done": self.done, "days": self.days}
        given |= {"day": self.day, "after": after and str(after), "all": int(whole)}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"?{query}" if query else ""

    def between(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """From when and until before when."""
        if self.day:
            return day_begins(self.day), day_begins(self.day + timedelta(days=1))
        return (now - timedelta(days=self.days) if self.days else None), None
