"""Product rule 6: whoever it is and however it is written, a text with somebody's data never passes unseen."""

import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.leakcheck.rules import Named, check, words_of

LOOKALIKES = str.maketrans("aeopcxyiABEKMHOPCTX", "аеорсхуіАВЕКМНОРСТХ")
ACCENTS = str.maketrans("aeiouAEIOU", "áëïóúÁËÏÓÚ")
# What is typed where a name is asked for ('Child', 'Vader') names nobody, and random letters may spell it.
LETTERED = st.text(string.ascii_lowercase, min_size=4, max_size=10).filter(words_of).map(str.capitalize)
FIRST = (
    st.sampled_from(
        [
            "Noor",
            "Daan",
            "Roos",
            "Storm",
            "Zoë",
            "Anne-Marie",
            "Yusuf",
            "Søren",
            "Łukasz",
            "Fleur",
            "Bo",
            "Mark",
            "Sem",
            "Çağla",
            "D'Angelo",
            "Wil",
            "Mei",
            "Lars",
            "Max",
        ]
    )
    | LETTERED
)
BEFORE = st.sampled_from(["", "", "de ", "van der ", "van den ", "v.d. ", "'t ", "van 't ", "el ", "d'", "ten ", "O'"])
SURNAME = (
    st.sampled_from(
        [
            "Vermeer",
            "Boer",
            "Berg",
            "Wolf",
            "Jansen",
            "Amrani",
            "Çelik",
            "Smits",
            "Visser",
            "Vermeer-Smit",
            "Hooft",
            "Wong",
        ]
    )
    | LETTERED
)
SAYING = st.sampled_from(
    [
        "Het gaat om {}.",
        "({})",
        "Volgens {} is het rustig.",
        "Ik zag {}",
        "It was {}, they say.",
        "Zie:\n{}\nen verder.",
    ]
)


def apart(name: str) -> str:
    return " ".join(name)


# What keeps a name a name, one letter or word at a time.
LETTERS = st.sampled_from(
    [
        lambda name: name,
        lambda name: name.translate(LOOKALIKES),
        lambda name: name.translate(ACCENTS),
        lambda name: "\u200b".join(name),
        lambda name: "\u00ad".join(name),
        lambda name: "\u2060\ufe0f".join(name),
        lambda name: "".join(chr(ord(one) + 0xFEE0) if one.isascii() and one.isalnum() else one for one in name),
        lambda name: "".join(one + "\u0301" if one in "aeiou" else one for one in name),
        str.upper,
    ]
)
OWN = st.sampled_from(["", "s", "'s", "’s", "'"])
BETWEEN = st.sampled_from([" ", "  ", "\n", " \n ", "-", "_", "/"])
EVERY = settings(max_examples=250, deadline=None, derandomize=True, database=None)


def finds(text: str, person: Named, hard: bool) -> bool:
    return any(one.about == 0 and (one.hard or not hard) for one in check(text, [person]))


@given(FIRST, BEFORE, SURNAME, SAYING, LETTERS, OWN, BETWEEN)
@EVERY
@example("Noor", "van der ", "Berg", "Het gaat om {}.", str.upper, "'s", "\n")
def test_a_full_name_keeps_the_text_inside(first, before, surname, saying, letters, own, between) -> None:  # type: ignore[no-untyped-def]
    person = Named(f"{first} {before}{surname}")
    for name in (person.name, f"{first}{between}{before}{surname}", f"{surname}, {first}"):
        text = saying.format(letters(name) + own)
        assert finds(text, person, hard=True), text


@given(FIRST, SAYING, LETTERS, OWN)
@EVERY
def test_a_first_name_is_asked_about(first, saying, letters, own) -> None:  # type: ignore[no-untyped-def]
    person = Named(f"{first} Vermeer")
    # A name of two letters, or one that begins sentences, has only its capital to go by.
    if len(first) > 2 and first not in ("Wil", "Mei"):
        assert finds(saying.format(letters(first) + own), person, hard=False), saying.format(letters(first) + own)


@given(FIRST, BEFORE, SURNAME, st.sampled_from(["#{}", "{}@example.org", "www.example.org/{}", "@{}_2010", "{}.jpg"]))
@EVERY
def test_within_an_address_or_hashtag(first, before, surname, around) -> None:  # type: ignore[no-untyped-def]
    person = Named(f"{first} {before}{surname}")
    bare = "".join(one for one in person.name if one.isalpha())
    for name in (bare, bare.lower(), f"{first}.{surname}".lower(), f"{first}_{surname}"):
        assert finds(f"Zie {around.format(name)} daar.", person, hard=True), around.format(name)


@given(SURNAME, SAYING)
@EVERY
def test_a_name_taken_apart(surname, saying) -> None:  # type: ignore[no-untyped-def]
    person = Named(f"Xandra {surname}")
    plain = surname.replace("-", "")
    for name in (" ".join(plain), ".".join(plain), "-".join(plain), f"{plain[:3]}-\n{plain[3:]}"):
        assert finds(saying.format(name), person, hard=False), name


@given(st.integers(1, 6), st.text(string.ascii_uppercase, min_size=1, max_size=2), LETTERS, SAYING)
@EVERY
def test_a_class_code_keeps_the_text_inside(year, letter, letters, saying) -> None:  # type: ignore[no-untyped-def]
    person = Named("", f"{year}{letter}")
    for name in (
        f"{year}{letter}",
        f"{year}{letter}".lower(),
        f"{year}-{letter}",
        f"klas {year}{letter}",
        f"{year} {letter}",
    ):
        assert finds(saying.format(letters(name)), person, hard=True), letters(name)


@given(st.text(string.ascii_lowercase + string.digits, min_size=2, max_size=12), st.sampled_from("._"), LETTERS, SAYING)
@EVERY
def test_an_account_keeps_the_text_inside(begin, sign, letters, saying) -> None:  # type: ignore[no-untyped-def]
    account = f"{begin}{sign}x1"
    person = Named("Noor Vermeer", "", (f"@{account}",))
    for name in (account, account.upper(), f"@{account}"):
        assert finds(saying.format(letters(name)), person, hard=True), name


@given(st.dates(), SAYING)
@EVERY
def test_a_birth_date_keeps_the_text_inside(day, saying) -> None:  # type: ignore[no-untyped-def]
    day = day.replace(year=2000 + day.year % 20)
    months = [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ]
    person = Named("Noor Vermeer", born=(day.year,))
    said = f"{day.day} {months[day.month - 1]} {day.year}"
    for date in (
        f"{day:%d-%m-%Y}",
        f"{day.day}/{day.month}/{day.year}",
        f"{day:%Y-%m-%d}",
        said,
        f"{day:%B} {day.day}, {day.year}",
    ):
        assert finds(saying.format(date), person, hard=True), date


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        # As a word processor writes a dash, or keeps what belongs together on one line.
        ("in 3\u2011B", "class"),
        ("in 3\u2013B", "class"),
        ("in 3  B", "class"),
        ("in klas 3 - B", "class"),
        ("06\u201112345678", "account"),
        ("06 \u2013 12 34 56 78", "account"),
        ("06\u202f12345678", "account"),
        ("12\u201103\u20112011", "birth"),
        ("12 \u2013 03 \u2013 2011", "birth"),
        ("12 maart '11", "birth"),
        ("12-3-'11", "birth"),
        ("volg нур_99", "account"),  # its letters look like other ones, some of them
        # Broken by what is hardly seen, or more than once.
        ("Ver\u200ameer", "surname"),
        ("Ver\u2009meer", "surname"),
        ("Ver-me-er", "surname"),
        ("Ver.me.er", "surname"),
        ("Ver/meer", "surname"),
        ("Ver|meer", "surname"),
        ("Ver\u2014meer", "surname"),
        ("Ver~meer", "surname"),
        ("V\u025brm\u025b\u025br", "surname"),
    ],
)
def test_other_signs_between_or_for_letters(text: str, kind: str) -> None:
    noor = Named("Noor Vermeer", "3B", ("@нур_99",), (2011,), "06-12345678")
    assert [(one.kind, one.hard) for one in check(text, [noor])] == [(kind, True)]
