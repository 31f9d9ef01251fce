"""How much there is to read: words, and the minutes they take. Not a tokeniser: nothing else is decided by it."""

from __future__ import annotations

import re

WORDS_PER_MINUTE = 200

# Scripts written without spaces. A reader of Chinese or Japanese takes in about twice as many characters a minute as
# an English reader takes words; a Thai, Lao, Khmer or Burmese word is about five letters with its vowel signs.
_DENSE = re.compile(r"[\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
                    r"\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+")  # fmt: skip
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")
_CHARACTERS_A_WORD = ((_DENSE, 2), (_UNSPACED, 5))
_WORD = re.compile(r"[^\W_]\S*")


def count_words(text: str) -> int:
    """The number of words in `text`: what stands between spaces and holds a letter or digit.

    Two characters of Chinese or Japanese count as a word, and so do five of Thai, Lao, Khmer or Burmese.
    """
    if text.isascii():
        return len(_WORD.findall(text))
    words = 0
    for script, characters in _CHARACTERS_A_WORD:
        for run in script.findall(text):
            words += -(-len(run) // characters)
        text = script.sub(" ", text)
    return words + len(_WORD.findall(text))


def reading_minutes(words: int) -> int:
    """Whole minutes to read that many words at 200 a minute, to the nearest, and at least 1 when there are any."""
    return max(1, (words + WORDS_PER_MINUTE // 2) // WORDS_PER_MINUTE) if words > 0 else 0
