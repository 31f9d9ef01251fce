"""A small mail that keeps every rule, to be broken one place at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from digest.check import Finding, check
from digest.models.edition import Rendering

ADDRESS = "1 Press Lane, Delhi 110001"
HTML = """<!doctype html><html lang="en" dir="ltr"><head><title>The Ledger</title>
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<!--[if mso]><xml><o:PixelsPerInch>96</o:PixelsPerInch></xml><![endif]-->
<style>@media (prefers-color-scheme: dark) { .ink { color: #ffffff !important; } }
[data-ogsc] .ink { color: #ffffff !important; } [data-ogsb] .paper { background-color: #000000 !important; }</style>
</head><body><div style="display:none">Dockers go back to work, and rates stay where they are</div>
<div role="article" lang="en" dir="ltr"><!--[if mso | IE]><table width="600" style="width:600px;"><tr>
<td style="width:600px;"><![endif]--><table role="presentation"><tr><td>
<h1>The Ledger</h1><h2 class="lead"><a href="https://paper.news/a">Five countries agree to share a river</a></h2>
<p style="font-size:16px">Talks took eleven years. {long}</p>
<img src="https://img.news/a.jpg" alt="A bridge" width="560">
<h2>World</h2><h3><a href="https://paper.news/b">Dockers end a strike</a></h3>
<p style="font-size:14px"><a href="{{browser_url}}">View in browser</a> <a href="{{unsubscribe_url}}">Unsubscribe</a>
1 Press Lane, Delhi 110001</p></td></tr></table>
<!--[if mso | IE]></td></tr></table><![endif]--></div></body></html>""".replace(
    "{long}", "The council met on Tuesday and agreed on the budget after nine hours. " * 8
)
TEXT = """The Ledger
View in browser: {{browser_url}}

Five countries agree to share a river
https://paper.news/a

World

Dockers end a strike
https://paper.news/b

Unsubscribe: {{unsubscribe_url}}
1 Press Lane, Delhi 110001
"""
SOUND = Rendering(
    edition="daily/2026-11-24",
    segment="everyone",
    language="en",
    template="daily",
    subject="Five countries agree to share a river",
    preheader="Dockers go back to work, and rates stay where they are",
    html=HTML,
    text=TEXT,
    slots=("browser_url", "unsubscribe_url"),
    stories=2,
    minutes=1,
    words=40,
)


@pytest.fixture
def sound() -> Rendering:
    """A rendering in which no rule finds anything."""
    return SOUND


@pytest.fixture
def found() -> Callable[..., dict[str, list[Finding]]]:
    """Findings by rule id, of the sound mail with `old` replaced by `new` in its HTML, or with other fields."""

    def look(old: str = "", new: str = "", **changes: object) -> dict[str, list[Finding]]:
        assert old in HTML
        fields = {name: changes.pop(name) for name in list(changes) if name in Rendering.__slots__}
        rendering = replace(SOUND, **{"html": HTML.replace(old, new) if old else HTML, **fields})  # type: ignore[arg-type]
        options = {"postal_address": ADDRESS, "subject_last": "Another subject", **changes}
        by_id: dict[str, list[Finding]] = {}
        for finding in check(rendering, **options):  # type: ignore[arg-type]
            by_id.setdefault(finding.id, []).append(finding)
        return by_id

    return look
