"""The line of weather: one short line, or none."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from digest.pipeline.project import Project
from digest.pipeline.weather import weather_line
from digest.settings.model import FileOrCommand


def line(project: Project, source: FileOrCommand | None) -> str:
    publication = replace(project.settings.publication, weather=source)
    return weather_line(replace(project, settings=replace(project.settings, publication=publication)))


def test_a_fresh_file_is_shown_and_an_old_or_missing_one_is_not(paper: Path, reopen: Callable[[], Project]) -> None:
    project = reopen()
    path = paper / "w.txt"
    path.write_text("\n  6 °C, rain  \nsecond line\n", encoding="utf-8")
    now = project.now().timestamp()
    os.utime(path, (now - 3600, now - 3600))
    assert line(project, FileOrCommand(file="w.txt")) == "6 °C, rain"
    os.utime(path, (now - 50_000, now - 50_000))
    assert line(project, FileOrCommand(file="w.txt")) == ""
    assert line(project, FileOrCommand(file="none.txt")) == ""
    assert line(project, None) == ""


@pytest.mark.parametrize(
    ("command", "shown"),
    [(("echo", "6 °C"), "6 °C"), (("false",), ""), (("no-such-program",), ""), (("echo", "x" * 200), "x" * 60)],
)
def test_a_command_is_shown_when_it_works(
    reopen: Callable[[], Project], command: tuple[str, ...], shown: str
) -> None:
    assert line(reopen(), FileOrCommand(command=command)) == shown
