"""What sites ask of robots (RFC 9309), read once for each host and kept for the run."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from digest.errors import SourceError
from digest.ingest.decode import decoded
from digest.ingest.fetch import Answer, HttpRefusal

if TYPE_CHECKING:
    from urllib.robotparser import RobotFileParser

MOST_BYTES = 512_000
MOST_LINES = 10_000
_TOKEN = re.compile(r"[A-Za-z_-]+")
_RULE = re.compile(r"\s*(?:user-agent|allow|disallow)\s*:", re.IGNORECASE)


class Robots:
    """Says which addresses a robot called `agent` may ask for. `ask` fetches a robots.txt as `Fetcher.get` does."""

    def __init__(self, ask: Callable[[str], Answer], agent: str) -> None:
        self._ask = ask
        self._token = token(agent)
        self._guard = threading.Lock()
        self._hosts: dict[str, tuple[Answer | None, RobotFileParser | bool]] = {}

    def allows(self, url: str) -> bool:
        """Whether the host's robots.txt lets `url` be asked for. Everything may be when there is none (4xx) or the
        host does not answer at all; nothing for now while its server is in trouble (5xx), RFC 9309, 2.3.1."""
        try:
            _, rules = self._known(url)
            return rules if isinstance(rules, bool) else rules.can_fetch(self._token, url)
        except ValueError:  # a malformed address
            return False

    def answer(self, url: str) -> Answer | None:
        """The robots.txt of the host of `url`, where there is one."""
        return self._known(url)[0]

    def _known(self, url: str) -> tuple[Answer | None, RobotFileParser | bool]:
        place = urljoin(url, "/robots.txt")
        key = urlsplit(place).netloc.lower()
        with self._guard:
            if key not in self._hosts:
                self._hosts[key] = self._read(place)
            return self._hosts[key]

    def _read(self, place: str) -> tuple[Answer | None, RobotFileParser | bool]:
        try:
            answer = self._ask(place)
        except HttpRefusal as problem:
            return None, problem.status < 500
        except SourceError:
            return None, True
        return answer, rules_of(decoded(answer.body[:MOST_BYTES], answer.charset))


def token(agent: str) -> str:
    """The name that robots.txt files call a robot by: the first word of its user agent (RFC 9309, 2.2.1)."""
    found = _TOKEN.search(agent)
    return found[0] if found else "*"


def rules_of(text: str) -> RobotFileParser | bool:
    """The rules of a robots.txt, of at most `MOST_LINES` lines; True, everything is allowed, when they are none."""
    from urllib.robotparser import RobotFileParser

    rules = RobotFileParser()
    try:
        # the other lines (delays, sitemaps) say nothing about addresses, and some make the parser raise
        rules.parse([line for line in text.splitlines()[:MOST_LINES] if _RULE.match(line)])
    except ValueError:
        return True
    return rules
