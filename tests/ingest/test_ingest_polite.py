from __future__ import annotations

import pytest

from digest.errors import SourceError
from digest.ingest import Answer, CannedFetcher
from digest.ingest.hostpace import HostPace
from digest.ingest.polite import PoliteFetcher

SITE = "https://n.example"


def test_what_robots_may_not_have_is_refused_in_words_and_never_asked_for() -> None:
    fetch = CannedFetcher({SITE + "/robots.txt": Answer(body=b"User-agent: *\nDisallow: /a"), SITE + "/b": Answer()})
    polite = PoliteFetcher(fetch)
    with pytest.raises(SourceError, match=r"robots\.txt"):
        polite.get(SITE + "/a")
    assert polite.get(SITE + "/b").status == 200
    assert [url for url, _ in fetch.asked] == [SITE + "/robots.txt", SITE + "/b"]


def test_pages_follow_each_other_at_the_pace() -> None:
    slept: list[float] = []
    fetch = CannedFetcher({SITE + path: Answer() for path in ("/a", "/b")})
    polite = PoliteFetcher(fetch, HostPace(0.5, slept.append, lambda: 100.0))
    polite.get(SITE + "/a")
    polite.get(SITE + "/b")
    assert slept == [0.5]
