"""The Python that a program becomes: fields of our own views and our own functions without the long way round.

Whatever is not plainly one of these is still asked of the sandbox, which decides as it always does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jinja2 import nodes, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.filters import do_select
from jinja2.runtime import Context

from digest.render.environment import VIEWS, Sandbox

# Filters that give text, which needs no `str` around it.
WRITERS = ("zqtext", "zqattribute", "zqcomment")
_NAMES = sorted({name for view in VIEWS for name in dir(view) if name[0] != "_"})
_HOLDERS = {name: frozenset(view for view in VIEWS if hasattr(view, name)) for name in _NAMES}


class SwiftCode(CodeGenerator):
    """Jinja's own code, but for look-ups of fields, calls, and values that are text already."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        if node.attr not in _HOLDERS:
            super().visit_Getattr(node, frame)
            return
        held = self.temporary_identifier()
        self.write(f"({held}.{node.attr} if ({held} := ")
        self.visit(node.node, frame)
        self.write(f").__class__ in environment.holders[{node.attr!r}]")
        self.write(f" else environment.getattr({held}, {node.attr!r}))")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        if forward_caller:
            super().visit_Call(node, frame, forward_caller)
            return
        # Without the names of the loop, which only macros and imports ask for: a program has neither.
        self.write("environment.call(context, ")
        self.visit(node.node, frame)
        self.signature(node, frame)
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if not _is_text(node):
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if not _is_text(node):
            super()._output_child_post(node, frame, finalize)


class SwiftSandbox(Sandbox):
    """The sandbox for programs."""

    code_generator_class = SwiftCode
    holders = _HOLDERS


@pass_context
def select(context: Context, values: Iterable[Any] | None, *test: Any, **named: Any) -> Iterable[Any]:
    """Jinja's filter of this name; without a test, which leaves out what is empty, it is Python's own."""
    return do_select(context, values, *test, **named) if test or named else filter(None, values or ())


def _is_text(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Filter) and node.name in WRITERS
