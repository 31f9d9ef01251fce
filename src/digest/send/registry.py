"""Opens the sender that the settings, or a flag, name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import cast

from digest import settings
from digest.backends import resolve
from digest.send.base import Sender, Setup

KNOWN = ("folder", "memory", "smtp", "sendgrid")


def open_sender(
    delivery: settings.Delivery,
    *,
    root: Path,
    environ: Mapping[str, str],
    now: Callable[[], datetime],
    transport: str | None = None,
) -> Sender:
    """The sender named by `transport`, else by `[delivery] transport`; not yet entered, nothing is connected.

    An outside `pkg.mod:callable` is called as ours are, with one `Setup`.

    Raises:
        ConfigError: there is no such transport, or it cannot be loaded.
        CredentialsError: a secret that it needs is missing.
    """
    name = transport or delivery.transport
    opener = resolve("send", name, KNOWN, "open", "[delivery] transport")
    return cast(Sender, opener(Setup(delivery, root, environ, now)))
