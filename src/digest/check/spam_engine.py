"""What an installed spam filter says of a message. Nothing is run here: whoever asked it brings its verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.check.finding import Given, Hit, Rule

# Symbols about how a message is built: with our own writer none of them may appear, whatever they cost.
_BUILT = re.compile(r"MIME|HEADER|PARTS_DIFF|MISSING_|BASE64|CHARSET|INVALID_|BROKEN_|MSGID|_MID\b|MULTIPLE_FROM")
# Of a message that no server has taken yet, and of what is right.
_NOT_YET = frozenset({"NO_RECEIVED", "NO_RELAYS", "HTML_MESSAGE", "MIME_GOOD", "MIME_TRACE", "MIME_HTML_MOSTLY"})
NOTABLE = 0.5


@dataclass(frozen=True, slots=True)
class Symbol:
    """One sign that a filter found, and its points."""

    name: str
    points: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one filter says of one message: its points, and from how many on it calls a message spam."""

    engine: str
    points: float
    limit: float
    symbols: tuple[Symbol, ...]

    def built_wrong(self) -> tuple[Symbol, ...]:
        """The symbols that speak against how the message is built."""
        return tuple(s for s in self.symbols if s.points > 0 and s.name not in _NOT_YET and _BUILT.search(s.name))


def _spam(given: Given) -> Iterator[Hit]:
    for verdict in given.verdicts:
        signs = ", ".join(f"{s.name} {s.points:g}" for s in _heavy(verdict))
        if verdict.points >= verdict.limit:
            yield Hit(
                f"{verdict.engine} calls this spam: {verdict.points:g} of {verdict.limit:g} ({signs})", "message"
            )
        elif verdict.points >= verdict.limit / 2:
            text = f"{verdict.engine} gives {verdict.points:g} of the {verdict.limit:g} points of spam ({signs})"
            yield Hit(text, "message", "warning")


def _symbols(given: Given) -> Iterator[Hit]:
    for verdict in given.verdicts:
        wrong = {symbol.name for symbol in verdict.built_wrong()}
        for symbol in verdict.symbols:
            words = f": {symbol.words}" if symbol.words else ""
            if symbol.name in wrong:
                yield Hit(f"{verdict.engine} {symbol.name}{words}", "message")
            elif symbol.points >= NOTABLE:
                yield Hit(f"{verdict.engine} {symbol.name} ({symbol.points:g}){words}", "message", "info")


def _heavy(verdict: Verdict) -> list[Symbol]:
    return sorted((s for s in verdict.symbols if s.points > 0), key=lambda s: (-s.points, s.name))[:5]


RULES = (
    Rule(
        "spam.engine",
        "error",
        "what one filter calls spam, others will too",
        "SpamAssassin and rspamd, with their own limits",
        "change what its signs name",
        _spam,
    ),
    Rule(
        "spam.symbol",
        "warning",
        "a sign that speaks against how the message is built costs with every provider",
        "SpamAssassin and rspamd, names of their symbols",
        "look the sign up by its name",
        _symbols,
    ),
)
