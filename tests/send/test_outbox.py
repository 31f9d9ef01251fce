import re
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from digest.errors import SendError
from digest.models.mail import Message
from digest.send import Place
from digest.send.folder import FolderSender, half_name
from digest.send.outbox import SHOWN, purge, write_index

NOW = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)
EDITION = "daily/2026-11-24"
Mail = Callable[..., Message]


class Page(HTMLParser):
    """What a browser would make of a page: its text outside of frames, its frames, its links and tags."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.frames: list[dict[str, str | None]] = []
        self.metas: list[dict[str, str | None]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        if tag == "a":
            self.links.append(given["href"] or "")
        elif tag == "iframe":
            self.frames.append(given)
        elif tag == "meta":
            self.metas.append(given)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def sent(outbox: Path, messages: list[Message]) -> Path:
    with FolderSender(outbox) as sender:
        list(sender.send(messages))
    return write_index(outbox, EDITION, publication="The <Ledger>", now=NOW)


def test_mails_are_shown_by_segment_with_what_their_readers_see(mail: Mail, tmp_path: Path) -> None:
    page = Page(sent(tmp_path, [mail(1), mail(2, name="Zoë"), mail(3, segment="subscribers")]))
    assert "The <Ledger>" in page.text
    assert "24 November 2026 · daily · outbox as of 07:05, 24 November 2026" in page.text
    assert re.search("everyone 2 mails Rents rise – everyone .* Zoë reader2@mail.example", page.text)
    assert re.search("subscribers 1 mail Rents rise – subscribers", page.text)
    assert page.frames[0]["srcdoc"] is not None
    assert "Dear Reader &lt;1&gt;, Esq." in page.frames[0]["srcdoc"]
    assert "everyone/d00002.html" in page.links


def test_a_mail_has_a_page_with_html_text_headers_and_the_file_itself(mail: Mail, tmp_path: Path) -> None:
    folder = sent(tmp_path, [mail(1), mail(2), mail(3)]).parent / "everyone"
    page = Page(folder / "d00002.html")
    assert page.frames[0]["sandbox"] == ""
    assert (page.frames[0]["srcdoc"] or "").startswith("<p>Dear Reader")
    assert "Dear Reader <2>, Esq., .a line https://news.example/u/2?a=1&b=2 You & I signed up." in page.text
    assert "<d00002.daily-2026-11-24.ledger@news.example>" in page.text
    assert {"d00001.html", "d00003.html", "d00002.eml", "../index.html"} <= set(page.links)
    for link in page.links:
        assert (folder / link).is_file()


def test_the_outbox_lists_its_editions_newest_first(mail: Mail, tmp_path: Path) -> None:
    sent(tmp_path, [mail(1)])
    for edition in ("weekly/2026-11-25", "daily/2026-11-23", "breaking/2026-11-24-0730"):
        write_index(tmp_path, edition, publication="The Ledger", now=NOW)
    page = Page(tmp_path / "index.html")
    assert page.links == [
        "weekly/2026-11-25/index.html",
        "breaking/2026-11-24-0730/index.html",
        "daily/2026-11-24/index.html",
        "daily/2026-11-23/index.html",
    ]
    assert "24 November 2026, 07:30 breaking" in page.text
    for link in page.links:
        back = Page(tmp_path / link).links[-1]
        assert (tmp_path / link).parent.joinpath(back).resolve() == (tmp_path / "index.html").resolve()


def test_only_the_first_mails_are_shown_and_the_rest_is_counted(mail: Mail, tmp_path: Path) -> None:
    index = sent(tmp_path, [mail(number) for number in range(SHOWN + 7)])
    page = Page(index)
    assert len([link for link in page.links if link.startswith("everyone/")]) == SHOWN
    assert "and 7 more in the folder everyone" in page.text
    assert f"{SHOWN + 7} mails" in page.text
    assert len(list((index.parent / "everyone").glob("*.html"))) == SHOWN


def test_a_hostile_mail_is_shown_and_does_nothing(mail: Mail, tmp_path: Path) -> None:
    folder = tmp_path / EDITION / "everyone"
    folder.mkdir(parents=True)
    evil = b"\"><script>alert(1)</script><iframe src='https://evil.example'>"
    (folder / "d1.eml").write_bytes(
        b"From: " + evil + b"\r\nTo: " + evil + b"\r\nSubject: " + evil + b"\r\n"
        b"Content-Type: text/html; charset=utf-8\r\n\r\n" + evil
    )
    (folder / "d2.eml").write_bytes(b"\xff\xfe\x00 no mail at all \r\n\r\n" + bytes(range(256)))
    (folder / "d3.eml").write_bytes(b"Subject: =?utf-8?b?broken\r\nContent-Type: text/html; charset=klingon\r\n\r\nx")
    (folder / "d4.eml").write_bytes(b"")
    index = write_index(tmp_path, EDITION, publication="L", now=NOW)
    for path in (index, *folder.glob("*.html")):
        page = Page(path)
        assert "script" not in page.tags
        assert all(frame["sandbox"] == "" and "src" not in frame for frame in page.frames)
        assert not any("evil" in link for link in page.links)
        [policy] = [meta for meta in page.metas if meta.get("http-equiv")]
        assert (policy["content"] or "").startswith("default-src 'none'")
    assert len(list(folder.glob("*.html"))) == 4


def test_half_mails_and_other_files_are_not_counted(mail: Mail, tmp_path: Path) -> None:
    index = sent(tmp_path, [mail(1)])
    half_name(index.parent / "everyone" / "d9.eml").write_bytes(b"half")
    (index.parent / "everyone" / "notes.txt").write_text("x")
    write_index(tmp_path, EDITION, publication="L", now=NOW)
    assert "everyone 1 mail " in Page(index).text


def test_an_edition_without_mail_says_so(tmp_path: Path) -> None:
    assert "No mail" in Page(write_index(tmp_path, EDITION, publication="L", now=NOW)).text


def test_the_same_mails_make_the_same_pages(mail: Mail, tmp_path: Path) -> None:
    index = sent(tmp_path, [mail(1), mail(2)])
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.html")}
    write_index(tmp_path, EDITION, publication="The <Ledger>", now=NOW)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.html")} == before
    assert index in before
    assert not list(tmp_path.rglob(".*"))


def test_a_person_who_is_forgotten_is_gone_from_files_and_pages(mail: Mail, tmp_path: Path) -> None:
    index = sent(tmp_path, [mail(1), mail(2)])
    places = [Place("d00001", EDITION, "everyone"), Place("d99999", EDITION, "everyone")]
    assert purge(tmp_path, places, publication="The Ledger", now=NOW) == 1
    left = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert "reader1@" not in left
    assert "reader2@" in left
    assert "d00002.html" in "".join(Page(index).links)


def test_purging_never_leaves_the_outbox(tmp_path: Path) -> None:
    with pytest.raises(SendError):
        purge(tmp_path / "outbox", [Place("../../x", EDITION, "everyone")], publication="L", now=NOW)


def test_pages_that_cannot_be_written_are_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "daily").write_text("a file")
    with pytest.raises(SendError, match="cannot be written"):
        write_index(tmp_path, EDITION, publication="L", now=NOW)


def test_a_mail_of_text_alone_is_shown_as_text(mail: Mail, tmp_path: Path) -> None:
    folder = sent(tmp_path, [mail(1, plain=True), mail(2)]).parent
    page = (folder / "everyone" / "d00001.html").read_text(encoding="utf-8")
    assert "<iframe" not in page
    assert 'id="as-text" checked' in page
    assert "Dear Reader &lt;1&gt;, Esq.,\n.a line" in page
    assert 'id="as-html" checked' in (folder / "everyone" / "d00002.html").read_text(encoding="utf-8")
    assert '<pre class="first">Dear Reader' in (folder / "index.html").read_text(encoding="utf-8")
