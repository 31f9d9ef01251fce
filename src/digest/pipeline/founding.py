"""Found a new publication in a folder: the sample paper complete with readers, or a bare one to fill."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from digest.content import packaged
from digest.errors import UsageError
from digest.pipeline.membership import Imported, import_csv
from digest.pipeline.project import open_project
from digest.settings import load_settings
from digest.settings.load import MAIN

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
    if (folder / MAIN).exists():
        raise UsageError("there is already a publication here", where=str(folder / MAIN))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _bare(folder) if empty else _sample(folder)
        (folder / "templates").mkdir(exist_ok=True)
        (folder / "templates" / "README.md").write_text(_TEMPLATES, encoding="utf-8")
        (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8")
    except OSError as problem:
        raise UsageError(f"cannot be written: {problem.strerror}", where=str(problem.filename or folder)) from problem
    project = open_project(load_settings(folder, environ), clock, environ)
    if empty:
        return Imported()
    return deque(import_csv(project, folder / READERS), maxlen=1).pop()


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
    (folder / "audiences").mkdir(exist_ok=True)
    (folder / "audiences" / "everyone.toml").write_text(_EVERYONE, encoding="utf-8")
    (folder / "stories").mkdir(exist_ok=True)
    (folder / "stories" / "README.txt").write_text(_STORIES, encoding="utf-8")
