import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sendgrid.helpers.eventwebhook import EventWebhook

from digest.send.fake_sendgrid_events import KINDS, SIGNATURE, TIMESTAMP, Posting, Signer, events_of, post_events
from digest.send.fake_sendgrid_rules import FakeMail

MAIL = FakeMail(
    "ann@mail.example",
    "Ann",
    {},
    None,
    "s",
    "t",
    "h",
    {},
    {"digest_delivery": "d1"},
    ("daily",),
    "fake1",
    asm_group=7,
)


@contextmanager
def receiver(*statuses: int) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    heard: list[tuple[dict[str, str], bytes]] = []
    answers = iter(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((dict(self.headers.items()), body))
            self.send_response(next(answers, 200))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hooks", heard
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("kind", KINDS)
def test_what_happens_to_a_mail_is_told_from_its_beginning(kind: str) -> None:
    events = events_of(MAIL, [kind], 1000)
    assert events[0]["event"] == "processed"
    assert [event["timestamp"] for event in events] == list(range(1000, 1000 + len(events)))
    assert len({event["sg_event_id"] for event in events}) == len(events)
    assert {event["digest_delivery"] for event in events} == {"d1"}
    assert all(event["sg_message_id"].startswith("fake1.") and len(event["sg_event_id"]) <= 100 for event in events)
    assert events == events_of(MAIL, [kind], 1000)


def test_what_was_never_tried_is_dropped_with_its_reason() -> None:
    [event] = events_of(MAIL, ["delivered"], 1000, "Bounced Address")
    assert (event["event"], event["reason"], event["asm_group_id"]) == ("dropped", "Bounced Address", 7)


def test_posts_are_signed_as_the_official_helper_checks() -> None:
    signer = Signer()
    with receiver() as (url, heard):
        events = events_of(MAIL, ["delivered"], 1000)
        assert post_events(url, events, signer, clock=lambda: 2000.5, sleep=lambda _: None) == [200]
    [(headers, body)] = heard
    assert headers[TIMESTAMP] == "2000"
    checker = EventWebhook(signer.key)
    assert checker.verify_signature(body.decode(), headers[SIGNATURE], headers[TIMESTAMP])
    assert not checker.verify_signature(body.decode() + " ", headers[SIGNATURE], headers[TIMESTAMP])
    assert base64.b64decode(signer.key, validate=True)


def test_posts_may_come_twice_late_and_the_last_first() -> None:
    events = events_of(MAIL, ["delivered", "open"], 10_000)
    how = Posting(size=2, copies=2, reordered=True, late=600)
    with receiver() as (url, heard):
        assert post_events(url, events, None, clock=lambda: 0, sleep=lambda _: None, how=how) == [200] * 4
    told = [[(event["event"], event["timestamp"]) for event in json.loads(body)] for _, body in heard]
    assert told == [[("open", 9402), ("delivered", 9401)]] * 2 + [[("processed", 9400)]] * 2


def test_a_receiver_that_fails_hears_it_again() -> None:
    slept: list[float] = []
    with receiver(503, 200) as (url, heard):
        events = events_of(MAIL, ["delivered"], 1000)
        how = Posting(pauses=(1.0, 5.0))
        assert post_events(url, events, None, clock=lambda: 0, sleep=slept.append, how=how) == [503, 200]
        assert heard[0][1] == heard[1][1]
    assert slept == [1.0]


def test_a_key_of_another_kind_signs_nothing() -> None:
    wrong = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(ValueError, match="P-256"):
        Signer(wrong)
