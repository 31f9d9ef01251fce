"""The module of a page, loaded when somebody first asks for the page: so the first page stands sooner."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

from starlette.responses import Response


def load(module: str) -> ModuleType:
    """A module of this package."""
    return import_module(f"{__package__}.{module}")


def later(module: str, name: str) -> Callable[..., Response]:
    """What the function `name` of a module of this package answers."""

    def call(*given: Any) -> Response:
        answer: Response = getattr(load(module), name)(*given)
        return answer

    return call
