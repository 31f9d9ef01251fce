"""The extra `digest[semantic]`, opened where the settings ask for it."""

from __future__ import annotations

from collections.abc import Sequence

from digest.classify import semantic
from digest.classify.semantic import NEEDED, Sense
from digest.errors import ConfigError
from digest.settings import Settings
from digest.settings.load import MAIN

WHERE = f"{MAIN} [classify] semantic"


def demand_extra(settings: Settings, needed: Sequence[str] = NEEDED) -> None:
    """Before anything is read: that the extra is there, where the settings ask for it.

    Raises:
        ConfigError: it is not installed.
    """
    if settings.classify.semantic and not semantic.installed(needed):
        raise ConfigError(
            "the extra for topics by meaning is not installed",
            where=WHERE,
            hint="pip install 'digest[semantic]' adds it, or set semantic = false: topics work without it",
        )


def open_sense(settings: Settings, needed: Sequence[str] = NEEDED) -> Sense | None:
    """What weighs topics by meaning; None where the settings do not ask for it. Raises as `demand_extra`."""
    if not settings.classify.semantic:
        return None
    demand_extra(settings, needed)
    return semantic.load(needed)
