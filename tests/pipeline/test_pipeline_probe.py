"""The way out is asked whether it is open, and nothing is sent."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.pipeline.dns import CannedResolver
from digest.pipeline.examine import examine
from digest.pipeline.probe import probe_folder, probe_relay, probe_sendgrid
from digest.send.fake_sendgrid import FakeSendGrid
from digest.send.fake_smtp import DROP, FakeRelay
from digest.send.sendgrid_client import client
from digest.send.sendgrid_transport import Pool
from digest.send.smtp_relay import Relay

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def relay(port: int, security: str = "none", **options: str) -> Relay:
    return Relay("127.0.0.1", port, security, timeout=5, **options)  # type: ignore[arg-type]


def test_a_relay_that_is_open() -> None:
    with FakeRelay(offers=("AUTH PLAIN LOGIN",), script={"auth": ["235 2.7.0 welcome"]}) as fake:
        found = probe_relay(relay(fake.port, username="desk", password="secret"))
    assert (found.state, found.what) == ("ok", f"127.0.0.1:{fake.port} is open as desk (none)")
    words = [command.split()[0].lower() for command in fake.commands]
    assert words == ["ehlo", "auth", "noop", "quit"]
    assert fake.taken == []
    assert "secret" not in found.what


@pytest.mark.parametrize(
    ("script", "options", "words"),
    [
        ({"connect": ["554 5.7.1 not you"]}, {}, "refuses at connecting: 554 5.7.1 not you"),
        ({"connect": [DROP]}, {}, "connecting"),
        ({"auth": ["535 5.7.8 wrong"]}, {"username": "desk", "password": "x"}, "does not accept the password: 535"),
        ({"noop": ["421 4.3.2 going"]}, {}, "does not answer to NOOP: 421"),
    ],
    ids=["refused", "dropped", "password", "noop"],
)
def test_a_relay_that_is_not(script: dict[str, list[str]], options: dict[str, str], words: str) -> None:
    with FakeRelay(script, offers=("AUTH PLAIN",)) as fake:
        found = probe_relay(relay(fake.port, **options))
    assert found.state == "problem"
    assert words in found.what


def test_a_relay_without_starttls_and_one_that_is_not_there() -> None:
    with FakeRelay() as fake:
        found = probe_relay(relay(fake.port, "starttls"))
    assert (found.state, "does not offer STARTTLS" in found.what) == ("problem", True)
    gone = probe_relay(relay(fake.port))
    assert (gone.state, "cannot be reached" in gone.what) == ("problem", True)


def test_tls_to_a_relay_that_speaks_none() -> None:
    with FakeRelay() as fake:
        found = probe_relay(relay(fake.port, "tls"), ssl.create_default_context())
    assert (found.state, "cannot be reached" in found.what) == ("problem", True)


@pytest.mark.parametrize(
    ("key", "scopes", "state", "words"),
    [
        ("SG.right", ("mail.send",), "ok", "may send mail"),
        ("SG.right", ("suppression.read",), "problem", "may not send mail"),
        ("SG.wrong", ("mail.send",), "problem", "did not accept the key"),
    ],
)
def test_what_a_sendgrid_key_may_do(key: str, scopes: tuple[str, ...], state: str, words: str) -> None:
    with FakeSendGrid(key="SG.right") as fake:
        fake.scopes = scopes
        pool = Pool(fake.url)
        found = probe_sendgrid(client(key, fake.url, pool), lambda: NOW, lambda _: None)
        pool.close()
    assert (found.state, words in found.what) == (state, True)
    assert fake.seen == 0


def test_a_folder_that_can_be_written_to_and_one_that_cannot(tmp_path: Path) -> None:
    [found] = probe_folder(tmp_path / "var" / "outbox")
    assert found.state in ("ok", "warning")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "var").write_text("a file")
    [wrong] = probe_folder(tmp_path / "var" / "outbox")
    assert (wrong.state, "cannot be written to" in wrong.what) == ("problem", True)


@pytest.mark.parametrize("silent", [True, False])
def test_the_doctor_asks_the_relay_and_the_names(paper: Path, clock: Callable[[], datetime], silent: bool) -> None:
    domain = "ledger.example"
    with FakeRelay() as fake:
        text = (paper / "digest.toml").read_text()
        here = f'transport = "smtp"\nbounce_address = "bounce@{domain}"\n'
        smtp = f'\n[delivery.smtp]\nhost = "127.0.0.1"\nport = {fake.port}\nsecurity = "none"\n'
        assert text.count('transport = "folder"\n') == 1
        (paper / "digest.toml").write_text(text.replace('transport = "folder"\n', here) + smtp)
        resolver = CannedResolver(silent=(domain,) if silent else ())
        found = list(examine(paper, {}, clock, resolver=resolver))
        words = [one.what for one in found]
        assert f"127.0.0.1:{fake.port} is open (none)" in words
        spf = next(one for one in found if "SPF" in one.what)
        assert spf.state == ("skipped" if silent else "problem")
        connections = fake.connections
        offline = list(examine(paper, {}, clock, offline=True, resolver=resolver))
        assert fake.connections == connections
    assert any(one.state == "skipped" and "--offline" in one.what for one in offline)


def test_mail_that_stays_here_needs_no_names(paper: Path, clock: Callable[[], datetime]) -> None:
    found = list(examine(paper, {}, clock, resolver=CannedResolver(silent=("x",))))
    assert [one.what for one in found if one.state == "skipped"] == [
        "DNS was not looked at: mail stays on this machine"
    ]
    assert not [one for one in found if one.state == "problem"]
