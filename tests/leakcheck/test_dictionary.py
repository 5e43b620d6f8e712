"""The word list: what is a word, and what happens where it was not compiled."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.leakcheck.dictionary import rules
from portal.leakcheck.dictionary.rules import NoWords, is_word


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(rules, "LIST", tmp_path / "words.list")
    rules._words.cache_clear()
    is_word.cache_clear()
    yield tmp_path / "words.list"
    rules._words.cache_clear()
    is_word.cache_clear()


def test_every_word_is_found_and_nothing_else(elsewhere: Path) -> None:
    words = sorted({first + last for first in "abcz" for last in ["", "a", "aa", "ab", "zz", "b" * 30]})
    elsewhere.write_text("\n" + "\n".join(words) + "\n")
    assert [word for word in words if not is_word(word)] == []
    assert [word for word in ("", "aaaa", "zzzz", "b" * 29, "a\naa", "y", "é") if is_word(word)] == []


def test_a_missing_list_says_what_to_do(elsewhere: Path) -> None:
    with pytest.raises(NoWords, match="make build"):
        is_word("boer")
    elsewhere.touch()
    with pytest.raises(NoWords):
        is_word("boer")


@pytest.mark.parametrize(
    ("word", "found"),
    [("boer", True), ("wolf", True), ("storm", True), ("jansen", False), ("vermeer", False), ("smits", False)],
)
def test_a_surname_is_a_word_or_it_is_none(word: str, found: bool) -> None:
    assert is_word(word) is found


def test_the_list_is_not_served() -> None:
    assert rules.LIST.is_file()
    assert rules.LIST.parent.name == "words"
    assert not list((rules.LIST.parents[1] / "build").glob("*words*"))
