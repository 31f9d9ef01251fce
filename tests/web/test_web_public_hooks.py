"""Where SendGrid posts: what it is answered, and that nothing but signed batches is believed."""

from __future__ import annotations

import base64
import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from starlette.applications import Starlette

from digest.clock import StillClock
from digest.errors import ConfigError
from digest.events import SIGNATURE, TIMESTAMP
from digest.models.mail import State
from digest.pipeline.project import Project, open_project
from digest.send.fake_sendgrid_events import Posting, Signer, events_of, post_events
from digest.send.fake_sendgrid_rules import FakeMail
from digest.settings import load_settings
from digest.settings.delivery import SendGrid
from digest.store.database import Database
from digest.web.public.hooks import EVENTS, INBOUND, routes
from sent_ledger import SENT, row, sent, subscribed, suppressed

PRIVATE = ec.derive_private_key(7, ec.SECP256R1())
SHOWN = base64.b64encode(PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
NOW = SENT + timedelta(hours=1)


@dataclass
class Served:
    """A running app over the sample publication, after a send to two readers."""

    project: Project
    client: httpx.Client
    clock: StillClock
    keys: list[str]

    @property
    def database(self) -> Database:
        return self.project.store.database

    def post(self, body: bytes, *, at: datetime = NOW, key: ec.EllipticCurvePrivateKey = PRIVATE) -> httpx.Response:
        stamp = str(int(at.timestamp()))
        signature = base64.b64encode(key.sign(stamp.encode() + body, ec.ECDSA(SHA256()))).decode()
        return self.client.post(EVENTS, content=body, headers={SIGNATURE: signature, TIMESTAMP: stamp})


@pytest.fixture
def served(folder: Path) -> Iterator[Served]:
    with serving(folder, patience=60.0) as running:
        yield running


@contextmanager
def serving(folder: Path, patience: float) -> Iterator[Served]:
    clock = StillClock(NOW)
    opened = open_project(load_settings(folder, {}), clock, {})
    delivery = replace(opened.settings.delivery, sendgrid=SendGrid(webhook_key=SHOWN))
    project = replace(opened, settings=replace(opened.settings, delivery=delivery))
    keys = sent(project.store.database)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        config = uvicorn.Config(
            Starlette(routes=routes(project, patience=patience)), log_config=None, lifespan="off", ws="none"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30) as client:
            yield Served(project, client, clock, keys)
        server.should_exit = True
        thread.join()
    project.store.database.engine.dispose()


def batch(*events: dict[str, Any]) -> bytes:
    return json.dumps(events).encode()


def event(kind: str, delivery: str, key: str = "1", **more: Any) -> dict[str, Any]:
    stamp = int(SENT.timestamp()) + 60
    return {"event": kind, "digest_delivery": delivery, "sg_event_id": key, "timestamp": stamp} | more


def test_a_signed_batch_is_kept_and_a_repeated_one_changes_nothing(served: Served) -> None:
    first, second = served.keys
    body = batch(event("delivered", first), event("spamreport", second, "2", email="r1@reader.example"))
    answers = [served.post(body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [(a.json()["new"], a.json()["duplicates"]) for a in answers] == [(2, 0), (0, 2)]
    assert (row(served.database, first).outcome, row(served.database, second).outcome) == ("delivered", "complained")
    assert suppressed(served.database) == {"r1@reader.example *": "complained"}


def test_a_late_batch_is_taken_and_a_replayed_one_is_not(served: Served) -> None:
    body = batch(event("delivered", served.keys[0]))
    served.clock.forward(timedelta(hours=25))
    assert served.post(body).status_code == 200
    served.clock.forward(timedelta(hours=2))
    assert served.post(body).status_code == 403


def test_what_is_forged_is_refused_and_nothing_changes(served: Served) -> None:
    body = batch(event("spamreport", served.keys[0]))
    other = ec.derive_private_key(8, ec.SECP256R1())
    assert served.post(body, key=other).status_code == 403
    assert served.client.post(EVENTS, content=body).status_code == 403
    assert served.client.post(EVENTS, content=body, headers={SIGNATURE: "x", TIMESTAMP: "y"}).status_code == 403
    assert served.client.get(EVENTS).status_code == 405
    assert suppressed(served.database) == {}


@pytest.mark.parametrize(
    "body", [b"", b"junk", b"{}", b"[[[[", b"[" * 5000, b'[1,null,"x",{}]', b"\xff" * 100], ids=range(7)
)
def test_signed_junk_is_answered_so_that_it_is_not_posted_again(served: Served, body: bytes) -> None:
    answer = served.post(body)
    assert answer.status_code == 200
    assert answer.json()["junk"]


def test_events_of_others_are_counted_and_nothing_is_touched(served: Served) -> None:
    before = subscribed(served.database)
    answer = served.post(batch(event("unsubscribe", "zzzzzzzz-1"), event("bounce", "../x", "2")))
    assert (answer.json()["foreign"], answer.json()["ignored"]) == (1, {"of other mail": 1})
    assert subscribed(served.database) == before


@pytest.mark.parametrize("path", [EVENTS, INBOUND])
def test_a_body_of_more_than_ten_megabytes_is_refused_while_it_arrives(served: Served, path: str) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(11):
            yield b" " * 1_000_000

    signed = {SIGNATURE: "x", TIMESTAMP: "1"}
    assert served.client.post(path, content=b" " * 10_000_001, headers=signed).status_code == 413
    for _ in range(12):
        assert served.client.post(path, content=pieces(), headers=signed).status_code == 413


def test_a_body_that_does_not_come_is_not_waited_for(folder: Path) -> None:
    with (
        serving(folder, patience=0.2) as served,
        socket.create_connection((served.client.base_url.host, served.client.base_url.port or 80)) as line,
    ):
        line.sendall(f"POST {INBOUND} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc".encode())
        assert line.recv(1000).startswith(b"HTTP/1.1 408 ")


def test_a_mail_to_unsubscribe_ends_that_subscription_and_a_forged_one_does_not(served: Served) -> None:
    number = int(served.keys[0].rpartition("-")[2])
    token = served.project.signer.sign("u", number, "daily")

    def post(subject: str) -> httpx.Response:
        mail = f"From: x@y.example\r\nSubject: {subject}\r\n\r\n"
        return served.client.post(
            INBOUND, files={"email": (None, mail), "envelope": (None, '{"to":["l@x.example"]}')}
        )

    forged = post(token.replace(f".{number}.", f".{number + 1}."))
    assert (forged.status_code, forged.json()["new"], forged.json()["ignored"]) == (200, 0, {"mail for a person": 1})
    before = subscribed(served.database)
    good = post(token)
    assert (good.status_code, good.json()["new"]) == (200, 1)
    assert set(before) - set(subscribed(served.database)) == {(number, "daily", "active")}


def test_inbound_junk_is_answered_and_not_posted_again(served: Served) -> None:
    answer = served.client.post(INBOUND, content=b"\x00junk", headers={"content-type": "text/html"})
    assert (answer.status_code, answer.json()["junk"]) == (200, {"no multipart/form-data": 1})


def test_the_log_has_numbers_and_neither_addresses_nor_lines_of_others(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="digest")
    evil = {"reason": "x\r\nERROR forged ada@reader.example", "sg_event_id": "a\nERROR forged"}
    served.post(batch(event("bounce", served.keys[0], **evil), event("x\r\nERROR forged", served.keys[1])))
    served.client.post(EVENTS, content=b"x", headers={SIGNATURE: "ada@reader.example"})
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("digest.web")]
    assert len(lines) == 2
    assert lines[0] == "hook hook=events status=200 heard=new=1 junk=1"
    assert all("@" not in line and "forged" not in line and line.isprintable() for line in lines)


def test_a_store_that_cannot_be_written_asks_for_the_batch_again(served: Served) -> None:
    with served.database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE events")
    answer = served.post(batch(event("delivered", served.keys[0])))
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert "events" not in answer.text


def test_without_a_key_no_batch_is_taken_and_a_wrong_key_is_said_at_the_start(served: Served) -> None:
    def keyed(key: str | None) -> Project:
        delivery = replace(served.project.settings.delivery, sendgrid=SendGrid(webhook_key=key))
        return replace(served.project, settings=replace(served.project.settings, delivery=delivery))

    with pytest.raises(ConfigError, match="webhook_key"):
        routes(keyed("junk"))
    assert len(routes(keyed(None))) == 2


@pytest.mark.parametrize("how", [Posting(), Posting(size=2, copies=2, reordered=True)], ids=["in order", "badly"])
def test_what_a_sendgrid_posts_ends_alike_however_badly_it_comes(served: Served, how: Posting) -> None:
    people = sent(served.database, 4, "daily/2026-11-23", state=State.UNKNOWN)
    happened = [("delivered",), ("bounce",), ("spamreport",), ("group_unsubscribe",)]
    events: list[dict[str, Any]] = []
    for number, (key, kinds) in enumerate(zip(people, happened, strict=True)):
        mail = FakeMail(
            f"r{number}@reader.example",
            "",
            {},
            None,
            "",
            "",
            "",
            {},
            {"digest_delivery": key},
            (),
            f"fake{number}",
            7,
        )
        events += events_of(mail, kinds, int(SENT.timestamp()))
    pem = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    url = str(served.client.base_url.join(EVENTS))
    statuses = post_events(
        url, events, Signer(pem), clock=served.clock().timestamp, sleep=lambda _seconds: None, how=how
    )
    assert set(statuses) == {200}
    found = [row(served.database, key) for key in people]
    assert [(one.state, one.outcome) for one in found] == [
        ("accepted", "delivered"),
        ("rejected", "bounced"),
        ("accepted", "complained"),
        ("accepted", "delivered"),
    ]
    assert sorted(suppressed(served.database)) == ["r1@reader.example *", "r2@reader.example *"]
    last = int(people[3].rpartition("-")[2])
    assert [state for who, digest, state in subscribed(served.database) if (who, digest) == (last, "daily")] == [
        "left"
    ]
