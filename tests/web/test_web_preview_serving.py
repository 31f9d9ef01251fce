"""Starting the preview: where it listens, what is said when it cannot, and what is loaded when."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys

import pytest
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Message, Scope

from digest.errors import ConfigError, DigestError, UsageError
from digest.pipeline.project import Project
from digest.web.preview import acting, looking, serve
from digest.web.preview.later import load
from digest.web.preview.serving import Opened

# What other pages need, or what is there to send, and would keep the first page waiting.
NOT_YET = ("tomlkit", "premailer", "digest.ingest", "digest.readers", "digest.send", "digest.pipeline.sending")


def test_a_port_that_is_taken_is_said_with_the_next_step(untouched: Project) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(DigestError, match=f"port {port} is in use") as caught:
            serve(untouched, "daily", port=port, say=lambda text: None)
    assert caught.value.exit_code == 1
    assert "--port 0" in str(caught.value)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_is_none_is_refused(untouched: Project, port: int) -> None:
    with pytest.raises(UsageError, match="is no port"):
        serve(untouched, "daily", port=port, say=lambda text: None)


def test_a_digest_that_is_none_is_refused_before_anything_listens(untouched: Project) -> None:
    said: list[str] = []
    with pytest.raises(ConfigError, match="weekly"):
        serve(untouched, "weekly", port=0, say=said.append)
    assert not said


def test_what_the_first_page_does_not_need_is_not_loaded_before_it() -> None:
    code = f"import sys, digest.web.preview; print(*[name for name in {NOT_YET} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""


def test_every_address_has_its_page() -> None:
    for _, module, name in looking.PLACES:
        assert callable(getattr(load(module), name)), module
    for _, module, _, _ in acting.PLACES:
        assert callable(load(module).show), module
        assert callable(load(module).act), module


@pytest.mark.parametrize(
    ("answer", "given"),
    [(PlainTextResponse("a page"), True), (RedirectResponse("/e/daily"), False), (Response(status_code=403), False)],
    ids=["a page", "on to it", "locked"],
)
def test_only_a_page_counts_as_the_first(answer: Response, given: bool) -> None:
    async def nothing() -> Message:
        return {"type": "http.request"}

    async def anywhere(_message: Message) -> None:
        return None

    opened = Opened(answer)
    scope: Scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    asyncio.run(opened(scope, nothing, anywhere))
    assert opened.given.is_set() is given
