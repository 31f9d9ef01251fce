"""What every test may ask for: a fixed clock, a founded publication, a database of each kind, and a browser."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from digest.clock import StillClock
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


@pytest.fixture
def clock() -> StillClock:
    return StillClock(MORNING)


@pytest.fixture
def paper(tmp_path: Path, clock: StillClock) -> Path:
    """A folder with the sample publication and its readers."""
    folder = tmp_path / "paper"
    found(folder, clock, {})
    return folder


@pytest.fixture
def reopen(paper: Path, clock: StillClock) -> Callable[[], Project]:
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
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "store.db")
        opened = open_database("sqlite:///store.db", tmp_path, create=False)
    else:
        opened = open_database(request.getfixturevalue("postgres_url"), tmp_path, create=True)
    yield opened
    opened.engine.dispose()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema, to be copied."""
    folder = tmp_path_factory.mktemp("sqlite")
    opened = open_database("sqlite:///store.db", folder, create=True)
    migrate(opened)
    opened.engine.dispose()
    return folder / "store.db"


@pytest.fixture
def postgres_url(migrated_postgres: str) -> Iterator[str]:
    """A PostgreSQL database of its own, with the schema."""
    import psycopg

    server, _, template = migrated_postgres.rpartition("/")
    name = f"test_{os.urandom(6).hex()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PostgreSQL database with the schema, to be copied."""
    import psycopg

    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE pattern")
    opened = open_database(f"{postgres_server}/pattern", tmp_path_factory.mktemp("pattern"), create=True)
    migrate(opened)
    opened.engine.dispose()
    return f"{postgres_server}/pattern"


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

    def run(program: str, *arguments: object) -> None:
        command = [*as_owner, bin_dir / program, "-D", data, *arguments]
        subprocess.run([str(word) for word in command], check=True, capture_output=True, cwd=folder)

    run("initdb", "-U", "digest", "--auth=trust", "-E", "UTF8")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run("pg_ctl", "-l", folder / "log", "-w", "-o", options, "start")
    yield f"postgresql://digest@127.0.0.1:{port}"
    run("pg_ctl", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)
