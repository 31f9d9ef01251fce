"""Make other people's text safe to set: no control characters, no hidden reordering, one line."""

from __future__ import annotations

import re

# Unicode Bidirectional Algorithm (UAX 9): embeddings, overrides and isolates can make a line read as another one.
# The marks that real right-to-left text needs (LRM, RLM, ALM) and the joiners of Indic and Arabic scripts stay.
_REORDERING = "\u202a-\u202e\u2066-\u2069\u206a-\u206f"
# Not allowed in XML 1.0 (section 2.2), or invisible and without meaning in running text.
_FORBIDDEN = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufff9-\uffff\U000e0000-\U000e007f"
_REMOVED = re.compile(f"[{_REORDERING}{_FORBIDDEN}]|[\\U0001fffe\\U0001ffff\\U0002fffe\\U0002ffff]")
_BRACES = re.compile(r"\{(?=[{%#])")
WORD_JOINER = "\u2060"


def clean_line(text: str) -> str:
    """`text` as one line of plain text, single-spaced, without what a reader cannot see but a client obeys.

    A comment's opening is broken by a word joiner: the HTML serialiser writes comments in attributes unescaped.
    """
    if text.isascii() and text.isprintable():
        if "  " not in text and "<!--" not in text:
            return text.strip()
    else:
        text = _REMOVED.sub("", text.replace("\u0085", " "))
    return " ".join(text.split()).replace("<!--", f"<{WORD_JOINER}!--")


def disarm(text: str) -> str:
    """`text` in which no `{{`, `{%` or `{#` is left: a word joiner (U+2060) stands between the two characters.

    So a headline that holds `{{unsubscribe_url}}` can never be taken for a slot when a message is filled.
    """
    return _BRACES.sub("{" + WORD_JOINER, text)
