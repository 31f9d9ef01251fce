"""A desk with an edition that is ready to be sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from frozen import Desk, make


@pytest.fixture(scope="session")
def frozen_paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("frozen") / "paper")


@pytest.fixture
def desk(frozen_paper: Path, tmp_path: Path) -> Desk:
    return Desk.copy(frozen_paper, tmp_path / "paper")
