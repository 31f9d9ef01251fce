"""The places in a rendering that differ from reader to reader, and the tokens that stand for them on the way.

Inside the pipeline a slot is a run of ASCII letters and digits, because both the MJML compiler and the inliner
percent-encode or reformat anything else in links. In the finished rendering it is `{{name}}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
        names = [*STANDARD, *(name for name in further if name not in STANDARD)]
        for name in names:
            if not _NAME.fullmatch(name):
                raise ValueError(f'"{name}" is no name for a slot')
        prefix = "zqslot"
        # Nearly no text holds the first two letters at all, and folding a whole edition takes its time.
        if any(pair in text for pair in ("zq", "Zq", "zQ", "ZQ")):
            folded = text.casefold()
            while prefix in folded:
                prefix += "q"
        return cls(MappingProxyType({name: f"{prefix}{at}zq" for at, name in enumerate(names)}), prefix)

    def reveal(self, text: str) -> str:
        """`text` with every token turned back into `{{name}}`."""
        return self.found_in(text)[0]

    def found_in(self, text: str) -> tuple[str, frozenset[str]]:
        """The same, and the names that occur in it."""
        names = tuple(self.tokens)
        parts = self._pattern().split(text)
        found = [names[int(number)] for number in parts[1::2]]
        parts[1::2] = ["{{" + name + "}}" for name in found]
        return "".join(parts), frozenset(found)

    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.prefix + r"(\d+)zq")

    def count(self, text: str) -> int:
        """How many tokens stand in `text`."""
        return text.count(self.prefix)
