"""The card of the first hour, the settings, and the neutral page of quick hide."""

import re
from typing import Any

import pytest

from portal.audit.models import AuditEvent
from portal.demo import ACCOUNTS, SETTINGS
from portal.school.models import ClosedPeriod, School
from portal.school.rules import helplines
from tests.reading import Page

# The numbers of the product description.
NUMBERS = {
    "112": "112",
    "0900-8844": "09008844",
    "020-2615275": "+31202615275",
    "0800-0188": "08000188",
    "0800-0113": "08000113",
    "0800-2000": "08002000",
    "0900-0101": "09000101",
    "0800-0432": "08000432",
    "0900-1113111": "09001113111",
}


def settings_form(page: Any) -> Any:
    return Page(page).form("/settings")


def test_the_card_is_open_to_all_with_every_number_to_tap(client: Any) -> None:
    answer = client().get("/first-hour")
    page, text = Page(answer), answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert {f"tel:{digits}" for digits in NUMBERS.values()} <= set(page.links)
    assert all(number in page.text for number in NUMBERS)
    for name in ("coordinator_phone", "counselor_phone", "board_phone", "police_phone"):
        assert f"tel:{SETTINGS[name].replace('-', '')}" in page.links, name
    assert "meldknop" in text.casefold()
    # No number stands there as text only.
    assert len([link for link in page.links if link.startswith("tel:")]) >= len(helplines()) + 4 - 1
    years = re.findall(r"\b20\d\d\b", page.text)
    assert len(years) <= len(helplines())


def test_the_card_names_no_person_and_no_incident(client: Any, incident: Any) -> None:
    case = incident()
    for browser in (client(), client("coordinator")):
        main = browser.get("/first-hour").get_data(as_text=True).partition("<main")[2]
        names = [name for _local, name, *_rest in ACCOUNTS] + [case.code_name, case.ref, "Noor", "Daan"]
        assert not [name for name in names if name in main]


def test_a_number_that_is_not_known_says_so(client: Any, school: Any) -> None:
    School.update(board_phone="").execute()
    page = Page(client().get("/first-hour"))
    assert "tel:" not in page.links
    assert "tel:0105550100" not in page.links


def test_settings_are_changed_and_shown_on_the_card(client: Any) -> None:
    admin = client("admin")
    form = settings_form(admin.get("/settings"))
    changed = {**form.data, "coordinator_phone": "06-87654321", "joins": ["coordinator"]}
    assert admin.post("/settings", changed).location == "/settings"
    row = School.get()
    assert (row.coordinator_phone, row.joins, row.version) == ("06-87654321", ["coordinator"], 3)
    assert "tel:0687654321" in Page(client().get("/first-hour")).links
    trail = AuditEvent.select().where(AuditEvent.action == "settings:school:change").order_by(AuditEvent.id.desc())
    assert "06-87654321" not in str(trail.get().detail)


def test_who_joins_by_default_follows_the_settings(client: Any, incident: Any) -> None:
    admin = client("admin")
    form = settings_form(admin.get("/settings"))
    admin.post("/settings", {**form.data, "joins": ["care"]})
    assert {row.function for row in incident().team} == {"care"}


def test_two_administrators_lose_nothing_of_the_settings(client: Any) -> None:
    first, second = client("admin"), client("admin")
    form = settings_form(second.get("/settings"))
    own_token = settings_form(first.get("/settings")).data["csrf_token"]
    assert first.post("/settings", {**form.data, "csrf_token": own_token, "place": "Havendam"}).status_code == 303
    answer = second.post("/settings", {**form.data, "place": "Zeedam", "address": "Dijk 2"})
    text = Page(answer).text
    assert answer.status_code == 409
    assert ("Havendam" in text, "Zeedam" in text) == (True, True)
    assert School.get().place == "Havendam"
    kept = settings_form(answer)
    assert (kept.first("place"), kept.first("address")) == ("Zeedam", "Dijk 2")
    assert second.post("/settings", kept.data).status_code == 303
    assert (School.get().place, School.get().address) == ("Zeedam", "Dijk 2")


@pytest.mark.parametrize(
    ("first", "last"),
    [("2027-02-19", "2027-02-15"), ("0000-01-01", "2027-02-15"), ("2027-02-15", "9999-12-31"), ("", "2027-02-15")],
)
def test_closed_days_that_cannot_be_are_refused_and_kept_in_the_form(client: Any, first: str, last: str) -> None:
    before, admin = ClosedPeriod.select().count(), client("admin")
    answer = admin.post("/settings/closed", {"name": "Voorjaarsvakantie", "first": first, "last": last})
    assert answer.status_code == 422
    form = Page(answer).form("/settings/closed")
    assert [form.first(name) for name in ("name", "first", "last")] == ["Voorjaarsvakantie", first, last]
    assert ClosedPeriod.select().count() == before
    # The other form of the page still shows what is stored.
    assert settings_form(answer).first("name") == School.get().name


def test_closed_days_are_added_and_removed(client: Any) -> None:
    admin = client("admin")
    for first, last in (("2027-02-15", "2027-02-19"), ("2027-04-05", "2027-04-05")):
        data = {"name": "Vrij & dicht", "first": first, "last": last}
        assert admin.post("/settings/closed", data).location == "/settings"
    added = ClosedPeriod.select().order_by(ClosedPeriod.id.desc()).get()
    assert (str(added.first), str(added.last)) == ("2027-04-05", "2027-04-05")
    assert Page(admin.get("/settings")).text.count("Vrij & dicht:") == 2
    assert admin.post(f"/settings/closed/{added.id}/remove").location == "/settings"
    assert admin.post(f"/settings/closed/{added.id}/remove").status_code == 404
    assert ClosedPeriod.select().where(ClosedPeriod.name == "Vrij & dicht").count() == 1


@pytest.mark.parametrize("function", ["coordinator", "leadership", "teacher"])
def test_only_an_administrator_finds_the_settings(client: Any, function: str) -> None:
    browser, before = client(function), School.get().version
    assert browser.get("/settings").status_code == 404
    assert browser.post("/settings", {"name": "Other", "version": str(before)}).status_code == 404
    assert (
        browser.post("/settings/closed", {"name": "x", "first": "2027-02-15", "last": "2027-02-15"}).status_code == 404
    )
    period = ClosedPeriod.get()
    assert browser.post(f"/settings/closed/{period.id}/remove").status_code == 404
    assert (School.get().version, ClosedPeriod.get().id) == (before, period.id)


@pytest.mark.parametrize("function", [None, "coordinator"])
def test_the_page_of_quick_hide_tells_nothing(client: Any, incident: Any, function: str | None) -> None:
    case = incident()
    text = client(function).get("/agenda").get_data(as_text=True)
    assert "Agenda" in re.findall(r"<title>(.*?)</title>", text)
    words = ("rustpunt", "baken", "incident", "zaak", "foto", "login", "portal", case.code_name, "de wit")
    assert not [word for word in words if word.casefold() in text.casefold()]
    assert not Page(text).links
    assert "November 2026" in text or "november 2026" in text
    assert len(re.findall(r'aria-current="date"', text)) == 1
    assert re.search(r'aria-current="date">23<', text)
