"""My work: what is mine now, over all incidents."""

from typing import Any

from flask import Blueprint, g
from flask_login import current_user

from portal.accounts.absence.queries import away_on
from portal.accounts.confirmations.queries import waiting_for
from portal.care.notes.queries import news_for
from portal.classes.sheets.queries import given_out
from portal.clock import local
from portal.desk.contacts import queries as contacts
from portal.desk.work import queries, rules
from portal.incidents import queries as incidents
from portal.policy import LEADERSHIP
from portal.web.access import requires
from portal.web.fragments import answer, onward

bp = Blueprint("work", __name__)
INCIDENTS, RECEIPTS = 8, 5  # how many the first page shows


@bp.get("/")
@requires("desk", "read")
def home() -> Any:
    if current_user.is_administrator:
        return onward("/accounts")
    now = g.clock.now()
    work = queries.work_of(current_user, now)
    running = list(incidents.open_for(current_user).limit(INCIDENTS + 1))
    return answer(
        "desk/home.html",
        groups={key: rows for key, rows in rules.by_urgency(work.mine, now).items() if key in rules.NEAR},
        work=work,
        contacts=rules.contacts_by(contacts.of(current_user), now, near=True),
        duties=rules.contacts_by(contacts.duties_of(current_user, local(now).date()), now, near=True),
        absence=away_on(local(now).date()).get(current_user.id),
        sheets=given_out(current_user),
        told=queries.late_of_others(current_user, now),
        notes=news_for(current_user, now - queries.RECENT),
        confirmations=len(waiting_for(current_user, now)) if LEADERSHIP in current_user.functions else 0,
        give=queries.to_give(current_user, now),
        incidents=running[:INCIDENTS],
        more_incidents=len(running) > INCIDENTS,
        receipts=list(incidents.receipts_of(current_user).limit(RECEIPTS)),
        titles=rules.GROUPS,
    )


@bp.get("/actions")
@requires("desk", "read")
def actions() -> Any:
    if current_user.is_administrator:
        return onward("/accounts")
    now = g.clock.now()
    work = queries.work_of(current_user, now, finished=True)
    return answer(
        "desk/actions.html",
        groups=rules.by_urgency(work.mine, now),
        work=work,
        titles=rules.GROUPS,
        contacts=rules.contacts_by(contacts.of(current_user), now, near=False),
        duties=rules.contacts_by(contacts.duties_of(current_user, local(now).date()), now, near=False),
    )
