"""Whether something is a word of Dutch or English: what is none and is somebody's surname leads to that person.

The list is compiled from the dictionaries that come with the front-end packages (`static/words.mjs`). It is read where
it lies, so that it takes no memory of a worker's own.
"""

import mmap
from functools import cache, lru_cache
from pathlib import Path

LIST = Path(__file__).parents[3] / "static" / "words" / "words.list"


class NoWords(RuntimeError):
    """The list was not compiled."""


@cache
def _words() -> mmap.mmap:
    try:
        with LIST.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (FileNotFoundError, ValueError):
        raise NoWords(f"The word list {LIST} is missing: 'make build' compiles it.") from None


@lru_cache(4096)
def is_word(word: str) -> bool:
    """Whether a word, in small letters without accents, stands in a dictionary. Raises `NoWords`."""
    words, sought = _words(), word.encode()
    low, high = 0, len(words) - 1
    while low < high:
        # The line that the middle is in: it begins behind a line end, and so does the whole list.
        begin = words.rfind(b"\n", 0, (low + high) // 2 + 1)
        end = words.find(b"\n", begin + 1)
        here = words[begin + 1 : end]
        if here == sought:
            return True
        if here < sought:
            low = end
        else:
            high = begin
    return False
