"""A way out, an address, a way to read it elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from digest.check import Finding, check
from digest.models.edition import Rendering

Found = Callable[..., dict[str, list[Finding]]]


@pytest.mark.parametrize(
    ("slot", "rule"), [("unsubscribe_url", "body.unsubscribe"), ("browser_url", "body.browser-view")]
)
def test_a_missing_link_blocks_in_either_part(found: Found, sound: Rendering, slot: str, rule: str) -> None:
    mark = "{{" + slot + "}}"
    assert [hit.where for hit in found(f'href="{mark}"', 'href="https://x.news/"')[rule]] == ["html"]
    assert [hit.where for hit in found(text=sound.text.replace(mark, ""))[rule]] == ["text"]


def test_a_finished_mail_is_judged_by_its_words(sound: Rendering) -> None:
    html = sound.html.replace("{{unsubscribe_url}}", "https://x.news/u/1").replace(
        "{{browser_url}}", "https://x.news/b"
    )
    finished = replace(sound, html=html, slots=(), text="Unsubscribe: https://x.news/u/1 in a browser")
    assert not [finding for finding in check(finished) if finding.id.startswith("body.")]
    without = replace(finished, html=html.replace(">Unsubscribe<", ">Stop<").replace("/u/1", "/s"))
    assert "body.unsubscribe" in {finding.id for finding in check(without)}


def test_the_postal_address_must_stand_in_both_parts(found: Found, sound: Rendering) -> None:
    hits = found("1 Press Lane", "2 Other Street", text=sound.text.replace("1 Press Lane", ""))["body.postal-address"]
    assert [hit.where for hit in hits] == ["html", "text"]
    assert "body.postal-address" in found(postal_address=" ")
    assert "body.postal-address" not in found(postal_address="1 Press Lane\nDelhi · 110001")
