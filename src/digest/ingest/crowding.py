"""Tags with more attributes than anyone writes: parsers compare every attribute of a tag with all before it, so that
one tag of a few megabytes keeps them busy for hours. The text is looked through once, before a parser sees it."""

from __future__ import annotations

import re

MOST_ATTRIBUTES = 2_000
_ATTRIBUTE = r"""(?>[\s/]*+[^\s/=>][^\s/=>]*+(?>\s*+=\s*+(?>"[^"]*+"?|'[^']*+'?|[^\s>]*+))?+|[\s/]*+=[^\s>]*+)"""
_TAG = rf"<[A-Za-z][^\s/>]*+(?>{_ATTRIBUTE}){{0,{MOST_ATTRIBUTES}}}+"
# scripts, styles and comments hold text that only looks like tags; none of the parts gives anything back, so the
# time is proportional to the length of the text
_TEXTS = "|".join(
    rf"<{name}(?=[\s/>])(?>{_ATTRIBUTE}){{0,{MOST_ATTRIBUTES}}}+[\s/]*+>(?>[^<]++|<(?!/{name}))*+"
    for name in ("script", "style")
)
_COMMENT = r"<!--(?!-?>)(?>[^-]++|-(?!-!?>))*+"
_CROWDED = re.compile(rf"(?>[^<]++|{_COMMENT}|{_TEXTS}|{_TAG}(?!{_ATTRIBUTE})|<(?![A-Za-z]))*+<", re.IGNORECASE)


def is_crowded(text: str) -> bool:
    """Whether a tag of `text`, HTML or XML, has more than `MOST_ATTRIBUTES` attributes."""
    return _CROWDED.match(text) is not None
