"""Ask the spam filters that this machine has: rspamd where one is running, SpamAssassin where it is installed.

Both are asked about the whole message and nothing of it leaves the machine: SpamAssassin runs with `-L` (local tests
only), rspamd is the one on this machine.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from typing import Any

from digest.check import Symbol, Verdict

RSPAMD = "localhost:11333"
PATIENCE = 60.0
_TOTAL = re.compile(r"^Content analysis details:\s+\((-?[\d.]+) points, ([\d.]+) required\)", re.MULTILINE)
_SYMBOL = re.compile(r"^\s?(-?\d+\.\d)\s+([A-Z][A-Z0-9_]+)\s+(.*(?:\n {20,}\S.*)*)", re.MULTILINE)
Find = Callable[[str], str | None]


def ask_engines(message: bytes, *, find: Find = shutil.which, rspamd: str = RSPAMD) -> tuple[Verdict, ...]:
    """The verdicts of the filters that are here, none where there is none. A filter that fails has no verdict."""
    asked = (_rspamd(message, find, rspamd), _spamassassin(message, find))
    return tuple(verdict for verdict in asked if verdict is not None)


def _spamassassin(message: bytes, find: Find) -> Verdict | None:
    program = find("spamassassin")
    if program is None:
        return None
    said = _said([program, "-L", "-t", "-x", "--prefs-file=/dev/null"], message)
    total = _TOTAL.search(said)
    if not total:
        return None
    details = said[total.end() :]
    symbols = tuple(
        Symbol(name, float(points), " ".join(words.split())) for points, name, words in _SYMBOL.findall(details)
    )
    return Verdict("SpamAssassin", float(total[1]), float(total[2]), symbols)


def _rspamd(message: bytes, find: Find, address: str) -> Verdict | None:
    program = find("rspamc")
    if program is None:
        return None
    try:
        told: Any = json.loads(_said([program, "-h", address, "-t", "10", "--json", "symbols"], message))
        symbols = tuple(
            Symbol(str(name), float(one["score"]), str(one.get("description", "")))
            for name, one in sorted(told["symbols"].items())
        )
        return Verdict("rspamd", float(told["score"]), float(told["required_score"]), symbols)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _said(command: Sequence[str], message: bytes) -> str:
    environ = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/nonexistent"}
    try:
        done = subprocess.run(command, input=message, capture_output=True, timeout=PATIENCE, env=environ, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")
