from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest

from digest.address import RecipientLinks, address, encode, letterhead
from digest.errors import DigestError
from digest.models.edition import Rendering
from digest.models.mail import Delivery, Message
from digest.models.people import Recipient
from digest.settings import Delivery as DeliverySettings
from digest.settings import Publication

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)

HTML = "<p>Dear {{name}}, <b>.dots</b></p>\n.a line\n" + "word é " * 40 + '<a href="{{unsubscribe_url}}">x</a>'
PUBLICATION = Publication("ledger", "The Ledger", "https://news.example", "The Ledger <hello@news.example>", "x")

Mail = Callable[..., Message]
Gather = Callable[[Iterable[Delivery]], tuple[list[Delivery], DigestError | None]]


@pytest.fixture(scope="session")
def gather() -> Gather:
    """What a sender gave until it ended, and the error that it ended with."""

    def until(deliveries: Iterable[Delivery]) -> tuple[list[Delivery], DigestError | None]:
        out: list[Delivery] = []
        try:
            for delivery in deliveries:
                out.append(delivery)
        except DigestError as problem:
            return out, problem
        return out, None

    return until


@pytest.fixture(scope="session")
def mail() -> Mail:
    """A message to one reader, made by the address stage: `mail(3)`, or with `email`, `segment`, `name`, `plain`."""
    variants = {
        segment: letterhead(
            encode(
                Rendering(
                    "daily/2026-11-24",
                    segment,
                    "en",
                    "daily",
                    f"Rents rise – {segment}",
                    "",
                    "<p>Dear {{name}}, <b>.dots</b></p>\n.a line\n"
                    + "word é " * 40
                    + '<a href="{{unsubscribe_url}}">x</a>',
                    "Dear {{name}},\n.a line\n{{unsubscribe_url}}\n{{why}}",
                    ("name", "unsubscribe_url", "why"),
                    1,
                    1,
                    1,
                )
            ),
            publication=Publication(
                "ledger", "The Ledger", "https://news.example", "The Ledger <hello@news.example>", "x"
            ),
            delivery=DeliverySettings(bounce_address="bounce@news.example"),
            digest="daily",
        )
        for segment in ("everyone", "subscribers")
    }

    def make(
        number: int, *, email: str = "", segment: str = "everyone", name: str = "", plain: bool = False
    ) -> Message:
        reader = Recipient(
            f"d{number:05d}",
            number,
            email or f"reader{number}@mail.example",
            name or f"Reader <{number}>, Esq.",
            segment,
            "en",
            plain=plain,
        )
        links = RecipientLinks(
            f"https://news.example/u/{number}?a=1&b=2",
            f"https://news.example/p/{number}",
            f"https://news.example/r/{number}",
            f"https://news.example/f/{number}",
        )
        message = address(variants[segment], reader, links=links, why="You & I signed up.", now=NOW)
        assert isinstance(message, Message)
        return message

    return make
