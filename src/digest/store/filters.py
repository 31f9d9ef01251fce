"""Compile the filter of an audience into a condition over subscribers and subscriptions.

Every value of the filter is a bound parameter. SQLite and PostgreSQL give the answer that `audiences.matches` gives:
text is compared by code point whatever the database's collation, and a column that holds no number is unknown, not
zero, where it is compared with one.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Final, assert_never

from sqlalchemy import Boolean, ColumnElement, Float, Numeric, String, and_, case, cast, func, literal, not_, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from digest.audiences.fields import NO, YES
from digest.audiences.times import TESTS, bounds
from digest.audiences.tree import ATTRIBUTE, And, Compare, Has, In, IsNull, Not, Operator, Or, Tree, Value
from digest.audiences.words import NUMBER_DIGITS
from digest.models.people import Consent
from digest.store.schema import subscribers, subscriptions

_SETS: Final = {"topics": subscriptions.c.topics, "tags": subscribers.c.tags}
_TIMES: Final[dict[str, ColumnElement[Any]]] = {
    "joined": subscribers.c.joined,
    "engaged": subscribers.c.engaged,
    "since": subscriptions.c.since,
}


def compile(  # noqa: A001 - the word of the trade; the builtin is not used here
    tree: Tree, *, digest: str, now: datetime, zone: tzinfo
) -> ColumnElement[bool]:
    """The condition under which a subscriber's subscription to `digest` stands in the audience.

    It belongs after a join of `subscribers` with `subscriptions`; unknown counts as no, as in any WHERE. `now` is
    zone-aware; `zone` is where whole days begin and end.
    """
    return and_(subscriptions.c.digest == digest, _Compiler(now, zone).condition(tree))


class _Compiler:
    def __init__(self, now: datetime, zone: tzinfo) -> None:
        self.now = now
        self.zone = zone

    def condition(self, tree: Tree) -> ColumnElement[bool]:
        match tree:
            case And(parts):
                return and_(*(self.condition(part) for part in parts))
            case Or(parts):
                return or_(*(self.condition(part) for part in parts))
            case Not(part):
                return not_(self.condition(part))
            case Compare(field, op, value):
                return self.compare(field, op, value)
            case In(field, values):
                return or_(*(self.compare(field, "=", value) for value in values))
            case Has(field, value):
                return _holds(_SETS[field], f",{value},")
            case IsNull(field):
                return _SETS[field] == "," if field in _SETS else self.value(field).is_(None)
            case _:
                assert_never(tree)

    def compare(self, field: str, op: Operator, value: Value) -> ColumnElement[bool]:
        if field in _TIMES:
            assert isinstance(value, date | timedelta)
            return self.compare_time(_TIMES[field], op, value)
        held = self.value(field)
        if isinstance(value, Decimal):
            return _test(_number(held), op, _plain(value))
        if field == "language":
            assert isinstance(value, str)
            within = or_(held == value, func.substr(held, 1, len(value) + 1) == f"{value}-")
            return within if op == "=" else not_(within)
        return _test(held if op in ("=", "!=") else _by_code_point(held), op, value)

    def compare_time(
        self, column: ColumnElement[Any], op: Operator, value: date | datetime | timedelta
    ) -> ColumnElement[bool]:
        if op == "!=":
            return not_(self.compare_time(column, "=", value))
        return and_(*(_test(column, test, bound) for test, bound in bounds(op, value, self.now, self.zone)))

    def value(self, field: str) -> ColumnElement[Any]:
        """What a field holds, NULL when it is missing or empty."""
        match field:
            case "email":
                return subscribers.c.email_key
            case "domain":
                return _domain(subscribers.c.email_key)
            case "name" | "language" | "timezone":
                return func.nullif(subscribers.c[field], "")
            case "status":
                over = and_(
                    subscriptions.c.state == Consent.PAUSED, subscriptions.c.paused_until <= self.now.timestamp()
                )
                return case((over, Consent.ACTIVE.value), else_=subscriptions.c.state)
            case "frequency":
                return subscriptions.c.frequency
            case "text_only":
                return case((subscribers.c.plain, YES), else_=NO)
            case "joined" | "engaged" | "since":
                return _TIMES[field]
            case _:
                return func.nullif(subscribers.c.attributes[field.removeprefix(ATTRIBUTE)].as_string(), "")


def _plain(value: Decimal) -> ColumnElement[Any]:
    """A number of the filter as a bound text that the database itself reads, so that both sides are read alike."""
    return cast(literal(format(value, "f"), String()), Numeric())


def _test(left: ColumnElement[Any], op: Operator, right: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = TESTS[op](left, right)
    return found


class _holds(FunctionElement[bool]):  # noqa: N801 - stands where an SQL function stands
    """Whether the first text contains the second, letter for letter (LIKE would ignore capitals in SQLite)."""

    type = Boolean()
    inherit_cache = True


class _domain(FunctionElement[str]):  # noqa: N801
    """What follows the @ of an address."""

    type = String()
    inherit_cache = True


class _by_code_point(FunctionElement[str]):  # noqa: N801
    """A text that is ordered by code point, whatever the language of the database."""

    type = String()
    inherit_cache = True


class _number(FunctionElement[float]):  # noqa: N801
    """The number that a text is by the rule of `audiences.words.number`, else NULL."""

    type = Float()
    inherit_cache = True


@compiles(_holds)
def _holds_sqlite(element: _holds, compiler: SQLCompiler, **kw: Any) -> str:
    text, part = _arguments(element, compiler, kw)
    return f"(instr({text}, {part}) > 0)"


@compiles(_holds, "postgresql")
def _holds_postgresql(element: _holds, compiler: SQLCompiler, **kw: Any) -> str:
    text, part = _arguments(element, compiler, kw)
    return f"(strpos({text}, {part}) > 0)"


@compiles(_domain)
def _domain_sqlite(element: _domain, compiler: SQLCompiler, **kw: Any) -> str:
    (email,) = _arguments(element, compiler, kw)
    return f"substr({email}, instr({email}, '@') + 1)"


@compiles(_domain, "postgresql")
def _domain_postgresql(element: _domain, compiler: SQLCompiler, **kw: Any) -> str:
    (email,) = _arguments(element, compiler, kw)
    return f"split_part({email}, '@', 2)"


@compiles(_by_code_point)
def _by_code_point_sqlite(element: _by_code_point, compiler: SQLCompiler, **kw: Any) -> str:
    (text,) = _arguments(element, compiler, kw)
    return f"({text} COLLATE BINARY)"


@compiles(_by_code_point, "postgresql")
def _by_code_point_postgresql(element: _by_code_point, compiler: SQLCompiler, **kw: Any) -> str:
    (text,) = _arguments(element, compiler, kw)
    return f'({text} COLLATE "C")'


@compiles(_number)
def _number_sqlite(element: _number, compiler: SQLCompiler, **kw: Any) -> str:
    # SQLite has no decimals, but no two of 15 digits become the same double.
    (text,) = _arguments(element, compiler, kw)
    bare = f"ltrim(substr({text}, 1, 1), '-') || substr({text}, 2)"
    return (
        f"CASE WHEN {bare} GLOB '[0-9]*' AND {bare} GLOB '*[0-9]' AND {bare} NOT GLOB '*[^0-9.]*'"
        f" AND {bare} NOT GLOB '*.*.*' AND length(replace({bare}, '.', '')) <= {NUMBER_DIGITS}"
        f" THEN CAST({text} AS REAL) END"
    )


@compiles(_number, "postgresql")
def _number_postgresql(element: _number, compiler: SQLCompiler, **kw: Any) -> str:
    (text,) = _arguments(element, compiler, kw)
    return (
        f"CASE WHEN {text} ~ '^-?[0-9]+([.][0-9]+)?$' AND length(translate({text}, '-.', '')) <= {NUMBER_DIGITS}"
        f" THEN CAST({text} AS NUMERIC) END"
    )


def _arguments(element: FunctionElement[Any], compiler: SQLCompiler, kw: dict[str, Any]) -> list[str]:
    return [compiler.process(clause, **kw) for clause in element.clauses]
