"""What a rule is, what it finds, and what it is given to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from typing import TYPE_CHECKING, Literal

from digest.check.support import DEFAULT_CLIENTS
from digest.models.edition import Rendering
from digest.settings import Theme

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from digest.check.answers import Seen
    from digest.check.freshness import Reread
    from digest.check.spam_engine import Verdict

Level = Literal["error", "warning", "info"]
Family = Sequence["Rule"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to put right. An `error` blocks a send; a `warning` and an `info` do not."""

    id: str
    level: Level
    message: str
    where: str
    fix: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule is not kept; `level` and `fix` are the rule's own unless this case differs."""

    message: str
    where: str
    level: Level | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """One variant, opened once for all rules.

    `html` and `text` are what a reader gets, from the raw message when there is one; `page` is the parsed HTML,
    `words` its visible text, `styles` the contents of its style sheets.
    """

    rendering: Rendering
    html: str
    text: str
    page: HtmlElement
    words: str
    styles: tuple[str, ...]
    message: bytes | None = None
    headers: Message | None = None
    subject_last: str | None = None
    postal_address: str | None = None
    elsewhere: tuple[str, ...] = ()
    theme: Theme | None = None
    leaves: bool = False
    clients: tuple[str, ...] = DEFAULT_CLIENTS
    answers: Mapping[str, Seen] = field(default_factory=dict)
    reread: Sequence[Reread] = ()
    verdicts: Sequence[Verdict] = ()
    slots: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its id, how serious it is, why it exists and who says so, and how to put it right."""

    id: str
    level: Level
    reason: str
    source: str
    fix: str
    look: Callable[[Given], Iterable[Hit]]

    def findings(self, given: Given) -> Iterable[Finding]:
        """What it finds."""
        for hit in self.look(given):
            yield Finding(self.id, hit.level or self.level, hit.message, hit.where, hit.fix or self.fix)
