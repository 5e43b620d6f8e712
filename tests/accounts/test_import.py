"""Many accounts at once: what is read, what is shown first, and all or nothing."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from portal.accounts.importing.rules import Row, read
from portal.accounts.models import Link, Person, SignIn
from portal.audit.models import AuditEvent
from portal.notices.models import Mail
from tests.conftest import MONDAY
from tests.reading import Page
from tests.statements import counted

ANNA, BO = "A. Nieuw\tanna@baken.example", "B. Nieuw\tbo@baken.example"


def given(text: str) -> list[dict[str, Any]]:
    return [row.given for row in read(text)]


def wrong(row: Row) -> list[str]:
    return [one["message"] for one in row.wrong]


@pytest.mark.parametrize(
    "text",
    [
        "A. Nieuw\ta@b.nl\t06-1\tmentor, zorgcoördinator\t3B\tnl",
        "A. Nieuw;a@b.nl;06-1;Mentor/Zorg;3B;Nederlands",
        'A. Nieuw,a@b.nl,06-1,"mentor,care",3B,Dutch',
        "Naam\tE-mail\tTelefoon\tFuncties\tKlas\tTaal\nA. Nieuw\ta@b.nl\t06-1\tZorgcoördinator/Mentor\t3B\tnl",
        "Language;E-mail address;Name;Telephone;Classes;Functions\nnl;a@b.nl;A. Nieuw;06-1;3B;Care coordinator/Mentor",
        "\n\nA. Nieuw\ta@b.nl\t06-1\tmentor / zorg\t3B\tnl\t\t\n\n",
    ],
)
def test_rows_are_read_however_they_were_copied(text: str) -> None:
    (row,) = given(text)
    assert row == {
        "name": "A. Nieuw",
        "email": "a@b.nl",
        "phone": "06-1",
        "functions": ["care", "mentor"],
        "classes": "3B",
        "language": "nl",
    }


def test_a_column_that_is_not_there_is_left_alone() -> None:
    assert given("Naam\tE-mail\tFunctie\nA\ta@b.nl") == [{"name": "A", "email": "a@b.nl", "functions": []}]
    assert given("A\ta@b.nl") == [{"name": "A", "email": "a@b.nl"}]
    rows = read("A\ta@b.nl\nB\tb@b.nl\t06-1\tmentor")
    assert [row.given["functions"] for row in rows] == [[], ["mentor"]]


@pytest.mark.parametrize(
    ("text", "number", "said"),
    [
        ("Naam\tE-mail\tSchoen\nA\ta@b.nl\t42", 1, "no column"),
        ("Naam\tFunctie\nA\tmentor", 1, "one column with names"),
        ("Naam\tE-mail\tE-mail\nA\ta@b.nl\tb@b.nl", 1, "one column with names"),
        ("A\ta@b.nl\t06-1\tkoning", 1, "no function"),
        ("Naam\tE-mail\nA\ta@b.nl\nB\tb@b.nl\tmentor", 3, "more cells"),
        ("\nA\ta@b.nl\t\t\t\t\tx", 1, "more cells"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_row(text: str, number: int, said: str) -> None:
    (row,) = [row for row in read(text.strip("\n")) if row.wrong]
    assert row.number == number
    assert said in wrong(row)[0]


@pytest.mark.parametrize("text", ['"Jan\ta@b.nl\nB\tb@b.nl', '""\t""', '"', "\t", ";;;", "a\x00b\tc", '"a"b"\tc"'])
def test_odd_text_is_read_without_trouble(text: str) -> None:
    assert isinstance(read(text), list)


def test_an_open_quote_swallows_no_rows() -> None:
    assert [row["email"] for row in given('"Jan\ta@b.nl\nB\tb@b.nl')] == ["a@b.nl", "b@b.nl"]


@pytest.fixture
def admin(client: Any, cast: Any) -> Any:
    Person.update(language="en").execute()
    return client("admin")


def look(admin: Any, text: str) -> Any:
    return admin.post("/accounts/import", {"text": text, "go": "look"})


def confirm(admin: Any, seen: Any) -> Any:
    """Press the button of the preview."""
    form = next(form for form in Page(seen).forms if form.data.get("version"))
    return admin.post("/accounts/import", {**form.data, "go": "import"})


def test_it_is_shown_first_and_done_when_confirmed(admin: Any, cast: Any) -> None:
    before = Person.select().count()
    rows = [
        f"{ANNA}\t06-12345\tmentor\t3B",
        "J. Smit\tmentor@baken.example\t06-55501005\tmentor, zorg\t3B",
        "B. Jansen\tadmin@baken.example\t06-55501008\tbeheerder",
    ]
    seen = look(admin, "\n".join(rows))
    page = Page(seen).text
    assert (seen.status_code, Person.select().count()) == (200, before)
    assert ("1 new account" in page, "1 account changes" in page) == (True, True)
    assert "Mentor → Care coordinator, Mentor" in page
    answer = confirm(admin, seen)
    assert (answer.status_code, answer.location) == (303, "/accounts/invitations")
    anna = Person.get(Person.email == "anna@baken.example")
    assert (anna.functions, anna.classes, anna.phone, anna.password) == (["mentor"], ["3B"], "06-12345", "")
    assert Person.get_by_id(cast["mentor"].id).functions == ["care", "mentor"]
    assert Person.get_by_id(cast["admin"].id).version == 1
    assert admin.get("/accounts/invitations").text.count("/welcome/") == 1
    assert [mail.kind for mail in Mail.select().order_by(Mail.id)] == ["invite", "functions"]
    trail = AuditEvent.get(AuditEvent.action == "account:people:import")
    assert trail.detail == {"new": 1, "changed": 1}
    assert "anna" not in str([event.detail for event in AuditEvent.select()])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("C\tno-address", "e-mail address like"),
        ("C\tno-address\t\tkoning", "name@school.nl. "),
        ("\tc@baken.example", "Fill in: Name"),
        (f"{'x' * 121}\tc@baken.example", "at most 120"),
        ("C\tc@baken.example\tsoon", "telephone"),
        ("data:image/png;base64,iVBORw0KGgo=\tc@baken.example", "Rustpunt never keeps imagery"),
        ("C\u202e\tc@baken.example", "cannot be read"),
        ("C\tc@baken.example\t\tkoning", "no function called 'koning'"),
        ("C\tc@baken.example\t\tbeheerder, mentor", "no other function"),
        ("C\tc@baken.example\t\t\t\tfrans", "answers given"),
        ("C\tANNA@baken.example", "Row 1 has this e-mail address too"),
        ("S. Yilmaz\tleadership@baken.example\t\tmentor", "last account of school leadership"),
        ("B. Jansen\tadmin@baken.example\t\t", "last administrator"),
        ("K\tstranger@baken.example", "has left"),
    ],
)
def test_one_wrong_row_stops_all(admin: Any, cast: Any, row: str, said: str) -> None:
    Person.update(left_at=MONDAY).where(Person.id == cast["stranger"].id).execute()
    before = [(one.id, one.version) for one in Person.select()]
    text = f"{ANNA}\n{row}\n{BO}\t\t\t\t"
    seen = look(admin, text)
    page = Page(seen)
    assert (seen.status_code, said in page.text) == (422, True), page.text
    assert "Row 2: " in page.text
    assert [form.first("text") for form in page.forms if "text" in form.names] == [text.strip()]
    assert not [form for form in page.forms if form.data.get("version")]
    forced = admin.post("/accounts/import", {"text": text, "go": "import", "version": "x"})
    assert forced.status_code == 422
    assert [(one.id, one.version) for one in Person.select()] == before
    assert not Link.select().exists()


def test_the_last_leadership_may_change_hands_in_one_go(admin: Any, cast: Any) -> None:
    text = "S. Yilmaz\tleadership@baken.example\t\tmentor\nR. van Dijk\tcare@baken.example\t\tschoolleiding"
    assert confirm(admin, look(admin, text)).status_code == 303
    assert Person.get_by_id(cast["care"].id).functions == ["leadership"]
    assert Person.get_by_id(cast["leadership"].id).functions == ["mentor"]


def test_what_changed_meanwhile_is_shown_again(admin: Any, cast: Any) -> None:
    text = f"{ANNA}\nJ. Smit-Bos\tmentor@baken.example"
    seen = look(admin, text)
    Person.update(phone="06-99999", version=2).where(Person.id == cast["mentor"].id).execute()
    answer = confirm(admin, seen)
    assert (answer.status_code, "Accounts changed since you looked" in Page(answer).text) == (409, True)
    assert not Person.select().where(Person.email == "anna@baken.example").exists()
    assert confirm(admin, answer).status_code == 303
    assert Person.get_by_id(cast["mentor"].id).name == "J. Smit-Bos"


def test_other_text_than_was_shown_is_not_carried_out(admin: Any) -> None:
    form = next(form for form in Page(look(admin, ANNA)).forms if form.data.get("version"))
    answer = admin.post("/accounts/import", {**form.data, "text": f"{ANNA}\t\tleadership", "go": "import"})
    assert answer.status_code in (409, 422)
    assert not Link.select().exists()


def test_confirmed_twice_it_is_done_once(admin: Any) -> None:
    seen = look(admin, ANNA)
    assert [confirm(admin, seen).status_code for _twice in range(2)] == [303, 303]
    assert Person.select().where(Person.email == "anna@baken.example").count() == 1
    assert Link.select().count() == 1


def test_at_most_500_rows(admin: Any) -> None:
    rows = [f"N. {number}\tn{number}@baken.example" for number in range(501)]
    seen = look(admin, "\n".join(rows))
    assert (seen.status_code, "at most 500" in Page(seen).text) == (422, True)


def test_300_rows_are_one_transaction(admin: Any, cast: Any, app: Any) -> None:
    settings = app.extensions["settings"]
    seen = look(admin, "\n".join(f"N. {number}\tn{number}@baken.example\t\tmentor" for number in range(300)))
    assert "300 new accounts" in Page(seen).text
    object.__setattr__(settings, "smtp", urlsplit("smtp://127.0.0.1:1"))
    try:
        with counted() as statements:
            answer = confirm(admin, seen)
    finally:
        object.__setattr__(settings, "smtp", None)
    assert (answer.status_code, answer.location) == (303, "/accounts")
    assert (Link.select().count(), Mail.select().where(Mail.kind == "functions").count()) == (300, 1)
    assert len(statements) < 300 * 18
    assert SignIn.select().count() == 1


def test_nobody_else_may(client: Any, cast: Any) -> None:
    for function in ("coordinator", "leadership", "teacher"):
        assert look(client(function), ANNA).status_code == 404
    assert not Link.select().exists()
