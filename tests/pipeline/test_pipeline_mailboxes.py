"""Mailboxes that are read: each mail once, in a Maildir and on an IMAP server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.errors import ConfigError, CredentialsError, SourceError
from digest.pipeline.imap import KEYWORD
from digest.pipeline.mailboxes import MAX_OCTETS, Maildir, Postbox, open_postbox
from digest.settings.site import Mailbox
from digest.settings.values import Secret
from local_imap import LocalImap, local_imap

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ENVIRON = {"BOX": "right"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("cur", "new", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


@pytest.fixture
def server() -> Iterator[LocalImap]:
    with local_imap() as running:
        yield running


def imap(server: LocalImap, **more: object) -> Postbox:
    box = Mailbox("bounces", "imap", "127.0.0.1", server.port, "none", "bounce", Secret(env="BOX"), **more)  # type: ignore[arg-type]
    return open_postbox(box, Path(), ENVIRON, NOW)


def test_a_maildir_gives_unread_mails_in_order_and_marks_them(folder: Path) -> None:
    (folder / "new" / "2.b").write_bytes(b"two")
    (folder / "new" / "1.a").write_bytes(b"one")
    (folder / "cur" / "3.c:2,R").write_bytes(b"three")
    (folder / "cur" / "0.z:2,S").write_bytes(b"read by a person")
    (folder / "new" / ".hidden").write_bytes(b"no mail")
    with Maildir(folder) as box:
        assert box.take(2) == (("new/1.a", b"one"), ("new/2.b", b"two"))
        box.done("new/1.a", for_a_person=False)
        assert box.take(2) == (("cur/3.c:2,R", b"three"),)
        box.done("cur/3.c:2,R", for_a_person=True)
        assert box.take(2) == ()
    assert sorted(path.name for path in (folder / "cur").iterdir()) == ["0.z:2,S", "1.a:2,S", "3.c:2,FRS"]
    with Maildir(folder) as box:
        assert box.take(9) == (("new/2.b", b"two"),)


def test_a_mail_that_another_program_took_meanwhile_is_no_error(folder: Path) -> None:
    (folder / "new" / "1.a").write_bytes(b"one")
    with Maildir(folder) as box:
        ((key, _),) = box.take(2)
        (folder / key).unlink()
        box.done(key, for_a_person=False)


def test_of_a_large_mail_only_the_beginning_is_read(folder: Path, server: LocalImap) -> None:
    (folder / "new" / "1.a").write_bytes(b"x" * (MAX_OCTETS + 9))
    server.put(b"x" * (MAX_OCTETS + 9))
    for box in (Maildir(folder), imap(server)):
        with box:
            ((_, octets),) = box.take(1)
            assert len(octets) == MAX_OCTETS


def test_a_folder_that_is_no_maildir_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no Maildir"):
        open_postbox(Mailbox("bounces", "maildir", path="nowhere"), tmp_path, {}, NOW)
    with pytest.raises(ConfigError, match="path"):
        open_postbox(Mailbox("bounces", "maildir"), tmp_path, {}, NOW)


def test_an_imap_folder_gives_each_mail_once_and_leaves_them_unread_for_people(server: LocalImap) -> None:
    server.put(b"one", b"two", b"three")
    server.flags[2].add("\\Seen")
    with imap(server) as box:
        assert box.take(2) == (("1", b"one"), ("2", b"two"))
        assert box.take(2) == (("3", b"three"),)
        assert box.take(2) == ()
        box.done("1", for_a_person=False)
        box.done("2", for_a_person=True)
    assert server.flags == {1: {KEYWORD, "\\Seen"}, 2: {KEYWORD, "\\Seen", "\\Flagged"}, 3: set()}
    with imap(server) as box:
        assert box.take(9) == (("3", b"three"),)
    assert next(asked for asked in server.asked if "SEARCH" in asked).endswith("SINCE 25-Oct-2026")


def test_a_server_that_keeps_no_keywords_marks_mails_as_seen(server: LocalImap) -> None:
    server.keywords = False
    server.put(b"one", b"two")
    with imap(server) as box:
        box.take(2)
        box.done("1", for_a_person=True)
    assert server.flags == {1: {"\\Seen", "\\Flagged"}, 2: set()}
    with imap(server) as box:
        assert box.take(9) == (("2", b"two"),)


def test_a_wrong_password_is_an_error_without_the_password(server: LocalImap) -> None:
    server.password = "other"
    with pytest.raises(CredentialsError, match="refuses the sign-in") as caught:
        imap(server)
    assert "right" not in str(caught.value)


def test_a_missing_folder_and_a_deaf_server_are_errors_in_words(server: LocalImap) -> None:
    with pytest.raises(SourceError, match='no folder "Odd"'):
        imap(server, folder="Odd")
    server.deaf = frozenset({"SEARCH"})
    with pytest.raises(SourceError, match="refuses SEARCH"), imap(server) as box:
        box.take(1)


@pytest.mark.parametrize(
    ("folder", "wire"),
    [('a "b"', r"a \"b\""), ("Zurück & mehr", "Zur&APw-ck &- mehr"), ("台北", "&U,BTFw-")],
    ids=range(3),
)
def test_a_folder_of_any_name_is_asked_for_as_servers_write_it(server: LocalImap, folder: str, wire: str) -> None:
    server.folder = wire
    server.put(b"one")
    with imap(server, folder=folder) as box:
        assert len(box.take(1)) == 1


def test_a_server_that_is_not_there_is_an_error_in_words() -> None:
    with local_imap() as gone:
        pass
    with pytest.raises(SourceError, match="cannot be reached"):
        imap(gone)


def test_a_password_never_goes_over_a_network_in_the_clear() -> None:
    box = Mailbox("bounces", "imap", "imap.news.example", 143, "none", "bounce", Secret(env="BOX"))
    with pytest.raises(ConfigError, match="in the clear"):
        open_postbox(box, Path(), ENVIRON, NOW)
    with pytest.raises(ConfigError, match="username and password"):
        open_postbox(Mailbox("bounces"), Path(), ENVIRON, NOW)
