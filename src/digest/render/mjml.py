"""MJML to HTML: one call of the compiler, with the checks it does not make itself.

mjml-python passes unknown tags in silence, miscounts Outlook widths when a padding holds a bare `0`, glues words
together at a line break between inline elements, and ends the whole process on deep nesting.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

from digest.errors import TemplateError, at
from digest.render.mjml_tags import CHILDREN, ENDING, KNOWN, REFUSED, VOID
from digest.render.unsaid import unsaid

DEEPEST = 64
_TAG = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.DOTALL)
_PADDING = re.compile(r'(\s(?:inner-)?padding(?:-\w+)?=")([^"]*)(")')
_BREAK = re.compile(r"[ \t]*\r?\n\s*")
_TEXTS = re.compile(r"(<(mj-text|mj-button|mj-table)\b(?:[^>]*[^>/])?>)(.*?)(</\2>)", re.DOTALL)
# The compiler writes attributes as Rust prints strings for debugging: a joiner becomes `\\u{200d}`, a backslash two.
_RISKY = re.compile(r"[^\x20-\x5b\x5d-\x7e]")
_TITLE = re.compile(r"(<mj-title>)(.*?)(</mj-title>)", re.DOTALL)
_POSITION = re.compile(r" at position (\d+):(\d+)")


Origin = Callable[[str], str | None]


def compile_mjml(source: str, name: str, origin: Origin | None = None) -> str:
    """The HTML of one MJML document.

    `name` stands in errors for the template; `origin` says where a line of the source was written, if it can.

    Raises:
        TemplateError: with the template's line, else line and column of the generated MJML, and what stands there.
    """
    from mjml import mjml2html

    page = _Page(source, name, origin)
    _look_through(page)
    ready = _PADDING.sub(
        lambda m: m[1] + " ".join("0px" if part == "0" else part for part in m[2].split()) + m[3], source
    )
    ready = _TEXTS.sub(lambda m: m[1] + _BREAK.sub(" ", m[3]) + m[4], ready)
    ready = _TAG.sub(lambda m: m[0] if m[0].startswith("<!--") else _RISKY.sub(_reference, m[0]), ready)
    ready, title = _TITLE.sub(r"\1zqtitlezq\3", ready), _TITLE.search(ready)
    try:
        html = mjml2html(ready, fonts={})
    except ValueError as problem:
        raise _in_words(_complaint(source) or str(problem), page) from None
    # The compiler repeats the title as a label and writes joiners in it as Rust escapes, so it never sees the title.
    words = title[2].strip() if title else ""
    return html.replace(">zqtitlezq<", f">{words}<").replace("zqtitlezq", words.replace('"', "&quot;"))


def _complaint(source: str) -> str | None:
    """What the compiler says of the source as it was written, so that its positions are those of the source."""
    from mjml import mjml2html

    try:
        mjml2html(source, fonts={})
    except ValueError as problem:
        return str(problem)
    return None


def _reference(character: re.Match[str]) -> str:
    return f"&#{ord(character[0])};"


@dataclass(frozen=True, slots=True)
class _Page:
    """A document, and where its lines come from."""

    source: str
    name: str
    origin: Origin | None

    def wrong(self, what: str, start: int, hint: str | None = None) -> TemplateError:
        """What is wrong at the character `start`."""
        line = self.source.count("\n", 0, start) + 1
        text = self.source.split("\n")[line - 1]
        written = self.origin(text) if self.origin else None
        column = start - self.source.rfind("\n", 0, start)
        return TemplateError(what, where=written or at(f"{self.name} (generated MJML)", line, column), hint=hint)


def _look_through(page: _Page) -> None:
    """Refuse what the compiler would pass in silence or die of: unknown or misplaced tags, deep nesting."""
    open_tags: list[str] = []
    behind = 0
    for found in _TAG.finditer(page.source):
        tag, parent = (found[2] or "").lower(), open_tags[-1] if open_tags else ""
        between = page.source[behind : found.start()]
        behind = found.end()
        if parent in CHILDREN and between.strip():
            start = found.start() - len(between.lstrip())
            raise page.wrong(f"text cannot stand directly in <{parent}>", start, "put it into <mj-text>")
        closing, alone = bool(found[1]), tag in VOID or (found[3] or "").rstrip().endswith("/")
        if closing:
            if tag in open_tags:
                del open_tags[len(open_tags) - 1 - open_tags[::-1].index(tag) :]
            continue
        if tag.startswith("mj") or (tag and parent in CHILDREN):
            _place(tag, parent, page, found.start())
        if tag and not alone:
            open_tags.append(tag)
        if len(open_tags) > DEEPEST:
            raise page.wrong(f"tags are nested deeper than {DEEPEST}", found.start())


def _place(tag: str, parent: str, page: _Page, start: int) -> None:
    if tag.startswith("mj") and tag not in KNOWN:
        raise page.wrong(f"<{tag}> is no MJML tag that can be used here", start, instead_of(tag))
    if parent in ENDING or (parent and not parent.startswith("mj")):
        raise page.wrong(f"<{tag}> cannot stand in <{parent}>", start, "close the tag before it")
    if parent in CHILDREN and tag not in CHILDREN[parent]:
        fits = ", ".join(sorted(CHILDREN[parent]))
        raise page.wrong(f"<{tag}> cannot stand in <{parent}>", start, f"there may be: {fits}")


def instead_of(tag: str) -> str | None:
    """What to write instead of a tag that cannot be used."""
    close = difflib.get_close_matches(tag, sorted(KNOWN), n=1)
    return REFUSED.get(tag) or (f"did you mean {close[0]}?" if close else None)


def _in_words(message: str, page: _Page) -> TemplateError:
    """The compiler's message, its byte offsets turned into line and column."""
    found = _POSITION.search(message)
    if not found:
        if seen := unsaid(page.source):
            return page.wrong(*seen)
        return TemplateError(
            f"the MJML is not well-formed: {message}",
            where=page.name,
            hint="look for an unclosed tag or a bare < in text",
        )
    data = page.source.encode()
    start, end = (len(data[: int(offset)].decode("utf-8", "ignore")) for offset in found.groups())
    return page.wrong(f'{_POSITION.sub("", message)}: "{page.source[start:end][:60]}"', start)
