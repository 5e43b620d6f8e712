"""Rows that were pasted, each judged as if it were typed into the form of one account."""

from typing import Any

import wtforms
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from portal.accounts.forms import PersonForm
from portal.accounts.importing.rules import MOST_ROWS, Row, read
from portal.errors import N_
from portal.web.forms import Form, LongTextField, filled

MOST = 100_000  # characters: 500 rows of 200


class RowsField(LongTextField):
    """Rows that were pasted: who reads them judges each by itself. The spreadsheet is their draft."""

    def __init__(self, label: Any = "", **kw: Any) -> None:
        super().__init__(label, required=True, **kw)
        self.validators = [filled, self._short]


class ImportForm(Form):
    text = RowsField(
        _("Rows of your spreadsheet"),
        most=MOST,
        description=_(
            "Copy the cells and paste them here: name, e-mail address, telephone, functions, classes, language. "
            "With other columns, or in another order, copy the row with their headings too."
        ),
    )
    version = wtforms.HiddenField()
    go = wtforms.HiddenField()

    def rows(self) -> list[Row]:
        """The rows with what is wrong in each."""
        rows = read(self.text.data or "")
        if len(rows) > MOST_ROWS:
            said = {"message": N_("This row is one too many: at most %(most)s at once."), "values": {"most": MOST_ROWS}}
            return [Row(rows[MOST_ROWS].number, wrong=[said])]
        for row in rows:
            if row.given:
                _judge(row)
        return rows


def _judge(row: Row) -> None:
    typed = MultiDict({"language": "nl", **row.given})
    typed.setlist("functions", row.given.get("functions", []))
    form = PersonForm(formdata=typed, meta={"csrf": False})
    if form.validate():
        row.given = {column: value for column, value in _values(form).items() if column in row.given}
    row.wrong += [str(error) for errors in form.errors.values() for error in errors]


def _values(form: PersonForm) -> dict[str, Any]:
    return {**form.values, "email": (form.email.data or "").casefold()}
