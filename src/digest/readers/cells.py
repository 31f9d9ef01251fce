"""What single cells of a subscriber file mean: states, times, lists, and the guard against spreadsheet formulas."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from datetime import datetime, tzinfo
from typing import Final

from digest.audiences.words import fold
from digest.models.people import Consent, Frequency
from digest.readers.names import clean

BOUNCED: Final = "bounced"
COMPLAINED: Final = "complained"
BLOCKED: Final = "blocked"
STATES: Final[dict[str, tuple[Consent, str | None]]] = {
    "pending": (Consent.PENDING, None),
    "unconfirmed": (Consent.PENDING, None),
    "active": (Consent.ACTIVE, None),
    "subscribed": (Consent.ACTIVE, None),
    "confirmed": (Consent.ACTIVE, None),
    "paused": (Consent.PAUSED, None),
    "left": (Consent.LEFT, None),
    "unsubscribed": (Consent.LEFT, None),
    "bounced": (Consent.LEFT, BOUNCED),
    "cleaned": (Consent.LEFT, BOUNCED),
    "complained": (Consent.LEFT, COMPLAINED),
    "blocked": (Consent.LEFT, BLOCKED),
    "blocklisted": (Consent.LEFT, BLOCKED),
}
FLAGS: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
MAX_WORD: Final = 60
MAX_WORDS: Final = 100
_FORMULA: Final = "=+-@\t\r＝＋－＠"
_GUARDING: Final = f"'{_FORMULA}"
_GUARDED = re.compile(f"'+[{re.escape(_FORMULA)}]")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
# As programs written in Go print times: `2024-01-02 15:04:05.123456789 +0000 UTC`.
_GO = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d{4})(?: \S{1,6})?")
_YEARS = range(1970, 2200)


class Unusable(Exception):
    """A cell because of which its whole line is not taken."""

    def __init__(self, what: str, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def guard(cell: str) -> str:
    """The cell as it may stand in a file that a spreadsheet opens: what begins like a formula gets a `'` before it.

    So does what begins with quotes before such a sign, which makes `unguard` give back every cell unchanged.
    """
    sign = cell[:1]
    if sign not in _GUARDING or not sign:
        return cell
    return f"'{cell}" if sign != "'" or _GUARDED.match(cell) else cell


def unguard(cell: str) -> str:
    """The cell that `guard` was given."""
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell


def status(text: str) -> tuple[Consent, str | None]:
    """The consent state, and why the address must not be written to (or None).

    Raises:
        Unusable: it is none of the known words; nobody is mailed on a guess.
    """
    found = STATES.get(text.lower())
    if found is None:
        raise Unusable(f'there is no status "{text[:40]}"', _near(text.lower(), STATES))
    return found


def frequency(text: str) -> Frequency:
    """How often.

    Raises:
        Unusable: it is none of the known words.
    """
    try:
        return Frequency(text.lower())
    except ValueError:
        known = [choice.value for choice in Frequency]
        raise Unusable(f'there is no frequency "{text[:40]}"', _near(text.lower(), known)) from None


def words(
    text: str, known: Collection[str] | None = None, what: str = "word"
) -> tuple[tuple[str, ...], Unusable | None]:
    """The words of a list cell, divided by comma, semicolon or bar; folded, each once, in order.

    With `known`, only those. The second value complains of the first word that was left out.
    """
    if len(text) > MAX_WORDS * MAX_WORD:
        return (), Unusable(f"the list of {what}s is longer than {MAX_WORDS * MAX_WORD} characters")
    found = dict.fromkeys(word for part in re.split("[,;|]", text) if (word := " ".join(fold(part).split())))
    kept: list[str] = []
    wrong: Unusable | None = None
    for word in found:
        if known is not None and word not in known:
            wrong = wrong or Unusable(f'there is no {what} "{word[:MAX_WORD]}"', _near(word, known))
        elif len(word) > MAX_WORD or clean(word) != word:
            wrong = wrong or Unusable(f'"{word[:20]}…" is too long for a {what}, or holds an invisible character')
        else:
            kept.append(word)
    return tuple(kept[:MAX_WORDS]), wrong or (
        Unusable(f"{MAX_WORDS} {what}s are the most") if kept[MAX_WORDS:] else None
    )


def moment(text: str, zone: tzinfo) -> datetime | None:
    """The time that a cell gives, in `zone` unless it says otherwise; a day begins at midnight. None when unreadable.

    ISO 8601, `2026/11/24` and `24.11.2026` are read; `11/24/2026` is not, since half the world reads it otherwise.
    """
    if match := _DOTTED.match(text):
        text = f"{match[3]}-{match[2]:>02}-{match[1]:>02}{text[match.end() :]}"
    elif match := _GO.fullmatch(text):
        text = match[1] + match[2]
    elif text[4:5] == "/" == text[7:8]:
        text = text.replace("/", "-", 2)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.year not in _YEARS:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def consent(text: str, zone: tzinfo) -> tuple[datetime | None, str]:
    """When consent was given, and its wording or proof: `2026-01-05`, `form on the front page`, or one and the other.

    None and an empty text stand for what the cell does not say.
    """
    if found := moment(text, zone):
        return found, ""
    first, _, rest = text.partition(" ")
    if found := moment(first, zone):
        return found, rest.strip()
    return None, text


def _near(word: str, known: Collection[str]) -> str:
    among = sorted(known)
    close = difflib.get_close_matches(word, among, n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else f"known: {', '.join(among)[:300]}"
