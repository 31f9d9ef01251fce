"""Every setting there is, with its built-in value. The commented `docs/digest.toml` is checked against these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from digest.settings.delivery import Delivery
from digest.settings.site import Hook, Mailbox, Serve, SignUp, Tracking
from digest.settings.values import Budget, Clock, Secret, Span


@dataclass(frozen=True, slots=True)
class FileOrCommand:
    """Where a line of text comes from: a file, or what a command prints."""

    file: str | None = None
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """`[publication]`: who is speaking."""

    id: str
    name: str
    base_url: str
    from_: str
    postal_address: str
    language: str = "en"
    timezone: str = "UTC"
    city: str = ""
    weather: FileOrCommand | None = None
    archive: str | None = None
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """`[store]`: `sqlite:///path` (relative to the root) or `postgresql://…`."""

    url: str = "sqlite:///var/digest.db"


@dataclass(frozen=True, slots=True)
class Source:
    """One `[[sources]]`. A folder has `path`, the others have `url`."""

    name: str
    kind: Literal["feed", "page", "folder", "sitemap", "wordpress"]
    url: str | None = None
    path: str | None = None
    topics: tuple[str, ...] = ()
    weight: float = 1.0
    role: Literal["front"] | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """One `[topics.ID]`."""

    label: str
    match: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    url: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Digest:
    """One `[digests.NAME]`. `half_life` None means half of the window."""

    segments: tuple[str, ...]
    template: str = "daily"
    label: str = ""
    window: Span = field(default_factory=lambda: Span.parse("24h"))
    half_life: Span | None = None
    lead: int = 1
    topics: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    latest: int = 3
    budget: Budget = field(default_factory=lambda: Budget.parse("4 min"))
    summary: int = 280
    max_per_source: int = 3
    no_repeat: Span = field(default_factory=lambda: Span.parse("7d"))
    min_stories: int = 3
    thin: Literal["shorter", "widen", "hold"] = "shorter"
    subject: str = "{{ edition.subject }}"
    schedule: Clock | None = None
    approval: bool | int = False
    send_by: Span = field(default_factory=lambda: Span.parse("12h"))
    sponsored: bool = False

    @property
    def decay(self) -> Span:
        """The half-life in force."""
        return self.half_life or Span(self.window.seconds // 2, f"half of {self.window.text}")


@dataclass(frozen=True, slots=True)
class Summaries:
    """`[summaries]`: who writes them. What the story does not say is refused, whoever says it."""

    backend: str = "takeaways"
    url: str | None = None
    model: str | None = None
    api_key: Secret | None = None
    tokens: int = 400
    timeout: Span = field(default_factory=lambda: Span.parse("30s"))


@dataclass(frozen=True, slots=True)
class Classify:
    """`[classify]`: whether the extra `digest[semantic]` helps to place stories that nothing else places."""

    semantic: bool = False


@dataclass(frozen=True, slots=True)
class Checks:
    """`[checks]`: the mail clients whose support of what a mail uses is looked up; what happens when a story was
    changed at its address before a send that leaves the machine; whether an installed spam engine is asked."""

    clients: tuple[str, ...] = ("gmail", "apple-mail", "outlook", "yahoo")
    freshness: Literal["off", "warn", "block"] = "block"
    spam: Literal["off", "auto"] = "auto"


@dataclass(frozen=True, slots=True)
class Images:
    """`[images]`: which pictures are shown, by words of their credit: only `allow` (when given), never `deny`.
    With `resize`, copies of the right size are made and served from the publication's own address."""

    show: bool = True
    resize: bool = False
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Links:
    """`[links]`: what is added to our links."""

    utm_source: str | None = None
    utm_medium: str | None = "email"
    utm_campaign: str | None = None


@dataclass(frozen=True, slots=True)
class Theme:
    """`[theme]`: the few tokens of the look. Colours are six-digit hex, `width` is pixels."""

    accent: str = "#9a3412"
    accent_dark: str = "#f0a37e"
    paper: str = "#fffdf9"
    paper_dark: str = "#1b1917"
    ink: str = "#1c1917"
    ink_dark: str = "#ece7e1"
    quiet: str = "#6b625a"
    quiet_dark: str = "#b0a79d"
    rule: str = "#ddd6cc"
    rule_dark: str = "#403a34"
    serif: str = "Georgia, Charter, 'Times New Roman', serif"
    sans: str = "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
    width: int = 620
    logo: str | None = None
    logo_dark: str | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """`[fetch]`: how politely and how much is read from elsewhere. Sizes are bytes."""

    timeout: Span = field(default_factory=lambda: Span.parse("20s"))
    max_bytes: int = 10_000_000
    max_stories: int = 500
    user_agent: str = "digest (newsletter builder)"
    private_addresses: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it. `root` is the folder of `digest.toml`."""

    root: Path
    publication: Publication
    digests: Mapping[str, Digest]
    store: StoreSettings = field(default_factory=StoreSettings)
    sources: tuple[Source, ...] = ()
    topics: Mapping[str, Topic] = field(default_factory=dict)
    delivery: Delivery = field(default_factory=Delivery)
    summaries: Summaries = field(default_factory=Summaries)
    checks: Checks = field(default_factory=Checks)
    images: Images = field(default_factory=Images)
    links: Links = field(default_factory=Links)
    theme: Theme = field(default_factory=Theme)
    fetch: Fetch = field(default_factory=Fetch)
    classify: Classify = field(default_factory=Classify)
    tracking: Tracking = field(default_factory=Tracking)
    serve: Serve = field(default_factory=Serve)
    signup: SignUp = field(default_factory=SignUp)
    mailboxes: tuple[Mailbox, ...] = ()
    hooks: tuple[Hook, ...] = ()
