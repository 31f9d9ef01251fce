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
    kept = things if isinstance(things, (Sized, int)) else list(islice(things, left[0] + 1))
    left[0] -= max(1, kept if isinstance(kept, int) else len(kept))
    if left[0] < 0:
        raise SecurityError(f"the template takes more than {MOST:,} steps: look for a loop in a loop")
    return kept


def count_steps(jinja: Environment, tree: nodes.Template, file: str | None) -> None:
    """Put the counting into a parsed template: into each loop, and at the head of each file, macro and block.

    Raises:
        TemplateSyntaxError: it has a recursive loop, whose turns cannot be counted.
    """
    for loop in list(tree.find_all(nodes.For)):
        if loop.recursive:
            raise TemplateSyntaxError("a loop may not be recursive here", loop.lineno, filename=file)
        loop.iter = _counted(jinja, loop.iter, loop.lineno)
    bodies: list[nodes.Template | nodes.Macro | nodes.CallBlock | nodes.Block] = [tree]
    bodies += [*tree.find_all(nodes.Macro), *tree.find_all(nodes.CallBlock), *tree.find_all(nodes.Block)]
    for body in bodies:
        statement = nodes.ExprStmt(_counted(jinja, nodes.Const(DEAR), body.lineno), lineno=body.lineno)
        statement.set_environment(jinja)
        body.body.insert(0, statement)


def _counted(jinja: Environment, inner: nodes.Node, line: int) -> nodes.Filter:
    made = nodes.Filter(inner, FILTER, [], [], None, None, lineno=line)
    made.set_environment(jinja)
    return made
