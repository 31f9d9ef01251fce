"""All there is to say about an edition or a file, in one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.errors import UsageError
from digest.pipeline.checking import check_edition, check_file
from digest.pipeline.draft import draft
from digest.pipeline.linting import template_findings
from digest.pipeline.naming import identify
from digest.pipeline.project import Project

GOLDEN = Path(__file__).parents[1] / "golden"


def test_a_flaw_in_a_template_is_told_with_its_line(project: Project) -> None:
    assert template_findings(project, "daily") == ()
    own = project.root / "templates" / "_end.mjml.j2"
    own.parent.mkdir(exist_ok=True)
    own.write_text('<mj-section>\n<mj-column paddin="0px">\n</mj-column>\n</mj-section>\n', encoding="utf-8")
    checked = check_edition(project, draft(project, identify(project, "daily")))
    for found in checked.findings.values():
        (flaw,) = [finding for finding in found if finding.id == "mjml.attribute"]
        assert flaw.where == f"{own}:2:12"
        assert flaw.fix == "did you mean padding?"
    assert checked.blocking
    log = checked.sarif()
    place = next(r for r in log["runs"][0]["results"] if r["ruleId"] == "mjml.attribute")["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "templates/_end.mjml.j2"


def test_the_sample_edition_is_fit_to_send(project: Project) -> None:
    checked = check_edition(project, draft(project, identify(project, "daily")))
    assert not checked.blocking
    assert set(checked.findings) == {"deutsch", "business", "everyone"}


def test_a_file_of_any_origin_can_be_checked(tmp_path: Path) -> None:
    assert not check_file(GOLDEN / "daily.html").blocking
    page = tmp_path / "page.html"
    page.write_text('<html><body><p style="float:left">Hello</p><img src="http://x.news/a.png"></body></html>')
    ids = {finding.id for finding in check_file(page).findings["page.html"]}
    assert {"img.alt", "img.https", "css.unsupported", "a11y.lang-dir", "body.unsubscribe"} <= ids
    assert not {name for name in ids if name.startswith(("text.subject", "hdr.", "mime."))}


def test_a_file_that_cannot_be_checked_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        check_file(tmp_path / "none.html")
    (tmp_path / "empty.html").write_text("")
    with pytest.raises(UsageError, match="no HTML"):
        check_file(tmp_path / "empty.html")
