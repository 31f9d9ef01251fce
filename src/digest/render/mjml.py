"""MJML to HTML: one call of the compiler, with the checks it does not make itself.

mjml-python passes unknown tags in silence, miscounts Outlook widths when a padding holds a bare `0`, glues words
together at a line break between inline elements, and ends the whole process on deep nesting.
"""

from __future__ import annotations

import re

from digest.errors import TemplateError, at

DEEPEST = 64
_CONTENT = ("mj-text", "mj-button", "mj-image", "mj-divider", "mj-spacer", "mj-table", "mj-social", "mj-raw")
_CHILDREN: dict[str, frozenset[str]] = {
    "mjml": frozenset({"mj-head", "mj-body"}),
    "mj-head": frozenset({"mj-attributes", "mj-breakpoint", "mj-font", "mj-preview", "mj-style", "mj-title", "mj-raw"}),
    "mj-body": frozenset({"mj-section", "mj-wrapper", "mj-hero", "mj-raw"}),
    "mj-wrapper": frozenset({"mj-section", "mj-hero", "mj-raw"}),
    "mj-section": frozenset({"mj-column", "mj-group", "mj-raw"}),
    "mj-group": frozenset({"mj-column", "mj-raw"}),
    "mj-column": frozenset(_CONTENT),
    "mj-hero": frozenset(_CONTENT),
    "mj-social": frozenset({"mj-social-element"}),
}
_ENDING = frozenset({"mj-text", "mj-button", "mj-raw", "mj-table", "mj-style", "mj-title", "mj-preview"})
_KNOWN = frozenset().union(_CHILDREN, *_CHILDREN.values()) | {"mj-all", "mj-class"}
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_TAG = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.DOTALL)
_PADDING = re.compile(r'(\s(?:inner-)?padding(?:-\w+)?=")([^"]*)(")')
_BREAK = re.compile(r">[ \t]*\r?\n\s*<")
_TEXTS = re.compile(r"(<(mj-text|mj-button|mj-table)\b(?:[^>]*[^>/])?>)(.*?)(</\2>)", re.DOTALL)
_POSITION = re.compile(r" at position (\d+):(\d+)")


def compile_mjml(source: str, name: str) -> str:
    """The HTML of one MJML document. `name` stands in errors for the file that it came from.

    Raises:
        TemplateError: with line and column of the generated MJML, and the words that stand there.
    """
    from mjml import mjml2html

    _look_through(source, name)
    ready = _PADDING.sub(lambda m: m[1] + " ".join(_with_unit(p) for p in m[2].split()) + m[3], source)
    ready = _TEXTS.sub(lambda m: m[1] + _BREAK.sub("> <", m[3]) + m[4], ready)
    try:
        return mjml2html(ready, fonts={})
    except ValueError as problem:
        raise _in_words(str(problem), ready, name) from None


def _with_unit(part: str) -> str:
    return "0px" if part == "0" else part


def _look_through(source: str, name: str) -> None:
    """Refuse what the compiler would pass in silence or die of: unknown or misplaced tags, deep nesting."""
    open_tags: list[str] = []
    for found in _TAG.finditer(source):
        tag = (found[2] or "").lower()
        if not tag or tag in _VOID or found[3].rstrip().endswith("/"):
            if tag.startswith("mj"):
                _place(tag, open_tags, source, found.start(), name)
            continue
        if found[1]:
            if tag in open_tags:
                del open_tags[len(open_tags) - 1 - open_tags[::-1].index(tag) :]
            continue
        if tag.startswith("mj"):
            _place(tag, open_tags, source, found.start(), name)
        open_tags.append(tag)
        if len(open_tags) > DEEPEST:
            raise TemplateError(f"tags are nested deeper than {DEEPEST}", where=_spot(source, found.start(), name))


def _place(tag: str, open_tags: list[str], source: str, start: int, name: str) -> None:
    parent = open_tags[-1] if open_tags else ""
    where = _spot(source, start, name)
    if tag not in _KNOWN:
        raise TemplateError(f"<{tag}> is no MJML tag that can be used here", where=where)
    if parent in _ENDING or (parent and not parent.startswith("mj")):
        raise TemplateError(f"<{tag}> cannot stand in <{parent}>", where=where, hint="close the tag before it")
    if parent in _CHILDREN and tag not in _CHILDREN[parent]:
        fits = ", ".join(sorted(_CHILDREN[parent]))
        raise TemplateError(f"<{tag}> cannot stand in <{parent}>", where=where, hint=f"there may be: {fits}")


def _in_words(message: str, source: str, name: str) -> TemplateError:
    """The compiler's message, its byte offsets turned into line and column."""
    found = _POSITION.search(message)
    if not found:
        return TemplateError(
            f"the MJML is not well-formed: {message}", where=name, hint="look for an unclosed tag or a bare < in text"
        )
    data = source.encode()
    start, end = (len(data[: int(offset)].decode("utf-8", "ignore")) for offset in found.groups())
    what = _POSITION.sub("", message)
    return TemplateError(f'{what}: "{source[start:end][:60]}"', where=_spot(source, start, name))


def _spot(source: str, start: int, name: str) -> str:
    line = source.count("\n", 0, start) + 1
    return at(f"{name} (generated MJML)", line, start - source.rfind("\n", 0, start))
