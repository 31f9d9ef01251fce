"""The raw message."""

from __future__ import annotations

import quopri

import pytest

from digest.check import check
from digest.models.edition import Rendering

UNSUBSCRIBE = "List-Unsubscribe: <https://paper.news/u/1>, <mailto:u@paper.news?subject=u1>"
POST = "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
SIGNED = (
    "DKIM-Signature: v=1; a=rsa-sha256; d=paper.news; h=from:to:subject:list-unsubscribe:list-unsubscribe-post; b=x"
)
HEADERS = [
    "From: The Ledger <hello@paper.news>",
    "To: reader@mail.news",
    "Subject: Five countries agree to share a river",
    "Date: Tue, 24 Nov 2026 07:00:00 +0530",
    "Message-ID: <1@paper.news>",
    "MIME-Version: 1.0",
    UNSUBSCRIBE,
    POST,
    SIGNED,
    'Content-Type: multipart/alternative; boundary="b"',
]


def encoded(text: str) -> str:
    return quopri.encodestring(text.encode()).decode().replace("\n", "\r\n")


def message(
    sound: Rendering, headers: list[str] | None = None, *, swapped: bool = False, text: str | None = None
) -> bytes:
    parts = [("plain", sound.text if text is None else text), ("html", sound.html)]
    body = "".join(
        f"--b\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        f"{encoded(content)}\r\n"
        for kind, content in (reversed(parts) if swapped else parts)
    )
    return ("\r\n".join(headers or HEADERS) + f"\r\n\r\n{body}--b--\r\n").encode()


def ids(sound: Rendering, raw: bytes) -> set[str]:
    return {finding.id for finding in check(sound, raw) if finding.level == "error"}


def filled(sound: Rendering) -> Rendering:
    from dataclasses import replace

    def fill(text: str) -> str:
        return text.replace("{{unsubscribe_url}}", "https://paper.news/u/1").replace(
            "{{browser_url}}", "https://paper.news/v"
        )

    return replace(sound, html=fill(sound.html), text=fill(sound.text))


def test_a_sound_message_passes(sound: Rendering) -> None:
    assert check(sound, message(filled(sound))) == ()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (UNSUBSCRIBE, "X-Other: 1", "hdr.unsubscribe"),
        (UNSUBSCRIBE, "List-Unsubscribe: <http://paper.news/u/1>", "hdr.unsubscribe"),
        (UNSUBSCRIBE, "List-Unsubscribe: =?utf-8?q?=3Chttps=3A//paper=2Enews/u=3E?=", "hdr.unsubscribe"),
        (POST, "List-Unsubscribe-Post: yes", "hdr.unsubscribe"),
        (SIGNED, "DKIM-Signature: v=1; h=from:to; b=x", "hdr.unsubscribe"),
        ("To: reader@mail.news", "To: a@mail.news\r\nTo: b@mail.news", "hdr.once"),
        ("Message-ID: <1@paper.news>", "X-Id: 1", "hdr.once"),
        ("To: reader@mail.news", "To: reader@mail.news\r\nX-Long: " + "x" * 1000, "mime.line-length"),
        ("To: reader@mail.news", "To: reader@mail.news\nX-Bare: line feed", "mime.line-length"),
    ],
)
def test_a_header_that_servers_refuse(sound: Rendering, old: str, new: str, rule: str) -> None:
    headers = [new if line == old else line for line in HEADERS]
    assert ids(sound, message(filled(sound), headers)) == {rule}


def test_a_missing_mailto_is_a_warning(sound: Rendering) -> None:
    headers = [line.partition(", <mailto")[0] if line == UNSUBSCRIBE else line for line in HEADERS]
    assert [(f.id, f.level) for f in check(sound, message(filled(sound), headers))] == [
        ("hdr.unsubscribe", "warning")
    ]


def test_the_parts_must_stand_in_order_and_say_the_same(sound: Rendering) -> None:
    assert ids(sound, message(filled(sound), swapped=True)) == {"mime.alternative"}
    other = "Unsubscribe: https://paper.news/u/1, or view it in a browser"
    assert ids(sound, message(filled(sound), text=other)) == {"mime.alternative"}
    assert "mime.alternative" in ids(sound, message(filled(sound), text=""))


def test_what_leaves_is_what_is_judged(sound: Rendering) -> None:
    left = message(sound)
    assert "link.valid" not in ids(sound, left)
    from dataclasses import replace

    assert "link.valid" in ids(replace(sound, slots=()), left)
    assert "size.gmail-clip" in ids(
        sound, message(filled(replace(sound, html=sound.html.replace("Talks", "x" * 110_000))))
    )
