"""Product rule 6: no name, nickname, initials, class or account leaves the school; ordinary words may."""

import pytest

from portal.leakcheck.names.rules import NO_NAMES, NOUNS, OPENERS, PARTICLES
from portal.leakcheck.rules import Named, holds_name, names_in

NOOR = Named("Noor Vermeer", "3B", ("@noor.xx_08", "Nootje", "De Kleine"))


@pytest.mark.parametrize(
    "text",
    [
        "Noor was er niet.",
        "noor was er niet",
        "NOOR!",
        "Vraag het aan Noor.",
        "(Noor)",
        "Noor/Sem",
        "noor_v",
        "Nóór",
        "No\u200bor",
        "Noo\u0301r",
        "No\ufe0for",
        "No\u034for",
        "No\u3164or",
        "No\u2800or",
        "N\u043eor",
        "N\u03bf\u043er",
        "\u039door",
        "\uff2eoor",
        "\U0001d40door",
        "Noors jas",
        "Noor's jas",
        "Noor’s jas",
        "VERMEERS",
        "mevrouw Vermeer",
        "de familie Vermeer-de Boer",
        "N.V.",
        "N. V.",
        "N.V. is ziek",
        "N. Vermeer",
        "3B",
        "klas 3b",
        "3-B",
        "3 B",
        "3B's mentor",
        "volg @noor.xx_08.",
        "NOOR.XX_08",
        "nootje",
        "Nootjes telefoon",
        "de Kleine",
    ],
)
def test_it_names_her(text: str) -> None:
    assert holds_name(text, [NOOR]), text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Het gaat om een leerling.",
        "In het noorden en op Noordeiland.",
        "Een vermeerdering.",
        "n.v.t.",
        "Dit is N.V.T.",
        "De b.v. en de n.v.",
        "van 3 à 4 dagen",
        "3 bijlagen",
        "13B",
        "33 B's",
        "kleine stappen",
    ],
)
def test_it_names_nobody(text: str) -> None:
    assert names_in(text, [NOOR]) == []


CASES = [
    # Particles are no names, the rest of the surname is.
    ("Jan van den Berg", "Hij gaat van den beginne mee", False),
    ("Jan van den Berg", "een berg werk", False),
    ("Jan van den Berg", "Meneer Van den Berg belde.", True),
    ("Jan van den Berg", "jan van den berg", True),
    ("Jan van den Berg", "J.v.d.B.", True),
    ("Jan van den Berg", "J. van den B.", True),
    ("Jan van den Berg", "J.B.", True),
    ("Aya el Amrani", "El Amrani", True),
    ("Aya el Amrani", "el niño", False),
    ("Sam in 't Veld", "in 't veld", False),
    ("Sam in 't Veld", "Sam", True),
    # Initials count as capitals with dots, or as they were written down.
    ("D.", "D. was erbij", True),
    ("D.", "met D.", True),
    ("D.", "d.w.z. morgen", False),
    ("D.", "Plan D", False),
    ("D.K.", "D.K.", True),
    ("D.K.", "D. K.", True),
    ("D.K.", "DK", True),
    ("D.K.", "dk", False),
    ("DK", "DK", True),
    ("Otto Appel", "o.a. hierom", False),
    ("Otto Appel", "O.A. belde", True),
    ("Tim Vos", "op de TV", False),
    # A name of two letters needs its capital.
    ("Bo", "Bo zei niets", True),
    ("Bo", "bo", False),
    ("Bo", "Bo's fiets", True),
    ("Bo", "in het bos", False),
    ("Bo", "BO", False),
    # Names that are words too.
    ("Roos Bakker", "een roos van de bakker", False),
    ("Roos Bakker", "Roos kwam later", True),
    ("Roos Bakker", "bij Bakker thuis", True),
    ("Roos Bakker", "ROOS", True),
    ("Roos Bakker", "roos bakker", True),
    ("Wil Lang", "Wil je dat? Het duurt niet lang. Lang geleden.", False),
    ("Wil Lang", "Dat zei Wil ook.", True),
    ("Wil Lang", "Wil Lang", True),
    ("Mei Li", "In mei. Mei was warm.", False),
    ("Ben Jong", "Ik ben jong. Ben je er?", False),
    ("Ben de Jong", "De Jong belde", True),
    # Accents, other letters, other alphabets.
    ("Zoë", "zoe", True),
    ("Søren Øst", "soren", True),
    ("Łukasz", "Lukasz", True),
    ("Çağla Yılmaz", "cagla yilmaz", True),
    ("Weiß", "Weiss", True),
    ("Anne-Marie O'Brien", "Marie", True),
    ("Anne-Marie O'Brien", "o’brien", True),
    ("Нина", "нина", True),
    ("Lotte", "Lottes", True),
    ("Lotte", "lotterij", False),
    ("Max", "Max' fiets", True),
    # What is typed where a name is asked for, and is none.
    ("onbekende jongen", "een onbekende jongen", False),
    ("Naam nog niet bekend", "Dat is nog niet bekend", False),
    ("Mevr. Vermeer", "Mevr. de directeur", False),
    ("Mevr. Vermeer", "Vermeer", True),
    ("een meisje uit 3B", "een meisje", False),
    ("", "Alles", False),
    ("?", "Wie?", False),
]


@pytest.mark.parametrize(("name", "text", "found"), CASES)
def test_a_name_in_a_text(name: str, text: str, found: bool) -> None:
    assert holds_name(text, [Named(name)]) is found


@pytest.mark.parametrize(
    ("class_name", "text", "found"),
    [
        ("4HV1", "4hv1", True),
        ("4HV1", "4 HV 1", True),
        ("4HV1", "4 hv 1", False),
        ("3 B", "3B", True),
        ("3A", "3 à 4", False),
        ("1", "punt 1 en 10 keer", False),
        ("1", "klas 1", True),
        ("1", "klas 10", False),
        ("brugklas", "in de Brugklas", True),
        ("H2.b", "H2b", True),
        ("-", "een - streep", False),
    ],
)
def test_a_class_in_a_text(class_name: str, text: str, found: bool) -> None:
    assert holds_name(text, [Named("", class_name)]) is found


@pytest.mark.parametrize(
    ("alias", "text", "found"),
    [
        ("@x_y", "x_y", True),
        ("@x_y", "@X_Y!", True),
        ("x.y", "xay", False),
        ("Roos", "een roos", False),
        ("Roos", "Roos", True),
        ("de Kleine", "kleine, de kleine", False),
        ("de Kleine", "bij De Kleine", True),
        ("Daan K.", "Daan", True),
        ("k", "K. zei", True),
        ("@", "a @ b", False),
        ("🌹", "🌹", False),
        ("roos🌹", "roos🌹", True),
    ],
)
def test_a_nickname_or_account_in_a_text(alias: str, text: str, found: bool) -> None:
    assert holds_name(text, [Named("", "", (alias,))]) is found


def test_everything_found_is_told_in_order() -> None:
    assert names_in("Sem en Noor uit 3B: Noors jas.", [NOOR, Named("Sem T.")]) == ["Sem", "Noor", "3B", "Noors"]


def test_the_lists_do_not_speak_against_each_other() -> None:
    assert not NOUNS & (OPENERS | NO_NAMES | PARTICLES)


ORDINARY = (
    "Zonder verspreiders is er geen shame sexting. Wij zeggen tegen elkaar: stuur niets door en praat erover. "
    "Wil je iets kwijt? Ga naar je mentor of naar de coördinator. Een goed gesprek duurt niet lang. "
    "De school is er voor iedereen: jong en oud, groot en klein. Mag het even? Dan maken we tijd. "
    "Kijk niet, bewaar niet, bel 112 als het moet, of 0900-8844 voor de politie. Wees lief voor elkaar. "
    "In mei en april zijn er toetsen. De boer en de bakker wonen bij het bos. "
    "Without those who pass it on there is no shame sexting. Will you help? May we talk? It may take a while."
)


@pytest.mark.parametrize("name", ["Wil", "May", "Mei", "April", "Jan de Boer", "Mo Bos", "Al", "Will Young", "Bo Jong"])
def test_an_ordinary_text_names_nobody(name: str) -> None:
    assert names_in(ORDINARY, [Named(name, "3B")]) == []


def test_a_long_text_is_judged_at_once() -> None:
    """No pattern can be kept busy: what is looked for has no repetition without an end."""
    people = [Named("Jan van den Berg-de Vries", "4HV1", ("jan_v_d_b", "de lange jan")) for _number in range(20)]
    assert names_in("J. a. b. c. " * 2000 + "a " * 20_000 + "j" * 20_000, people) == []
