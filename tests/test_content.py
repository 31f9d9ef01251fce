"""Templates: the publication's own file first, the packaged one behind it."""

from __future__ import annotations

from pathlib import Path

from digest.content import packaged, template_roots


def test_the_packaged_content_is_complete() -> None:
    for name in ("templates/daily.mjml.j2", "audiences/everyone.toml", "sample/subscribers.csv", "digest.toml"):
        assert (packaged() / name).is_file(), name


def test_ones_own_templates_come_first(tmp_path: Path) -> None:
    assert template_roots(tmp_path) == (tmp_path / "templates", packaged() / "templates")
    assert template_roots(packaged()) == (packaged() / "templates",)
