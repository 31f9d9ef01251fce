"""Starting the preview: where it listens, and what is said when it cannot."""

from __future__ import annotations

import socket

import pytest

from digest.errors import ConfigError, DigestError, UsageError
from digest.pipeline.project import Project
from digest.web.preview import serve


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
