"""The lines of a plain-text dump, each with what it is by form: a bullet or text, alone or not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.ingest.prose import clean, ends_a_sentence, words

MOST_LINES = 60_000
MOST_JOINED = 4_000
_BULLET = re.compile(r"^(\s*)(?:[•◦▪‣●■]|[*–-](?=\s)|\d{1,2}[.)](?=\s))\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line with text. `after_blank` and `before_blank` say whether it stands alone; `indent` counts spaces."""

    text: str
    is_bullet: bool
    indent: int
    after_blank: bool
    before_blank: bool

    @property
    def is_prose(self) -> bool:
        """Whether it reads as a paragraph: long, or a shorter one that ends as a sentence does."""
        if self.is_bullet:
            return False
        count = words(self.text)
        wide = sum(1 for c in self.text[:200] if ord(c) > 0x2E80) > 25  # scripts that put no spaces between words
        return count >= 18 or (count >= 7 and ends_a_sentence(self.text)) or (wide and ends_a_sentence(self.text))


def numbered_lines(text: str) -> list[Line]:
    """The lines with text, in order; a bullet's own continuation lines are joined to it, as far as `MOST_JOINED`
    characters: what goes on longer is no bullet, and the takeaways are bounded well below."""
    raw = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:MOST_LINES]
    made: list[Line] = []
    for number, source in enumerate(raw):
        content = clean(source, 20_000)
        if not content:
            continue
        blank_before = number == 0 or not raw[number - 1].strip()
        blank_after = number + 1 >= len(raw) or not raw[number + 1].strip()
        match = _BULLET.match(source)
        indent = len(source) - len(source.lstrip())
        if match:
            content = clean(match[2], 20_000)
            if content:
                made.append(Line(content, True, indent, blank_before, blank_after))
            continue
        if made and made[-1].is_bullet and not blank_before and indent > made[-1].indent:
            last = made[-1]
            if len(last.text) <= MOST_JOINED and content not in last.text:
                made[-1] = Line(f"{last.text} {content}", True, last.indent, last.after_blank, blank_after)
            continue
        made.append(Line(content, False, indent, blank_before, blank_after))
    return made
