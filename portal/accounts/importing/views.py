"""Many accounts at once: paste, look, confirm."""

from typing import Any

from flask import Blueprint, flash, g
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.accounts.importing import operations, queries, rules
from portal.accounts.importing.forms import MOST, ImportForm
from portal.accounts.importing.rules import COLUMN_NAMES, Line
from portal.web.access import requires
from portal.web.fragments import answer, onward
from portal.web.language import say_or_tell

bp = Blueprint("importing", __name__)
MOST_NAMED = 20  # rows in the summary; every row has its own words in the table


def _fault(line: Line) -> tuple[str, str]:
    """For the summary: what is wrong in a row, and where it stands."""
    number, what = line.row.number, " ".join(map(say_or_tell, line.row.wrong))
    return _("Row %(n)s: %(what)s", n=number, what=what), f"#row-{number}"


@bp.route("/accounts/import", methods=["GET", "POST"])
@requires("accounts", "change")
def people() -> Any:
    form, now = ImportForm(), g.clock.now()
    came: list[Any] = []
    if form.go.data == "import" and form.accepts(
        lambda: came.extend(
            operations.carry_out(form.rows(), edition=form.version.data or "", actor=current_user, now=now)
        )
    ):
        flash(ngettext("Saved. 1 colleague was invited.", "Saved. %(num)s colleagues were invited.", len(came)))
        return onward("/accounts/invitations" if came and g.settings.smtp is None else "/accounts")
    if form.go.data != "import" and form.was_sent:
        form.validate()
    lines = queries.preview(form.rows()) if form.was_sent and len(form.text.data or "") <= MOST else []
    faults = [_fault(line) for line in lines if line.state == "wrong"][:MOST_NAMED]
    form.version.data = rules.edition(lines)
    return answer(
        "accounts/import.html",
        form=form,
        lines=lines,
        faults=faults,
        columns=COLUMN_NAMES,
        mails=g.settings.smtp is not None,
        status=form.status if faults or form.errors or form.refused else 200,
    )
