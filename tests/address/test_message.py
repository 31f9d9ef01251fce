import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.address import Letterhead, RecipientLinks, address, enclosed, encode, encode_block, letterhead
from digest.address.message import rfc5322_date
from digest.errors import ConfigError
from digest.models.edition import Rendering
from digest.models.mail import Delivery, Message, State
from digest.models.people import Recipient
from digest.settings import Delivery as DeliverySettings
from digest.settings import Publication

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))
PUBLICATION = Publication(
    "ledger", "The Ledger", "https://news.example", "The Ledger <hello@news.example>", "1 Press Lane, Delhi"
)
LINKS = RecipientLinks(
    unsubscribe_url="https://news.example/u/u.7.daily.k1.sig",
    preferences_url="https://news.example/p/p.7.daily.k1.sig?a=1&b=2",
    browser_url="https://news.example/r/r.7.daily.k1.sig/daily/2026-11-24",
    feedback_url="https://news.example/f/f.7.daily.k1.sig",
    unsubscribe_mailto="mailto:unsub@news.example?subject=u.7.daily.k1.sig",
)
SLOTS = ("browser_url", "email", "feedback_url", "name", "preferences_url", "unsubscribe_url", "why")
HTML = (
    "<p>Dear {{name}} ({{email}}),</p>\n<p>{{why}}</p>{{other}}\n"
    '<a href="{{preferences_url}}">a</a><a href="{{unsubscribe_url}}">b</a>'
    '<a href="{{browser_url}}">c</a><a href="{{feedback_url}}">d</a>'
)
TEXT = "Dear {{name}},\n.rents = up – “again”\n{{unsubscribe_url}}\n{{preferences_url}} {{why}}"
READER = Recipient("k3abc7", 7, "ann@mail.example", "Ann Lee", "everyone", "en")


def rendering(**changes: object) -> Rendering:
    plain = Rendering(
        "daily/2026-11-24", "everyone", "en", "daily", "Rents rise – again", "", HTML, TEXT, SLOTS, 1, 1, 1
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def paper(variant: Rendering | None = None, bounce_address: str | None = None) -> Letterhead:
    delivery = DeliverySettings(bounce_address=bounce_address)
    return letterhead(encode(variant or rendering()), publication=PUBLICATION, delivery=delivery, digest="daily")


def written(reader: Recipient = READER, links: RecipientLinks = LINKS, bounces: str | None = None) -> Message:
    message = address(paper(bounce_address=bounces), reader, links=links, why="You signed up.", now=NOW)
    assert isinstance(message, Message)
    return message


def read(message: Message) -> tuple[EmailMessage, str, str]:
    parsed = email.message_from_bytes(message.raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    text, page = parsed.iter_parts()
    assert [part.get_content_type() for part in (text, page)] == ["text/plain", "text/html"]
    return parsed, text.get_content().replace("\r\n", "\n"), page.get_content().replace("\r\n", "\n")


def test_the_parts_decode_to_what_was_rendered() -> None:
    _, text, page = read(written())
    assert text == (
        "Dear Ann Lee,\n.rents = up – “again”\nhttps://news.example/u/u.7.daily.k1.sig\n"
        "https://news.example/p/p.7.daily.k1.sig?a=1&b=2 You signed up."
    )
    assert page == (
        "<p>Dear Ann Lee (ann@mail.example),</p>\n<p>You signed up.</p>{{other}}\n"
        '<a href="https://news.example/p/p.7.daily.k1.sig?a=1&amp;b=2">a</a>'
        '<a href="https://news.example/u/u.7.daily.k1.sig">b</a>'
        '<a href="https://news.example/r/r.7.daily.k1.sig/daily/2026-11-24">c</a>'
        '<a href="https://news.example/f/f.7.daily.k1.sig">d</a>'
    )


def test_the_octets_are_lawful_and_the_same_each_time() -> None:
    message = written()
    assert message.raw == written().raw
    assert message.raw.isascii()
    lines = message.raw.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line or line.startswith(b".") for line in lines)
    assert max(len(line) for line in lines) <= 998


def test_every_header_a_newsletter_owes() -> None:
    message = written(replace(READER, name="Zoë, Lee"), bounces="bounces@news.example")
    parsed, _, _ = read(message)
    expected = {
        "From": "The Ledger <hello@news.example>",
        "Reply-To": "The Ledger <hello@news.example>",
        "To": '"Zoë, Lee" <ann@mail.example>',
        "Subject": "Rents rise – again",
        "Date": "Tue, 24 Nov 2026 07:00:00 +0530",
        "Message-ID": "<k3abc7.daily-2026-11-24.ledger@news.example>",
        "List-Unsubscribe": (
            "<https://news.example/u/u.7.daily.k1.sig>, <mailto:unsub@news.example?subject=u.7.daily.k1.sig>"
        ),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-ID": "The Ledger daily <daily.ledger.news.example>",
        "List-Owner": "<mailto:hello@news.example>",
        "List-Help": "<mailto:hello@news.example?subject=help>",
        "List-Post": "NO",
        "Feedback-ID": "daily-2026-11-24:everyone:daily:ledger",
        "Precedence": "bulk",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "X-Digest-Edition": "daily/2026-11-24",
        "X-Digest-Delivery": "k3abc7",
        "MIME-Version": "1.0",
    }
    assert {name: str(parsed[name]) for name in expected} == expected
    assert len(parsed.keys()) == len(set(parsed.keys())) == len(expected) + 1
    assert message.envelope_from == "bounces+k3abc7@news.example"
    given_fields = dict(message.headers)
    assert {name: given_fields[name] for name in expected if name not in ("To", "Subject", "MIME-Version")} == {
        name: value for name, value in expected.items() if name not in ("To", "Subject", "MIME-Version")
    }


def test_one_click_is_promised_only_for_https() -> None:
    parsed, _, _ = read(written(links=replace(LINKS, unsubscribe_url="http://127.0.0.1:8000/u/t")))
    assert parsed["List-Unsubscribe-Post"] is None
    assert parsed["List-Unsubscribe"].startswith("<http://127.0.0.1:8000/u/t>")


def test_without_a_bounce_address_bounces_go_to_the_sender() -> None:
    assert written().envelope_from == "hello@news.example"


def test_a_segment_may_have_its_own_sender() -> None:
    variant = encode(rendering())
    own = letterhead(
        variant,
        publication=PUBLICATION,
        delivery=DeliverySettings(),
        digest="daily",
        segment_from="Börse <b@bücher.example>",
    )
    message = address(own, READER, links=LINKS, why="w", now=NOW)
    assert isinstance(message, Message)
    parsed, _, _ = read(message)
    assert str(parsed["From"]) == "Börse <b@xn--bcher-kva.example>"
    assert parsed["Message-ID"].endswith("@xn--bcher-kva.example>")
    assert str(parsed["List-ID"]).endswith("<daily.ledger.news.example>")


@given(st.text(max_size=200), st.text(max_size=200))
def test_names_and_reasons_are_data_wherever_they_stand(name: str, why: str) -> None:
    message = address(paper(), replace(READER, name=name), links=LINKS, why=why, now=NOW)
    assert isinstance(message, Message)
    parsed, text, page = read(message)
    assert len(parsed.keys()) == 20
    assert parsed["To"].addresses[0].addr_spec == "ann@mail.example"
    assert "<" not in page.split("Dear ", 1)[1].split(" (ann@", 1)[0]
    assert f"Dear {message.values['name']},\n" in text
    assert text.endswith(message.values["why"])


@pytest.mark.parametrize(
    ("email_address", "words"), [("жанна@news.example", "SMTPUTF8"), ("ann", "no @"), ("a@b\r\nBcc: c@d.example", "")]
)
def test_who_cannot_be_written_to_is_rejected_with_a_reason(email_address: str, words: str) -> None:
    answer = address(paper(), replace(READER, email=email_address), links=LINKS, why="w", now=NOW)
    assert isinstance(answer, Delivery)
    assert (answer.id, answer.state) == ("k3abc7", State.REJECTED)
    assert words in answer.reason
    assert answer.reason


def test_an_international_domain_is_written_in_its_wire_form() -> None:
    message = written(replace(READER, email="ann@bücher.example"))
    assert message.to == "ann@xn--bcher-kva.example"
    assert message.values["email"] == "ann@bücher.example"


@pytest.mark.parametrize("slot", ["unsubscribe_url", "preferences_url", "browser_url", "feedback_url"])
@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "//x.example", 'https://x.example/"onclick=', "https://a b"]
)
def test_links_are_web_addresses_or_nothing_is_sent(slot: str, url: str) -> None:
    changes: dict[str, Any] = {slot: url}
    with pytest.raises(ConfigError):
        address(paper(), READER, links=replace(LINKS, **changes), why="w", now=NOW)


def test_tracked_links_fill_their_slots() -> None:
    variant = rendering(html='<a href="{{link:1}}">x</a>', text="{{link:1}}", slots=("link:1",))
    links = replace(LINKS, tracked={"link:1": "https://news.example/c/1?x=ü&y"})
    message = address(paper(variant), READER, links=links, why="w", now=NOW)
    assert isinstance(message, Message)
    _, text, page = read(message)
    assert (text, page) == ("https://news.example/c/1?x=ü&y", '<a href="https://news.example/c/1?x=ü&amp;y">x</a>')


def test_an_id_or_a_time_that_is_none_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no id"):
        address(paper(), replace(READER, delivery="a b"), links=LINKS, why="w", now=NOW)
    with pytest.raises(ValueError, match="zone"):
        address(paper(), READER, links=LINKS, why="w", now=NOW.replace(tzinfo=None))


@given(
    st.integers(631_152_000, 4_102_444_800),
    st.integers(-720, 840).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_dates_are_read_back_to_the_second(seconds: int, zone: timezone) -> None:
    moment = datetime.fromtimestamp(seconds, zone)
    assert parsedate_to_datetime(rfc5322_date(moment)) == moment


def test_utc_is_written_in_numbers() -> None:
    assert rfc5322_date(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "Fri, 02 Jan 2026 03:04:05 +0000"


def test_a_local_time_of_odd_seconds_is_written_to_the_minute() -> None:
    odd = timezone(timedelta(hours=5, minutes=21, seconds=10))
    moment = datetime(2026, 1, 2, 23, 59, 55, tzinfo=odd)
    assert rfc5322_date(moment) == "Fri, 02 Jan 2026 23:59:45 +0521"


def plain_of(message: Message) -> tuple[EmailMessage, str]:
    parsed = email.message_from_bytes(message.raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    assert not parsed.is_multipart()
    return parsed, parsed.get_content().replace("\r\n", "\n")


def test_who_wants_text_only_gets_one_part_with_the_same_words_and_headers() -> None:
    both, text, _ = read(written(bounces="bounces@news.example"))
    message = written(replace(READER, plain=True), bounces="bounces@news.example")
    alone, words = plain_of(message)
    assert words == f"{text}\n"
    assert alone["Content-Type"] == 'text/plain; charset="utf-8"'
    assert alone["Content-Transfer-Encoding"] == "quoted-printable"
    of_content = ("Content-Type", "Content-Transfer-Encoding")
    assert {k: str(v) for k, v in alone.items() if k not in of_content} == {
        k: str(v) for k, v in both.items() if k not in of_content
    }
    assert message.raw.endswith(b"\r\n")
    assert b"<p>" not in message.raw


def test_a_text_only_message_says_so_to_transports_that_assemble_it() -> None:
    sheet = paper()
    mixed = [
        address(sheet, replace(READER, plain=plain), links=LINKS, why="You signed up.", now=NOW)
        for plain in (False, True, False, True)
    ]
    assert [one.plain for one in mixed if isinstance(one, Message)] == [False, True, False, True]
    first, second, third, fourth = (one for one in mixed if isinstance(one, Message))
    assert (second.variant.html, second.variant.text) == ("", TEXT)
    assert second.variant.slots == ("name", "preferences_url", "unsubscribe_url", "why")
    assert first.variant.html == HTML
    assert first.written is third.written
    assert second.written is fourth.written
    # What readers share is the very same octets, which transports remember what they made of it by.
    assert all(a is b for a, b in zip(second.chunks[::2], fourth.chunks[::2], strict=True))


def test_a_list_of_ones_own_can_be_text_only() -> None:
    shell = rendering(html="<p>{{name}}</p>{{sections}}", text="{{name}}\n{{sections}}", slots=("name", "sections"))
    sheet = letterhead(
        encode(shell), publication=PUBLICATION, delivery=DeliverySettings(), digest="daily", blocks=("sections",)
    )
    blocks = [
        encode_block(f"<p>Story {n} – {{{{why}}}}</p>\n", f"Story {n} = {{{{why}}}}\n\n", ("why",)) for n in (1, 2)
    ]
    whole = enclosed(sheet, {"sections": blocks}, (2, 1, 9))
    message = address(whole, replace(READER, plain=True), links=LINKS, why="Yours.", now=NOW)
    assert isinstance(message, Message)
    assert plain_of(message)[1] == "Ann Lee\nStory 1 = Yours.\n\nStory 2 = Yours.\n\n"
    assert (message.variant.html, message.variant.stories) == ("", 2)
    assert message.variant.text == "{{name}}\nStory 1 = {{why}}\n\nStory 2 = {{why}}\n\n"
    assert message.variant.slots == ("name", "why")


@pytest.mark.parametrize("text", ["", "word", "word\n", "word\n\n", "{{name}}", "x\n{{name}}", "{{name}}\n"])
def test_text_only_ends_with_the_end_of_a_line(text: str) -> None:
    variant = rendering(text=text)
    message = address(paper(variant), replace(READER, plain=True), links=LINKS, why="", now=NOW)
    assert isinstance(message, Message)
    assert plain_of(message)[1].rstrip("\n") == text.replace("{{name}}", "Ann Lee").rstrip("\n")
    assert message.raw.endswith(b"\r\n")
    assert not message.raw.endswith(b"=\r\n")
