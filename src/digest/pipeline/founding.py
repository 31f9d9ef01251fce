"""Found a new publication in a folder: the sample paper complete with readers, a bare one to fill, or one's own news
as a site offers it."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from digest.content import packaged
from digest.errors import SourceError, UsageError
from digest.ingest import Fetcher, HttpFetcher
from digest.ingest.discover import Site, discover
from digest.pipeline.importing import Imported, import_csv
from digest.pipeline.own_site import toml_of
from digest.pipeline.project import Project, open_project
from digest.settings import load_settings
from digest.settings.load import MAIN
from digest.settings.model import Fetch

READERS = "sample/subscribers.csv"

_IGNORED = "var/\ndigest.local.toml\n"
_TEMPLATES = """# Your own templates

Every template that is not here is taken from digest itself, file by file. To change one, put a file of the same
name here, for example `_footer.mjml.j2`; `{% extends "!base/daily.mjml.j2" %}` begins from the original.
"""
_STORIES = """# Your stories

Put Markdown files, saved pages or feed files here; `digest ingest` reads them. A feed or a site is read by its
address instead: see `[[sources]]` in digest.toml.
"""
_BARE = """# A new publication. `digest config check` tells you when a line does not fit.

[publication]
id = "{id}"                        # part of every edition id; choose it once and keep it
name = "{name}"
base_url = "https://news.example"
from = "{name} <hello@news.example>"
postal_address = "Your street, your town"
language = "en"
timezone = "UTC"

[[sources]]
name = "desk"
kind = "folder"                    # or feed, with url = "https://…"
path = "stories"

[topics.news]
label = "News"
match = ["news*"]

[digests.daily]
segments = ["everyone"]
topics = ["news"]
schedule = "0 7 * * *"

[delivery]
transport = "folder"               # mail lands in var/outbox and nothing leaves this machine
"""
_EVERYONE = """label = "Everyone"
filter = "status = active"
"""


def found(
    folder: Path, clock: Callable[[], datetime], environ: Mapping[str, str], *, empty: bool = False
) -> Imported:
    """Write a publication into `folder` and take in its sample readers.

    Raises:
        UsageError: the folder already holds a publication, or cannot be written.
    """
    _refuse_another(folder)
    project = _write(folder, clock, environ, _bare if empty else _sample)
    if empty:
        return Imported()
    return deque(import_csv(project, folder / READERS), maxlen=1).pop()


def found_site(
    folder: Path,
    url: str,
    clock: Callable[[], datetime],
    environ: Mapping[str, str],
    *,
    allow_private: bool = False,
    fetch: Fetcher | None = None,
) -> tuple[Site, Project]:
    """Write a publication that reads the site at `url`, with its name, language and colour; nothing is ingested yet.

    With `allow_private` the site may lie on this machine or its private network, and the settings say so too.

    Raises:
        UsageError: the folder already holds a publication, or cannot be written.
        SourceError: the site cannot be read, or offers nothing to read stories from. Nothing is written then.
    """
    _refuse_another(folder)
    site = _discovered(url, fetch or HttpFetcher(Fetch(private_addresses=allow_private)))

    def write(folder: Path) -> None:
        (folder / MAIN).write_text(toml_of(site, clock(), allow_private=allow_private), encoding="utf-8")
        _audience(folder)

    return site, _write(folder, clock, environ, write)


def _discovered(url: str, fetch: Fetcher) -> Site:
    try:
        site = discover(url, fetch)
    except SourceError as problem:
        private = "private network" in problem.what
        hint = "--allow-private reads it all the same, if it is your own" if private else problem.hint
        raise SourceError(problem.what, where=problem.where or url, hint=hint) from problem
    if not site.sources:
        raise SourceError(
            "no feed, sitemap or WordPress API was found on this site, so nothing was written",
            where=url,
            hint="give the address of a feed or sitemap itself: digest init DIR --site https://…/feed.xml\n"
            "  or begin without one: digest init DIR --empty, then add a [[sources]] to digest.toml",
        )
    return site


def _refuse_another(folder: Path) -> None:
    if (folder / MAIN).exists():
        raise UsageError("there is already a publication here", where=str(folder / MAIN))


def _write(
    folder: Path, clock: Callable[[], datetime], environ: Mapping[str, str], fill: Callable[[Path], None]
) -> Project:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fill(folder)
        (folder / "templates").mkdir(exist_ok=True)
        (folder / "templates" / "README.md").write_text(_TEMPLATES, encoding="utf-8")
        (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8")
    except OSError as problem:
        raise UsageError(f"cannot be written: {problem.strerror}", where=str(problem.filename or folder)) from problem
    return open_project(load_settings(folder, environ), clock, environ)


def _sample(folder: Path) -> None:
    source = packaged()
    shutil.copy(source / MAIN, folder / MAIN)
    for name in ("audiences", "sample"):
        shutil.copytree(source / name, folder / name, dirs_exist_ok=True)


def _bare(folder: Path) -> None:
    name = folder.resolve().name.replace("-", " ").title() or "News"
    key = (
        "".join(c if c.isascii() and c.isalnum() else "-" for c in folder.resolve().name.lower()).strip("-") or "news"
    )
    name = "".join(c for c in name if c.isalnum() or c == " ") or "News"
    (folder / MAIN).write_text(_BARE.format(id=key[:63], name=name), encoding="utf-8")
    _audience(folder)
    (folder / "stories").mkdir(exist_ok=True)
    # no ending that is read as a story
    (folder / "stories" / "README").write_text(_STORIES, encoding="utf-8")


def _audience(folder: Path) -> None:
    (folder / "audiences").mkdir(exist_ok=True)
    (folder / "audiences" / "everyone.toml").write_text(_EVERYONE, encoding="utf-8")
