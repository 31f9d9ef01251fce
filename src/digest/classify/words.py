"""Text as the words that rules and models compare: NFKC, case folded, without possessives and elisions."""

from __future__ import annotations

import re
import unicodedata

from digest.models.story import Story

LONGEST = 20_000
_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_PLAIN = re.compile(r"[a-z0-9]+")
# Han and kana are written without spaces: each character stands as a word, so that a phrase is a run of words.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_APOSTROPHE = re.compile(r"['’ʼ]")
LEAD_WORDS = 60
BODY_WORDS = 150

_FUNCTION_WORDS = """
    a about above after again against all also am an and any are as at be because been before being below between
    both but by can could did do does doing down during each even few first for from further get gets got had has have
    having he her here hers him his how i if in into is it its just last like made make makes many may me might more
    most much must my new no nor not now of off on once one only or other our out over own said same say says see she
    should since so some still such than that the their them then there these they this those three through to too two
    under until up us very want was we were what when where which while who why will with within without would year
    years yet you your"""
STOP = frozenset(_FUNCTION_WORDS.split())


def words(text: str) -> list[str]:
    """The words of a text, at most its first 20,000 characters, in order."""
    text = text[:LONGEST]
    if text.isascii() and "'" not in text:
        return _PLAIN.findall(text.lower())
    folded = unicodedata.normalize("NFKC", text).casefold()
    found: list[str] = []
    for word in _WORD.findall(folded):
        if not word.isascii() and _UNSPACED.search(word):
            found.extend(_UNSPACED.sub(lambda match: f" {match[0]} ", word).split())
        elif "'" in word or "’" in word or "ʼ" in word:
            found.append(_bare(word))
        else:
            found.append(word)
    return found


def _bare(word: str) -> str:
    """`china's` is china, `l'état` is état, `don't` stays one word."""
    head, *rest = _APOSTROPHE.split(word)
    if rest[-1] == "s":
        return "'".join((head, *rest[:-1]))
    return "'".join(rest) if len(head) <= 2 else "'".join((head, *rest))


def lead(story: Story) -> str:
    """The text that says what a story is about beneath its title: excerpt, else takeaways, else its first words."""
    return story.excerpt or " ".join(story.takeaways) or story.body[:600]


def stem(word: str) -> str:
    """A word without the plural: enough to let a headline's `talks` meet another's `talk`."""
    if len(word) > 4 and word[-1] == "s" and word[-2] not in "su":
        return word[:-3] + "y" if word.endswith("ies") else word[:-1]
    return word
