"""A publication whose edition was sent, copied for each test, and visitors to its readers' pages."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from public_paper import BASE, NOW, Visit, opened

from digest.clock import StillClock
from digest.pipeline.build import build, freeze
from digest.pipeline.deliver import Options, deliver
from digest.pipeline.draft import draft
from digest.pipeline.founding import found
from digest.pipeline.gather import gather
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.pipeline.transport import sender_for
from digest.web.public import app


@pytest.fixture(scope="session")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample publication whose daily of today lies in the outbox, to be copied and never changed."""
    folder = tmp_path_factory.mktemp("public") / "ledger"
    clock = StillClock(NOW)
    found(folder, clock, {})
    settings = tomlkit.parse((folder / "digest.toml").read_text(encoding="utf-8"))
    settings["publication"]["base_url"] = BASE
    settings["tracking"] = {"clicks": True, "opens": True}
    # One segment gives each reader a list of their own.
    everyone = folder / "audiences" / "everyone.toml"
    audience = tomlkit.parse(everyone.read_text(encoding="utf-8"))
    audience["personal"] = True
    audience["template"] = "personal"
    everyone.write_text(tomlkit.dumps(audience), encoding="utf-8")
    (folder / "digest.toml").write_text(tomlkit.dumps(settings), encoding="utf-8")
    project = opened(folder, clock)
    list(gather(project))
    built = freeze(project, build(project, draft(project, identify(project, "daily", sending=True))), NOW)
    sender = sender_for(project, "folder")
    with sender:
        list(deliver(project, built.draft.edition, built.renderings, sender, Options()))
    project.store.database.engine.dispose()
    return folder


@pytest.fixture
def clock() -> StillClock:
    return StillClock(NOW)


@pytest.fixture
def folder(sent: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "ledger"
    shutil.copytree(sent, copied)
    return copied


@pytest.fixture
def project(folder: Path, clock: StillClock) -> Iterator[Project]:
    made = opened(folder, clock)
    yield made
    made.store.database.engine.dispose()


@pytest.fixture
def journal() -> list[str]:
    """The lines that the server wrote."""
    return []


@pytest.fixture
def visit(journal: list[str]) -> Iterator[Visit]:
    """A function that opens the pages for one visitor."""
    with warnings.catch_warnings():
        # Starlette's test client asks for another HTTP library by name when it is imported with httpx.
        warnings.simplefilter("ignore")
        from starlette.testclient import TestClient
    clients: list[TestClient] = []

    def made(project: Project, *, peer: str = "203.0.113.7", **headers: str) -> TestClient:
        client = TestClient(
            app(project, write=journal.append, ticks=lambda: 0.0),
            base_url=BASE,
            follow_redirects=False,
            headers={"accept-language": "en", "user-agent": "Mozilla/5.0 (a person's)"}
            | {name.replace("_", "-"): value for name, value in headers.items()},
            client=(peer, 50000),
        )
        clients.append(client)
        return client

    yield made
    for client in clients:
        client.close()


@pytest.fixture
def guest(project: Project, visit: Visit) -> Any:
    """A visitor who speaks English."""
    return visit(project)
