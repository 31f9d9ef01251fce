"""A template compiled once: MJML and inlining done, values and conditions still open. Filling it gives, byte for
byte, what the long way gives, in a fraction of the time.

Values become runs of letters and digits, statements become comments (or attributes, inside a tag), the whole goes
through the compiler and the inliner once, and both are turned back into the Jinja they stood for.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, Template, nodes
from jinja2.exceptions import TemplateError as JinjaError
from markupsafe import Markup

from digest.render.cuts import marks
from digest.render.environment import bounded_fill, environment
from digest.render.flatten import NotPlain, Part, flatten
from digest.render.inline import inline
from digest.render.mjml import compile_mjml
from digest.render.swift import SwiftSandbox, select

# What does not depend on the edition: it may stand where no token can, in widths and colours.
STATIC = ("theme", "language", "direction", "start", "end", "filler", "word")
_BOUND = re.compile(rf"\b(?:{'|'.join(STATIC)})\b")
_TOKEN = re.compile(r"zq([vs])(\d+)z")
_WRAPPED = re.compile(r"<!--(zqs\d+z)-->|\s(zqs\d+z)=\"1\"")
_TAG = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.DOTALL)
_HTML = re.compile(r"<!--.*?-->|<style\b.*?</style>|<[a-zA-Z/](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
_OUTER = frozenset({"mj-body", "mj-wrapper", "mj-column"})
_INNER = frozenset({"mj-text", "mj-button", "mj-table", "mj-raw"})
_MARKUP = re.compile(r"\bsafe\b|\be\b|\bescape\b|\bMarkup\b")


@dataclass(frozen=True, slots=True)
class Program:
    """One template for one theme and language. `fill` gives its HTML with slot tokens in it."""

    template: Template
    name: str

    def fill(self, values: Mapping[str, Any]) -> str:
        """The HTML for these values.

        Raises:
            TemplateError: a value is missing or a limit was passed.
        """
        return bounded_fill(self.template, values, self.name)


def compile_program(
    roots: Sequence[Path], name: str, sheet: str, static: Mapping[str, Any], *, cut: bool = False
) -> Program:
    """The program of the template `name`, its inline sheet already filled.

    With `cut` the output carries the marks of `cuts.py`, by which an edition is taken apart into blocks.

    Raises:
        NotPlain: the template does what can only be decided with an edition at hand.
        TemplateError: its MJML is wrong.
    """
    with _plain_or_not(), _undisturbed():
        return _compiled(roots, name, sheet, static, cut=cut)


def _compiled(roots: Sequence[Path], name: str, sheet: str, static: Mapping[str, Any], *, cut: bool) -> Program:
    jinja = environment(tuple(roots))
    parts = _settle(jinja, flatten(jinja, name), static)
    kept = [part for part in parts if part.kind != "text"]
    _refuse_shadows(kept)
    ids = {id(part): f"zq{'v' if part.kind == 'value' else 's'}{at}z" for at, part in enumerate(kept)}
    source = "".join(part.text if part.kind == "text" else ids[id(part)] for part in parts)
    html = inline(compile_mjml(_place(source), name), sheet)
    return Program(_program(html, kept, marks(kept) if cut else {}), name)


def compile_text(roots: Sequence[Path], name: str) -> Program:
    """The program of a text template, its output carrying the marks of `cuts.py`.

    Raises:
        NotPlain: the template cannot be laid flat, or its sections cannot be told apart.
    """
    parts = flatten(environment(tuple(roots)), name)
    kept = [part for part in parts if part.kind != "text"]
    around = marks(kept)
    found = {id(part): around.get(at, ("", "")) for at, part in enumerate(kept)}
    pieces = [part.text if part.kind == "text" else _jinja(part, *found[id(part)]) for part in parts]
    with _plain_or_not():
        return Program(_sandbox().from_string("".join(pieces)), name)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Compiling makes many small objects, none of them large: looking for garbage in between takes a fifth of the
    time and finds little."""
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()


@contextmanager
def _plain_or_not() -> Iterator[None]:
    """What Jinja says of a wrong template means here that it is not plain: the long way tells its file and line."""
    try:
        yield
    except (JinjaError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as problem:
        raise NotPlain(str(problem) or type(problem).__name__) from None


def _jinja(part: Part, before: str = "", behind: str = "") -> str:
    """A part in the brackets of the finished program, its marks around it."""
    return f"\x03{part.text}\x04" if part.kind == "value" else f"{before}\x01{part.text}\x02{behind}"


def _settle(jinja: Environment, parts: Sequence[Part], static: Mapping[str, Any]) -> list[Part]:
    """`parts` with every value that does not depend on the edition written out."""
    names = _names(jinja, list(dict.fromkeys(part.text for part in parts if part.kind == "value")))
    fixed: dict[tuple[str, bool], str] = {}
    for part in parts:
        if part.kind != "value":
            continue
        if names[part.text] <= set(static):
            fixed[part.text, part.escaped] = ""
        elif not part.escaped or _MARKUP.search(part.text):
            raise NotPlain(f"{{{{ {part.text} }}}} is not escaped")
    _write_out(jinja, fixed, static)
    return [
        Part("text", fixed[part.text, part.escaped], part.escaped)
        if part.kind == "value" and (part.text, part.escaped) in fixed
        else part
        for part in parts
    ]


def _names(jinja: Environment, expressions: Sequence[str]) -> dict[str, frozenset[str]]:
    """The names that each of these expressions looks up, all parsed as one template: that is what takes the time."""
    body = jinja.parse("".join("{{ " + text + " }}" for text in expressions)).body
    trees = [tree for output in body if isinstance(output, nodes.Output) for tree in output.nodes]
    found = (frozenset(node.name for node in nodes.Output([tree]).find_all(nodes.Name)) for tree in trees)
    return dict(zip(expressions, found, strict=True))


def _write_out(jinja: Environment, fixed: dict[tuple[str, bool], str], static: Mapping[str, Any]) -> None:
    """What each of these expressions gives, all by one template: compiling one is what takes the time."""
    off, on, between = "{% autoescape false %}", "{% endautoescape %}", "\x06"
    wrapped = (f"{'' if escaped else off}{{{{ {text} }}}}{'' if escaped else on}" for text, escaped in fixed)
    written = jinja.from_string(between.join(wrapped)).render(static).split(between)
    fixed.update(zip(fixed, written, strict=True) if fixed else ())


def _refuse_shadows(kept: Sequence[Part]) -> None:
    """A template that gives a fixed name another value cannot have had it written out."""
    if not any(_BOUND.search(_target(part.text)) for part in kept if part.kind == "statement"):
        return
    text = "".join("{% " + part.text + " %}" for part in kept if part.kind == "statement")
    tree = Environment(autoescape=True).parse(text)
    stored = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}
    if stored & set(STATIC):
        raise NotPlain(f"{', '.join(sorted(stored & set(STATIC)))} is set in the template")


def _target(statement: str) -> str:
    """The part of a statement in which the names that it sets stand; nothing of one that sets none."""
    if statement.startswith("set"):
        return statement.partition("=")[0]
    if statement.startswith("for"):
        return re.split(r"\bin\b", statement, maxsplit=1)[0]
    return statement if statement.startswith("with") else ""


def _place(source: str) -> str:
    """`source` with each statement's token in a form that survives where it stands."""
    pieces: list[str] = []
    open_tags: list[str] = []
    behind = 0
    for found in _TAG.finditer(source):
        pieces.append(_between(source[behind : found.start()], open_tags[-1] if open_tags else ""))
        behind = found.end()
        pieces.append(found[0] if found[0].startswith("<!--") else _in_tag(found[0]))
        tag = (found[2] or "").lower()
        if found[1]:
            if tag in open_tags:
                del open_tags[len(open_tags) - 1 - open_tags[::-1].index(tag) :]
        elif tag.startswith("mj") and not found[3].rstrip().endswith("/"):
            open_tags.append(tag)
    pieces.append(_between(source[behind:], ""))
    return "".join(pieces)


def _between(text: str, parent: str) -> str:
    def placed(token: re.Match[str]) -> str:
        if token[1] == "v":
            if parent in _INNER or parent == "mj-title":
                return token[0]
        elif parent in _OUTER:
            return f"<mj-raw><!--{token[0]}--></mj-raw>"
        elif parent in _INNER:
            return f"<!--{token[0]}-->"
        raise NotPlain(f"a value or statement stands directly in <{parent}>")

    return _TOKEN.sub(placed, text)


def _in_tag(tag: str) -> str:
    if not _TOKEN.search(tag):
        return tag
    if tag.startswith(("<mj", "</mj")):
        raise NotPlain(f"a value of the edition stands in {tag.split(maxsplit=1)[0]}>")
    quoted = re.compile(r"\"[^\"]*\"|'[^']*'")
    if any(token[0].startswith("zqs") for value in quoted.findall(tag) for token in _TOKEN.finditer(value)):
        raise NotPlain("a statement stands in the value of an attribute")
    return re.sub(r"(\"[^\"]*\"|'[^']*')|(zqs\d+z)", lambda m: m[1] or f' {m[2]}="1" ', tag)


def _program(html: str, kept: Sequence[Part], around: Mapping[int, tuple[str, str]]) -> Template:
    """The finished HTML as a template again."""
    spans = [found.span() for found in _HTML.finditer(html)]
    html = _WRAPPED.sub(lambda found: found[1] or found[2], _kinds(html, spans))

    def back(token: re.Match[str]) -> str:
        at = int(token[2])
        if token[1] == "s":
            return _jinja(kept[at], *around.get(at, ("", "")))
        return f"\x03({kept[at].text})|zq{token[3] or 'text'}\x04"

    return _sandbox().from_string(re.sub(r"zq([vs])(\d+)z(?:~(\w+)~)?", back, html))


def _sandbox() -> Environment:
    """The sandbox with control characters for brackets: no template holds any.

    Jinja escapes nothing in it: each value of HTML passes one of our own filters, and none is markup to begin with.
    """
    jinja = SwiftSandbox(
        block_start_string="\x01",
        block_end_string="\x02",
        variable_start_string="\x03",
        variable_end_string="\x04",
        comment_start_string="\x05",
        comment_end_string="\x06",
        autoescape=False,
        keep_trailing_newline=True,
        undefined=environment(()).undefined,
    )
    jinja.globals = environment(()).globals
    writers = {"zqtext": _text, "zqattribute": _attribute, "zqcomment": _comment}
    jinja.filters = {**environment(()).filters, **writers, "select": select}
    return jinja


def _kinds(html: str, spans: Sequence[tuple[int, int]]) -> str:
    """`html` with each value's token saying where it stands: in text, in an attribute, in a comment."""
    pieces, behind = [], 0
    for start, end in spans:
        tag = html[start:end]
        kind = "comment" if tag.startswith("<!--") else "attribute"
        pieces += [html[behind:start], re.sub(r"zqv\d+z", lambda m, kind=kind: f"{m[0]}~{kind}~", tag)]  # type: ignore[misc]
        behind = end
    return "".join([*pieces, html[behind:]])


# The serialiser's own escaping (libxml2): what the long way ends in.
def _text(value: object) -> str:
    return str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(value: object) -> str:
    return _text(value).replace('"', "&quot;")


def _comment(value: object) -> str:
    return str(Markup.escape(value))
