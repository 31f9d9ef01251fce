"""How an edition is looked at: every choice is in the address, so that a view can be sent to a colleague."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self
from urllib.parse import quote, urlencode

from digest.errors import UsageError

VIEWS: Final = {"html": "Mail", "text": "Plain text", "source": "HTML source", "headers": "Headers"}
WIDTHS: Final = {375: "Phone", 768: "Tablet", 1024: "Desktop"}
SCHEMES: Final = {"light": "Light", "dark": "Dark"}
IMAGES: Final = {"on": "Shown", "off": "Off"}
NARROWEST, WIDEST = 240, 1600
_HEIGHTS: Final = ((480, 812), (900, 1024), (WIDEST, 900))


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at one edition. `edition` is as the command line writes it: `daily@2026-11-24`."""

    edition: str
    segment: str
    width: int = 375
    view: str = "html"
    scheme: str = "light"
    images: str = "on"

    @classmethod
    def of(cls, edition: str, segment: str, query: Mapping[str, str]) -> Self:
        """The look that an address asks for.

        Raises:
            UsageError: a choice does not exist.
        """
        return cls(
            edition,
            segment,
            _width(query.get("width", "375")),
            one_of("view", query.get("view", "html"), VIEWS),
            one_of("scheme", query.get("scheme", "light"), SCHEMES),
            one_of("images", query.get("images", "on"), IMAGES),
        )

    @property
    def height(self) -> int:
        """How high the frame is, in pixels: about the shape of such a screen."""
        return next(height for most, height in _HEIGHTS if self.width <= most)

    @property
    def url(self) -> str:
        """The address of this look."""
        query = {
            "segment": self.segment,
            "width": self.width,
            "view": self.view,
            "scheme": self.scheme,
            "images": self.images,
        }
        return f"{edition_url(self.edition)}?{urlencode(query)}"

    @property
    def frame_url(self) -> str:
        """The address of the mail itself."""
        return f"/frame/{quote(self.edition, safe='@')}/{quote(self.segment)}?images={self.images}"

    @property
    def eml_url(self) -> str:
        """The address of the sample message."""
        return f"/eml/{quote(self.edition, safe='@')}/{quote(self.segment)}.eml"

    def but(self, **changes: Any) -> Look:
        """The same look with another segment, width, view, scheme or images."""
        return replace(self, **changes)


def edition_url(edition: str) -> str:
    """The address of an edition's page."""
    return f"/e/{quote(edition, safe='@')}"


def one_of(name: str, value: str, known: Mapping[str, str]) -> str:
    """`value`, which is one of those known.

    Raises:
        UsageError: it is not.
    """
    if value not in known:
        raise UsageError(f'there is no {name} "{value[:40]}"', hint=f"known: {', '.join(known)}")
    return value


def _width(text: str) -> int:
    width = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    if not NARROWEST <= width <= WIDEST:
        raise UsageError(
            f'"{text[:40]}" is no width for a screen',
            hint=f"between {NARROWEST} and {WIDEST} pixels, for example 375",
        )
    return width
