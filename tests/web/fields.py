"""Every form of the portal with a page that shows it, and what to type into each of its fields."""

from dataclasses import dataclass, field
from typing import Any

from portal import demo
from portal.incidents.rules import flags
from tests.reading import Page, SentForm

SCRIPT = "<script>alert(1)</script>"
LIVELY = f"Rust 🌳 & zó {SCRIPT}"
LONG = "x" * 10_000
# What no text field may take.
UNREADABLE = ["a\x00b", "a\x07b", "ab\u202ecd"]
IMAGERY = ["data:image/png;base64,iVBORw0KGgo=", "https://x.example/a.jpg"]
DATES = ["0000-01-01", "9999-12-31", "0001-01-01T00:00", "9999-12-31T23:59", "2026-02-30T10:00", "soon"]
CHOICES = ["no-such-choice", "999999", "9" * 30, "\x00", SCRIPT]
HIDDEN = ["", "abc", "-1", "9" * 30, "\x00", "²"]


PARTNER = "partner"  # who has opened the link of the scene, and no account


@dataclass(frozen=True)
class Shown:
    """Who sees the form on which page, and what to fill in so that it would be accepted."""

    role: str | None
    page: str
    valid: dict[str, Any] = field(default_factory=dict)


PERSON = {"name": "Q. Nieuw", "email": "nieuw@baken.example", "phone": "", "functions": [], "language": "nl"}
AT = "/incidents/{ref}"
LINK = "/p/{token}"
LENT_TO = {"school": "De Linde", "name": "Q. Ander", "email": "q@linde.example", "phone": "010-5550204"}
FORMS = {
    "entry.login": Shown(None, "/login", {"email": "nobody@baken.example", "password": "wrong"}),
    "accounts.language": Shown("coordinator", "/first-hour", {"language": "en"}),
    "accounts.password": Shown(
        "coordinator", "/account/password", {"old": demo.PASSWORD, "new": "a sentence that is new"}
    ),
    "accounts.new_account": Shown("administrator", "/accounts/new", PERSON),
    "accounts.account": Shown("administrator", "/accounts/{person_id}"),
    "importing.people": Shown(
        "administrator", "/accounts/import", {"text": "Q. Nieuw\tnieuw@baken.example", "go": "look"}
    ),
    "links.welcome": Shown(None, "/welcome/{token}", {"new": "drie fietsen in de regen"}),
    "absence.own": Shown("coordinator", "/account/absence", {"last": "2026-11-27"}),
    "absence.of": Shown("administrator", "/accounts/{person_id}/absence", {"last": "2026-11-27"}),
    "absence.deputies": Shown("administrator", "/accounts/deputies", {"mentor": "{stranger}"}),
    "school.settings": Shown("administrator", "/settings"),
    "school.add_closed": Shown(
        "administrator", "/settings", {"name": "Holiday", "first": "2027-02-15", "last": "2027-02-19"}
    ),
    "incidents.situation": Shown("coordinator", f"{AT}/situation"),
    "incidents.answer_flag": Shown("coordinator", AT, {"answer": "unknown"}),
    "people.new": Shown("coordinator", f"{AT}/people/new", {"part": "bystander"}),
    "people.person": Shown("coordinator", f"{AT}/people/{{involved_id}}"),
    "people.merge": Shown(
        "coordinator", f"{AT}/people/{{involved_id}}/merge?other={{victim_id}}", {"right": "{involved_id}"}
    ),
    "incidents.log": Shown("coordinator", f"{AT}/log", {"text": "Somebody called."}),
    "incidents.correct": Shown("coordinator", f"{AT}/log/{{entry_id}}/correct"),
    "incidents.end": Shown("coordinator", f"{AT}/end", {"reason": "It was a drawing."}),
    "incidents.reopen": Shown("coordinator", f"{AT}/reopen", {"reason": "It was so after all."}),
    "team.add": Shown("coordinator", f"{AT}/team", {"member-person": "{stranger}", "member-function": "mentor"}),
    "team.keep_out": Shown("coordinator", f"{AT}/team", {"barred-person": "{stranger}"}),
    "notes.notes": Shown("counselor", f"{AT}/notes", {"text": "She wants to be left alone."}),
    "notes.correct": Shown("counselor", f"{AT}/notes/{{note_id}}/correct"),
    "notes.hand_over": Shown("counselor", f"{AT}/notes/hand-over", {"receiver": "{person_id}"}),
    "buddies.name": Shown("counselor", f"{AT}/buddies/of/{{victim_id}}", {"first-name": "Q. Nieuw"}),
    "buddies.ask": Shown("counselor", f"{AT}/buddies/{{buddy_id}}", {"answer": "yes"}),
    "buddies.respond": Shown("counselor", f"{AT}/buddies/{{buddy_id}}", {"answer": "yes"}),
    "buddies.arrange": Shown("counselor", f"{AT}/buddies/{{buddy_id}}"),
    "buddies.check_in": Shown("counselor", f"{AT}/buddies/{{buddy_id}}", {"going": "well"}),
    "buddies.plan": Shown("counselor", f"{AT}/buddies/{{buddy_id}}", {"due_on": "2026-11-27"}),
    "buddies.stop": Shown("counselor", f"{AT}/buddies/{{buddy_id}}", {"reason": "Too heavy."}),
    "letters.begin": Shown("communication", f"{AT}/letters", {"letters": "pupils "}),
    "letters.approve": Shown("leadership", f"{AT}/letters", {"letters": "{waiting_id}"}),
    "letters.edit": Shown("communication", f"{AT}/letters/{{letter_id}}/edit", {"go": "save"}),
    "letters.decide": Shown("leadership", f"{AT}/letters/{{waiting_id}}", {"go": "back", "remark": "Not yet."}),
    "letters.informed": Shown("communication", f"{AT}/letters/{{letter_id}}", {"channel": "mail"}),
    "notes.ask": Shown("administrator", "/accounts/{person_id}/notes", {"receiver": "{counselor}"}),
    "sheets.adapt": Shown("care", f"{AT}/sheet/adapt", {"now": "Tomorrow all mentors talk with their class."}),
    "classes.decide": Shown("coordinator", f"{AT}/classes"),
    "classes.prepare": Shown("coordinator", f"{AT}/classes/{{talk_id}}/prepare"),
    "classes.held": Shown("coordinator", f"{AT}/classes/{{talk_id}}/held", {"mood": "They were quiet."}),
    "classes.later": Shown("coordinator", f"{AT}/classes/{{talk_id}}/later", {"text": "Better."}),
    "classes.worry": Shown("coordinator", f"{AT}/classes/{{talk_id}}/worry", {"text": "Somebody left."}),
    "classes.cancel": Shown("coordinator", f"{AT}/classes/{{talk_id}}/cancel", {"reason": "It is calm."}),
    "conversations.new": Shown("counselor", f"{AT}/conversations/new/teachers", {"leader": "{counselor}"}),
    "conversations.planning": Shown("counselor", f"{AT}/conversations/{{conversation_id}}/planning"),
    "conversations.prepare": Shown("counselor", f"{AT}/conversations/{{conversation_id}}/prepare"),
    "conversations.held": Shown("counselor", f"{AT}/conversations/{{conversation_id}}/held", {"agreed": "We call."}),
    "conversations.cancel": Shown("counselor", f"{AT}/conversations/{{conversation_id}}/cancel", {"reason": "Ill."}),
    "conversations.add": Shown("counselor", f"{AT}/conversations/{{conversation_id}}", {"text": "One more thing."}),
    "help.offered": Shown(
        "counselor", f"{AT}/conversations/help", {"receiver": "pupil-{involved_id}", "options": "{option_id}"}
    ),
    "help.answered": Shown("counselor", f"{AT}/conversations/help/{{offer_id}}", {"answer": "accepted"}),
    "help.options": Shown("counselor", "/settings/help", {"name": "The doctor of the town"}),
    "help.option": Shown("counselor", "/settings/help/{option_id}"),
    "statement.write": Shown("communication", f"{AT}/statement/write", {"nl-going": "Something goes round."}),
    "statement.approve": Shown("leadership", f"{AT}/statement"),
    "statement.send_back": Shown("leadership", f"{AT}/statement", {"words": "Shorter, please."}),
    "statement.steps": Shown("communication", f"{AT}/statement", {"steps": "follow-statement"}),
    "statement.withdraw": Shown("leadership", f"{AT}/statement", {"words": "It is not so."}),
    "plan.new": Shown("coordinator", f"{AT}/plan/new", {"title": "Call the bus company"}),
    "plan.hand_over": Shown(
        "coordinator", f"{AT}/plan?show=hand-over", {"actions": "{action_id}", "person": "{person_id}"}
    ),
    "actions.state": Shown(
        "coordinator", f"{AT}/plan/{{action_id}}", {"state": "not-needed", "words": "Not so.", "override": ""}
    ),
    "actions.planning": Shown("coordinator", f"{AT}/plan/{{action_id}}"),
    "actions.wish": Shown("coordinator", f"{AT}/plan/{{action_id}}", {"answer": "yes"}),
    "actions.note": Shown("coordinator", f"{AT}/plan/{{action_id}}", {"text": "Called."}),
    "wishes.note": Shown("counselor", f"{AT}/wishes", {"violence": "no", "rejection": "no", "honour": "no"}),
    "rest.new": Shown(
        "counselor", f"{AT}/rest/new/{{involved_id}}", {"last": "2026-11-27", "form": "home", "keeper": "{person_id}"}
    ),
    "rest.change": Shown("counselor", f"{AT}/rest/{{rest_id}}/change", {"schoolwork": "None."}),
    "rest.longer": Shown("counselor", f"{AT}/rest", {"last": "2026-11-27"}),
    "rest.end": Shown("counselor", f"{AT}/rest", {"words": "It is not needed."}),
    "rest.contact": Shown("counselor", f"{AT}/rest", {"words": "Called."}),
    "rest.come_back": Shown("counselor", f"{AT}/rest", {"words": "It went well."}),
    "media.new": Shown("communication", f"{AT}/media/calls/new", {"medium": "Radio", "question": "What is it?"}),
    "media.answered": Shown("communication", f"{AT}/media", {"words": "We read the statement to them."}),
    "media.later": Shown("communication", f"{AT}/media", {"within": "two"}),
    "media.plan": Shown("communication", f"{AT}/media/plan", {"gate": "The caretaker stands at the gate."}),
    "media.questions": Shown("communication", f"{AT}/media/questions", {"police": "We do not speak of that."}),
    "watch.places": Shown("communication", f"{AT}/watch/places"),
    "watch.turns": Shown("communication", f"{AT}/watch/turns"),
    "watch.new": Shown("communication", f"{AT}/watch/new", {"platform": "x", "said": "It was a teacher."}),
    "watch.assess": Shown("communication", f"{AT}/watch/{{post_id}}", {"truth": "right"}),
    "watch.take_down": Shown("communication", f"{AT}/watch/{{post_id}}"),
    "watch.reply": Shown("communication", f"{AT}/watch/{{post_id}}", {"words": "We refer to the statement."}),
    "partners_asks.ask": Shown("coordinator", f"{AT}/links/{{link_id}}/ask", {"key": "own", "title": "Call us"}),
    "partners_asks.take_over": Shown("coordinator", f"{AT}/links/{{link_id}}/ask", {"person": "{person_id}"}),
    "partners.new": Shown("coordinator", f"{AT}/links/new", LENT_TO),
    "partners.whom": Shown("coordinator", f"{AT}/links/{{link_id}}/with", LENT_TO),
    "partners.purpose": Shown(
        "coordinator", f"{AT}/links/{{link_id}}/purpose", {"purpose": "stop", "basis": "welfare", "parents": "told"}
    ),
    "partners.share": Shown(
        "coordinator", f"{AT}/links/{{link_id}}/share", {"summary": "A pupil of yours.", "title-1": "Call us"}
    ),
    "partners.term": Shown("coordinator", f"{AT}/links/{{link_id}}/term"),
    "partners_follow.change": Shown("coordinator", f"{AT}/links/{{link_id}}/change", {"summary": "It is calm."}),
    "partners_follow.renew": Shown("coordinator", f"{AT}/links/{{link_id}}/renew"),
    "partners_follow.revoke": Shown("coordinator", f"{AT}/links/{{link_id}}/revoke", {"words": "Not needed."}),
    "desk.join": Shown("coordinator", f"{AT}/join", {"other": "{other}", "checked": "y"}),
    "partners_talk.message": Shown("coordinator", f"{AT}/links/{{link_id}}/messages", {"text": "We call you."}),
    "partners_talk.offer": Shown("coordinator", f"{AT}/links/{{link_id}}/statement", {"number": "2"}),
    "partners_talk.answer_theirs": Shown(
        "coordinator", f"{AT}/links/{{link_id}}/statement", {"go": "proposed", "words": "Shorter."}
    ),
    "partners_talk.colleague": Shown("coordinator", f"{AT}/links/{{link_id}}/colleagues", {"go": "approve"}),
    "report.red_flags": Shown("reporter", "/incidents/new/{slug}", dict.fromkeys(flags(), "no")),
    "report.keep_out": Shown("reporter", "/incidents/new/{slug}/keep-out"),
    "report.what": Shown("reporter", "/incidents/new/{slug}/what", {"go": "send", "story": "I heard it."}),
    "receipts.add": Shown("reporter", "/receipts/{receipt}", {"text": "One more thing."}),
    "shared_page.join": Shown(PARTNER, f"{LINK}/join", {"words": "We do not know this pupil."}),
    "shared_answers.done": Shown(PARTNER, f"{LINK}/asks/{{ask_id}}"),
    "shared_answers.date": Shown(PARTNER, f"{LINK}/asks/{{ask_id}}", {"due_at": "2026-11-30T10:00"}),
    "shared_answers.decline": Shown(PARTNER, f"{LINK}/asks/{{ask_id}}", {"words": "We cannot."}),
    "shared_answers.new": Shown(PARTNER, f"{LINK}/asks/new", {"title": "We watch the corridors"}),
    "shared_talk.message": Shown(PARTNER, f"{LINK}/messages", {"text": "We call you."}),
    "shared_talk.worry": Shown(PARTNER, f"{LINK}/worry", {"danger": "no", "text": "It goes on."}),
    "shared_talk.answer_ours": Shown(PARTNER, f"{LINK}/statement", {"words": "Shorter.", "go": "proposed"}),
    "shared_talk.lay": Shown(PARTNER, f"{LINK}/statement", {"text": "We say what there is."}),
    "shared_talk.propose": Shown(
        PARTNER, f"{LINK}/colleagues", {"name": "Q. Ander", "email": "q@lyceum.example", "phone": "010-5550201"}
    ),
    "shared_talk.feedback": Shown(PARTNER, f"{LINK}/feedback", {"together": "4"}),
}
# Buttons without anything to type, and a form that only a report about staff shows.
NOTHING_TYPED = {
    "absence.end_of",
    "absence.end_own",
    "confirmations.decide",
    "factors.ask_reset",
    "factors.new_app",
    "factors.new_codes",
    "factors.remove_app",
    "factors.remove_passkey",
    "entry.logout",
    "shared_visit.leave",
    "sessions.emergency",
    "sessions.end",
    "accounts.invite",
    "accounts.leave",
    "accounts.let_back",
    "accounts.new_password",
    "actions.drop",
    "classes.unrest",
    "desk.unrest",
    "drafts.throw_away",
    "help.remove_option",
    "partners_asks.date",
    "partners_asks.remind",
    "receipts.join",
    "letters.renew",
    "partners_talk.ask_feedback",
    "partners_talk.tick",
    "partners.send",
    "partners.throw_away",
    "partners_follow.code",
    "rest.begin",
    "rest.told",
    "school.remove_closed",
    "shared_answers.again",
    "shared_talk.end_colleague",
    "sheets.end",
    "sheets.sheet",
    "statement.publish",
    "team.let_in",
    "team.remove",
    "watch.looked",
    "watch.unrest",
}
# Sent by a script, or from a page that only comes up in between: `tests/drafts`, `tests/accounts/test_factors.py`,
# `tests/links`.
SENT_OTHERWISE = {
    "partners_asks.again",
    "letters.look",
    "links.forgotten",
    "entry.here",
    "entry.again",
    "drafts.keep",
    "door.code",
    "shared_visit.drafts",
    "factors.second_factor",
    "factors.app",
    "factors.options_to_prove",
    "factors.passkey",
    "factors.options_to_add",
    "factors.add_passkey",
    "statement.check_text",
}


class Fields(Page):
    """A page that also knows of which kind each control is."""

    def __init__(self, answer: Any) -> None:
        self.kinds: dict[tuple[int, str], str] = {}
        self.summary: list[str] = []
        self._in_summary = False
        super().__init__(answer)

    def kind(self, form: SentForm, name: str) -> str:
        return self.kinds[id(form), name]

    def _control(self, tag: str, given: dict[str, str | None]) -> None:
        super()._control(tag, given)
        form, name = self._by_id.get(given.get("form") or "", self._open), given.get("name")
        if form is not None and name and tag in ("input", "select", "textarea", "button"):
            self.kinds[id(form), name] = given.get("type") or tag if tag == "input" else tag
            if (given.get("type"), given.get("value")) == ("checkbox", "y"):
                self.kinds[id(form), name] = "tick"  # alone: whatever is sent with it, it was ticked

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if "data-error-summary" in dict(attrs):
            self._in_summary = True
        elif tag in ("h1", "form", "section", "p"):
            self._in_summary = False
        elif self._in_summary and tag == "a":
            self.summary.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        super().handle_endtag(tag)
        self._in_summary = self._in_summary and tag != "ul"


def odd_values(kind: str) -> tuple[list[Any], list[Any]]:
    """For a kind of control: what must be refused, and what may be accepted or not."""
    if kind in ("text", "textarea", "email", "tel"):
        return [LONG, *UNREADABLE, *IMAGERY], ["", LIVELY]
    if kind in ("date", "datetime-local"):
        return [*DATES, "\x00", SCRIPT], [""]
    if kind in ("select", "radio", "checkbox"):
        return CHOICES, ["", []]
    return [], [*HIDDEN, SCRIPT]


def fill(values: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """Put the numbers of this incident where a form names them."""
    return {name: value.format(**known) if isinstance(value, str) else value for name, value in values.items()}
