"""Template folders tell when a file in them changed, and are looked through once where that is asked for."""

from __future__ import annotations

import os
from pathlib import Path

from digest.render import Folders
from digest.render.folders import stamp, stamp_of


def test_any_change_of_a_template_changes_the_stamp(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    seen = [stamp([tmp_path])]
    page = tmp_path / "deep" / "page.mjml.j2"
    page.write_text("one", encoding="utf-8")
    seen.append(stamp([tmp_path]))
    page.write_text("longer", encoding="utf-8")
    seen.append(stamp([tmp_path]))
    os.utime(page, ns=(1, 1))
    seen.append(stamp([tmp_path]))
    page.rename(tmp_path / "page.mjml.j2")
    seen.append(stamp([tmp_path]))
    assert len(set(seen)) == len(seen)
    (tmp_path / "notes.txt").write_text("no template", encoding="utf-8")
    assert stamp([tmp_path]) == seen[-1]


def test_folders_keep_the_state_that_they_were_made_in(tmp_path: Path) -> None:
    held = Folders([tmp_path])
    (tmp_path / "page.mjml.j2").write_text("one", encoding="utf-8")
    assert stamp_of(held) == held.stamp == ()
    assert stamp_of([tmp_path]) == Folders([tmp_path]).stamp != ()
    assert held == (tmp_path,)


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert stamp([tmp_path / "none"]) == ()
