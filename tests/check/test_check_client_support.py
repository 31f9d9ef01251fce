"""What readers' clients do not know is told once a feature, weighed, and not for what MJML itself needs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from digest.check import Finding
from digest.check.support import DATA, families_of, spoken, support
from digest.errors import ConfigError

Found = Callable[..., dict[str, list[Finding]]]


@pytest.mark.parametrize(
    ("old", "new", "title", "level"),
    [
        ("font-size:16px", "display:flex", "display:flex", "warning"),
        ("font-size:16px", "width:calc(1px + 2px)", "CSS calc() function", "warning"),
        ("<style>", "<style>.x { position: absolute }", "position", "warning"),
        ("<style>", "<style>.x { --accent: red; }", "CSS Variables (Custom Properties)", "warning"),
        ("font-size:16px", "aspect-ratio:1", "aspect-ratio", "info"),
        ("<style>", "<style>@font-face { font-family: x }", "@font-face", "info"),
        ("<style>", "<style>a:nth-child(2) { color: red }", ":nth-child", "info"),
        ("<style>", "<style>.a::before { color: red }", "::before", "info"),
        ("<h1>The Ledger</h1>", "<h1>The Ledger</h1><svg></svg>", "Embedded <svg> image", "warning"),
    ],
)
def test_a_feature_that_clients_lack_is_named(found: Found, old: str, new: str, title: str, level: str) -> None:
    (finding,) = [f for f in found(old, new).get("css.unsupported", []) if f.message.startswith(title)]
    assert finding.level == level
    assert re.search(r"about \d+ of 100 opens", finding.message)


def test_one_feature_is_one_finding_however_often_it_is_used(found: Found) -> None:
    (finding,) = found("<h1>", '<p style="display:flex"></p>' * 40 + "<h1>")["css.unsupported"]
    assert "is used 40 times" in finding.message


def test_only_the_clients_asked_for_count(found: Found) -> None:
    assert "css.unsupported" not in found("font-size:16px", "aspect-ratio:1", clients=("apple-mail",))
    assert "Thunderbird" not in found("font-size:16px", "aspect-ratio:1")["css.unsupported"][0].message


def test_a_sound_mail_has_nothing_that_matters(found: Found) -> None:
    assert "css.unsupported" not in found()


def test_a_client_that_is_not_known_is_an_error(found: Found) -> None:
    assert families_of(("gmail", "web-de")) == ("gmail", "web-de")
    with pytest.raises(ConfigError, match='"gmial" is no mail client'):
        found(clients=("gmial",))


def test_a_family_that_lacks_it_altogether_is_named_by_its_name_only() -> None:
    known = support().clients
    every = [client for client in known if client.startswith("gmail.")]
    assert spoken([*every, "outlook.windows"], known) == "Gmail, Outlook (Windows)"


def test_the_data_is_whole_and_has_its_licence() -> None:
    known = support()
    assert len(known.features) > 250
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", known.updated)
    assert all(
        len(letters) == len(known.clients) and set(letters) <= set("yanu-") for _t, letters in known.features.values()
    )
    assert "MIT License" in (DATA.parent / "LICENSE").read_text(encoding="utf-8")
