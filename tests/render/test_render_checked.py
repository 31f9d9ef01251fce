"""What our own check says of the packaged templates: no error, and the rest is what docs/checks.md explains."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hard_sample import TEMPLATES, hard
from render_sample import of_template
from test_render_parsers import ROOTS, rendered, sent

from digest.check import check
from digest.render import render
from digest.settings import Theme

ADDRESS = "1 Press Lane, Delhi 110001"
PAGE = Path(__file__).parents[2] / "docs" / "checks.md"


def explained() -> set[str]:
    """The features of the last table of docs/checks.md."""
    table = PAGE.read_text(encoding="utf-8").split("## What remains of the packaged templates")[1]
    return {
        name
        for row in table.splitlines()
        if row.startswith("| `")
        for name in re.findall("`(.+?)`", row.split("|")[1])
    }


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_finding_that_remains_is_explained(template: str) -> None:
    made = render(of_template(template), templates=ROOTS, template=template, theme=Theme(), language="en")
    found = check(made, postal_address=ADDRESS, theme=Theme(), subject_last="Another subject")
    assert {finding.id for finding in found if finding.level != "info"} <= {"story.link"}
    # The sample's own addresses are reserved for examples, and said to be.
    told = {finding.id: finding for finding in found if finding.level == "info"}
    assert set(told) <= {"css.unsupported", "link.valid"}
    features = {
        finding.message.split(" is used")[0].removesuffix(" element")
        for finding in found
        if "used" in finding.message
    }
    assert features == explained()


@pytest.mark.parametrize("name", list(hard()))
def test_hard_contents_and_their_messages_have_no_error(name: str) -> None:
    found = check(rendered(name), sent(name), postal_address=ADDRESS, theme=Theme(), subject_last="Another subject")
    assert {finding.id for finding in found if finding.level != "info"} <= {"story.link"}
