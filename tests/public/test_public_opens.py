"""Counting opens: a picture in html mail, fetched by people and by machines."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import tomlkit
from public_paper import BASE, EDITION, READER, Visit, bodies, everything, mails, opened, token

from digest.clock import StillClock
from digest.pipeline.project import Project
from digest.tokens import DEAD

PICTURE = re.compile(rf'<img src="{BASE}(/o/[^"]+\.gif)" width="1" height="1" alt=""[^>]*></body>')


def picture(project: Project) -> str:
    """The picture of the reader's own mail."""
    mail = next(m for m in mails(project) if f"/u/u.{READER}." in str(m["List-Unsubscribe"]))
    return PICTURE.findall(bodies(mail)[0])[0]  # type: ignore[no-any-return]


def openings(project: Project) -> list[str]:
    """Why each opening was held to be a machine's, empty for a person's; in order."""
    return sorted(row[5].get("why", "") for row in everything(project)["events"] if row[2] == "opened")


def test_every_mail_has_the_picture_once_and_a_person_is_counted_once(
    project: Project, guest: Any, clock: StillClock
) -> None:
    for mail in mails(project):
        html, text = bodies(mail)
        assert len(PICTURE.findall(html)) == html.count("/o/") == 1
        assert "/o/" not in text
    before = everything(project, "events")
    clock.forward(timedelta(minutes=20))
    for _ in range(3):
        answer = guest.get(picture(project))
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/gif"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.content.startswith(b"GIF89a")
        clock.forward(timedelta(minutes=1))
    assert openings(project) == [""]
    assert everything(project, "events") == before


def test_machines_are_told_from_people(project: Project, visit: Visit, clock: StillClock) -> None:
    visit(project).get(picture(project))
    assert openings(project) == ["came within seconds of the mail"]
    clock.forward(timedelta(minutes=20))
    visit(project).head(picture(project))
    visit(project, user_agent="Mozilla/5.0").get(picture(project))
    assert openings(project) == ["came within seconds of the mail"]
    visit(project).get(picture(project))
    assert openings(project) == ["", "came within seconds of the mail"]


def test_a_privacy_proxy_is_no_person(project: Project, visit: Visit, clock: StillClock) -> None:
    clock.forward(timedelta(minutes=20))
    visit(project, user_agent="Mozilla/5.0").get(picture(project))
    assert openings(project) == ["a privacy proxy"]


def test_pages_and_dead_pictures_count_nobody(project: Project, guest: Any) -> None:
    before = everything(project)
    assert "/o/" not in guest.get(f"/r/{token(project, 'r')}/{EDITION}").text
    assert guest.get(f"/o/{DEAD}/{EDITION}.gif").headers["content-type"] == "image/gif"
    assert guest.get(f"/o/{token(project, 'o')}/daily/2026-11-23.gif").status_code == 404
    assert everything(project) == before


def test_switched_off_the_picture_is_still_there_and_nothing_is_counted(
    project: Project, folder: Path, clock: StillClock, visit: Visit
) -> None:
    found = picture(project)
    file = folder / "digest.toml"
    settings = tomlkit.parse(file.read_text(encoding="utf-8"))
    settings["tracking"] = {"opens": False}
    file.write_text(tomlkit.dumps(settings), encoding="utf-8")
    off = opened(folder, clock)
    before = everything(off)
    assert visit(off).get(found).status_code == 200
    assert everything(off) == before
    off.store.database.engine.dispose()
