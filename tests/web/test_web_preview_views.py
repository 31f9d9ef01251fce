"""The pages about an edition beside the mail: readers, links, stories, changes, all segments, findings, templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from web_preview_paper import NOW, PAGE, PORT, TOKEN, Visit, opened, words

from digest.ingest import HttpFetcher
from digest.pipeline.approval import approve
from digest.pipeline.build import build
from digest.pipeline.draft import draft
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.pipeline.selecting import select
from digest.settings.model import Fetch
from digest.store import editions, health, lookup
from digest.web.preview import app
from local_site import LocalSite, local_site

HREF = re.compile(r'(?:href|src|action)="([^"#]*)')
ROOMS = ("", "/links", "/stories", "/changes", "/all", "/readers")


def number_of(project: Project, text: str) -> int:
    with project.store.database.read() as connection:
        return lookup.search(connection, text, "daily")[0].id


def test_no_page_has_a_dead_end(untouched: Project, visit: Visit) -> None:
    client = visit(untouched)
    seen: set[str] = set()
    wanted = ["/", *(PAGE + room for room in ROOMS), f"{PAGE}?as={number_of(untouched, 'meera')}"]
    for page in wanted:
        for address in HREF.findall(client.get(page).text):
            address = unescape(address)
            plain = re.sub(r"(width|images|scheme)=\w+", r"\1=", address)
            if not address.startswith("/") or plain in seen:
                continue
            seen.add(plain)
            status = client.get(address).status_code
            assert status in (200, 303), f"{page} leads to {address}: {status}"
    assert len(seen) > 25


def test_a_reader_is_found_and_looked_through(untouched: Project, visit: Visit) -> None:
    client = visit(untouched)
    page = client.get(f"{PAGE}/readers?q=MEERA&segment=everyone&width=768&scheme=dark")
    assert "meera.raghunath@reader.example" in page.text
    number = number_of(untouched, "meera")
    link = next(unescape(one) for one in HREF.findall(page.text) if f"as={number}" in one)
    assert "width=768" in link
    assert "scheme=dark" in link
    shown = client.get(client.get(link).headers["location"])
    assert "As Meera Raghunath <meera.raghunath@reader.example> gets it" in words(shown.text)
    frame = client.get(f"/frame/daily@2026-11-24/business?as={number}").text
    assert "/u/preview" in frame
    assert "Nobody’s address or name begins with “zz”" in words(client.get(f"{PAGE}/readers?q=zz").text)


def test_who_gets_nothing_is_told_why(untouched: Project, visit: Visit) -> None:
    client = visit(untouched)
    with untouched.store.database.read() as connection:
        people = [lookup.person(connection, number, "daily") for number in range(1, 20)]
    gone = next(person for person in people if person and person.state == "left")
    page = client.get(f"{PAGE}?as={gone.id}")
    assert page.status_code == 404
    assert "no segment takes them" in words(page.text)
    assert "Their subscription is left" in words(page.text)
    assert client.get(f"{PAGE}?as=99999").status_code == 400
    assert client.get(f"{PAGE}?as=everybody").status_code == 400


@pytest.mark.parametrize(("reader", "to"), [("empty", "reader@example.com"), ("longest", "Przybyszewska")])
def test_the_worst_of_readers_can_be_looked_through(untouched: Project, visit: Visit, reader: str, to: str) -> None:
    client = visit(untouched)
    page = client.get(f"{PAGE}?view=headers&as={reader}")
    assert to in words(page.text)
    assert f"as={reader}" in page.text


def test_links_are_a_table_and_nobody_is_asked(untouched: Project, visit: Visit) -> None:
    def refuse() -> HttpFetcher:
        raise AssertionError("nothing may be asked")

    client = visit(of=app(untouched, token=TOKEN, port=PORT, new_fetcher=refuse))
    said = words(client.get(f"{PAGE}/links?segment=everyone").text)
    assert "Unsubscribe https://ledger.example/u/preview" in said
    assert "utm_source=digest" in said
    assert "Popular sections" in said


@pytest.fixture
def served() -> Iterator[LocalSite]:
    with local_site() as site:
        site.give("/there", "ok")
        yield site


def test_links_are_asked_when_somebody_wants_it(project: Project, visit: Visit, served: LocalSite) -> None:
    template = project.root / "templates" / "daily.mjml.j2"
    template.write_text(
        f'<mjml><mj-body><mj-section><mj-column><mj-text><h1>Top</h1><a href="{served.url}/there">There</a> '
        f'<a href="{served.url}/gone">Gone</a></mj-text></mj-column></mj-section></mj-body></mjml>',
        encoding="utf-8",
    )
    fetch = Fetch(private_addresses=True)
    client = visit(of=app(project, token=TOKEN, port=PORT, new_fetcher=lambda: HttpFetcher(fetch)))
    page = client.get(f"{PAGE}/links?online=1").text
    assert "HTTP 200" in words(page)
    assert "404" in words(page)
    assert 'name="live"' not in page


def test_changes_are_told_word_by_word(project: Project, visit: Visit) -> None:
    client = visit(project)
    assert "is the first edition" in words(client.get(f"{PAGE}/changes").text)
    settings = project.root / "digest.toml"
    two = settings.read_text("utf-8").replace("[digests.daily]\n", "[digests.daily]\napproval = 2\n")
    settings.write_text(two, encoding="utf-8")
    project = opened(project.root)
    select(project, identify(project, "daily"))
    approve(project, build(project, draft(project, identify(project, "daily"))), "Ada", "", NOW)
    file = project.root / "editions" / "daily-2026-11-24.toml"
    text = file.read_text(encoding="utf-8")
    subject = re.search(r'^subject = "(.*)"$', text, re.MULTILINE)
    assert subject is not None
    file.write_text(text.replace(subject[0], 'subject = "Something else to merge"'), encoding="utf-8")
    page = client.get(f"{PAGE}/changes")
    assert "put in: Something else" in words(page.text)
    assert "daily/2026-11-24 as approved" in words(page.text)
    assert "was never approved" not in words(client.get(f"{PAGE}/changes?against=approved").text)
    assert client.get(f"{PAGE}/changes?against=never").status_code == 400


def test_any_story_is_explained(untouched: Project, visit: Visit) -> None:
    client = visit(untouched)
    made = draft(untouched, identify(untouched, "daily"), keep=False)
    left = made.segments["business"].left_out[0]
    said = words(client.get(f"{PAGE}/stories?segment=business&story={left.story[:10]}").text)
    assert f"Left out “{left.title}”: {left.reason}" in said
    assert client.get(f"{PAGE}/stories?story=zzzz").status_code == 400


def test_all_segments_stand_side_by_side(untouched: Project, visit: Visit) -> None:
    page = visit(untouched).get(f"{PAGE}/all?scheme=full").text
    frames = re.findall(r'<iframe[^>]*src="([^"]+)"[^>]*sandbox=""', page)
    assert [unescape(frame).split("?")[0].rpartition("/")[2] for frame in frames] == [
        "deutsch",
        "business",
        "everyone",
    ]
    assert all("scheme=full" in frame for frame in frames)
    assert "Gmail on iOS" in page


def test_colours_are_inverted_for_some_mail_programs(untouched: Project, visit: Visit) -> None:
    client = visit(untouched)
    plain = client.get("/frame/daily@2026-11-24/everyone").text
    full = client.get("/frame/daily@2026-11-24/everyone?scheme=full")
    assert "prefers-color-scheme: dark" in plain
    assert "prefers-color-scheme: dark" not in full.text
    assert re.sub(r"<[^>]+>", "", full.text.partition("</head>")[2]) == re.sub(
        r"<[^>]+>", "", plain.partition("</head>")[2]
    )
    assert full.headers["content-security-policy"].endswith("sandbox")
    assert "an emulation, for Outlook.com and Gmail on Android" in words(client.get(f"{PAGE}?scheme=part").text)


def test_a_finding_leads_to_its_element_and_its_line(project: Project, visit: Visit) -> None:
    footer = project.root / "templates" / "_end.mjml.j2"
    footer.write_text(
        '{# mine #}\n<mj-section><mj-column>\n<mj-text><p>Words</p>\n<a href="http://news.example/">'
        "more</a></mj-text></mj-column></mj-section>\n",
        encoding="utf-8",
    )
    client = visit(project)
    page = client.get(f"{PAGE}?segment=everyone").text
    found = re.search(r"A link is not https.*?</li>", page, re.DOTALL)
    assert found is not None
    shown, written = (unescape(one) for one in HREF.findall(found[0]))
    marked = client.get(shown)
    frame = re.search(r'<iframe[^>]*src="([^"]+)#([^"]+)"', marked.text)
    assert frame is not None
    assert re.search(
        rf'<a id="{frame[2]}" data-digest-mark[^>]*href="http://news.example/"', client.get(unescape(frame[1])).text
    )
    line = client.get(written)
    assert line.headers["location"] == "/template/_end.mjml.j2?line=4#L4"
    lines = client.get(line.headers["location"].partition("#")[0]).text
    assert re.search(r'<span id="L4" class="marked" aria-current="true">&lt;a href', lines)


@pytest.mark.parametrize("name", ["..%2f..%2fdigest.toml", "digest.toml", "%2fetc%2fpasswd", "none.mjml.j2"])
def test_only_templates_are_shown(untouched: Project, visit: Visit, name: str) -> None:
    assert visit(untouched).get(f"/template/{name}").status_code == 404


def test_home_tells_of_a_source_in_trouble_and_what_was_sent(project: Project, visit: Visit) -> None:
    trouble = health.SourceHealth("desk", NOW, None, 0, 3, "the folder is not there", None, None)
    with project.store.database.begin() as connection:
        health.note(connection, trouble)
    said = words(visit(project).get("/").text)
    assert "1 of 1 in trouble" in said
    assert "3 tries failed: the folder is not there" in said
    assert "next due Wednesday 25 November 2026 at 07:00" in said


def test_one_broken_segment_leaves_the_others(project: Project, visit: Visit) -> None:
    audience = project.root / "audiences" / "business.toml"
    audience.write_text(audience.read_text("utf-8") + '\ntemplate = "broken"\n', encoding="utf-8")
    (project.root / "templates" / "broken.mjml.j2").write_text("{{ nothing.here }}", encoding="utf-8")
    shown = app(project, token=TOKEN, port=PORT, swift=True)
    client = visit(of=shown)
    before = client.get(f"{PAGE}?segment=everyone")
    assert "Being checked" in words(before.text)
    live = re.search(r'name="live" content="([^"]+)"', before.text)
    assert live is not None
    assert "event: built" in client.get(f"/live?{unescape(live[1])}").text
    after = words(client.get(f"{PAGE}?segment=everyone").text)
    assert "Not every segment could be built" in after
    assert "broken.mjml.j2:1" in after
    page = client.get(f"{PAGE}?segment=business")
    assert page.status_code == 500
    assert "broken.mjml.j2:1" in page.text
    with project.store.database.read() as connection:
        assert editions.load(connection, "daily/2026-11-24") is None
