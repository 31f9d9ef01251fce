"""One thing that was looked at, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "problem", "skipped"]


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found, and the next step when it is not well. `skipped` says that it was not looked at, and why."""

    state: State
    what: str
    fix: str = ""
