"""Our output beside npm's own MJML compiler and HTML validator, and read back by its mail parser. They are asked only
where `DIGEST_NPM` names a folder to have them in."""

from __future__ import annotations

from pathlib import Path

import npm_compare
import pytest
from hard_sample import TEMPLATES
from npm_folder import npm_folder

MOST = 30


@pytest.fixture(scope="module")
def npm() -> Path:
    return npm_folder()


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_html_is_what_mjml_itself_would_write(npm: Path, template: str) -> None:
    found = npm_compare.differences(template, npm)
    assert len(found) <= MOST, "\n".join(found)
    # What is known to differ: MJML 5 puts the class of <mj-body> on <body>, mjml-python on the <div> in it.
    assert all("<body " in line or "role=article" in line for line in found), "\n".join(found)


@pytest.mark.parametrize("template", TEMPLATES)
def test_outlook_gets_the_same_widths(npm: Path, template: str) -> None:
    source, _sheet = npm_compare.source_of(template)
    widths = npm_compare.outlook_widths(npm_compare.ours(source))
    assert widths
    assert widths == npm_compare.outlook_widths(npm_compare.theirs(source, npm))


def test_the_html_is_valid_but_for_what_mail_needs(npm: Path) -> None:
    told = npm_compare.validated(npm)
    wrong = [f"{rule}: {message}" for rule in told.keys() - npm_compare.NOT_FOR_MAIL for message in told[rule]]
    assert wrong == []
    assert set(npm_compare.NOT_FOR_MAIL) == set(told), "a rule that finds nothing needs no exception"


def test_the_comparison_sees_a_difference() -> None:
    one = npm_compare.tokens('<p class="b a" style="color: red; margin:0">x</p>')
    assert one == npm_compare.tokens('<p style="margin:0;color:red" class="a b">x</p>')
    assert one != npm_compare.tokens('<p style="margin:1px;color:red" class="a b">x</p>')
    assert (
        npm_compare.outlook_widths('<!--[if mso | IE]><td style="width:552px;" width="552"><![endif]-->')
        == ["552"] * 2
    )
