"""What the newsroom set up: `digest.toml`, `digest.local.toml` and `DIGEST_*`, read once and passed on."""

from digest.settings.load import load_settings
from digest.settings.model import (
    Checks,
    Delivery,
    Digest,
    Images,
    Links,
    Publication,
    SendGrid,
    Settings,
    Smtp,
    Source,
    StoreSettings,
    Summaries,
    Theme,
    Topic,
)
from digest.settings.values import Budget, Clock, Rate, Secret, Span

__all__ = [
    "Budget",
    "Checks",
    "Clock",
    "Delivery",
    "Digest",
    "Images",
    "Links",
    "Publication",
    "Rate",
    "Secret",
    "SendGrid",
    "Settings",
    "Smtp",
    "Source",
    "Span",
    "StoreSettings",
    "Summaries",
    "Theme",
    "Topic",
    "load_settings",
]
