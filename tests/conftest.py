"""What every test may ask for: a fixed clock, a founded publication, a database of each kind, and a browser."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from digest.pipeline.founding import found
from digest.pipeline.gather import gather
from digest.pipeline.project import Project, open_project
from digest.settings import load_settings
from digest.store.database import Database, open_database
from digest.store.migrate import migrate

MORNING = datetime.fromisoformat("2026-11-24T07:00:00+05:30")

# One profile for everyone: no deadlines, since machines differ, and the same examples on every run in CI.
settings.register_profile("digest", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("digest"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "digest")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def paper(tmp_path: Path, clock: Clock) -> Path:
    """A folder with the sample publication and its readers."""
    folder = tmp_path / "paper"
    found(folder, clock, {})
    return folder


@pytest.fixture
def reopen(paper: Path, clock: Clock) -> Callable[[], Project]:
    """Opens the sample publication anew, as the next command would."""
    return lambda: open_project(load_settings(paper, {}), clock, {})


@pytest.fixture
def project(reopen: Callable[[], Project]) -> Project:
    """The sample publication, opened, with its sources read."""
    opened = reopen()
    list(gather(opened))
    return opened


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database of each kind that the store runs on."""
    if request.param == "sqlite":
        opened = open_database("sqlite:///store.db", tmp_path, create=True)
    else:
        opened = open_database(request.getfixturevalue("postgres_url"), tmp_path, create=True)
    migrate(opened)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh, empty PostgreSQL database."""
    import psycopg

    name = f"test_{os.urandom(6).hex()}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{postgres_server}/{name}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of our own on loopback, from the system's packages."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found_initdb = str(programs[-1]) if programs else shutil.which("initdb")
    if not found_initdb:
        pytest.skip("no PostgreSQL server on this machine: the store was not tried on it")
    bin_dir = Path(found_initdb).parent
    as_owner: list[str] = []
    # Not in pytest's own folder: that is closed to other users, and the server runs as one.
    folder = Path(tempfile.mkdtemp(prefix="digest-postgres-"))
    if os.getuid() == 0:
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL does not run as root and there is no user postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_owner = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    quiet = {"check": True, "capture_output": True, "cwd": folder}
    subprocess.run([*as_owner, bin_dir / "initdb", "-D", data, "-U", "digest", "--auth=trust", "-E", "UTF8"], **quiet)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    log = folder / "log"
    subprocess.run([*as_owner, bin_dir / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start"], **quiet)
    yield f"postgresql://digest@127.0.0.1:{port}"
    subprocess.run([*as_owner, bin_dir / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **quiet)
    shutil.rmtree(folder, ignore_errors=True)
