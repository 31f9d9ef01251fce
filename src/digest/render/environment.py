"""The sandbox that templates run in: which files they may read, what they may call, how much they may write."""

from __future__ import annotations

import difflib
import re
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from types import MethodType
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound, UndefinedError, nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.loaders import split_template_path
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from digest.errors import TemplateError, at
from digest.models.story import Image
from digest.render import context
from digest.render.counted import Counted
from digest.render.plaintext import Plain
from digest.render.steps import FILTER, bounded_steps, count_steps, take
from digest.render.words import Words
from digest.settings import Theme

BASE = "!base/"
LARGEST = 4_000_000
LONGEST_LOOP = 1_000
_AT_ONCE = 100
# Each can blow a few characters up to gigabytes, and no mail needs them.
_FILTERS = ("center", "format", "indent", "pprint", "random", "xmlattr", "tojson", "filesizeformat", "urlize")
VIEWS = frozenset({*context.VIEWS, Counted, Image, Plain, Theme, LoopContext})
_SPEAKERS = frozenset({Words, Plain})
_METHODS = frozenset({"center", "ljust", "rjust", "zfill", "expandtabs", "format", "format_map", "to_bytes"})


class TemplateFiles(BaseLoader):
    """Looks a template up file by file in `roots`, in order; `!base/NAME` names the packaged original."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self.roots = tuple(roots)

    def find(self, name: str) -> Path | None:
        """The file of a template, None when no root has it."""
        roots = self.roots[-1:] if name.startswith(BASE) else self.roots
        parts = split_template_path(name.removeprefix(BASE))
        return next((path for root in roots if (path := root.joinpath(*parts)).is_file()), None)

    def get_source(self, _environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        path = self.find(template)
        if path is None:
            raise TemplateNotFound(template)
        try:
            source, stamp = path.read_text(encoding="utf-8"), path.stat().st_mtime_ns
        except UnicodeDecodeError as problem:
            line = path.read_bytes()[: problem.start].count(b"\n") + 1
            raise TemplateError("the template is not UTF-8 text", where=at(path, line)) from problem
        return source, str(path), lambda: self.find(template) == path and path.stat().st_mtime_ns == stamp

    def origin(self, line: str) -> str | None:
        """`file:line` of the one place in these folders where `line` stands, None when it is in none or several."""
        wanted, found = line.strip(), []
        for path in sorted({path for root in self.roots for path in root.glob("**/*.j2")}) if len(wanted) > 3 else ():
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            found += [at(path, number) for number, text in enumerate(lines, 1) if text.strip() == wanted]
        return found[0] if len(found) == 1 else None

    def list_templates(self) -> list[str]:
        names = {str(p.relative_to(root)) for root in self.roots if root.is_dir() for p in root.rglob("*.j2")}
        return sorted(names)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja without access to anything but the context, and without the calls that make output explode."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        count_steps(self, source, filename)
        return super()._generate(source, name, filename, defer_init)

    def getattr(self, obj: Any, attribute: str) -> Any:
        # What nearly every look-up is, without the long way round.
        if type(obj) in VIEWS and attribute[0] != "_":
            try:
                return getattr(obj, attribute)
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def call(__self, __context: Any, __obj: Any, *given: Any, **named: Any) -> Any:  # noqa: N805
        # Our own words, likewise; anything else is looked at first. Jinja adds the two names within a loop.
        if (type(__obj) is MethodType and type(__obj.__self__) in _SPEAKERS) or type(__obj) is partial:
            named.pop("_loop_vars", None)
            named.pop("_block_vars", None)
            return __obj(*given, **named)
        return super().call(__context, __obj, *given, **named)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if type(obj) in VIEWS and attr[0] != "_":
            return True
        if isinstance(obj, (str, bytes, int)) and attr in _METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def call_binop(self, _context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not all(isinstance(side, (int, float)) for side in (left, right)):
            raise SecurityError(f"templates may not use {operator} here")
        return left % right if operator == "%" else left * right


def bounded_range(*bounds: int) -> range:
    """`range`, of at most `LONGEST_LOOP` steps."""
    steps = range(*bounds)
    if len(steps) > LONGEST_LOOP:
        raise SecurityError(
            f"a loop of {len(steps)} steps is longer than the {LONGEST_LOOP} that a template may take"
        )
    return steps


@lru_cache(maxsize=16)
def environment(roots: tuple[Path, ...]) -> Environment:
    """The sandbox over these folders. A template that changed on disk is read again."""
    made = Sandbox(
        loader=TemplateFiles(roots),
        autoescape=lambda name: not (name or "").endswith((".txt.j2", ".css.j2")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=True,
    )
    made.globals = {"range": bounded_range, "namespace": made.globals["namespace"]}
    for name in _FILTERS:
        made.filters.pop(name)
    made.filters[FILTER] = take
    return made


def fill(roots: Sequence[Path], name: str, values: Mapping[str, Any]) -> str:
    """The template `name` filled with `values`.

    Raises:
        TemplateError: with the template's file and line, and the nearest known name for a misspelt one.
    """
    jinja = environment(tuple(roots))
    with _words_for(jinja, name, values):
        return _bounded(jinja.get_template(name).generate(**values), name)


def fill_line(line: str, values: Mapping[str, Any], where: str) -> str:
    """A one-line template from the settings, filled as plain text."""
    with _words_for(environment(()), where, values):
        return _bounded(_line(line).generate(**values), where)


@lru_cache(maxsize=64)
def _line(line: str) -> Template:
    return environment(()).from_string("{% autoescape false %}" + line + "{% endautoescape %}")


def bounded_fill(template: Template, values: Mapping[str, Any], name: str) -> str:
    """A compiled template filled with `values`; errors name `name`, for its lines are nobody's."""
    with _words_for(template.environment, name, values):
        return _bounded(template.root_render_func(template.new_context(dict(values))), name)


def _bounded(pieces: Iterator[str], name: str) -> str:
    kept: list[str] = []
    size = 0
    with bounded_steps():
        while batch := list(islice(pieces, _AT_ONCE)):
            kept.append("".join(batch))
            size += len(kept[-1])
            if size > LARGEST:
                raise TemplateError(
                    f"the template writes more than {LARGEST // 1_000_000} MB",
                    where=name,
                    hint="look for a loop in a loop",
                )
    return "".join(kept)


@contextmanager
def _words_for(jinja: Environment, name: str, values: Mapping[str, Any]) -> Iterator[None]:
    """Turn what Jinja says into our error: which file, which line, what next."""
    try:
        yield
    except TemplateError as problem:
        if problem.where is None:
            problem.where = _last_template_line(problem, name)
        raise
    except TemplateSyntaxError as problem:
        raise TemplateError(
            problem.message or "wrong syntax", where=at(problem.filename or name, problem.lineno)
        ) from None
    except TemplateNotFound as problem:
        known = jinja.list_templates() if jinja.loader else []
        close = difflib.get_close_matches(str(problem.name), known, n=1)
        hint = f"did you mean {close[0]}?" if close else None
        raise TemplateError(
            f'there is no template "{problem.name}"', where=_last_template_line(problem, name), hint=hint
        ) from None
    except UndefinedError as problem:
        hint = _nearest(str(problem), values)
        raise TemplateError(_plain(str(problem)), where=_last_template_line(problem, name), hint=hint) from None
    except RecursionError as problem:
        what = "the template includes or calls itself, or nests too deeply"
        raise TemplateError(what, where=_last_template_line(problem, name)) from None
    except (JinjaError, TypeError, ValueError, ArithmeticError, LookupError) as problem:
        what = str(problem) or type(problem).__name__
        raise TemplateError(what, where=_last_template_line(problem, name)) from problem


def _last_template_line(problem: BaseException, name: str) -> str:
    """`file:line` of the innermost frame that is a template (Jinja maps its frames to the templates' own lines)."""
    frames = traceback.extract_tb(problem.__traceback__)
    for frame in reversed(frames):
        if frame.filename.endswith(".j2") or frame.filename == "<template>":
            return name if frame.filename == "<template>" else at(frame.filename, frame.lineno)
    return name


def _plain(message: str) -> str:
    return re.sub(r"'(?:[\w.]+\.)?(\w+) object' has no attribute", r"\1 has no field", message)


def _nearest(message: str, values: Mapping[str, Any]) -> str | None:
    """The known name closest to the undefined one that `message` is about."""
    missing = re.search(r"attribute '(\w+)'", message) or re.search(r"^'(\w+)' is undefined", message)
    if not missing:
        return None
    known = set(values)
    for value in values.values():
        known.update(name for name in dir(type(value)) if not name.startswith("_"))
    for view in context.VIEWS:
        known.update(name for name in dir(view) if not name.startswith("_"))
    close = difflib.get_close_matches(missing[1], sorted(known), n=1)
    return f"did you mean {close[0]}?" if close else "docs/templates.md lists every field"
