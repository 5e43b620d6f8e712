"""Reading rows that were copied out of a spreadsheet, and what each of them would change. Pure."""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portal.accounts.rules import check_functions
from portal.accounts.staff.rules import LAST
from portal.errors import N_, Invalid
from portal.policy import ADMINISTRATOR, FUNCTION_NAMES, TEAM_FUNCTIONS

if TYPE_CHECKING:
    from portal.accounts.models import Person

MOST_ROWS = 500
COLUMNS = ("name", "email", "phone", "functions", "classes", "language")
COLUMN_NAMES = {
    "name": N_("Name"),
    "email": N_("E-mail address"),
    "phone": N_("Telephone"),
    "functions": N_("Functions"),
    "classes": N_("Mentor of class"),
    "language": N_("Language"),
}
# What a column, a function and a language may be called; without signs and in small letters.
_HEADINGS = {
    "name": "naam name volledigenaam fullname medewerker collega",
    "email": "email emailadres mail mailadres emailaddress",
    "phone": "telefoon telefoonnummer telephone phone phonenumber mobiel mobile tel",
    "functions": "functie functies function functions rol rollen role roles",
    "classes": "klas klassen class classes mentorklas mentorvanklas mentorvan mentorofclass",
    "language": "taal language",
}
_FUNCTIONS = {
    "coordinator": "incidentcoordinator incidentcoördinator coördinator zaakcoördinator",
    "leadership": "schoolleiding schoolleadership directie leiding schoolleider",
    "counselor": "vertrouwenspersoon confidentialcounselor",
    "care": "zorgcoordinator zorgcoördinator carecoordinator zorg",
    "mentor": "mentoren",
    "communication": "communicatie communicatiemedewerker communicationofficer woordvoerder",
    "administrator": "beheerder beheer admin",
}
_LANGUAGES = {"nl": "nederlands dutch ned", "en": "engels english eng"}


def _codes(names: Mapping[str, str]) -> dict[str, str]:
    return {name: code for code, others in names.items() for name in (code, *others.split())}


HEADINGS, LANGUAGES = _codes(_HEADINGS), _codes(_LANGUAGES)
FUNCTIONS = _codes(_FUNCTIONS) | {re.sub(r"\W", "", name).casefold(): code for code, name in FUNCTION_NAMES.items()}


@dataclass
class Row:
    """One row as it was pasted: `given` is what it says per column, `wrong` why it will not do."""

    number: int
    given: dict[str, Any] = field(default_factory=dict)
    wrong: list[Any] = field(default_factory=list)


@dataclass
class Line:
    """What a row would do: `person` is there already, or it is somebody new; `changes` are (column, old, new)."""

    row: Row
    person: "Person | None" = None
    changes: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def state(self) -> str:
        if self.row.wrong:
            return "wrong"
        return "new" if self.person is None else "changes" if self.changes else "same"


def read(text: str) -> list[Row]:
    """The rows of a text, split and with codes for functions and language; what is wrong stands in the row."""
    sign = next((sign for sign in "\t;" if sign in text), ",")
    # A quote that is not closed must not swallow the rows after it.
    quoted = text.count('"') % 2 == 0
    cells = [
        (number, [cell.strip() for cell in row])
        for number, row in enumerate(_split(text, sign, quoted), 1)
        if any(cell.strip() for cell in row)
    ]
    columns, unknown, width = list(COLUMNS), [], 0
    if cells and _is_heading(cells[0][1]):
        number, heading = cells.pop(0)
        columns = [HEADINGS.get(_plain(cell), "") for cell in heading]
        width = len(columns)
        unknown = [Row(number, wrong=wrong) for wrong in [_wrong_heading(heading, columns)] if wrong]
    width = max([width, *(len(row) for _number, row in cells)])
    return unknown or [_row(number, row + [""] * (width - len(row)), columns) for number, row in cells]


def _split(text: str, sign: str, quoted: bool) -> Iterable[list[str]]:
    return csv.reader(io.StringIO(text), delimiter=sign, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def _is_heading(cells: list[str]) -> bool:
    return not any("@" in cell for cell in cells) and any(_plain(cell) in HEADINGS for cell in cells)


def _wrong_heading(heading: list[str], columns: list[str]) -> list[Any]:
    wrong = [
        {"message": N_("There is no column called '%(what)s'."), "values": {"what": cell}}
        for cell, column in zip(heading, columns, strict=True)
        if cell and not column
    ]
    known = [column for column in columns if column]
    if not {"name", "email"} <= set(known) or len(set(known)) < len(known):
        wrong.append({"message": N_("There has to be one column with names and one with e-mail addresses.")})
    return wrong


def _row(number: int, cells: list[str], columns: list[str]) -> Row:
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        return Row(number, wrong=[{"message": N_("There are more cells in this row than columns.")}])
    row = Row(number, {column: cell for column, cell in zip(columns, cells, strict=False) if column})
    if "functions" in row.given:
        names = [name.strip() for name in re.split(r"[,/;|]", row.given["functions"]) if name.strip()]
        codes = {FUNCTIONS.get(_plain(name), name) for name in names}
        row.given["functions"] = [code for code in (*TEAM_FUNCTIONS, ADMINISTRATOR) if code in codes]
        row.wrong += [
            {"message": N_("There is no function called '%(what)s'."), "values": {"what": name[:60]}}
            for name in names
            if _plain(name) not in FUNCTIONS
        ]
    if row.given.get("language"):
        row.given["language"] = LANGUAGES.get(_plain(row.given["language"]), row.given["language"])
    else:
        row.given.pop("language", None)
    return row


def compare(rows: Iterable[Row], people: "Mapping[str, Person]", holders: Mapping[str, int]) -> list[Line]:
    """What each row would do to these people (by address); rules that speak of several rows are checked here."""
    lines: list[Line] = []
    seen: dict[str, int] = {}
    for row in rows:
        email = str(row.given.get("email", "")).casefold()
        line = Line(row, people.get(email))
        lines.append(line)
        if row.wrong:
            continue
        if email in seen:
            row.wrong.append(
                {"message": N_("Row %(n)s has this e-mail address too."), "values": {"n": str(seen[email])}}
            )
        seen.setdefault(email, row.number)
        _compare(line)
    _check_last(lines, holders)
    return lines


def _compare(line: Line) -> None:
    row, person = line.row, line.person
    try:
        check_functions(row.given.get("functions", ()))
    except Invalid as error:
        row.wrong.append({"message": error.message})
    if person is None:
        return
    if person.left_at:
        row.wrong.append({"message": N_("This colleague has left. Let them back in on the page of the account.")})
    for column, new in row.given.items():
        old = getattr(person, column)
        same = set(old) == set(new) if column == "functions" else old == new
        if not same and column != "email":
            line.changes.append((column, old, new))


def _check_last(lines: list[Line], holders: Mapping[str, int]) -> None:
    """Somebody has to be left with each function that the school cannot do without, when all rows are in."""
    for function, message in LAST.items():
        gone = [line for line in lines if function in _functions(line.person) and function not in _after(line)]
        come = [line for line in lines if function in _after(line) and function not in _functions(line.person)]
        if gone and holders[function] - len(gone) + len(come) < 1:
            for line in gone:
                line.row.wrong.append({"message": message})


def _functions(person: "Person | None") -> list[str]:
    return person.functions if person and not person.left_at else []


def _after(line: Line) -> list[str]:
    return _functions(line.person) if line.row.wrong else line.row.given.get("functions", _functions(line.person))


def loses_last(line: Line) -> bool:
    """Whether somebody else has to get a function before this row is carried out."""
    return any(function in _functions(line.person) and function not in _after(line) for function in LAST)


def edition(lines: Iterable[Line]) -> str:
    """Says what a preview showed, so that nothing else is carried out."""
    there = [(line.row.number, line.state, sorted(line.row.given.items()), line.person) for line in lines]
    said = [(*row, person and (person.id, person.version)) for *row, person in there]
    return hashlib.sha256(repr(said).encode()).hexdigest()
