from dataclasses import replace
from typing import Any

import pytest

from digest.address import encode, letterhead
from digest.errors import ConfigError
from digest.models.edition import Rendering
from digest.settings import Delivery, Publication

PUBLICATION = Publication(
    "ledger", "The Ledger", "https://news.example", "The Ledger <hello@news.example>", "1 Press Lane, Delhi"
)


def rendering(**changes: object) -> Rendering:
    plain = Rendering("daily/2026-11-24", "everyone", "en", "daily", "Rents rise", "", "<p>Hi</p>", "Hi", (), 1, 1, 1)
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("publication", "delivery", "where"),
    [
        ({"from_": "The Ledger"}, {}, "from"),
        ({"from_": "x\r\nBcc: y@z.example"}, {}, "from"),
        ({"reply_to": "жанна@news.example"}, {}, "reply_to"),
        ({"id": "led\r\nger"}, {}, "publication id"),
        ({}, {"bounce_address": '"a b"@news.example'}, "bounce_address"),
        ({}, {"bounce_address": "b" * 40 + "@news.example"}, "bounce_address"),
    ],
)
def test_settings_that_cannot_stand_in_a_mail_are_named(
    publication: dict[str, Any], delivery: dict[str, Any], where: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        letterhead(
            encode(rendering()),
            publication=replace(PUBLICATION, **publication),
            delivery=Delivery(**delivery),
            digest="daily",
        )
    assert where in str(caught.value)


def test_a_slot_that_nothing_fills_is_named_before_anyone_is_written_to() -> None:
    odd = rendering(html="<p>{{nickname}}</p>", slots=("nickname",))
    with pytest.raises(ConfigError, match="nickname"):
        letterhead(encode(odd), publication=PUBLICATION, delivery=Delivery(), digest="daily")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://news.example/a b", "https://news.example/\r\nX: y"])
def test_an_archive_link_that_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="List-Archive"):
        letterhead(encode(rendering()), publication=PUBLICATION, delivery=Delivery(), digest="daily", archive_url=url)


def test_the_same_variant_gives_the_same_octets() -> None:
    one, two = (
        letterhead(encode(rendering()), publication=PUBLICATION, delivery=Delivery(), digest="daily").octets
        for _ in range(2)
    )
    assert one == two
