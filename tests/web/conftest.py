"""A founded and filled publication, and a browser that has opened its preview."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from web_preview_paper import LABEL, NOW, PORT, TOKEN, Visit, opened

from digest.pipeline.founding import found
from digest.pipeline.gather import gather
from digest.pipeline.project import Project
from digest.web.preview import app


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample publication with its stories gathered, to be copied and never changed."""
    folder = tmp_path_factory.mktemp("paper") / "ledger"
    found(folder, lambda: NOW, {})
    settings = tomlkit.parse((folder / "digest.toml").read_text(encoding="utf-8"))
    settings["digests"]["daily"]["label"] = LABEL
    settings["publication"]["weather"] = {"file": "sample/weather.txt"}
    (folder / "digest.toml").write_text(tomlkit.dumps(settings), encoding="utf-8")
    project = opened(folder)
    assert not any(result.failures for result in gather(project))
    project.store.database.engine.dispose()
    return folder


@pytest.fixture(scope="session")
def untouched(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A publication for tests that only look."""
    copied = tmp_path_factory.mktemp("read") / "ledger"
    shutil.copytree(filled, copied)
    made = opened(copied)
    yield made
    made.store.database.engine.dispose()


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "ledger"
    shutil.copytree(filled, copied)
    return copied


@pytest.fixture
def project(folder: Path) -> Iterator[Project]:
    made = opened(folder)
    yield made
    made.store.database.engine.dispose()


@pytest.fixture
def visit() -> Iterator[Visit]:
    """A function that opens a preview in a browser of its own; `inside=False` leaves it before the door."""
    with warnings.catch_warnings():
        # Starlette's test client asks for another HTTP library by name when it is imported with httpx.
        warnings.simplefilter("ignore")
        from starlette.testclient import TestClient
    clients: list[TestClient] = []

    def made(project: Project | None = None, *, inside: bool = True, of: Any = None, **options: Any) -> TestClient:
        shown = of or app(project, token=TOKEN, port=PORT, **options)  # type: ignore[arg-type]
        client = TestClient(
            shown, base_url=f"http://127.0.0.1:{PORT}", follow_redirects=False, raise_server_exceptions=False
        )
        clients.append(client)
        if inside:
            assert client.get(f"/?t={TOKEN}").status_code == 303
        return client

    yield made
    for client in clients:
        client.close()
