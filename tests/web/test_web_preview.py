"""The pages of the preview: what they say, what they let run, and what they say when something is wrong."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from web_preview_paper import LABEL, NOW, PAGE, PORT, TOKEN, Visit, opened, words, write_story

from digest.pipeline.approval import approve
from digest.pipeline.audience import reach
from digest.pipeline.build import build
from digest.pipeline.draft import draft
from digest.pipeline.gather import gather
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.store import editions
from digest.web.preview import app

TEMPLATE = """<mjml><mj-head><mj-title>{{ subject }}</mj-title></mj-head><mj-body><mj-section><mj-column>
<mj-text>%s</mj-text></mj-column></mj-section></mj-body></mjml>
"""


OURS = '<script src="/preview.js" defer>'


def scripts(page: str) -> list[str]:
    """Every tag of a page that could run something."""
    return re.findall(r"<script[^>]*>|<[a-z][^>]*\son[a-z]+=[^>]*>", page)


def drafted(project: Project) -> None:
    """What `digest build daily` keeps."""
    build(project, draft(project, identify(project, "daily@2026-11-24")))


def test_looking_keeps_nothing(project: Project, visit: Visit) -> None:
    visit(project).get(PAGE)
    with project.store.database.read() as connection:
        assert editions.load(connection, "daily/2026-11-24") is None


def write_template(folder: Path, inner: str) -> Path:
    file = folder / "templates" / "daily.mjml.j2"
    file.write_text(TEMPLATE % inner, encoding="utf-8")
    return file


def test_home_shows_each_digest_with_its_people_and_the_way_to_it(project: Project, visit: Visit) -> None:
    page = visit(project).get("/")
    said = words(page.text)
    assert page.status_code == 200
    assert LABEL in said
    assert "Tuesday 24 November 2026 · Not drafted yet" in said
    found = reach(project, "daily")
    assert f"Goes to {found.total} people" in said
    assert f"Auf Deutsch {found.taken['deutsch']} people" in said
    assert f'href="{PAGE}"' in page.text


def test_home_knows_the_state_of_a_drafted_edition(project: Project, visit: Visit) -> None:
    client = visit(project)
    drafted(project)
    assert "Tuesday 24 November 2026 · Checked" in words(client.get("/").text)


def test_home_shows_one_digest_in_trouble_and_the_others(project: Project, visit: Visit) -> None:
    settings = (project.root / "digest.toml").read_text(encoding="utf-8")
    broken = '[digests.weekly]\nsegments = ["ghosts"]\ntopics = ["world"]\n'
    (project.root / "digest.toml").write_text(f"{settings}\n{broken}", encoding="utf-8")
    page = visit(project).get("/")
    assert page.status_code == 200
    assert 'There is no audience "ghosts"' in words(page.text)
    assert "digest.toml:" in page.text
    assert "Goes to " in words(page.text)


def test_a_bare_digest_leads_to_its_next_edition(untouched: Project, visit: Visit) -> None:
    answer = visit(untouched).get("/e/daily?width=768")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{PAGE}?width=768"


def test_an_edition_opens_with_the_segment_that_most_people_are_in(untouched: Project, visit: Visit) -> None:
    said = words(visit(untouched).get(PAGE).text)
    assert "The mail, 375 pixels wide" not in said
    assert said.startswith("Everyone, daily@2026-11-24 · Preview")
    assert f"goes to {reach(untouched, 'daily').total} people in 3 segments" in said


def test_an_edition_says_what_is_in_the_inbox_and_why(untouched: Project, visit: Visit) -> None:
    made = draft(untouched, identify(untouched, "daily"))
    client = visit(untouched)
    page = client.get(f"{PAGE}?segment=business")
    said = words(page.text)
    assert "is cut on small phones" in said
    assert "kB of 102 kB" in said
    said = words(client.get(f"{PAGE}/stories?segment=business").text)
    plan = made.segments["business"]
    assert plan.lead is not None
    for pick in plan.picks():
        assert pick.title in said
        assert " · ".join(pick.reasons) in said
        assert f"score {pick.score:.2f}" in said
    assert "Key takeaway 1" in said
    assert all(left.reason in said for left in plan.left_out)


@pytest.mark.parametrize("choice", ["segment=deutsch", "width=768", "view=text", "scheme=dark", "images=off"])
def test_every_choice_is_a_link_that_keeps_the_others(untouched: Project, visit: Visit, choice: str) -> None:
    client = visit(untouched)
    page = client.get(f"{PAGE}?{choice}").text
    links = [urlsplit(part.partition('"')[0]) for part in page.replace("&amp;", "&").split('href="')[1:]]
    looks = [parse_qs(link.query) for link in links if link.path == PAGE]
    assert looks
    name, value = choice.split("=")
    assert sum(look[name] == [value] for look in looks) > len(looks) // 2


def test_the_frame_holds_the_mail_itself(untouched: Project, visit: Visit) -> None:
    client = visit(untouched)
    shown = client.get("/frame/daily@2026-11-24/everyone")
    message = message_from_bytes(client.get("/eml/daily@2026-11-24/everyone.eml").content, policy=policy.default)
    sent = message.get_body(("html",))
    assert sent is not None
    assert shown.text.replace('<base target="_blank">', "", 1) == sent.get_content()
    assert "/u/preview" in shown.text
    assert "{{" not in shown.text


def test_the_frame_may_run_nothing(untouched: Project, visit: Visit) -> None:
    client = visit(untouched)
    for images, allowed in (("on", "img-src https: http: data:;"), ("off", "img-src 'none';")):
        rules = client.get(f"/frame/daily@2026-11-24/everyone?images={images}").headers["content-security-policy"]
        assert rules.startswith("default-src 'none'; style-src 'unsafe-inline'; ")
        assert allowed in rules
        assert rules.split("; ")[-1] == "sandbox"
    page = client.get(PAGE).text
    assert 'sandbox=""' in page
    assert scripts(page) == [OURS]


def test_the_file_is_a_message_that_acts_on_nothing(untouched: Project, visit: Visit) -> None:
    answer = visit(untouched).get("/eml/daily@2026-11-24/deutsch.eml")
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["content-disposition"] == 'attachment; filename="daily-2026-11-24-deutsch.eml"'
    message = message_from_bytes(answer.content, policy=policy.default)
    assert message["To"] == "Sample Reader <reader@example.com>"
    assert "/u/preview>" in message["List-Unsubscribe"]


@pytest.mark.parametrize(
    ("view", "expected"),
    [("text", "Key takeaways"), ("source", '<html lang="en"'), ("headers", "List-Unsubscribe-Post")],
)
def test_text_source_and_headers_are_shown(untouched: Project, visit: Visit, view: str, expected: str) -> None:
    from html import unescape

    page = visit(untouched).get(f"{PAGE}?view={view}").text
    assert expected in unescape(page)
    assert "<iframe" not in page


def test_hostile_words_stay_words(project: Project, visit: Visit) -> None:
    write_story(
        project.root,
        "A minister & <script>alert(1)</script> said so",
        takeaways=["<img src=x onerror=alert(2)> was said by one of them", "Nothing <b>else</b> was said at all"],
    )
    assert sum(result.new for result in gather(project)) == 1
    client = visit(project)
    assert "&lt;script&gt;" in client.get(PAGE).text
    views = [
        "",
        "/links",
        "/stories",
        "/changes?against=last",
        "/all",
        "/readers?q=%3Cscript%3E",
        "/stories?story=%3Cb%3E",
    ]
    for address in [*views, *(f"?view={view}" for view in ("text", "source", "headers", "raw"))]:
        page = client.get(f"{PAGE}{address}").text
        assert scripts(page) == [OURS], address
        assert "<img" not in page, address
        assert "<b>" not in page, address


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/e/weekly", LABEL),
        ("/e/daily@2026-13-40", LABEL),
        ("/e/..%2f..%2fetc", "All digests"),
        (f"{PAGE}?segment=nobody", "Business readers"),
        ("/frame/daily@2026-11-24/nobody", "Business readers"),
        ("/eml/weekly/everyone.eml", LABEL),
        ("/nowhere", "All digests"),
    ],
)
def test_what_there_is_not_is_said_with_a_way_on(untouched: Project, visit: Visit, path: str, named: str) -> None:
    page = visit(untouched).get(path)
    assert page.status_code == 404
    assert named in words(page.text)
    assert 'href="/"' in page.text


@pytest.mark.parametrize("query", ["view=video", "width=9", "width=x", "width=99999999", "scheme=sepia", "images=1"])
def test_a_view_that_does_not_exist_is_said(untouched: Project, visit: Visit, query: str) -> None:
    page = visit(untouched).get(f"{PAGE}?{query}")
    assert page.status_code == 400
    assert query.partition("=")[2] in words(page.text)


def test_a_broken_template_is_said_with_its_line_until_it_is_mended(project: Project, visit: Visit) -> None:
    client = visit(project)
    write_template(project.root, "Whole {{ lead.headline }}")
    assert client.get(PAGE).status_code == 200
    file = write_template(project.root, "{{ leed.headline }}")
    page = client.get(PAGE)
    assert page.status_code == 500
    assert f"{file}:2" in page.text
    assert "Did you mean lead?" in words(page.text)
    assert "Traceback" not in page.text
    write_template(project.root, "Mended {{ lead.headline }}")
    client.get(PAGE)
    assert "Mended" in client.get("/frame/daily@2026-11-24/everyone").text


def test_broken_settings_are_said_with_their_line_until_they_are_mended(project: Project, visit: Visit) -> None:
    client, file = visit(project), project.root / "digest.toml"
    right = file.read_text(encoding="utf-8")
    file.write_text(right.replace("lead = 1", "leed = 1"), encoding="utf-8")
    for path in ("/", PAGE):
        page = client.get(path)
        assert page.status_code == 500
        assert "Did you mean lead?" in words(page.text)
        assert f"{file}:" in page.text
    file.write_text(right.replace(LABEL, "The Ledger at dawn"), encoding="utf-8")
    assert "The Ledger at dawn" in client.get(PAGE).text


def test_an_edition_whose_day_is_over_is_refused_in_words(untouched: Project, visit: Visit) -> None:
    page = visit(untouched).get("/e/daily@2026-11-01")
    assert page.status_code == 409
    assert "old news is not sent" in words(page.text)
    assert 'href="/"' in page.text


def test_blocking_findings_stand_first_and_at_their_segment(project: Project, visit: Visit) -> None:
    write_template(project.root, '<a href="http://localhost/">here</a>')
    client = visit(project)
    said = words(client.get(f"{PAGE}?segment=everyone").text)
    assert "Draft: blocked by its checks" in said
    checks = said.partition("Checks")[2]
    assert checks.startswith(" Must be put right before this can be sent")
    assert checks.index("Must be put right") < checks.index("Worth a look")
    assert "blocking" in said.partition("Everyone")[2].partition("In the inbox")[0]


def test_a_changed_audience_is_counted_anew(project: Project, visit: Visit) -> None:
    client = visit(project)
    assert f"Auf Deutsch {reach(project, 'daily').taken['deutsch']} people" in words(client.get(PAGE).text)
    file = project.root / "audiences" / "deutsch.toml"
    file.write_text('label = "Niemand"\nfilter = "status = active and language = xx"\n', "utf-8")
    said = words(client.get(PAGE).text)
    assert "Niemand 0 people" in said
    assert "Auf Deutsch" not in said


def test_a_bug_is_a_page_in_words(untouched: Project, visit: Visit) -> None:
    def broken(_request: Request) -> Response:
        raise ZeroDivisionError("secret detail")

    shown = app(untouched, token=TOKEN, port=PORT)
    shown.router.routes.insert(0, Route("/broken", broken))
    page = visit(of=shown).get("/broken")
    assert page.status_code == 500
    assert "secret detail" not in page.text
    assert "Traceback" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_next_edition_is_tomorrows_once_todays_is_sent(folder: Path, visit: Visit) -> None:
    from digest.models.edition import EditionState

    project = opened(folder, lambda: NOW + timedelta(hours=1))
    client = visit(project)
    drafted(project)
    with project.store.database.begin() as connection:
        editions.set_state(connection, "daily/2026-11-24", EditionState.SENT, project.now())
    said = words(client.get("/").text)
    assert "Wednesday 25 November 2026" in said
    assert "Earlier editions Tuesday 24 November 2026 Sent" in said
    project.store.database.engine.dispose()


def test_who_approved_is_said(project: Project, visit: Visit) -> None:
    file = project.root / "digest.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[digests.daily]\n", "[digests.daily]\napproval = 2\n"), encoding="utf-8")
    client = visit(project)
    assert "not approved yet (0 of 2 needed)" in words(client.get(PAGE).text)
    identity = identify(project, "daily")
    approve(project, build(project, draft(project, identity)), "Ana", "", NOW)
    assert "approved by Ana (1 of 2 needed)" in words(client.get(PAGE).text)


@pytest.mark.parametrize(
    ("paragraphs", "said"), [(10, "shows it whole"), (1600, "Close to"), (1900, "hides what is past")]
)
def test_the_size_is_told_against_where_gmail_clips(
    project: Project, visit: Visit, paragraphs: int, said: str
) -> None:
    write_template(project.root, "<p>Fifty-odd characters that stand for a paragraph.</p>" * paragraphs)
    page = visit(project).get(PAGE)
    assert said in words(page.text).partition("This mail")[2]
    assert "<meter" in page.text
