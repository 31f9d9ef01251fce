"""What the newsroom set up: `digest.toml`, `digest.local.toml` and `DIGEST_*`, read once and passed on."""

from digest.settings.delivery import Delivery, Dkim, Pacing, SendGrid, Smtp
from digest.settings.load import load_settings
from digest.settings.model import (
    Checks,
    Classify,
    Digest,
    Images,
    Links,
    Publication,
    Settings,
    Source,
    StoreSettings,
    Summaries,
    Theme,
    Topic,
)
from digest.settings.site import Hook, Mailbox, Serve, SignUp, Tracking
from digest.settings.values import Budget, Clock, Rate, Secret, Span

__all__ = [
    "Budget",
    "Checks",
    "Classify",
    "Clock",
    "Delivery",
    "Digest",
    "Dkim",
    "Hook",
    "Images",
    "Links",
    "Mailbox",
    "Pacing",
    "Publication",
    "Rate",
    "Secret",
    "SendGrid",
    "Serve",
    "Settings",
    "SignUp",
    "Smtp",
    "Source",
    "Span",
    "StoreSettings",
    "Summaries",
    "Theme",
    "Topic",
    "Tracking",
    "load_settings",
]
