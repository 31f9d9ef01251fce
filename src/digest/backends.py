"""Find a transport, a source or a summariser by name: `smtp` is ours, `pkg.mod:Class` is anyone's."""

from __future__ import annotations

import difflib
import importlib
from typing import Any

from digest.errors import ConfigError


def resolve(room: str, name: str, known: tuple[str, ...], attribute: str, where: str) -> Any:
    """The attribute of `digest.ROOM.NAME`, or of an outside module when the name has a colon.

    Raises:
        ConfigError: no such name, or the outside module or class cannot be imported.
    """
    if ":" in name:
        module, _, thing = name.partition(":")
        try:
            return getattr(importlib.import_module(module), thing)
        except (ImportError, AttributeError) as problem:
            raise ConfigError(f'"{name}" cannot be loaded: {problem}', where=where) from problem
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(known)}, or pkg.mod:Class"
        raise ConfigError(f'there is no {room} named "{name}"', where=where, hint=hint)
    return getattr(importlib.import_module(f"digest.{room}.{name}"), attribute)
