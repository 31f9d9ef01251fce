"""The places in a rendering that differ from reader to reader, and the tokens that stand for them on the way.

Inside the pipeline a slot is a run of ASCII letters and digits, because both the MJML compiler and the inliner
percent-encode or reformat anything else in links. In the finished rendering it is `{{name}}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

STANDARD = ("name", "email", "unsubscribe_url", "preferences_url", "browser_url", "feedback_url", "why")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}(:[a-z0-9]{1,60})?")


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of one rendering: `tokens` maps each name to its token."""

    tokens: Mapping[str, str]
    prefix: str

    @classmethod
    def apart_from(cls, text: str, further: Iterable[str] = ()) -> Slots:
        """Slots whose tokens cannot occur in `text`.

        Raises:
            ValueError: a further slot has a name that is no slot's.
        """
        prefix = "zqslot"
        # Nearly no text holds the first two letters at all, and folding a whole edition takes its time.
        if _may_hold(text, "q") or _may_hold(text, "Q"):
            folded = text.casefold()
            while prefix in folded:
                prefix += "q"
        return _slots(tuple(further), prefix)

    def reveal(self, text: str) -> str:
        """`text` with every token turned back into `{{name}}`."""
        return self.found_in(text)[0]

    def found_in(self, text: str) -> tuple[str, frozenset[str]]:
        """The same, and the names that occur in it."""
        names = tuple(self.tokens)
        pieces: list[str] = []
        found: set[str] = set()
        behind = 0
        # From one q to the next, which few languages write often: a single letter is found in no time.
        at = text.find("q")
        while at >= 0:
            token = self._token(text, at - 1) if text.startswith(self.prefix, at - 1) else None
            if token is None:
                at = text.find("q", at + 1)
                continue
            name = names[int(token[1])]
            found.add(name)
            pieces += (text[behind : at - 1], "{{", name, "}}")
            behind = token.end()
            at = text.find("q", behind)
        return "".join([*pieces, text[behind:]]) if pieces else text, frozenset(found)

    def _token(self, text: str, at: int) -> re.Match[str] | None:
        return re.compile(self.prefix + r"(\d+)zq").match(text, at)

    def count(self, text: str) -> int:
        """How many tokens stand in `text`."""
        return text.count(self.prefix)


def _may_hold(text: str, letter: str) -> bool:
    at = text.find(letter)
    while at >= 0:
        if text[at - 1 : at] in ("z", "Z"):
            return True
        at = text.find(letter, at + 1)
    return False


@lru_cache(maxsize=64)
def _slots(further: tuple[str, ...], prefix: str) -> Slots:
    names = [*STANDARD, *(name for name in further if name not in STANDARD)]
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f'"{name}" is no name for a slot')
    return Slots(MappingProxyType({name: f"{prefix}{at}zq" for at, name in enumerate(names)}), prefix)
