"""`digest check` in its three forms, over an edition and over a file."""

from __future__ import annotations

from pathlib import Path

from command import Command

GOLDEN = Path(__file__).parents[1] / "golden"


def test_an_edition_as_sarif(digest: Command) -> None:
    digest("ingest")
    said = digest("check", "daily", "--format", "sarif")
    assert said.code == 0, said.err
    assert said.json["version"] == "2.1.0"
    assert said.json["runs"][0]["tool"]["driver"]["name"] == "digest"


def test_a_file_needs_no_publication(tmp_path: Path) -> None:
    alone = Command(tmp_path)
    assert alone("check", str(GOLDEN / "daily.html")).code == 0
    (tmp_path / "bad.html").write_text('<p>Hello <img src="https://x.news/a.png"></p>')
    said = alone("check", "bad.html", "--format", "json")
    assert said.code == 3
    assert "img.alt" in {finding["id"] for finding in said.json}
    told = alone("check", "bad.html")
    assert "html: the picture https://x.news/a.png" in told.err
    assert alone("check", "none.html").code == 2
