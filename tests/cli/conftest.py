"""The sample publication with `digest` at hand in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import Command


@pytest.fixture
def digest(paper: Path) -> Command:
    return Command(paper)
