"""The line of weather in the masthead: from a file or a command, and left out rather than wrong."""

from __future__ import annotations

import subprocess
from datetime import timedelta

from digest.pipeline.project import Project
from digest.settings.model import FileOrCommand

STALE = timedelta(hours=12)
LONGEST = 60


def weather_line(project: Project) -> str:
    """One short line; empty when none is set, the file is older than twelve hours, or the command fails."""
    source = project.settings.publication.weather
    if source is None:
        return ""
    text = _text(project, source)
    return next((line.strip()[:LONGEST] for line in text.splitlines() if line.strip()), "")


def _text(project: Project, source: FileOrCommand) -> str:
    if source.command:
        try:
            done = subprocess.run(  # noqa: S603
                source.command, cwd=project.root, capture_output=True, timeout=10, check=True
            )
        except (OSError, subprocess.SubprocessError):
            return ""
        return done.stdout.decode("utf-8", "replace")
    path = project.root / (source.file or "")
    try:
        age = project.now().timestamp() - path.stat().st_mtime
        return path.read_text(encoding="utf-8") if age < STALE.total_seconds() else ""
    except (OSError, UnicodeDecodeError):
        return ""
