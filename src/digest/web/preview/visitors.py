"""Who is at the preview: browser sessions, each with a person, a right and a token against forged forms."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request

RANKS: Final = ("view", "comment", "approve", "edit")
LASTS: Final = timedelta(hours=16)
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Visitor:
    """A session. `person` signs what is done in it; `edition` is the only one that somebody who came by a `share`
    may see, as addresses write it (`daily@2026-11-24`), None for the newsroom's own people, who may see all."""

    key: str
    form_token: str
    person: str
    right: str
    until: datetime
    share: str | None = None
    edition: str | None = None

    def may(self, right: str) -> bool:
        """Whether the session's right includes this one."""
        return RANKS.index(self.right) >= RANKS.index(right)

    def wrote(self, token: str) -> bool:
        """Whether a form was made for this session, compared in constant time."""
        return secrets.compare_digest(token.encode("utf-8", "replace"), self.form_token.encode())


class Visitors:
    """All sessions of one run, in memory. What a browser holds is looked up by its hash, so that how long it takes
    tells nothing about another session's secret."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._by_hash: dict[str, Visitor] = {}
        self._said: dict[str, str] = {}

    def enter(
        self, person: str, *, right: str = "edit", share: str | None = None, edition: str | None = None
    ) -> Visitor:
        """A new session; the oldest leaves when there are very many."""
        made = Visitor(
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(32),
            person,
            right,
            self.now() + LASTS,
            share,
            edition,
        )
        self._by_hash[_hash(made.key)] = made
        while len(self._by_hash) > MOST:
            self.leave(next(iter(self._by_hash.values())))
        return made

    def find(self, key: str) -> Visitor | None:
        """The session of a cookie, as long as it lasts."""
        found = self._by_hash.get(_hash(key))
        if found is not None and self.now() >= found.until:
            self.leave(found)
            return None
        return found

    def rename(self, visitor: Visitor, person: str) -> None:
        """Sign with another name from now on."""
        self._by_hash[_hash(visitor.key)] = replace(visitor, person=person)

    def leave(self, visitor: Visitor) -> None:
        """End a session."""
        self._by_hash.pop(_hash(visitor.key), None)
        self._said.pop(visitor.key, None)

    def say(self, visitor: Visitor, words: str) -> None:
        """Keep a sentence for the next page that this session sees."""
        self._said[visitor.key] = words

    def said(self, visitor: Visitor) -> str:
        """The sentence that was kept, once."""
        return self._said.pop(visitor.key, "")


def visitor_of(request: Request) -> Visitor:
    """The session that a request came in with; the door has let nobody pass without one."""
    found: Visitor = request.state.visitor
    return found


def heard(request: Request) -> str | None:
    """The edition (its id) whose files a visitor may hear of; None for the newsroom's own people, who hear of all."""
    visitor = request.scope.get("state", {}).get("visitor")
    return visitor.edition.replace("@", "/", 1) if visitor is not None and visitor.edition else None


def visitors_of(request: Request) -> Visitors:
    """All sessions of this run."""
    found: Visitors = request.app.state.visitors
    return found


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
