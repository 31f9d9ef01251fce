"""A folder of files as a source: pages, feed files, Markdown, JSON lines, mails and dumps, in order of name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from digest.ingest.context import Context
from digest.ingest.decode import LIMIT
from digest.ingest.parse import read
from digest.models.story import SourceFailure, Story

SUFFIXES = (".html", ".htm", ".xhtml", ".xml", ".rss", ".atom", ".json", ".jsonl", ".ndjson", ".md",
            ".markdown", ".txt", ".eml")  # fmt: skip
MOST_FILES = 5_000


def read_folder(folder: Path, root: Path, context: Context) -> Iterator[Story | SourceFailure]:
    """The stories of every file in `folder` and the folders in it, as `root` names them. Files whose names start with
    a dot are passed over, links that lead out of the folder are refused."""
    try:
        inside = folder.resolve(strict=True)
        if not inside.is_relative_to(root.resolve()):
            yield context.failure(
                "is outside of the publication", "a folder source stands inside the publication's own folder"
            )
            return
        files = sorted(path for path in inside.rglob("*") if _wanted(path, inside))
    except (OSError, RuntimeError) as problem:
        yield context.failure(f"the folder cannot be read: {_said(problem)}", f"make it: mkdir -p {folder}")
        return
    for path in files[:MOST_FILES]:
        where = path.relative_to(inside).as_posix()
        yield from _read(path, inside, context.at(f"{context.where.rstrip('/')}/{where}"))
    if len(files) > MOST_FILES:
        yield context.failure(f"holds {len(files)} files; the first {MOST_FILES} were read")


def _wanted(path: Path, inside: Path) -> bool:
    name = path.name.lower()
    plain = name.removesuffix(".gz")
    hidden = any(part.startswith(".") for part in path.relative_to(inside).parts)
    return not hidden and plain.endswith(SUFFIXES) and not path.is_dir()


def _read(path: Path, inside: Path, context: Context) -> tuple[Story | SourceFailure, ...]:
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(inside):
            return (context.failure("leads out of the folder, which is refused", "copy the file into the folder"),)
        if not real.is_file():
            return (context.failure("is no ordinary file"),)
        if real.stat().st_size > LIMIT:
            return (context.failure(f"is larger than {LIMIT // 1_000_000} MB", "files of this size are not read"),)
        data = real.read_bytes()
    except (OSError, RuntimeError) as problem:
        return (context.failure(f"cannot be read: {_said(problem)}"),)
    return read(data, context)


def _said(problem: BaseException) -> str:
    return (problem.strerror if isinstance(problem, OSError) else None) or str(problem)
