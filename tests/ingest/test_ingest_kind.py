from __future__ import annotations

import pytest

from digest.ingest.kind import kind_of
from digest.models.story import Kind


@pytest.mark.parametrize(
    ("title", "url", "types", "labels", "kind"),
    [
        ("Council votes to rebuild the harbour wall", "https://n.example/news/1", (), ("World",), Kind.NEWS),
        ("A wall", None, ("OpinionNewsArticle",), (), Kind.OPINION),
        ("A wall", None, ("LiveBlogPosting",), (), Kind.LIVE),
        ("A wall", "https://n.example/opinion/2026/a-wall", (), (), Kind.OPINION),
        ("A wall", "https://n.example/sponsored/opinion/a-wall", (), (), Kind.SPONSORED),
        ("A wall", None, (), ("Sponsored Content",), Kind.SPONSORED),
        ("Analysis: what the wall means", None, (), (), Kind.ANALYSIS),
        ("Opinion | The sea does not wait", None, (), (), Kind.OPINION),
        ("Republic Day Sale 2026: Up to 80% Off on Gadgets", None, (), (), Kind.COMMERCE),
        ("The best laptop deals this weekend", None, (), (), Kind.COMMERCE),
        ("How to save your chats", None, (), (), Kind.SERVICE),
        ("App bans bots from 2026: How to Save Chats", None, (), (), Kind.SERVICE),
        ("Harbour vote: live updates", None, (), (), Kind.LIVE),
        ("Level 3 LIVE from Cork as rules change", None, (), (), Kind.LIVE),
        ("How a company spent $13 million on lobbying", None, (), (), Kind.NEWS),
        ("Why people live longer by the sea", None, (), (), Kind.NEWS),
        ("Trade deal signed after long talks", None, (), (), Kind.NEWS),
    ],
)
def test_tells_kinds_apart(
    title: str, url: str | None, types: tuple[str, ...], labels: tuple[str, ...], kind: Kind
) -> None:
    found, evidence = kind_of(title, url, types, labels)
    assert found is kind
    assert (evidence is None) == (kind is Kind.NEWS)


def test_evidence_says_what_was_seen() -> None:
    assert kind_of("A wall", "https://n.example/opinion/a") == (Kind.OPINION, "address /opinion/")


def test_a_malformed_address_says_nothing_about_the_kind() -> None:
    assert kind_of("A bank opens", "https://[opinion]/live/1")[0] is Kind.NEWS
