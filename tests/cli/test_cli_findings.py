"""How findings are said in the terminal."""

from __future__ import annotations

import pytest

from digest.check import Finding
from digest.cli.face import Face
from digest.cli.findings import say_findings


def finding(level: str, message: str, rule: str = "story.unreached") -> Finding:
    return Finding(rule, level, message, "html", "mend it")  # type: ignore[arg-type]


def said(capsys: pytest.CaptureFixture[str], *findings: Finding, verbose: int = 0, columns: str = "") -> list[str]:
    say_findings(Face(verbose=verbose, environ={"COLUMNS": columns}), {"everyone": findings})
    return capsys.readouterr().err.splitlines()


def test_of_many_alike_the_first_few_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    many = [finding("warning", f"story {number}") for number in range(12)]
    lines = said(capsys, *many)
    assert len(lines) == 5
    assert "and 9 more like these" in lines[3]
    assert lines[4] == "Checks     0 blocking · 12 warnings"
    assert sum("story" in line and "more" not in line for line in said(capsys, *many, verbose=1)) == 12


def test_a_few_are_said_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(said(capsys, *[finding("warning", f"story {number}") for number in range(4)])) == 5


def test_what_blocks_is_always_said_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(said(capsys, *[finding("error", f"story {number}") for number in range(12)])) == 13


def test_findings_keep_to_the_width_of_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    address = "https://ledger.example/" + "a" * 90
    words = "a word or two about what is wrong with the third link of the second story, which leads nowhere"
    wide = said(capsys, finding("error", words), finding("warning", f"look at {address}"), columns="")
    narrow = said(capsys, finding("error", words), finding("warning", f"look at {address}"), columns="80")
    assert all(len(line) <= 80 or line.strip() == address for line in narrow)
    assert [line for line in narrow if line.startswith("    ")]
    # Nothing of it is lost or broken.
    assert " ".join(" ".join(narrow).split()) == " ".join(" ".join(wide).split())
