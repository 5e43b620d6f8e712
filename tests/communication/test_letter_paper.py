"""Letters on paper: tagged, read out in order, as many sheets as promised, and without names."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from portal.communication.letters import rules
from portal.communication.letters.views import paper_page
from portal.school.models import School
from portal.web import paper, paper_maker
from tests.communication.letters import TEXTS, approved, statement
from tests.reading import Page

A4 = (595, 842)


def tags(pdf: bytes) -> list[str]:
    """The kinds of what is read out, in the order of the structure tree."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found: list[str] = []

        def walk(node: Any) -> None:
            if isinstance(node, pikepdf.Array):
                for one in node:
                    walk(one)
            elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
                found.append(str(node.S).removeprefix("/"))
                walk(node.get("/K", pikepdf.Array([])))

        walk(document.Root.StructTreeRoot.K)
        return found


def words(pdf: bytes) -> list[str]:
    """What a reader hears, in the order of the content."""
    run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return run.stdout.decode().split()


def sheets(pdf: bytes) -> list[tuple[int, int]]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [(round(float(one.MediaBox[2])), round(float(one.MediaBox[3]))) for one in document.pages]


@pytest.fixture
def case(incident: Any, team: Any, cast: Any, clock: Any) -> Any:
    made = incident()
    team(made, "communication")
    statement(made, cast, clock.now())
    School.update(address="Havenstraat 1", place="Waterdam", contact_phone="010-5550101").execute()
    return made


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_pdf_is_tagged_and_read_out_in_order(case: Any, cast: Any, client: Any, clock: Any, language: str) -> None:
    made = approved(case, cast, clock.now())
    answer = client("communication").get(f"/incidents/{case.ref}/letters/{made.id}/pdf/{language}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    pdf = answer.get_data()
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_metadata() as about:
        assert str(document.Root.Lang) == language
        assert bool(document.Root.MarkInfo.Marked)
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        assert about["pdfuaid:part"] == "1"
        assert (
            about["dc:title"] == {"nl": "Brief van Het Baken College", "en": "Letter from Het Baken College"}[language]
        )
    kinds = [kind for kind in tags(pdf) if kind in ("H1", "H2", "P", "L", "LI")]
    texts = rules.ready("staff", TEXTS, "Het Baken College")[language]
    laid = rules.laid_out(texts)
    expected = {"heading": ["H2"], "text": ["P"]}
    body = [kind for one in laid for kind in expected.get(one.kind, ["L", *["LI"] * len(one.lines)])]
    assert kinds[kinds.index("H1") :] == ["H1", *body]
    said = [word for word in words(pdf) if word not in ("•", "1/1", "/")]
    order = [
        word for one in (texts["subject"], *(line for block in laid for line in block.lines)) for word in one.split()
    ]
    start = len(said) - len(order) - said[::-1].count("1")
    assert " ".join(order) in " ".join(said)
    head = " ".join(said[: max(start, 0)] or said)
    for part in ("Het Baken College", "Havenstraat", "Waterdam", "010-5550101", "2026"):
        assert part in head


def test_its_file_name_and_title_say_nothing(case: Any, cast: Any, client: Any, clock: Any) -> None:
    """Product rule 6."""
    made = approved(case, cast, clock.now(), "pupils")
    for language, name in (("nl", "brief.pdf"), ("en", "letter.pdf")):
        answer = client("leadership").get(f"/incidents/{case.ref}/letters/{made.id}/pdf/{language}")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_language_that_is_not_there_is_missing(case: Any, cast: Any, client: Any, clock: Any) -> None:
    made = approved(case, cast, clock.now())
    for language in ("fr", "../nl", "NL"):
        assert client("communication").get(f"/incidents/{case.ref}/letters/{made.id}/pdf/{language}").status_code == 404


FULL = {
    # Wide letters on full lines, and as many blocks as there can be.
    "lines": lambda n: {"core": ("Wij melden hierbij opnieuw dat we om half elf samenkomen. " * 400)[: n * 92]},
    "blocks": lambda n: {"more": "Kort.\n\n" * n},
    "points": lambda n: {"more": "- Een punt van de lijst dat kort is.\n" * n},
    "headings": lambda n: {"more": "Een kop\n\nKort.\n\n" * n},
}


@pytest.mark.parametrize("key", ["staff", "class-parents"])
@pytest.mark.parametrize("fill", FULL)
def test_the_longest_letter_that_is_accepted_fits(app: Any, school: Any, cast: Any, key: str, fill: str) -> None:
    """One page where one page is promised, two for parents."""
    texts = rules.ready(key, {"nl": TEXTS["nl"]}, "Het Baken College")["nl"]
    most, n = rules.LINES[rules.letters()[key].pages], 0
    while rules.printed_lines(texts | FULL[fill](n + 1)) <= most:
        n += 1
    full = texts | FULL[fill](n)
    assert rules.printed_lines(full) >= most - 2
    School.update(address="Havenstraat 1", place="Waterdam", contact_phone="010", contact_mail="a@b.example").execute()
    with app.test_request_context():
        from flask import g

        g.clock = app.extensions["clock"]
        made = paper.pdf(paper_page(full, "nl"))
    assert sheets(made) == [A4] * rules.letters()[key].pages


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """Whatever stands in a letter, no address is opened: here one whose opening could be seen."""
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    link = f'<link rel="attachment" href="file://{secret}"><img alt="x" src="file://{secret}">'
    page = f"<!doctype html><html lang=nl><head><title>x</title>{link}</head><body><p>Dag</p></body></html>"
    made = paper.pdf(page)
    with pikepdf.open(io.BytesIO(made)) as document:
        assert not document.attachments
    assert words(made)[0] == "Dag"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (f"raise SystemExit({paper_maker.NO_LIBRARIES})", "libpango-1.0-0"),
        ("raise SystemExit(1)", "PDF"),
        ("import time; time.sleep(9)", "PDF"),
    ],
)
def test_where_no_pdf_can_be_made_the_page_says_what_to_do(
    case: Any, cast: Any, client: Any, clock: Any, monkeypatch: Any, script: str, said: str
) -> None:
    made = approved(case, cast, clock.now(), "council")
    monkeypatch.setattr(paper, "COMMAND", (sys.executable, "-c", script))
    monkeypatch.setattr(paper, "LONGEST", 2)
    paper.pdf.cache_clear()
    answer = client("communication").get(f"/incidents/{case.ref}/letters/{made.id}/pdf/nl")
    assert answer.status_code == 409
    assert said in Page(answer).text
    paper.pdf.cache_clear()


def test_without_the_libraries_the_maker_ends_with_a_word_for_it(tmp_path: Path) -> None:
    (tmp_path / "weasyprint").mkdir()
    (tmp_path / "weasyprint" / "__init__.py").write_text("raise OSError('cannot load library pango')")
    maker = (sys.executable, str(Path(paper_maker.__file__)))
    run = subprocess.run(
        maker, input=b"<p>x", capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(tmp_path)}
    )
    assert (run.returncode, run.stdout) == (paper_maker.NO_LIBRARIES, b"")


def test_the_libraries_are_not_loaded_into_the_workers() -> None:
    assert "weasyprint" not in sys.modules


def test_what_lays_out_a_page_is_not_told_where_the_keys_are(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, str] = {}

    def run(*_command: Any, env: dict[str, str], **_how: Any) -> Any:
        told.update(env)
        return subprocess.CompletedProcess([], 0, stdout=b"%PDF")

    monkeypatch.setenv("PORTAL_KEYS", "/keys")
    monkeypatch.setattr(subprocess, "run", run)
    assert paper.pdf("<p>Nobody else asks for this page.</p>") == b"%PDF"
    assert "PATH" in told
    assert not [name for name in told if name.startswith("PORTAL_")]
