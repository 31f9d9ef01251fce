"""Mail leaves only from the one store of the list, only with a way out that answers, and arrives whole."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from digest.clock import StillClock
from digest.errors import CredentialsError, Refused, Stale
from digest.models.mail import State
from digest.pipeline.build import build, freeze
from digest.pipeline.deliver import Options, deliver
from digest.pipeline.draft import draft
from digest.pipeline.leaving import adopt, may_leave, own_ledger
from digest.pipeline.naming import identify
from digest.pipeline.project import Project, open_project
from digest.pipeline.transport import sender_for
from digest.send import Sender
from digest.send.fake_sendgrid import FakeSendGrid
from digest.settings import load_settings
from digest.store import ledger


class Page(BaseHTTPRequestHandler):
    """Answers the unsubscribe page for a preview, and nothing else."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/u/preview" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return None


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Mailbox:
    """Keeps what an SMTP server was given."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 2.0.0 queued as 7"


@pytest.fixture
def relay() -> Iterator[tuple[int, Mailbox]]:
    mailbox = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield port, mailbox
    controller.stop()


def opened(paper: Path, clock: StillClock, environ: dict[str, str]) -> Project:
    from digest.pipeline.gather import gather

    project = open_project(load_settings(paper, environ), clock, environ)
    list(gather(project))
    return project


def send(project: Project, sender: Sender) -> dict[State, int]:
    built = build(project, draft(project, identify(project, "daily", sending=True)))
    built = freeze(project, built, project.now())
    may_leave(project, sender)
    with sender:
        edition = built.draft.edition
        list(deliver(project, edition, built.renderings, sender, Options(), sleep=lambda _: None))
    with project.store.database.read() as connection:
        return ledger.sums(connection, edition.id)


def test_over_smtp_everyone_gets_a_whole_mail(
    paper: Path, clock: StillClock, site: str, relay: tuple[int, Mailbox]
) -> None:
    port, mailbox = relay
    env = {
        "DIGEST_DELIVERY__TRANSPORT": "smtp",
        "DIGEST_DELIVERY__SMTP__HOST": "127.0.0.1",
        "DIGEST_DELIVERY__SMTP__PORT": str(port),
        "DIGEST_DELIVERY__SMTP__SECURITY": "none",
        "DIGEST_DELIVERY__BOUNCE_ADDRESS": "bounce@ledger.example",
        "DIGEST_PUBLICATION__BASE_URL": site,
    }
    project = opened(paper, clock, env)
    assert send(project, sender_for(project, None)) == {State.ACCEPTED: 10}
    assert len({mail.rcpt_tos[0] for mail in mailbox.mails}) == 10
    for envelope in mailbox.mails:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert mail["To"].addresses[0].addr_spec == envelope.rcpt_tos[0]
        delivery = str(mail["X-Digest-Delivery"])
        assert envelope.mail_from == f"bounce+{delivery}@ledger.example"
        html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
        assert html.rstrip().endswith("</html>")


def test_over_sendgrid_everyone_is_in_one_request_a_variant(paper: Path, clock: StillClock, site: str) -> None:
    with FakeSendGrid(key="SG.test") as fake:
        env = {
            "DIGEST_DELIVERY__TRANSPORT": "sendgrid",
            "DIGEST_DELIVERY__SENDGRID__HOST": fake.url,
            "SENDGRID_API_KEY": "SG.test",
            "DIGEST_PUBLICATION__BASE_URL": site,
        }
        project = opened(paper, clock, env)
        assert send(project, sender_for(project, None)) == {State.ACCEPTED: 10}
        assert len(fake.mails) == 10
        assert all(len(mails) == 1 for mails in fake.mails.values())


def test_without_a_key_nothing_is_sent(paper: Path, clock: StillClock) -> None:
    project = opened(paper, clock, {"DIGEST_DELIVERY__TRANSPORT": "sendgrid"})
    with pytest.raises(CredentialsError, match="SENDGRID_API_KEY"):
        sender_for(project, None)


class Leaving:
    """A sender that would leave the machine, as far as the rules are concerned."""

    name = "smtp"
    leaves = True


def test_a_way_out_that_does_not_answer_keeps_mail_here(paper: Path, clock: StillClock, site: str) -> None:
    for base, says in ((f"{site}/elsewhere", "it answers 404"), ("http://127.0.0.1:9", "")):
        project = opened(paper, clock, {"DIGEST_PUBLICATION__BASE_URL": base})
        with pytest.raises(Refused, match="nobody could unsubscribe") as caught:
            may_leave(project, Leaving())  # type: ignore[arg-type]
        assert says in str(caught.value)
        assert "ledger =" not in (paper / "digest.toml").read_text()


def test_sendgrid_may_rely_on_its_own_unsubscribe_groups(paper: Path, clock: StillClock) -> None:
    env = {
        "DIGEST_PUBLICATION__BASE_URL": "http://127.0.0.1:9",
        "DIGEST_DELIVERY__SENDGRID__ASM_GROUP": "7",
        "DIGEST_DELIVERY__UNSUBSCRIBE_MAILTO": "leave@ledger.example",
    }
    sender = Leaving()
    sender.name = "sendgrid"
    may_leave(opened(paper, clock, env), sender)  # type: ignore[arg-type]


def test_the_first_send_that_leaves_names_its_store_and_any_other_is_refused(
    paper: Path, clock: StillClock, site: str, tmp_path: Path, reopen: Callable[[], Project]
) -> None:
    env = {"DIGEST_PUBLICATION__BASE_URL": site}
    project = opened(paper, clock, env)
    before = (paper / "digest.toml").read_text()
    may_leave(project, Leaving())  # type: ignore[arg-type]
    after = (paper / "digest.toml").read_text()
    assert f'ledger = "{project.store.id}"' in after
    assert "# The Ledger: a sample publication" in after
    assert len(after.splitlines()) == len(before.splitlines()) + 1
    own_ledger(reopen())
    copy = tmp_path / "copy"
    shutil.copytree(paper, copy)
    shutil.rmtree(copy / "var")
    other = open_project(load_settings(copy, {}), clock, {})
    with pytest.raises(Stale, match="could mail everybody twice") as caught:
        own_ledger(other)
    assert caught.value.exit_code == 6
    assert adopt(other)
    own_ledger(replace(other, settings=load_settings(copy, {})))
    assert not adopt(replace(other, settings=load_settings(copy, {})))
