import os
import resource
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from digest.errors import SendError, Stopped
from digest.models.mail import Answer, Delivery, Message, State
from digest.send import Place
from digest.send.folder import FolderSender, half_name

Mail = Callable[..., Message]
Gather = Callable[[Iterable[Delivery]], tuple[list[Delivery], Exception | None]]
FOLDER = "daily/2026-11-24/everyone"


def place(message: Message) -> Place:
    return Place(message.id, message.edition, message.segment)


def test_the_file_holds_the_message_to_the_octet(mail: Mail, tmp_path: Path) -> None:
    with FolderSender(tmp_path) as sender:
        [delivery] = sender.send([mail(1)])
    path = tmp_path / FOLDER / "d00001.eml"
    assert path.read_bytes() == mail(1).raw
    assert delivery.reference == str(path)
    assert path.stat().st_mode & 0o007 == 0


def test_it_works_without_being_entered(mail: Mail, tmp_path: Path) -> None:
    [delivery] = FolderSender(tmp_path).send([mail(1)])
    assert delivery.state is State.ACCEPTED


def test_a_message_written_again_is_still_one_file(mail: Mail, tmp_path: Path) -> None:
    sender = FolderSender(tmp_path)
    list(sender.send([mail(1)]))
    list(sender.send([mail(1)]))
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["d00001.eml"]


def test_half_a_message_is_no_message(mail: Mail, tmp_path: Path) -> None:
    path = tmp_path / FOLDER / "d00001.eml"
    path.parent.mkdir(parents=True)
    half_name(path).write_bytes(b"From: half")
    sender = FolderSender(tmp_path)
    assert sender.reconcile([place(mail(1))]) == {"d00001": Answer.ABSENT}
    list(sender.send([mail(1)]))
    assert path.read_bytes() == mail(1).raw
    assert not half_name(path).exists()


def test_a_killed_run_left_only_whole_files(mail: Mail, tmp_path: Path) -> None:
    code = """
        import sys
        from pathlib import Path
        from digest.address import encode
        from digest.models.edition import Rendering
        from digest.models.mail import Message
        from digest.send.folder import FolderSender
        edition = "daily/2026-11-24"
        written = encode(Rendering(edition, "everyone", "en", "daily", "s", "", "", "", (), 1, 1, 1))
        def endless():
            number = 0
            while True:
                number += 1
                octets = (b"x" * 75 + b"\\r\\n") * 2000 + b"end\\r\\n"
                yield Message(f"d{number}", edition, "everyone", "", "", "", "", "", (), (octets,), written)
        with FolderSender(Path(sys.argv[1])) as sender:
            for delivery in sender.send(endless()):
                print(delivery.id, flush=True)
    """
    run = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().strip() for _ in range(200)]
        process.send_signal(signal.SIGKILL)
        told += process.stdout.read().split()
    files = {path.stem: path for path in (tmp_path / FOLDER).glob("*.eml")}
    assert set(told) <= set(files)
    assert {path.stat().st_size for path in files.values()} == {77 * 2000 + 5}


@pytest.fixture
def little_room() -> Iterator[int]:
    """Files may have at most 20,000 octets; a larger one fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    quiet = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        yield 20_000
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, quiet)


def test_a_full_disk_stops_and_leaves_no_half_file(
    mail: Mail, gather: Gather, tmp_path: Path, little_room: int
) -> None:
    big = replace(mail(2), chunks=(b"x" * (little_room + 1),))
    with FolderSender(tmp_path) as sender:
        deliveries, problem = gather(sender.send([mail(1), big, mail(3)]))
    assert [delivery.id for delivery in deliveries] == ["d00001", "d00003"]
    assert sorted(path.name for path in (tmp_path / FOLDER).iterdir()) == ["d00001.eml", "d00003.eml"]
    assert isinstance(problem, Stopped)
    assert "full" in problem.what
    assert "--resume" in str(problem.hint)


def test_an_outbox_that_cannot_be_made_is_said_in_words(mail: Mail, tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file, not a folder")
    with pytest.raises(SendError, match="cannot be written"):
        list(FolderSender(tmp_path / "outbox").send([mail(1)]))


@pytest.mark.parametrize("changes", [{"id": "../../evil"}, {"segment": ".."}, {"edition": "../daily"}])
def test_a_name_that_leads_elsewhere_writes_nothing(mail: Mail, tmp_path: Path, changes: dict[str, str]) -> None:
    outbox = tmp_path / "a" / "outbox"
    message = replace(mail(1), **changes)  # type: ignore[arg-type]
    with pytest.raises(SendError, match="cannot be the name"):
        list(FolderSender(outbox).send([message]))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_link_in_place_of_the_half_file_is_not_written_through(mail: Mail, tmp_path: Path) -> None:
    path = tmp_path / "outbox" / FOLDER / "d00001.eml"
    path.parent.mkdir(parents=True)
    target = tmp_path / "precious"
    target.write_text("precious")
    os.symlink(target, half_name(path))
    with pytest.raises(SendError):
        list(FolderSender(tmp_path / "outbox").send([mail(1)]))
    assert target.read_text() == "precious"
