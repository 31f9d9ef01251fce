"""Bad input: each gives one clear message, the right exit code, nothing lost, and never stops the others."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from command import Command, Said

TOML = "digest.toml"


def add(folder: Path, text: str) -> None:
    path = folder / TOML
    path.write_text(path.read_text() + text)


def source(folder: Path, name: str, kind: str = "folder", where: str = 'path = "extra"') -> None:
    (folder / "extra").mkdir(exist_ok=True)
    add(folder, f'\n[[sources]]\nname = "{name}"\nkind = "{kind}"\n{where}\n')


def no_traceback(said: Said) -> Said:
    assert "Traceback" not in said.err
    assert "Traceback" not in said.out
    return said


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 20}">' for n in range(12))
    + "]><rss version='2.0'><channel><title>x</title><item><title>&m;</title></item></channel></rss>"
)

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>W</title>
<item><title>A harbour reopens after nine days</title><link>https://w.example/1</link>
<description>Ships sail again.</description><pubDate>Tue, 24 Nov 2026 00:10:00 GMT</pubDate></item></channel></rss>"""

PAGE = """<!doctype html><html lang="en"><head><title>No bullets here</title>
<meta property="article:published_time" content="2026-11-24T01:00:00Z"></head><body><article>
<h1>A page without any bullets</h1>{}</article></body></html>"""

PROSE = "<p>The council met on Monday and spoke for three hours about the bridge and its many cracks.</p>" * 4


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("bomb.xml", BOMB, "entit"),
        ("broken.xml", "<rss version='2.0'><channel><item>", ""),
        ("empty.json", "{", ""),
        ("huge.html", PAGE.format("<p>word word word</p>" * 2_600_000), ""),
        ("binary.html", "\x00\x01\x02" * 400, ""),
    ],
    ids=["entity bomb", "broken feed", "broken JSON", "50 MB page", "not a page"],
)
def test_one_bad_file_never_stops_the_others(digest: Command, name: str, content: str, says: str) -> None:
    source(digest.folder, "extra")
    (digest.folder / "extra" / name).write_text(content)
    (digest.folder / "extra" / "good.xml").write_text(FEED)
    said = no_traceback(digest("ingest", "--json"))
    assert said.code == 0
    by_name = {entry["source"]: entry for entry in said.json}
    assert by_name["desk"]["new"] == 53
    assert by_name["extra"]["new"] >= 1
    assert says in said.err
    assert name in said.err or by_name["extra"]["new"] > 1 or name == "broken.xml"


def test_a_missing_folder_and_a_feed_nobody_answers_are_counted(digest: Command) -> None:
    source(digest.folder, "gone", where='path = "nowhere"')
    source(digest.folder, "dead", "feed", 'url = "http://127.0.0.1:9/feed.xml"')
    said = no_traceback(digest("ingest"))
    assert said.code == 0
    assert "gone" in said.err
    assert "dead" in said.err
    assert "private" in said.err or "127.0.0.1" in said.err
    health = {entry["name"]: entry["state"] for entry in digest("sources", "list", "--json").json}
    assert health["desk"] == "ok"
    assert health["gone"].startswith("failing")
    assert health["dead"].startswith("failing")


def test_only_bad_sources_is_a_failure(digest: Command) -> None:
    source(digest.folder, "gone", where='path = "nowhere"')
    assert digest("ingest", "--source", "gone").code == 1
    assert digest("ingest", "--source", "nope").code == 2


def test_a_page_without_takeaways_has_none(digest: Command) -> None:
    page = digest.folder / "page.html"
    page.write_text(PAGE.format(PROSE))
    (story,) = digest("stories", "parse", "page.html", "--json").lines
    assert story["title"] == "A page without any bullets"
    assert story["takeaways"] == []
    assert all(not line["from"].startswith("takeaway") for line in story["summary"]["lines"])


def test_a_file_that_is_not_there_does_not_stop_the_parse(digest: Command) -> None:
    (digest.folder / "page.html").write_text(PAGE.format(PROSE))
    said = no_traceback(digest("stories", "parse", "none.html", "page.html", "--json"))
    assert said.code == 0
    assert len(said.lines) == 1
    assert "none.html" in said.err
    assert digest("stories", "parse", "none.html").code == 1


def test_a_broken_row_is_named_and_the_others_come_in(digest: Command) -> None:
    (digest.folder / "r.csv").write_text(
        "email,name,digests,status\nada@reader.example,Ada,daily,active\nnot an address,X,daily,active\n"
        "bo@reader.example,Bo,weakly,active\ncy@reader.example,Cy,daily,active\n"
    )
    said = no_traceback(digest("subscribers", "import", "r.csv", "--json"))
    assert said.code == 0
    assert (said.json["rows"], said.json["new"], said.json["failed"]) == (4, 2, 2)
    assert "r.csv:3:" in said.err
    assert "r.csv:4:" in said.err


def test_a_hostile_name_is_only_text(digest: Command) -> None:
    (digest.folder / "r.csv").write_bytes(
        b'email,name,digests,status,topics\nada@reader.example,"Ada\r\nBcc: all@x.example <script>alert(1)</script>",'
        b"daily,active,world\n"
    )
    assert digest("subscribers", "import", "r.csv").code == 0
    assert digest("send", "daily", "--yes", "--only", "ada@reader.example").code == 0
    (path,) = (digest.folder / "var" / "outbox").rglob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail["Bcc"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == ["ada@reader.example"]
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "<script>" not in html


def test_a_wrong_key_is_said_with_its_line(digest: Command) -> None:
    add(digest.folder, '\n[delivery2]\ntransport = "folder"\n')
    said = no_traceback(digest("select", "daily"))
    assert said.code == 2
    assert "digest.toml:" in said.err
    assert "did you mean delivery?" in said.err


TEMPLATES: list[tuple[str, str]] = [
    ("{{ leed.headline }}", "leed"),
    ("{% if %}", "daily.mjml.j2:"),
    ("{{ ''.__class__.__mro__ }}", "daily.mjml.j2"),
    ("{% for a in range(999999999) %}x{% endfor %}", "daily.mjml.j2"),
]


@pytest.mark.parametrize(("text", "says"), TEMPLATES, ids=["undefined", "syntax", "internals", "endless"])
def test_a_wrong_template_is_named_with_its_line_and_nothing_is_sent(digest: Command, text: str, says: str) -> None:
    template = (
        "<mjml><mj-body><mj-section><mj-column><mj-text>\n%s\n</mj-text></mj-column></mj-section></mj-body></mjml>"
    )
    (digest.folder / "templates" / "daily.mjml.j2").write_text(template % text)
    said = no_traceback(digest("send", "daily", "--yes"))
    assert said.code == 2
    assert says in said.err
    assert not list((digest.folder / "var").rglob("*.eml"))


def wrong_filter(folder: Path) -> None:
    (folder / "audiences" / "everyone.toml").write_text('label = "E"\nfilter = "statsu = active"\n')


def no_segment(folder: Path) -> None:
    path = folder / TOML
    path.write_text(path.read_text().replace('segments = ["deutsch", "business", "everyone"]', "segments = []"))


def no_audience(folder: Path) -> None:
    (folder / "audiences" / "deutsch.toml").unlink()


def other_store(folder: Path) -> None:
    path = folder / TOML
    path.write_text(path.read_text().replace('id = "ledger"', 'id = "other"'))


@pytest.mark.parametrize(
    ("spoil", "code", "says"),
    [
        (wrong_filter, 2, "everyone.toml:2"),
        (no_segment, 3, "goes to nobody"),
        (no_audience, 2, 'there is no audience "deutsch"'),
        (other_store, 6, 'belongs to the publication "ledger"'),
    ],
)
def test_a_wrong_set_up_is_refused_in_words(
    digest: Command, spoil: Callable[[Path], None], code: int, says: str
) -> None:
    spoil(digest.folder)
    said = no_traceback(digest("send", "daily", "--yes"))
    assert said.code == code, said.err
    assert says in said.err


def test_outside_a_publication_it_says_how_to_make_one(tmp_path: Path) -> None:
    elsewhere = Command(tmp_path)
    assert elsewhere().code == 0
    assert "digest init DIR" in elsewhere().out
    said = no_traceback(elsewhere("select", "daily"))
    assert said.code == 2
    assert "digest init DIR" in said.err


def test_a_publication_is_not_made_over_another(digest: Command) -> None:
    said = digest("init", ".")
    assert said.code == 2
    assert "already a publication" in said.err
