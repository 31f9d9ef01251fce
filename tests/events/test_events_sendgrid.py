"""SendGrid's events, as they are documented and as nobody documents them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.events import Told, parse
from digest.events.sendgrid import DELIVERY_ARG, MAX_EVENTS
from digest.models.mail import Event
from digest.send import sendgrid_payload

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
AT = int(NOW.timestamp()) - 60


def item(event: str, **more: Any) -> dict[str, Any]:
    base = {"email": "ada@reader.example", "timestamp": AT, "event": event, "sg_event_id": "id-1", "ip": "192.0.2.1"}
    return base | {DELIVERY_ARG: "abcdefgh-7"} | {key.replace("__", "-"): value for key, value in more.items()}


def told(*items: Any) -> Told:
    return parse(json.dumps(list(items)).encode(), NOW)


def only(**given: Any) -> Event:
    events = told(item(**given)).events
    assert len(events) == 1
    return events[0]


def test_the_argument_that_brings_back_the_delivery_is_the_one_that_the_sender_writes() -> None:
    assert DELIVERY_ARG == sendgrid_payload.DELIVERY_ARG


@pytest.mark.parametrize(
    ("given_", "kind", "bounce"),
    [
        ({"event": "delivered", "response": "250 OK"}, "delivered", ""),
        ({"event": "deferred", "response": "400 try again later"}, "deferred", ""),
        ({"event": "bounce", "type": "bounce", "bounce_classification": "Invalid Address"}, "bounced", "hard"),
        ({"event": "bounce", "type": "bounce", "bounce_classification": "Mailbox Unavailable"}, "bounced", "soft"),
        ({"event": "bounce", "type": "bounce", "bounce_classification": "Technical Failure"}, "bounced", "soft"),
        ({"event": "bounce", "type": "bounce", "bounce_classification": "Content"}, "bounced", "soft"),
        ({"event": "bounce", "type": "bounce", "bounce_classification": "Reputation"}, "bounced", "soft"),
        ({"event": "bounce", "type": "bounce", "bounce_classification": "Frequency or Volume Too High"}, "bounced",
         "soft"),
        ({"event": "bounce", "type": "bounce", "status": "5.1.1"}, "bounced", "hard"),
        ({"event": "bounce", "type": "bounce", "bounce_classification": "Unclassified", "reason": "550 5.1.1 no"},
         "bounced", "hard"),
        ({"event": "bounce", "type": "bounce", "reason": "500 unknown recipient"}, "bounced", "hard"),
        ({"event": "bounce", "type": "bounce"}, "bounced", "soft"),
        ({"event": "bounce", "type": "blocked", "bounce_classification": "Invalid Address"}, "bounced", "block"),
        ({"event": "dropped", "reason": "Bounced Address"}, "bounced", "hard"),
        ({"event": "dropped", "reason": "Spam Reporting Address"}, "bounced", "hard"),
        ({"event": "dropped", "reason": "Spam Content (if Spam Checker app enabled)"}, "bounced", "block"),
        ({"event": "dropped"}, "bounced", "block"),
        ({"event": "open"}, "opened", ""),
        ({"event": "click", "url": "https://x.example/a"}, "clicked", ""),
        ({"event": "spamreport"}, "complained", ""),
        ({"event": "unsubscribe"}, "left", ""),
        ({"event": "group_unsubscribe", "asm_group_id": 3}, "left", ""),
    ],
    ids=range(22),
)  # fmt: skip
def test_a_kind_of_event(given_: dict[str, Any], kind: str, bounce: str) -> None:
    event = only(**given_)
    assert (event.delivery, event.kind, event.bounce, event.id) == ("abcdefgh-7", kind, bounce, "sg:id-1")
    assert event.at == datetime.fromtimestamp(AT, UTC)
    assert event.proven


def test_unsubscribing_at_sendgrid_ends_everything_and_from_a_group_this_digest() -> None:
    assert only(event="unsubscribe").digest == "*"
    assert only(event="group_unsubscribe").digest == ""


def test_a_message_dropped_because_the_reader_left_is_no_delivery_and_ends_the_subscription() -> None:
    events = told(item("dropped", reason="Unsubscribed Address")).events
    assert [(e.kind, e.bounce, e.id) for e in events] == [
        ("bounced", "block", "sg:id-1"),
        ("left", "", "sg:id-1/left"),
    ]


def test_an_opening_by_a_privacy_proxy_is_marked() -> None:
    assert only(event="open", sg_machine_open=True).machine
    assert not only(event="open", sg_machine_open=False).machine


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://x.example/a?who=ada#b", {"url": "https://x.example/a"}),
        ("https://news.example/u/u.7.daily.1.AAAA", {}),
        ("javascript:alert(1)", {}),
        (7, {}),
    ],
)
def test_a_clicked_link_is_kept_without_what_tells_the_reader(url: Any, kept: dict[str, str]) -> None:
    assert only(event="click", url=url).about == kept


def test_no_address_and_no_line_break_gets_into_a_reason() -> None:
    event = only(event="bounce", reason="550 <ada@reader.example>\r\nlevel=error\x00 no\ud800 such", type="bounce")
    assert event.reason == "550 <(address)> level=error no such"


def test_mail_that_went_through_the_relay_is_known_by_its_message_id() -> None:
    sent = item("delivered", smtp__id="<abcdefgh-9.daily-2026-11-24.ledger@ledger.example>")
    del sent[DELIVERY_ARG]
    assert told(sent).events[0].delivery == "abcdefgh-9"


@pytest.mark.parametrize(
    ("wrong", "ignored", "junk"),
    [
        (item("processed"), {"processed": 1}, {}),
        (item("group_resubscribe"), {"group_resubscribe": 1}, {}),
        (item("delivered") | {DELIVERY_ARG: "a/b"}, {"of other mail": 1}, {}),
        (item("delivered") | {DELIVERY_ARG: ["x"]}, {"of other mail": 1}, {}),
        (item("delivered") | {DELIVERY_ARG: ""}, {"of other mail": 1}, {}),
        (item("exploded"), {}, {"of a kind that is not known": 1}),
        (item("x\r\nlevel=error"), {}, {"of a kind that is not known": 1}),
        ({"event": {}}, {}, {"of a kind that is not known": 1}),
        (item("delivered", timestamp="now"), {}, {"without a time": 1}),
        (item("delivered", timestamp=True), {}, {"without a time": 1}),
        (item("delivered", timestamp=-1), {}, {"without a time": 1}),
        (item("delivered", timestamp=10**30), {}, {"without a time": 1}),
        (None, {}, {"no object": 1}),
        ([], {}, {"no object": 1}),
        ("x", {}, {"no object": 1}),
    ],
    ids=range(15),
)
def test_an_item_that_is_no_event_is_counted_and_the_others_are_read(
    wrong: Any, ignored: dict[str, int], junk: dict[str, int]
) -> None:
    found = told(item("delivered", sg_event_id="a"), wrong, item("delivered", sg_event_id="b"))
    assert [event.id for event in found.events] == ["sg:a", "sg:b"]
    assert (found.ignored, found.junk) == (ignored, junk)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"\xff\xfe[]", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[" + b"9" * 5000 + b"]", "no JSON"),
        (b"{}", "no list of events"),
        (b"null", "no list of events"),
        (b" " * 10_000_001, "larger than 10 MB"),
    ],
    ids=range(8),
)
def test_a_body_that_is_no_batch_is_a_value(body: bytes, why: str) -> None:
    assert parse(body, NOW) == Told(junk={why: 1})


def test_what_stands_behind_the_most_that_is_read_is_counted() -> None:
    found = parse(b"[" + b"0," * (MAX_EVENTS + 4) + b"0]", NOW)
    assert found.junk == {"no object": MAX_EVENTS, f"behind the first {MAX_EVENTS:,} of a batch": 5}


def test_not_a_number_is_no_time() -> None:
    body = json.dumps([item("delivered", timestamp=float("nan")), item("delivered", timestamp=float("inf"))])
    assert parse(body.encode(), NOW).junk == {"without a time": 2}


def test_a_time_in_the_future_is_now() -> None:
    assert only(event="delivered", timestamp=AT + 10**6).at == NOW


@pytest.mark.parametrize("key", [None, 7, "", "x" * 101, "a\nb", "ü"])
def test_an_event_without_a_good_id_gets_one_from_what_it_says(key: Any) -> None:
    first, again = only(event="delivered", sg_event_id=key), only(event="delivered", sg_event_id=key)
    other = only(event="delivered", sg_event_id=key, response="250 other")
    assert first.id == again.id != other.id
    assert first.id.startswith("sg#")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = ("event timestamp sg_event_id reason status type url response smtp-id sg_machine_open").split()  # noqa: SIM905
FIELDS = st.fixed_dictionaries({}, optional=dict.fromkeys([*NAMES, "bounce_classification"], JSON))
KINDS = st.sampled_from(["delivered", "bounce", "dropped", "open", "click", "deferred", "unsubscribe", "processed"])


@given(st.lists(JSON | FIELDS | st.builds(lambda kind, more: item(kind) | more, KINDS, FIELDS), max_size=5))
def test_any_batch_is_counted_whole(batch: list[Any]) -> None:
    found = told(*batch)
    extra = sum(event.id.endswith("/left") for event in found.events)
    counted = len(found.events) - extra + sum(found.ignored.values()) + sum(found.junk.values())
    assert counted == len(batch)
    assert all(event.reason.isprintable() and len(event.id) < 200 for event in found.events)
