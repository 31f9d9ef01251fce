"""How large a mail may be before clients cut it or drop its styles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.check.finding import Given, Hit, Rule

CLIPPED = 102_000
NEARLY_CLIPPED = 90_000
STYLES = 16_384
STYLES_ONCE = 8_192
# What a filled slot may come to, generously: a signed link, a name, a sentence.
_ROOM = {"why": 160, "name": 60, "email": 80}
_LINK = 180
_SLOT = re.compile(r"\{\{ ?([a-z][a-z0-9_:]*) ?\}\}")


def full_size(html: str) -> int:
    """Bytes of `html` as UTF-8 once its slots are filled with long values."""
    grown = sum(_ROOM.get(found[1], _LINK) - len(found[0]) for found in _SLOT.finditer(html))
    return len(html.encode()) + max(0, grown)


def _clip(given: Given) -> Iterator[Hit]:
    size = full_size(given.html)
    if size >= CLIPPED:
        yield Hit(f"the mail has {size:,} bytes and will be clipped", "html")
    elif size >= NEARLY_CLIPPED:
        yield Hit(f"the mail has {size:,} bytes, close to where it is clipped", "html", "warning")


def _styles(given: Given) -> Iterator[Hit]:
    total = sum(len(style.encode()) for style in given.styles)
    if total > STYLES:
        yield Hit(f"the style sheets have {total:,} bytes; what is past {STYLES:,} is removed", "html: <style>")
    elif total > STYLES_ONCE:
        yield Hit(
            f"the style sheets have {total:,} bytes; some clients stop at {STYLES_ONCE:,}", "html: <style>", "warning"
        )


RULES = (
    Rule(
        "size.gmail-clip",
        "error",
        "Gmail shows about the first 102 KB and hides the rest, the footer and the styles with it",
        "hteumeuleu/email-bugs #41, #56",
        "take stories out, or shorten what stands about them",
        _clip,
    ),
    Rule(
        "size.gmail-style",
        "error",
        "Gmail removes the style sheet that passes 16 KB in sum",
        "hteumeuleu/email-bugs #90",
        "take rules out of the style sheets",
        _styles,
    ),
)
