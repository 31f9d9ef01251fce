"""`digest fake sendgrid`, run as a person does, with a publication's sender against it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from command import Command

BODY = {
    "personalizations": [{"to": [{"email": "ann@mail.example"}], "custom_args": {"digest_delivery": "d1"}}],
    "from": {"email": "hello@news.example"},
    "subject": "News",
    "content": [{"type": "text/plain", "value": "Hello"}],
}


def _at_a_terminal() -> None:
    """Ctrl-C is heard, also where the tests themselves run in the background, whose processes ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def fake(command: Command, *words: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The command while it runs, and where it listens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "digest", "--json", "fake", "sendgrid", "--port", "0", *words],
        cwd=command.folder,
        env=command.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_at_a_terminal,  # noqa: PLW1509  it takes no lock
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["host"], process
    finally:
        process.kill()
        process.communicate()


def post(host: str, body: Any) -> int:
    from digest.send.sendgrid_transport import Pool

    pool = Pool(host)
    headers = {"Authorization": "Bearer SG.x", "Content-Type": "application/json"}
    answer = pool.request("POST", "/v3/mail/send", headers, json.dumps(body).encode())
    pool.close()
    return answer.status


def test_it_checks_takes_and_tells_until_it_is_stopped(tmp_path: Path) -> None:
    with fake(Command(tmp_path), "--fault", "too-many", "--refuse", "bob@mail.example") as (host, process):
        assert post(host, BODY) == 429
        assert post(host, {**BODY, "personalizations": [{"to": [{"email": "bob@mail.example"}]}]}) == 400
        assert post(host, BODY) == 202
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert told["to"] == "ann@mail.example"
    assert told["digest_delivery"] == "d1"
    assert "1 request" in err
    assert process.returncode == 0


@pytest.mark.parametrize(
    "words",
    [("--fault", "nix"), ("--outcome", "ann@mail.example=nix"), ("--outcome", "bounce"), ("--spec", "none.json")],
    ids=["fault", "kind", "no address", "no file"],
)
def test_what_it_does_not_know_is_said(tmp_path: Path, words: tuple[str, ...]) -> None:
    said = Command(tmp_path)("fake", "sendgrid", "--port", "0", *words)
    assert said.code == 2
    assert "Traceback" not in said.err
