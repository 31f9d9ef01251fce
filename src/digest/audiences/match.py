"""Whether one person stands in an audience: the filter tree evaluated in plain Python.

`digest.store.filters` compiles the same tree for a database; a property test holds the two together.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import assert_never

from digest.audiences.fields import NO, YES
from digest.audiences.times import TESTS, bounds
from digest.audiences.tree import ATTRIBUTE, And, Compare, Has, In, IsNull, Not, Operator, Or, Tree, Value
from digest.audiences.words import email_key, fold, number
from digest.models.people import Consent, Subscriber, Subscription


def matches(tree: Tree, subscriber: Subscriber, subscription: Subscription, now: datetime, zone: tzinfo) -> bool:
    """Whether the filter says yes of this person. `now` is zone-aware; `zone` is where whole days begin and end.

    A pause that is over by `now` counts as active.
    """
    return _Person(subscriber, subscription, now, zone).answer(tree) is True


class _Person:
    """One subscriber with one subscription, at one moment."""

    def __init__(self, subscriber: Subscriber, subscription: Subscription, now: datetime, zone: tzinfo) -> None:
        self.subscriber = subscriber
        self.subscription = subscription
        self.now = now
        self.zone = zone

    def answer(self, tree: Tree) -> bool | None:
        """Yes, no, or None for unknown."""
        match tree:
            case And(parts):
                return _all([self.answer(part) for part in parts])
            case Or(parts):
                return _any([self.answer(part) for part in parts])
            case Not(part):
                inner = self.answer(part)
                return None if inner is None else not inner
            case Compare(field, op, value):
                return self.compare(field, op, value)
            case In(field, values):
                return _any([self.compare(field, "=", value) for value in values])
            case Has(field, value):
                return value in self.members(field)
            case IsNull(field):
                return not (self.members(field) if field in ("topics", "tags") else self.value(field))
            case _:
                assert_never(tree)

    def compare(self, field: str, op: Operator, value: Value) -> bool | None:
        held = self.value(field)
        if held is None:
            return None
        if isinstance(held, datetime):
            assert isinstance(value, date | timedelta)
            return self.compare_time(held.timestamp(), op, value)
        if isinstance(value, Decimal):
            figure = number(held)
            return None if figure is None else bool(TESTS[op](figure, value))
        if field == "language":
            assert isinstance(value, str)
            within = held == value or held.startswith(f"{value}-")
            return within if op == "=" else not within
        return bool(TESTS[op](held, value))

    def compare_time(self, held: float, op: Operator, value: date | timedelta) -> bool:
        if op == "!=":
            return not self.compare_time(held, "=", value)
        return all(TESTS[test](held, bound) for test, bound in bounds(op, value, self.now, self.zone))

    def members(self, field: str) -> tuple[str, ...]:
        return self.subscription.topics if field == "topics" else self.subscriber.tags

    def value(self, field: str) -> str | datetime | None:
        """What the person's field holds; None when it is missing or empty."""
        subscriber, subscription = self.subscriber, self.subscription
        match field:
            case "email":
                return _key(subscriber)
            case "domain":
                return (_key(subscriber) or "").partition("@")[2] or None
            case "name":
                return subscriber.name or None
            case "language":
                return subscriber.language or None
            case "timezone":
                return subscriber.timezone or None
            case "status":
                return self.status()
            case "frequency":
                return subscription.frequency.value
            case "text_only":
                return YES if subscriber.plain else NO
            case "joined":
                return subscriber.joined
            case "engaged":
                return subscriber.engaged
            case "since":
                return subscription.since
            case _:
                return subscriber.attributes.get(field.removeprefix(ATTRIBUTE)) or None

    def status(self) -> str:
        state, until = self.subscription.state, self.subscription.paused_until
        over = state is Consent.PAUSED and until is not None and until <= self.now
        return (Consent.ACTIVE if over else state).value


def _key(subscriber: Subscriber) -> str | None:
    """The identity of the address, also of one that the import would have refused."""
    try:
        return email_key(subscriber.email) if subscriber.email else None
    except ValueError:
        return fold(subscriber.email or "")


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _any(answers: list[bool | None]) -> bool | None:
    if True in answers:
        return True
    return None if None in answers else False
