"""The filter language of audiences: text in, tree out, every complaint at its place.

    filter  = part { "or" part }
    part    = term { "and" term }
    term    = "not" term | "(" filter ")" | field test
    test    = sign value | "in" "(" value { "," value } ")" | "has" value | "is" [ "not" ] "null"

Keywords and field names may be in capitals. A value is a bare word or stands in single or double quotes, a quote
within them doubled. Nothing of the text reaches a database except as a bound value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final, TypeVar, cast

from digest.audiences.fields import Unfit, check_operator, known_field, member_for, nearest, value_for
from digest.audiences.lexer import Misplaced, Token, tokens
from digest.audiences.tree import And, Compare, Has, In, IsNull, Not, Operator, Or, Tree, Value
from digest.errors import ConfigError, at

MAX_LENGTH: Final = 10_000
MAX_DEPTH: Final = 40
MAX_VALUES: Final = 200
_INSTEAD: Final = "give the people a tag when you import them, and ask for the tag"
_OPERATORS: Final = ("=", "!=", "<", "<=", ">", ">=")
T = TypeVar("T")


def parse_filter(
    text: str, *, path: str = "filter", line: int = 1, column: int = 1, topics: Collection[str] | None = None
) -> Tree:
    """The tree of the filter `text`, whose first character stands at `path:line:column`.

    `topics`, when given, are the ids of the publication's topics; a filter that asks for another is refused.

    Raises:
        ConfigError: it cannot be read; `where` is file, line and column.
    """
    try:
        if len(text) > MAX_LENGTH:
            raise Misplaced(MAX_LENGTH, f"a filter has at most {MAX_LENGTH} characters", _INSTEAD)
        return _Parser(tokens(text), topics).whole()
    except Misplaced as problem:
        before = text[: problem.position]
        lines = before.count("\n")
        inside = problem.position - (before.rfind("\n") + 1)
        where = at(path, line + lines, (1 if lines else column) + inside)
        raise ConfigError(problem.what, where=where, hint=problem.hint) from None


class _Parser:
    """Recursive descent with one piece of lookahead."""

    def __init__(self, pieces: list[Token], topics: Collection[str] | None) -> None:
        self.pieces = pieces
        self.topics = topics
        self.index = 0
        self.values = 0

    @property
    def next(self) -> Token:
        return self.pieces[self.index]

    def take(self) -> Token:
        piece = self.next
        self.index += piece.kind != "end"
        return piece

    def took(self, kind: str, value: str) -> bool:
        if self.next.kind == kind and self.next.value == value:
            self.take()
            return True
        return False

    def whole(self) -> Tree:
        if len(self.pieces) == 1:
            raise Misplaced(0, "the filter is empty", "everyone who agreed: status = active")
        tree = self.either(0)
        if self.next.kind != "end":
            raise self.unexpected("and, or, or the end")
        return tree

    def either(self, depth: int) -> Tree:
        parts = [self.both(depth)]
        while self.took("key", "or"):
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self, depth: int) -> Tree:
        parts = [self.term(depth)]
        while self.took("key", "and"):
            parts.append(self.term(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def term(self, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            what = f"brackets and not stand more than {MAX_DEPTH} deep"
            raise Misplaced(self.next.position, what, "leave out those that change nothing")
        if self.took("key", "not"):
            return Not(self.term(depth + 1))
        if self.took("sign", "("):
            tree = self.either(depth + 1)
            if not self.took("sign", ")"):
                raise self.unexpected("a closing )")
            return tree
        if self.next.kind != "word":
            raise self.unexpected("a field")
        return self.test()

    def test(self) -> Tree:
        piece = self.take()
        field = self.fitting(piece, lambda: known_field(piece.value))
        asked = self.take()
        if asked.kind == "sign" and asked.value in _OPERATORS:
            op = cast(Operator, asked.value)
            self.fitting(asked, lambda: check_operator(field, op))
            return Compare(field, op, self.value(field, op))
        if asked.kind == "key" and asked.value == "in":
            self.fitting(asked, lambda: check_operator(field, "in"))
            return In(field, self.listed(field))
        if asked.kind == "key" and asked.value == "has":
            self.fitting(asked, lambda: check_operator(field, "has"))
            member = self.operand()
            return Has(field, self.fitting(member, lambda: member_for(field, member.value, self.topics)))
        if asked.kind == "key" and asked.value == "is":
            negated = self.took("key", "not")
            if not self.took("key", "null"):
                raise self.unexpected("null")
            self.count(asked)
            return Not(IsNull(field)) if negated else IsNull(field)
        raise self.no_test(field, asked)

    def listed(self, field: str) -> tuple[Value, ...]:
        if not self.took("sign", "("):
            raise self.unexpected("a list in brackets, as in (en, de)")
        values = [self.value(field, "=")]
        while self.took("sign", ","):
            values.append(self.value(field, "="))
        if not self.took("sign", ")"):
            raise self.unexpected("a comma or a closing )")
        return tuple(values)

    def value(self, field: str, op: Operator) -> Value:
        piece = self.operand()
        return self.fitting(piece, lambda: value_for(field, op, piece.value, piece.kind == "text"))

    def operand(self) -> Token:
        piece = self.next
        if piece.kind == "key":
            hint = "write FIELD is null" if piece.value == "null" else f'as text it is written "{piece.value}"'
            raise Misplaced(piece.position, f"{piece.value} is a word of the filter language, not a value", hint)
        if piece.kind not in ("word", "text"):
            raise self.unexpected("a value")
        if not piece.value.strip():
            raise Misplaced(piece.position, "an empty value matches nobody", "for a missing one write FIELD is null")
        self.count(piece)
        return self.take()

    def count(self, piece: Token) -> None:
        self.values += 1
        if self.values > MAX_VALUES:
            raise Misplaced(
                piece.position, f"a filter asks for at most {MAX_VALUES} values", "tag the people instead"
            )

    def fitting(self, piece: Token, make: Callable[[], T]) -> T:
        try:
            return make()
        except Unfit as problem:
            raise Misplaced(piece.position, problem.what, problem.hint) from None

    def unexpected(self, wanted: str) -> Misplaced:
        piece = self.next
        hint = 'a value of several words stands in quotes: "New Delhi"' if piece.kind in ("word", "text") else None
        return Misplaced(piece.position, f"expected {wanted}, not {piece}", hint)

    def no_test(self, field: str, asked: Token) -> Misplaced:
        if asked.kind == "key" and asked.value == "not":
            hint = f"write not {field} in (…), with not before the field"
        elif asked.kind == "word":
            hint = nearest(asked.value, ("in", "has", "is", *_OPERATORS))
        else:
            hint = f"as in {field} = …"
        return Misplaced(asked.position, f"expected a comparison after {field}, not {asked}", hint)
