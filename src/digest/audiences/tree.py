"""The tree that a filter is parsed into: plain values, no behaviour, the same for Python and for SQL.

A part answers yes, no or unknown. Whatever asks about an empty field is unknown, and unknown stays so under `not`
(the three-valued logic of SQL, ISO/IEC 9075-2): who has no language is neither in `language = en` nor in
`not language = en`. Only `is null` asks about emptiness itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]
Value: TypeAlias = str | Decimal | date | datetime | timedelta
"""Text; a bare number; a whole local day; a moment (local when it has no zone); a span back from now."""

ATTRIBUTE = "attr."


@dataclass(frozen=True, slots=True)
class Compare:
    """`field op value`."""

    field: str
    op: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class In:
    """`field in (a, b)`: the same as `field = a or field = b`."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Has:
    """`topics has x`, `tags has x`: never unknown, a person without tags simply has none."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class IsNull:
    """`field is null`: the field is missing or empty. Never unknown."""

    field: str


@dataclass(frozen=True, slots=True)
class Not:
    """`not part`."""

    part: Tree


@dataclass(frozen=True, slots=True)
class And:
    """All of `parts`, at least two."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of `parts`, at least two."""

    parts: tuple[Tree, ...]


Tree: TypeAlias = And | Or | Not | Compare | In | Has | IsNull
