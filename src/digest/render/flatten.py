"""A template and all that it includes as one run of parts: text, values and statements. Only plain templates can be
laid flat; whatever Jinja decides while it runs (`extends`, macros, computed includes) cannot."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from jinja2 import Environment
from jinja2.exceptions import TemplateError as JinjaError

DEEPEST = 16
_STATEMENTS = frozenset({"for", "else", "elif", "if", "endfor", "endif", "with", "endwith", "set"})
_INCLUDE = re.compile(r"include\s+(\"[^\"\\]+\"|'[^'\\]+')")
_RESERVED = re.compile(r"zq[vs]\d+z|[\x01-\x06\x10-\x13]")
_OPEN = {"variable_begin": "value", "block_begin": "statement"}
_CLOSE = ("variable_end", "block_end")


class NotPlain(Exception):
    """Why a template cannot be compiled once; it is then rendered the long way each time."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of template: `text` is literal text, an expression or a statement, without Jinja's brackets.

    `escaped` says whether the file that it came from escapes its values.
    """

    kind: Literal["text", "value", "statement"]
    text: str
    escaped: bool


def flatten(jinja: Environment, name: str) -> tuple[Part, ...]:
    """The parts of the template `name`, with includes in place, each keeping the names that it sets.

    Raises:
        NotPlain: it uses more than values, loops, conditions, `set`, `with` and includes by name.
    """
    return tuple(_parts(jinja, name, 0, {}))


def _parts(jinja: Environment, name: str, depth: int, read: dict[str, list[tuple[str, str]]]) -> Iterator[Part]:
    """The same, `depth` includes down; `read` keeps what was read of each file, which many include many times."""
    if depth > DEEPEST:
        raise NotPlain(f"{name} is included deeper than {DEEPEST} times")
    escaped = bool(jinja.autoescape(name)) if callable(jinja.autoescape) else jinja.autoescape
    if name not in read:
        read[name] = list(_runs(jinja, name))
    for kind, text in read[name]:
        if kind == "text":
            yield Part("text", text, escaped)
        elif kind == "value":
            yield Part("value", text, escaped)
        elif included := _INCLUDE.fullmatch(text):
            inner = list(_parts(jinja, ast.literal_eval(included[1]), depth + 1, read))
            sets = any(part.kind == "statement" and part.text.startswith("set") for part in inner)
            scope = [Part("statement", word, escaped) for word in (("with", "endwith") if sets else ())]
            yield from (*scope[:1], *inner, *scope[1:])
        elif _is_plain(text):
            yield Part("statement", text, escaped)
        else:
            raise NotPlain(f"{{% {text.partition(' ')[0]} %}} in {name}")


def _is_plain(statement: str) -> bool:
    word = re.match(r"\w+", statement)
    if word is None or word[0] not in _STATEMENTS:
        return False
    return word[0] != "set" or "=" in statement


def _runs(jinja: Environment, name: str) -> Iterator[tuple[str, str]]:
    """(kind, text) of one file, as Jinja's own lexer divides it, whitespace control applied."""
    if jinja.loader is None:
        raise NotPlain("there are no files")
    try:
        source, filename, _fresh = jinja.loader.get_source(jinja, name)
        tokens = list(jinja.lexer.tokeniter(source, name, filename))
    except JinjaError as problem:
        raise NotPlain(str(problem)) from None
    kind, held = "", ""
    if _RESERVED.search(source):
        raise NotPlain(f"{name} holds what the compiler keeps for itself")
    for _line, sort, text in tokens:
        if sort == "data":
            yield "text", text
        elif sort in _OPEN:
            kind, held = _OPEN[sort], ""
        elif sort in _CLOSE:
            yield kind, held.strip()
            kind = ""
        elif kind:
            held += text
        elif sort.startswith("raw"):
            raise NotPlain(f"{{% raw %}} in {name}")
