"""The folder transport as Maildirs, opened as mail programs open them."""

from __future__ import annotations

import mailbox
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest

from digest.errors import SendError
from digest.models.mail import Answer, Message, State
from digest.send import Place
from digest.send.folder import FolderSender
from digest.send.outbox import purge, write_index
from digest.send.registry import open_sender
from digest.settings import Delivery

Mail = Callable[..., Message]
NOW = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)
EDITION = "daily/2026-11-24"


def box(outbox: Path, segment: str = "everyone") -> mailbox.Maildir:
    return mailbox.Maildir(outbox / EDITION / segment, create=False)


def place(message: Message) -> Place:
    return Place(message.id, message.edition, message.segment)


def words(message: EmailMessage) -> list[list[str]]:
    return [part.get_content().splitlines() for part in message.iter_parts()]


def test_mail_programs_find_the_messages_as_new(mail: Mail, tmp_path: Path) -> None:
    with FolderSender(tmp_path, maildir=True) as sender:
        deliveries = list(sender.send([mail(1), mail(2), mail(3, segment="subscribers")]))
    assert {delivery.state for delivery in deliveries} == {State.ACCEPTED}
    opened = box(tmp_path)
    assert sorted(opened.keys()) == ["d00001", "d00002"]
    message = opened["d00001"]
    assert (message.get_subdir(), message.get_flags()) == ("new", "")
    read = BytesParser(policy=policy.default).parsebytes(opened.get_bytes("d00001"))
    sent = BytesParser(policy=policy.default).parsebytes(mail(1).raw)
    assert read.items() == sent.items()
    assert words(read) == words(sent)
    assert list(box(tmp_path, "subscribers").keys()) == ["d00003"]
    assert deliveries[0].reference == str(tmp_path / EDITION / "everyone" / "new" / "d00001")


def test_lines_end_as_in_local_mailboxes_and_nothing_else_changes(mail: Mail, tmp_path: Path) -> None:
    list(FolderSender(tmp_path, maildir=True).send([mail(1)]))
    octets = (tmp_path / EDITION / "everyone" / "new" / "d00001").read_bytes()
    assert b"\r" not in octets
    assert octets.replace(b"\n", b"\r\n") == mail(1).raw


def test_a_message_that_was_read_is_still_known(mail: Mail, tmp_path: Path) -> None:
    sender = FolderSender(tmp_path, maildir=True)
    list(sender.send([mail(1), mail(2)]))
    opened = box(tmp_path)
    seen = opened["d00001"]
    seen.set_subdir("cur")
    seen.set_flags("S")
    opened["d00001"] = seen
    assert (tmp_path / EDITION / "everyone" / "cur" / "d00001:2,S").is_file()
    answers = sender.reconcile([place(mail(1)), place(mail(2)), place(mail(3))])
    assert answers == {"d00001": Answer.ACCEPTED, "d00002": Answer.ACCEPTED, "d00003": Answer.ABSENT}


def test_what_was_begun_as_a_file_is_known_after_a_change_of_form(mail: Mail, tmp_path: Path) -> None:
    list(FolderSender(tmp_path).send([mail(1)]))
    list(FolderSender(tmp_path, maildir=True).send([mail(2)]))
    places = [place(mail(1)), place(mail(2))]
    for sender in (FolderSender(tmp_path), FolderSender(tmp_path, maildir=True)):
        assert set(sender.reconcile(places).values()) == {Answer.ACCEPTED}


def test_half_a_message_is_no_message(mail: Mail, tmp_path: Path) -> None:
    sender = FolderSender(tmp_path, maildir=True)
    list(sender.send([mail(2)]))
    (tmp_path / EDITION / "everyone" / "tmp" / "d00001").write_bytes(b"From: half")
    assert sender.reconcile([place(mail(1))]) == {"d00001": Answer.ABSENT}
    list(sender.send([mail(1)]))
    assert list((tmp_path / EDITION / "everyone" / "tmp").iterdir()) == []
    assert len(box(tmp_path)) == 2


def test_a_killed_run_left_only_whole_messages_in_new(tmp_path: Path) -> None:
    code = """
        import sys
        from pathlib import Path
        from digest.address import encode
        from digest.models.edition import Rendering
        from digest.models.mail import Message
        from digest.send.folder import FolderSender
        variant = Rendering("daily/2026-11-24", "everyone", "en", "daily", "s", "", "", "", (), 1, 1, 1)
        encoded = encode(variant)
        def endless():
            number = 0
            while True:
                number += 1
                octets = (b"x" * 75 + b"\\r\\n") * 2000
                yield Message(f"d{number}", variant.edition, "everyone", "", "", "", "", "", (), (octets,), encoded)
        with FolderSender(Path(sys.argv[1]), maildir=True) as sender:
            for delivery in sender.send(endless()):
                print(delivery.id, flush=True)
    """
    run = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().strip() for _ in range(100)]
        process.send_signal(signal.SIGKILL)
        told += process.stdout.read().split()
    files = {path.name: path for path in (tmp_path / EDITION / "everyone" / "new").iterdir()}
    assert set(told) <= set(files)
    assert {path.stat().st_size for path in files.values()} == {76 * 2000}


@pytest.mark.parametrize("changes", [{"id": "../../evil"}, {"id": "d1:2,S"}, {"segment": ".."}])
def test_a_name_that_leads_elsewhere_writes_nothing(mail: Mail, tmp_path: Path, changes: dict[str, str]) -> None:
    message = replace(mail(1), **changes)  # type: ignore[arg-type]
    with pytest.raises(SendError, match="cannot be the name"):
        list(FolderSender(tmp_path / "outbox", maildir=True).send([message]))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_link_in_place_of_a_message_is_not_written_through(mail: Mail, tmp_path: Path) -> None:
    tmp = tmp_path / "outbox" / EDITION / "everyone" / "tmp"
    tmp.mkdir(parents=True)
    target = tmp_path / "precious"
    target.write_text("precious")
    os.symlink(target, tmp / "d00001")
    with pytest.raises(SendError):
        list(FolderSender(tmp_path / "outbox", maildir=True).send([mail(1)]))
    assert target.read_text() == "precious"


def test_the_pages_show_what_is_in_the_mailboxes(mail: Mail, tmp_path: Path) -> None:
    list(FolderSender(tmp_path, maildir=True).send([mail(1), mail(2)]))
    page = write_index(tmp_path, EDITION, publication="The Ledger", now=NOW).read_text()
    assert "reader1@mail.example" in page
    assert (tmp_path / EDITION / "everyone" / "d00002.html").is_file()


def test_a_forgotten_reader_goes_out_of_the_mailboxes_read_or_not(mail: Mail, tmp_path: Path) -> None:
    list(FolderSender(tmp_path, maildir=True).send([mail(1), mail(2), mail(3)]))
    folder = tmp_path / EDITION / "everyone"
    (folder / "new" / "d00001").rename(folder / "cur" / "d00001:2,RS")
    write_index(tmp_path, EDITION, publication="The Ledger", now=NOW)
    places = [place(mail(1)), place(mail(2))]
    assert purge(tmp_path, places, publication="The Ledger", now=NOW) == 2
    assert list(box(tmp_path).keys()) == ["d00003"]
    left = "".join(path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file())
    assert "reader1@" not in left
    assert "reader2@" not in left


def test_the_setting_chooses_the_form(tmp_path: Path, mail: Mail) -> None:
    options = Delivery(outbox="mail", format="maildir")
    with open_sender(options, root=tmp_path, environ={}, now=lambda: NOW) as sender:
        list(sender.send([mail(1)]))
    assert len(mailbox.Maildir(tmp_path / "mail" / EDITION / "everyone", create=False)) == 1
