"""How an edition is looked at: every choice is in the address, so that a view can be sent to a colleague."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self
from urllib.parse import quote, urlencode

from digest.errors import UsageError

VIEWS: Final = {"html": "Mail", "text": "Plain text", "source": "HTML source", "headers": "Headers", "raw": "Raw"}
OF_HTML: Final = ("html", "source")
WIDTHS: Final = {375: "Phone", 768: "Tablet", 1024: "Desktop"}
SCHEMES: Final = {"light": "Light", "dark": "Own dark", "full": "All inverted", "part": "Partly inverted"}
IMAGES: Final = {"on": "Shown", "off": "Off"}
SAMPLE, EMPTY, LONGEST = "sample", "empty", "longest"
READERS: Final = {SAMPLE: "A sample reader", EMPTY: "All fields empty", LONGEST: "Longest names"}
NARROWEST, WIDEST = 240, 1600
_HEIGHTS: Final = ((480, 812), (900, 1024), (WIDEST, 900))


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at one edition. `edition` is as the command line writes it: `daily@2026-11-24`.

    `reader` is one of `READERS`, or the number of a subscriber; `mark` the number of the finding that is pointed at.
    """

    edition: str
    segment: str
    width: int = 375
    view: str = "html"
    scheme: str = "light"
    images: str = "on"
    reader: str = SAMPLE
    mark: int | None = None

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
            reader_of(query.get("as", SAMPLE)),
            _number(query.get("mark", "")),
        )

    @property
    def height(self) -> int:
        """How high the frame is, in pixels: about the shape of such a screen."""
        return next(height for most, height in _HEIGHTS if self.width <= most)

    @property
    def subscriber(self) -> int | None:
        """The number of the subscriber who looks, None where nobody real does."""
        return None if self.reader in READERS else int(self.reader)

    @property
    def url(self) -> str:
        """The address of this look."""
        ways = {"width": self.width, "view": self.view, "scheme": self.scheme, "images": self.images}
        query = {"segment": self.segment, **self._whose, **ways, **self._at}
        return f"{edition_url(self.edition)}?{urlencode(query)}"

    @property
    def frame_url(self) -> str:
        """The address of the mail itself."""
        query = {"images": self.images, "scheme": self.scheme, **self._whose, **self._at}
        return f"/frame/{quote(self.edition, safe='@')}/{quote(self.segment)}?{urlencode(query)}"

    @property
    def eml_url(self) -> str:
        """The address of the message as a file."""
        whose = f"?{urlencode(self._whose)}" if self._whose else ""
        return f"/eml/{quote(self.edition, safe='@')}/{quote(self.segment)}.eml{whose}"

    def room(self, name: str, **more: object) -> str:
        """The address of another page about the same edition, for the same segment and reader."""
        query = {"segment": self.segment, **self._whose, **more}
        return f"{edition_url(self.edition)}/{name}?{urlencode(query)}" if name else self.url

    @property
    def _whose(self) -> dict[str, str]:
        return {} if self.reader == SAMPLE else {"as": self.reader}

    @property
    def _at(self) -> dict[str, int]:
        return {} if self.mark is None else {"mark": self.mark}

    def but(self, **changes: Any) -> Look:
        """The same look with another segment, reader, width, view, scheme, images or mark."""
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


def reader_of(text: str) -> str:
    """One of `READERS`, or the number of a subscriber.

    Raises:
        UsageError: it is neither.
    """
    if text in READERS or _number(text):
        return text
    raise UsageError(f'"{text[:40]}" is no reader', hint=f"a subscriber's number, or one of: {', '.join(READERS)}")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _width(text: str) -> int:
    width = _number(text) or 0
    if not NARROWEST <= width <= WIDEST:
        raise UsageError(
            f'"{text[:40]}" is no width for a screen',
            hint=f"between {NARROWEST} and {WIDEST} pixels, for example 375",
        )
    return width
