"""What is wrong with a document that the compiler refuses without saying where."""

from __future__ import annotations

import re

from digest.render.mjml_tags import VOID

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_PIECE = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w:-]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(/?)>|(<)", re.DOTALL)


def unsaid(source: str) -> tuple[str, int, str] | None:
    """What is wrong, at which character, what to do; None when nothing that is known to be refused is there."""
    control = _CONTROL.search(source)
    if control:
        return f"the control character U+{ord(control[0]):04X} stands here", control.start(), "take it out"
    open_tags: list[tuple[str, int]] = []
    for found in _PIECE.finditer(source):
        tag = (found[2] or "").lower()
        if found[4]:
            return "a < begins no tag", found.start(), "write &lt;"
        if found[1]:
            if open_tags and open_tags[-1][0] == tag:
                open_tags.pop()
            elif any(name == tag for name, _start in open_tags):
                return f"<{open_tags[-1][0]}> is not closed", open_tags[-1][1], f"close it before </{tag}>"
            else:
                return f"</{tag}> closes nothing", found.start(), "take it out"
        elif tag and not found[3] and tag not in VOID:
            open_tags.append((tag, found.start()))
    if open_tags:
        return f"<{open_tags[-1][0]}> is not closed", open_tags[-1][1], f"write </{open_tags[-1][0]}>"
    return None
