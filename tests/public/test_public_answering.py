"""Reading an edition again, saying whether it was useful, and following counted links."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import tomlkit
from public_paper import BASE, EDITION, READER, Visit, bodies, everything, mails, opened, person, token, words

from digest.clock import StillClock
from digest.pipeline.project import Project
from digest.store import links
from digest.tokens import DEAD


def mail_of(project: Project, subscriber: int = READER) -> Any:
    return next(m for m in mails(project) if f"/u/u.{subscriber}." in str(m["List-Unsubscribe"]))


def clicks(project: Project) -> list[str]:
    """The counted links in the reader's mail, in order, each once."""
    html = bodies(mail_of(project))[0]
    return list(dict.fromkeys(re.findall(rf'href="{BASE}(/c/[^"]+)"', html)))


def tracked(project: Project) -> list[tuple[bool, str]]:
    """(machine, why) of every click."""
    return [
        (row[5].get("machine", False), row[5].get("why", ""))
        for row in everything(project)["events"]
        if row[2] == "clicked"
    ]


def test_each_reader_reads_the_edition_as_they_got_it(project: Project, guest: Any) -> None:
    for mail in mails(project):
        number = int(str(mail["List-Unsubscribe"]).split(".")[2])
        answer = guest.get(f"/r/{token(project, 'r', number)}/{EDITION}")
        assert answer.status_code == 200
        assert words(answer.text) == words(bodies(mail)[0])
        assert set(re.findall(r'href="([^"]+)"', answer.text)) == set(re.findall(r'href="([^"]+)"', bodies(mail)[0]))
        assert "script" not in answer.headers["content-security-policy"]


def test_nobody_reads_what_was_not_sent_to_them(project: Project, guest: Any) -> None:
    missing = next(
        n for n in range(1, 20) if all(f"/u/u.{n}." not in str(m["List-Unsubscribe"]) for m in mails(project))
    )
    assert guest.get(f"/r/{token(project, 'r', missing)}/{EDITION}").status_code in (404, 410)
    assert guest.get(f"/r/{token(project, 'r')}/daily/2026-11-23").status_code == 404
    assert guest.get(f"/r/{token(project, 'r', digest='weekly')}/{EDITION}").status_code == 404
    assert guest.get(f"/r/{DEAD}/{EDITION}").status_code == 200


def test_an_answer_is_a_post_and_may_be_changed(project: Project, guest: Any) -> None:
    page = f"/f/{token(project, 'f')}/{EDITION}"
    before = everything(project)
    assert "Was this useful?" in words(guest.get(page).text)
    assert everything(project) == before
    assert "Thank you" in words(guest.post(page, data={"answer": "yes"}).text)
    assert 'value="yes" class="chosen"' in guest.get(page).text
    guest.post(page, data={"answer": "no"})
    votes = [row[2] for row in everything(project)["events"]]
    assert votes == ["not_useful"]
    assert person(project)["engaged"] is not None
    guest.post(page, data={"answer": "perhaps"})
    assert [row[2] for row in everything(project)["events"]] == ["not_useful"]


def test_links_in_the_mail_lead_to_the_stories_and_are_counted(
    project: Project, guest: Any, clock: StillClock
) -> None:
    clock.forward(timedelta(minutes=20))
    found = clicks(project)
    assert len(found) > 3
    answer = guest.get(found[0])
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("https://")
    assert "/c/" not in answer.headers["location"]
    assert tracked(project) == [(False, "")]
    with project.store.database.read() as connection:
        assert links.counted(connection, EDITION) == {found[0].rpartition("/")[2]: (1, 0)}


def test_the_text_has_the_same_counted_links(project: Project) -> None:
    html, text = bodies(mail_of(project))
    in_text = set(re.findall(rf"{BASE}(/c/\S+)", text))
    assert in_text
    assert in_text <= set(re.findall(rf'href="{BASE}(/c/[^"]+)"', html))


def test_a_click_changes_nothing_about_the_reader(project: Project, guest: Any) -> None:
    before = everything(project, "events")
    for link in clicks(project):
        guest.get(link)
    assert everything(project, "events") == before


def test_scanners_are_told_from_people(project: Project, visit: Visit, clock: StillClock) -> None:
    link = clicks(project)[0]
    visit(project).get(link)
    clock.forward(timedelta(minutes=20))
    visit(project).head(link)
    clock.forward(timedelta(minutes=1))
    visit(project, user_agent="Barracuda Sentinel (EE)").get(link)
    clock.forward(timedelta(minutes=1))
    visit(project).get(link)
    assert [why for _, why in sorted(tracked(project))] == [
        "",
        "asked for the head only",
        "came within seconds of the mail",
        "named itself a program",
    ]


def test_many_links_at_once_are_a_scanners(project: Project, guest: Any, clock: StillClock) -> None:
    clock.forward(timedelta(minutes=20))
    for link in clicks(project)[:5]:
        guest.get(link)
    assert {machine for machine, _ in tracked(project)} == {True}


def test_nothing_leads_elsewhere(project: Project, guest: Any) -> None:
    mine = token(project, "c")
    for where in ("https:%2F%2Fevil.example", "//evil.example", "nothing", "../../evil", "%00", "a" * 500):
        answer = guest.get(f"/c/{mine}/{EDITION}/{where}")
        assert answer.status_code == 404, where
        assert "location" not in answer.headers
    forged = clicks(project)[0].replace(mine, mine[:-1] + ("A" if mine[-1] != "A" else "B"))
    assert guest.get(forged).status_code == 404


def test_dead_links_lead_on_and_count_nobody(project: Project, guest: Any) -> None:
    before = everything(project)
    dead = re.sub(r"/c/[^/]+/", f"/c/{DEAD}/", clicks(project)[0])
    assert guest.get(dead).headers["location"].startswith("https://")
    assert everything(project) == before


def test_switched_off_links_still_lead_on_and_nothing_is_counted(
    project: Project, folder: Any, clock: StillClock, visit: Visit
) -> None:
    found = clicks(project)[0]
    file = folder / "digest.toml"
    settings = tomlkit.parse(file.read_text(encoding="utf-8"))
    settings["tracking"] = {"clicks": False}
    file.write_text(tomlkit.dumps(settings), encoding="utf-8")
    off = opened(folder, clock)
    before = everything(off)
    assert visit(off).get(found).status_code == 302
    assert everything(off) == before
    off.store.database.engine.dispose()
