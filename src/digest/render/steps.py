"""How much a template may do while it is filled: each turn of a loop, each macro and each file is a step, and they
have an end. Output is bounded elsewhere; this stops what writes nothing and goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import Any

from jinja2 import Environment, nodes, pass_context
from jinja2.exceptions import SecurityError, TemplateSyntaxError

MOST = 1_000_000
# What a file or macro costs, which takes that much longer than a turn of a loop.
DEAR = 50
FILTER = "zqsteps"
_LEFT: ContextVar[list[int] | None] = ContextVar("steps left", default=None)


@contextmanager
def bounded_steps() -> Iterator[None]:
    """What is filled in here may take `MOST` steps in all."""
    before = _LEFT.set([MOST])
    try:
        yield
    finally:
        _LEFT.reset(before)


# Jinja works such a filter out while it fills, not while it compiles.
@pass_context
def take(_context: Any, things: Any) -> Any:
    """`things`, their number taken from the steps that are left; a number is the number itself.

    Raises:
        SecurityError: there are none left.
    """
    left = _LEFT.get()
    if left is None:
        return things
    if type(things) is tuple:
        left[0] -= len(things) or 1
    else:
        things = things if isinstance(things, (Sized, int)) else list(islice(things, left[0] + 1))
        left[0] -= max(1, things if isinstance(things, int) else len(things))
    if left[0] < 0:
        raise SecurityError(f"the template takes more than {MOST:,} steps: look for a loop in a loop")
    return things


def count_steps(jinja: Environment, tree: nodes.Template, file: str | None) -> None:
    """Put the counting into a parsed template: into each loop, and at the head of each file, macro and block.

    Raises:
        TemplateSyntaxError: it has a recursive loop, whose turns cannot be counted.
    """
    # One walk for all of them: a tree has thousands of nodes.
    for found in [tree, *tree.find_all((nodes.For, nodes.Macro, nodes.CallBlock, nodes.Block))]:
        if isinstance(found, nodes.For):
            if found.recursive:
                raise TemplateSyntaxError("a loop may not be recursive here", found.lineno, filename=file)
            found.iter = _counted(jinja, found.iter, found.lineno)
        elif isinstance(found, (nodes.Template, nodes.Macro, nodes.CallBlock, nodes.Block)):
            statement = nodes.ExprStmt(_counted(jinja, nodes.Const(DEAR), found.lineno), lineno=found.lineno)
            statement.set_environment(jinja)
            found.body.insert(0, statement)


def _counted(jinja: Environment, inner: nodes.Node, line: int) -> nodes.Filter:
    made = nodes.Filter(inner, FILTER, [], [], None, None, lineno=line)
    made.set_environment(jinja)
    return made
