"""Run `digest` as a person does: a process of its own, in a folder, with a fixed clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOW = "2026-11-24T07:00:00+05:30"


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """NDJSON, one value a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Command:
    """`digest` in one folder."""

    folder: Path
    now: str = NOW

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DIGEST_")}
        return kept | {"DIGEST_NOW": self.now, "COLUMNS": "80"} | dict(extra or {})

    def __call__(self, *words: str, env: Mapping[str, str] | None = None, stdin: str = "") -> Said:
        done = subprocess.run(
            [sys.executable, "-m", "digest", *words],
            cwd=self.folder,
            env=self.environment(env),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """The same, running beside the test."""
        return subprocess.Popen(
            [sys.executable, "-m", "digest", *words],
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
