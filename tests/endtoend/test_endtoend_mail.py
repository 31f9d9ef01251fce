"""From the ledger to a reader's mailbox and back: Postfix takes an edition, Dovecot shows what arrived, bounces are
heard. 200 messages, or as many as DIGEST_MAILS says."""

from __future__ import annotations

import base64
import imaplib
import os
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from email import message_from_bytes, policy
from types import TracebackType
from typing import Self

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from mail_house import PASSWORD, TRIES, House, house, missing

from digest.models.mail import Answer, Delivery, Message, State
from digest.pipeline.build import build, freeze
from digest.pipeline.deliver import Options, deliver
from digest.pipeline.draft import draft
from digest.pipeline.hearing import poll
from digest.pipeline.importing import import_csv
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.pipeline.signing import signed
from digest.send import Place
from digest.send.smtp import SmtpSender
from digest.send.smtp_relay import Relay
from digest.settings import Rate
from digest.settings.delivery import Dkim
from digest.settings.site import Mailbox
from digest.settings.values import Secret
from digest.store import ledger

MAILS = int(os.environ.get("DIGEST_MAILS", "200"))
GONE = 20
KEY = rsa.generate_private_key(65537, 2048)
EDITION = "daily/2026-11-24"


class Watched:
    """A sender that remembers what went through it."""

    name = "smtp"
    leaves = True

    def __init__(self, sender: SmtpSender) -> None:
        self._sender = sender
        self.batch = sender.batch
        self.passed: dict[str, Message] = {}

    def __enter__(self) -> Self:
        self._sender.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sender.__exit__(kind, problem, trace)

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        return self._sender.send(self._noted(messages))

    def reconcile(self, places: Sequence[Place]) -> Mapping[str, Answer]:
        return self._sender.reconcile(places)

    def _noted(self, messages: Iterable[Message]) -> Iterator[Message]:
        for message in messages:
            self.passed[message.id] = message
            yield message


@pytest.fixture(scope="module")
def mail() -> Iterator[House]:
    why = missing()
    if why:
        pytest.skip(f"{why}: nothing was sent through real servers")
    with house() as made:
        yield made


@pytest.fixture
def sample(project: Project, mail: House) -> Project:
    """The sample publication with its readers in this house, its key, and its mailbox for bounces."""
    people = project.root / "readers.csv"
    rows = [f"reader{n}@mail.example,Zoë {n}" for n in range(MAILS)]
    rows += [f"reader{n}@gone.example,Max {n}" for n in range(GONE)]
    people.write_text("email,name,status\n" + "".join(f"{row},active\n" for row in rows), encoding="utf-8")
    list(import_csv(project, people, "daily"))
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    (project.root / "dkim.pem").write_text(pem)
    (project.root / "password").write_text(PASSWORD)
    delivery = replace(
        project.settings.delivery,
        bounce_address="bounce@news.example",
        dkim=Dkim("news.example", "nov", Secret(file="dkim.pem")),
    )
    box = Mailbox("bounces", host="127.0.0.1", port=mail.imap, security="none")
    box = replace(box, username="bounces", password=Secret(file="password"))
    return replace(project, settings=replace(project.settings, delivery=delivery, mailboxes=(box,)))


def fetched(mail: House, user: str, wanted: int) -> list[bytes]:
    """All mails of a box, once there are so many."""
    with imaplib.IMAP4("127.0.0.1", mail.imap, timeout=60) as client:
        client.login(user, PASSWORD)
        for _ in range(TRIES):
            _, [count] = client.select(readonly=True)
            if int(count or 0) >= wanted:
                break
            subprocess.run(["sleep", "0.1"], check=True)
        else:
            raise AssertionError(f"{count!r} of {wanted} mails arrived for {user}:\n{mail.log()}")
        _, parts = client.fetch("1:*", "(BODY.PEEK[])")
        return [part[1] for part in parts if isinstance(part, tuple)]


def believed(octets: bytes) -> bool:
    public = base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return bool(dkim.verify(octets, dnsfunc=lambda name, timeout=5: b"v=DKIM1; k=rsa; p=" + public))


def test_what_was_sent_arrives_and_what_bounces_comes_back(
    sample: Project, mail: House, reopen: Callable[[], Project]
) -> None:
    built = build(sample, draft(sample, identify(sample, "daily", sending=True)))
    built = freeze(sample, built, sample.now())
    edition = built.draft.edition
    only = tuple(f"reader{n}@mail.example" for n in range(MAILS)) + tuple(
        f"reader{n}@gone.example" for n in range(GONE)
    )
    watched = Watched(SmtpSender(Relay("127.0.0.1", mail.smtp, "none", connections=4), now=sample.now))
    options = Options(rate=Rate.parse("100000/s"), only=only)
    with signed(sample, watched) as sender:
        events = list(deliver(sample, edition, built.renderings, sender, options))
    assert events[-1].counts.of(State.ACCEPTED) == MAILS + GONE == len(watched.passed)

    arrived = fetched(mail, "readers", MAILS)
    assert len(arrived) == MAILS
    seen = set()
    for octets in arrived:
        head = message_from_bytes(octets.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=policy.default)
        delivery = str(head["X-Digest-Delivery"])
        message = watched.passed[delivery]
        assert octets.endswith(message.raw), "changed on the way"
        assert head["Return-Path"] == f"<bounce+{delivery}@news.example>" == f"<{message.envelope_from}>"
        assert head["Delivered-To"] == message.to
        assert believed(octets)
        seen.add(message.to)
    assert len(seen) == MAILS

    bounces = fetched(mail, "bounces", GONE)
    assert len(bounces) == GONE
    named = {re.search(rb"bounce\+([^@\s]+)@news\.example", octets)[1].decode() for octets in bounces}  # type: ignore[index]
    assert named == {m.id for m in watched.passed.values() if m.to.endswith("@gone.example")}

    heard = poll(sample)
    assert heard.new == GONE, heard
    with sample.store.database.read() as connection:
        rows = ledger.rows(connection, EDITION)
    bounced = {row.id for row in rows if row.outcome == "bounced"}
    assert bounced == named
