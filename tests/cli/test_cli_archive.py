"""`digest archive` by hand: files, a correction, a withdrawal."""

from __future__ import annotations

from pathlib import Path

from command import Command


def test_the_archive_is_written_corrected_and_taken_back(digest: Command, tmp_path: Path) -> None:
    assert digest("send", "daily", "--yes").code == 0
    out = tmp_path / "site"
    assert digest("archive", "build", "--out", str(out)).code == 0
    page = out / "archive/daily/2026-11-24/index.html"
    assert "<h1>" in page.read_text()
    assert digest("archive", "correct", "daily@2026-11-24", "--note", "It is 41.").code == 0
    assert digest("archive", "withdraw", "daily@2026-11-24", "--reason", "Wrong lead.").code == 0
    assert digest("archive", "build", "--out", str(out)).code == 0
    assert "Wrong lead." in page.read_text()
    assert digest("archive", "withdraw", "daily@2026-11-24", "--undo").code == 0
    assert digest("archive", "build", "--out", str(out)).code == 0
    assert "It is 41." in page.read_text()
    assert digest("archive", "withdraw", "daily@2020-01-01").code == 2
