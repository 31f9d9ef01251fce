"""The clocks of a send, passed in so that a test can hold them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

LOOK = 0.5


@dataclass(frozen=True, slots=True)
class Time:
    """`wall` in seconds since 1970, `ticks` that only grow, and `sleep`, which waits for so many seconds. Whatever
    waits looks every half second (`LOOK`) at what is asked of it."""

    sleep: Callable[[float], None] = time.sleep
    wall: Callable[[], float] = time.time
    ticks: Callable[[], float] = time.monotonic
