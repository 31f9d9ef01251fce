"""Turn plain TOML values into the frozen dataclasses of the settings, refusing what does not fit."""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from digest.settings.values import Budget, Clock, Rate, Span

T = TypeVar("T")
_PARSED = (Span, Rate, Budget, Clock)
_WORDS = {str: "text in quotes", int: "a whole number", float: "a number", bool: "true or false"}


class Misfit(Exception):
    """A value that does not fit: the path of its keys, and what is wrong in words."""

    def __init__(self, path: tuple[str, ...], what: str, near: str = "", among: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.path = path
        self.what = what
        close = difflib.get_close_matches(near, among, n=1, cutoff=0.5) if near else []
        self.hint = f"did you mean {close[0]}?" if close else (f"known: {', '.join(among)}" if among else None)


def shape(cls: type[T], values: Mapping[str, Any], path: tuple[str, ...]) -> T:
    """An instance of the dataclass `cls` from `values`.

    Raises:
        Misfit: a key is unknown or missing, or a value is of the wrong kind.
    """
    if not isinstance(values, Mapping):
        raise Misfit(path, "must be a table")
    hints = typing.get_type_hints(cls)
    fields = {field.name.rstrip("_"): field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    for key in values:
        if key not in fields:
            raise Misfit((*path, key), "unknown key", near=key, among=tuple(n for n in fields if n != "root"))
    made: dict[str, Any] = {}
    for key, field in fields.items():
        if key in values:
            made[field.name] = fit(hints[field.name], values[key], (*path, key))
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise Misfit((*path, key), "is missing")
    return cls(**made)


def fit(kind: Any, value: Any, path: tuple[str, ...]) -> Any:
    """`value` as the annotated `kind`."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _fit_union(args, value, path)
    if origin is Literal:
        if value not in args:
            raise Misfit(path, f'"{value}" is not one of the choices', near=str(value), among=tuple(map(str, args)))
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise Misfit(path, 'must be a list, for example ["one", "two"]')
        return tuple(fit(args[0], item, (*path, str(index))) for index, item in enumerate(value))
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise Misfit(path, "must be a table")
        return {key: fit(args[1], item, (*path, key)) for key, item in value.items()}
    if kind in _PARSED:
        if not isinstance(value, str):
            raise Misfit(path, f"must be {_WORDS[str]}")
        try:
            return kind.parse(value)
        except ValueError as problem:
            raise Misfit(path, str(problem)) from None
    if dataclasses.is_dataclass(kind):
        return shape(typing.cast(type[Any], kind), value, path)
    return _fit_plain(kind, value, path)


def _fit_union(args: tuple[Any, ...], value: Any, path: tuple[str, ...]) -> Any:
    inner = [arg for arg in args if arg is not type(None)]
    if bool in inner and isinstance(value, bool):
        return value
    rest = [arg for arg in inner if arg is not bool]
    return fit(rest[0], value, path)


def _fit_plain(kind: Any, value: Any, path: tuple[str, ...]) -> Any:
    if kind is Path:
        return value
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Misfit(path, f"must be {_WORDS.get(kind, kind.__name__)}")
    if isinstance(value, str) and any(ord(c) < 32 and c not in "\n\t" for c in value):
        raise Misfit(path, "must not hold control characters")
    return value
