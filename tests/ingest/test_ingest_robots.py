from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.ingest import Answer, CannedFetcher
from digest.ingest.robots import Robots, rules_of, token

SITE = "https://n.example"
ROBOTS = SITE + "/robots.txt"
RULES = """User-agent: *
Disallow: /private/
Crawl-delay: \u00b2

User-agent: digest
Disallow: /print/
Sitemap: https://n.example/map.xml
"""


def robots(answers: dict[str, Answer], agent: str = "digest (newsletter builder)") -> Robots:
    return Robots(CannedFetcher(answers).get, agent)


@pytest.mark.parametrize(
    ("agent", "path", "allowed"),
    [
        ("digest (newsletter builder)", "/print/1", False),
        ("digest/2.0", "/print/1", False),
        ("digest", "/private/1", True),
        ("Gazette desk", "/private/1", False),
        ("Gazette desk", "/print/1", True),
    ],
)
def test_the_rules_of_our_own_name_are_kept_else_those_of_all(agent: str, path: str, allowed: bool) -> None:
    assert robots({ROBOTS: Answer(body=RULES.encode())}, agent).allows(SITE + path) is allowed


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (503, False)])
def test_no_robots_file_allows_all_and_a_broken_server_nothing(status: int, allowed: bool) -> None:
    assert robots({ROBOTS: Answer(status)}).allows(SITE + "/a") is allowed


def test_a_host_without_an_answer_is_left_to_the_page_itself() -> None:
    assert robots({}).allows(SITE + "/a")


def test_each_host_is_asked_once() -> None:
    fetch = CannedFetcher({ROBOTS: Answer(body=b"User-agent: *\nDisallow: /")})
    known = Robots(fetch.get, "digest")
    assert not known.allows(SITE + "/a")
    assert not known.allows(SITE + "/b")
    assert known.allows("https://other.example/a")
    assert [url for url, _ in fetch.asked] == [ROBOTS, "https://other.example/robots.txt"]


def test_a_name_without_letters_is_any_robot() -> None:
    assert token("7") == "*"


@given(st.text(max_size=300), st.lists(st.sampled_from(
    ["User-agent: *", "Disallow: //[", "Allow: %", "Disallow: /\ud800", "Crawl-delay: \u00b2", "Request-rate: 1/0"]
)))  # fmt: skip
def test_whatever_stands_in_it_it_is_read(text: str, lines: list[str]) -> None:
    rules = rules_of("\n".join([*lines, text]))
    assert rules is True or rules.can_fetch("digest", SITE + "/a") in (True, False)  # type: ignore[union-attr]
