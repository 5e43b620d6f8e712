"""Where a lower package makes room for a higher one: all of it, in one place."""

from collections.abc import Callable
from typing import Any

from flask import current_app

from portal.accounts.absence import operations as absence
from portal.accounts.confirmations import operations as confirmations
from portal.accounts.confirmations import rules as confirmation_rules
from portal.accounts.devices import operations as devices
from portal.accounts.factors import operations as factors
from portal.accounts.factors import rules as factor_rules
from portal.accounts.links import operations as account_links
from portal.accounts.sessions import operations as sessions
from portal.accounts.staff import operations as staff
from portal.actions import queries as actions
from portal.actions.deputies import operations as deputies
from portal.actions.leaving import operations as leaving
from portal.actions.plan import operations as plan
from portal.actions.plan import queries as plan_queries
from portal.care.buddies import operations as buddies
from portal.care.buddies import queries as buddy_queries
from portal.care.buddies.models import Buddy
from portal.care.conversations import queries as conversation_queries
from portal.care.conversations.models import Conversation
from portal.care.help.models import HelpOffer
from portal.care.notes import operations as notes
from portal.care.notes import queries as note_queries
from portal.care.notes import rules as note_rules
from portal.care.notes.models import Note
from portal.care.rest import operations as rest
from portal.care.rest import queries as rest_queries
from portal.care.rest.models import Rest
from portal.classes.sheets import operations as sheets
from portal.classes.talks import operations as talks
from portal.classes.talks import queries as talk_queries
from portal.classes.talks.models import ClassTalk
from portal.communication.documents import operations as documents
from portal.communication.documents import queries as document_queries
from portal.communication.letters import queries as letter_queries
from portal.communication.media import operations as media
from portal.communication.media import queries as media_queries
from portal.communication.media.models import PressCall
from portal.communication.online import operations as online
from portal.communication.watch import operations as watch
from portal.communication.watch import queries as watch_queries
from portal.communication.watch.models import Post
from portal.desk.contacts import queries as contacts
from portal.desk.trail import views as trail
from portal.drafts import operations as drafts
from portal.drafts import queries as draft_queries
from portal.drafts.rules import has_text
from portal.incidents import operations as incident_operations
from portal.incidents import queries as incidents
from portal.incidents.joining import operations as joining
from portal.incidents.logbook import queries as logbook
from portal.incidents.people import operations as people
from portal.incidents.people import queries as people_queries
from portal.incidents.team import operations as team
from portal.links import queries as link_queries
from portal.links.asks import queries as ask_queries
from portal.links.door import operations as door
from portal.links.mails import rules as link_mails
from portal.links.mails.operations import values as link_mail_values
from portal.links.making import queries as link_making
from portal.links.models import SharedLink
from portal.links.page import queries as link_page
from portal.links.talking import queries as talking
from portal.notices import operations as notices
from portal.notices import rules as notice_rules
from portal.notices.models import Mail
from portal.school.operations import after_change
from portal.web import keeping
from portal.web.language import when_in


def wire_packages() -> None:
    """Where a lower package makes room for a higher one."""
    incidents.own_work.update(actions=actions.own_ids)
    incidents.own_people[:] = [
        actions.own_people,
        talk_queries.own_people,
        conversation_queries.own_people,
        rest_queries.own_people,
        buddy_queries.own_people,
    ]
    plan_queries.beside[:] = [rest_queries.beside_plan, ask_queries.beside_plan]
    plan_queries.asked[:], actions.joined[:] = [ask_queries.of_row], [ask_queries.with_asks]
    added = (conversation_queries, talk_queries, watch_queries, ask_queries)
    plan_queries.came_from[:] = [one.behind for one in added]
    people_queries.about[:] = [
        Conversation.about,
        HelpOffer.about,
        Rest.pupil,
        Buddy.victim,
        Buddy.person,
        ClassTalk.victim,
    ]
    people.after_merging[:] = [plan.merged]
    people.goes_on[:] = [rest_queries.goes_on, buddy_queries.goes_on]
    planning = (conversation_queries, rest_queries, buddy_queries, talk_queries, talking)
    contacts.moments[:] = [one.moments for one in planning]
    due = (document_queries, media_queries, watch_queries, ask_queries, talking)
    contacts.duties[:] = [one.duties for one in due]
    link_making.beside[:] = [talking.beside, ask_queries.beside_link]
    link_page.news[:] = [talking.news]
    logbook.in_phase[:] = [actions.ids_in_phase]
    incident_operations.after_facts[:] = [plan.adjust]
    incident_operations.after_raised[:] = [plan.call_again]
    absence.after_begin[:] = [deputies.hand_to_deputy]
    absence.after_end[:] = [deputies.give_back]
    staff.after_loss[:] = [leaving.take_over]
    for kind in ("invite", "reset", "forgotten"):
        notices.details[kind] = _mail_with(account_links.mail_values, say=when_in)
    for kind in link_mails.MAILS:
        notices.details[kind] = _mail_with(link_mail_values)
    notice_rules.TEXTS.update(link_mails.MAILS)
    notices.details.update(functions=staff.functions_said, deputies=absence.deputies_said)
    team.after_join[:] = [plan.give_to_new_member]
    documents.with_statement[:] = [letter_queries.along]
    joining.go_along[:] = [Note, Conversation, HelpOffer, Rest, Buddy, ClassTalk, PressCall, Post, SharedLink]
    joining.after_joining[:] = [
        plan.move_to,
        sheets.move_to,
        media.move_to,
        documents.move_to,
        watch.move_to,
        drafts.move_to,
    ]
    team.after_leave[:] = [
        plan.free_actions_of,
        drafts.forget_incident,
        buddies.left,
        rest.left,
        talks.left,
        watch.left,
    ]
    draft_queries.shared[:] = [actions.may_plan_at]
    keeping.hooks.update(
        drafts=draft_queries.by_place,
        forget=drafts.forget,
        has_text=has_text,
        was_sent=draft_queries.was_sent,
        claim=drafts.claim,
    )
    keeping.of_visitors.update(drafts=link_queries.drafts, forget=door.forget_drafts)
    after_change[:] = [online.write_again]
    joining.is_about[:] = [actions.is_about, note_queries.is_about]
    confirmations.carry_out[note_rules.CONFIRMATION] = notes.carry_out
    confirmation_rules.WORDS[note_rules.CONFIRMATION] = note_rules.ASKED
    notice_rules.TEXTS.update(note_rules.MAILS)
    notices.details.update(device=devices.details, emergency=sessions.details)
    notices.details.update({"head": trail.mailed_head, "head-stop": trail.mailed_stop})
    confirmations.carry_out[factor_rules.CONFIRMATION] = factors.reset_confirmed
    confirmation_rules.WORDS[factor_rules.CONFIRMATION] = factor_rules.ASKED
    notice_rules.TEXTS.update(factor_rules.MAILS)


def _mail_with(values: Callable[..., dict[str, str] | None], **more: Any) -> Any:
    """What fills a mail with an address whose secret lies apart from the database."""

    def filled(mail: Mail, base_url: str) -> dict[str, str] | None:
        secret, now = str(current_app.secret_key), current_app.extensions["clock"].now()
        return values(mail, base_url, secret=secret, now=now, **more)

    return filled
