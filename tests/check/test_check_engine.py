"""The rules as a whole: a sound mail passes, each rule explains itself, errors come first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from digest.check import RULES, Finding, check
from digest.errors import UsageError
from digest.models.edition import Rendering

Found = Callable[..., dict[str, list[Finding]]]


def test_a_sound_mail_has_no_findings(sound: Rendering) -> None:
    assert check(sound, postal_address="1 Press Lane\nDelhi 110001", subject_last="Another") == ()


def test_every_rule_says_why_who_and_what_to_do() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES) >= 30
    for rule in RULES:
        assert re.fullmatch(r"[a-z0-9]+\.[a-z0-9-]+", rule.id)
        assert rule.level in ("error", "warning", "info")
        assert rule.reason
        assert rule.source
        assert rule.fix


def test_errors_come_first_and_nothing_is_said_twice(found: Found, sound: Rendering) -> None:
    broken = replace(sound, subject="", html=sound.html.replace("<h3>", "<h4>").replace("</h3>", "</h4>"))
    levels = [finding.level for finding in check(broken)]
    assert levels == sorted(levels, key=["error", "warning", "info"].index)
    assert {"error", "warning"} <= set(levels)
    assert len(check(broken)) == len(set(check(broken)))


def test_what_was_not_given_is_not_checked(sound: Rendering) -> None:
    assert check(replace(sound, html=sound.html.replace("1 Press Lane", "x"))) == ()


@pytest.mark.parametrize("html", ["", "   ", "\x00"])
def test_nothing_is_no_mail(sound: Rendering, html: str) -> None:
    with pytest.raises(UsageError, match="no HTML"):
        check(replace(sound, html=html))


def test_hostile_html_is_survived(sound: Rendering) -> None:
    deep = replace(sound, html=sound.html.replace("<h1>", "<div>" * 5000 + "<h1>"))
    assert "html.depth" in {finding.id for finding in check(deep)}
    odd = '<html><body><a href="http://[x">x</a><img src="https://[y"><p style="font-size:999999999999px">'
    assert {"link.valid", "body.unsubscribe"} <= {finding.id for finding in check(replace(sound, html=odd))}
