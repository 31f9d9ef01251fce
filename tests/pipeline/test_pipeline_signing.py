"""Signing between writing and sending."""

import base64
from collections.abc import Callable
from dataclasses import replace

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from digest.address.dkim import Signer
from digest.clock import StillClock
from digest.errors import CredentialsError
from digest.models.mail import Answer, Message, State
from digest.pipeline.build import build, freeze
from digest.pipeline.deliver import Options, deliver
from digest.pipeline.draft import draft
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.pipeline.signing import WORTH, SigningSender, signed
from digest.send import MemorySender, Place
from digest.settings.delivery import Dkim
from digest.settings.values import Secret

KEY = rsa.generate_private_key(65537, 2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def believed(message: Message) -> bool:
    public = base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return bool(dkim.verify(message.raw, dnsfunc=lambda name, timeout=5: b"v=DKIM1; k=rsa; p=" + public))


class Mailer(MemorySender):
    """A sender in memory that is called smtp."""

    name = "smtp"


def with_key(project: Project, key: Secret) -> Project:
    dkim = Dkim("news.example", "nov", key)
    delivery = replace(project.settings.delivery, dkim=dkim)
    return replace(project, settings=replace(project.settings, delivery=delivery))


def send(project: Project, memory: MemorySender, sender: SigningSender) -> list[Message]:
    built = build(project, draft(project, identify(project, "daily", sending=True)))
    built = freeze(project, built, project.now())
    with sender:
        list(deliver(project, built.draft.edition, built.renderings, sender, Options(), sleep=lambda _: None))
    return memory.sent


def test_only_smtp_with_a_key_is_signed(project: Project, reopen: Callable[[], Project]) -> None:
    (project.root / "dkim.pem").write_text(PEM)
    keyed = with_key(project, Secret(file="dkim.pem"))
    plain, mailer = MemorySender(), Mailer()
    assert signed(project, mailer) is mailer
    assert signed(keyed, plain) is plain
    assert isinstance(signed(keyed, mailer), SigningSender)
    with pytest.raises(CredentialsError, match="cannot be read"):
        signed(with_key(project, Secret(file="nowhere.pem")), mailer)


def test_an_edition_leaves_signed_and_otherwise_as_it_was(project: Project, clock: StillClock) -> None:
    memory = Mailer()
    sent = send(project, memory, SigningSender(memory, Signer("news.example", "nov", PEM, now=clock)))
    assert len(sent) == 10
    assert all(believed(message) for message in sent)
    assert memory.entered == 0


def test_helping_processes_sign_alike_and_keep_the_order(project: Project, clock: StillClock) -> None:
    memory = Mailer()
    [first, *_] = send(project, memory, SigningSender(memory, Signer("news.example", "nov", PEM, now=clock)))
    unsigned = replace(first, chunks=first.chunks[2:])
    messages = [replace(unsigned, id=f"d{number:04d}") for number in range(WORTH + 70)]
    helped = Mailer()
    with SigningSender(helped, Signer("news.example", "nov", PEM, now=clock), processes=1) as sender:
        deliveries = list(sender.send(messages))
        assert sender.reconcile([Place("d0001", "", ""), Place("x", "", "")]) == {
            "d0001": Answer.ACCEPTED,
            "x": Answer.ABSENT,
        }
    assert [delivery.id for delivery in deliveries] == [message.id for message in messages]
    assert {delivery.state for delivery in deliveries} == {State.ACCEPTED}
    assert {message.raw for message in helped.sent} == {first.raw}
