"""What every answer carries, what is written down, and who is believed about addresses."""

from __future__ import annotations

import json
import re
from ipaddress import ip_address
from typing import Any

import pytest
import tomlkit
from public_paper import EDITION, Visit, opened, person, token

from digest.clock import StillClock
from digest.errors import ConfigError
from digest.pipeline.project import Project
from digest.web.public.clients import Proxies, near, network_of


def test_personal_pages_are_kept_from_caches_search_engines_and_other_sites(project: Project, guest: Any) -> None:
    for room, rest in (("u", ""), ("p", ""), ("f", f"/{EDITION}"), ("r", f"/{EDITION}")):
        answer = guest.get(f"/{room}/{token(project, room)}{rest}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["strict-transport-security"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "<script" not in answer.text
        assert "set-cookie" not in answer.headers


def test_the_journal_holds_no_address_token_or_network(project: Project, guest: Any, journal: list[str]) -> None:
    email = person(project)["email"]
    held = token(project, "p")
    guest.get(f"/p/{held}")
    guest.post("/join", data={"email": email, "digest": "daily"})
    guest.get(f"/nothing/{held}?email={email}")
    guest.get("/u/%0d%0aforged%20line")
    lines = [json.loads(line) for line in journal]
    assert [line["room"] for line in lines] == ["p", "join", "-", "u"]
    assert {"at", "event", "level", "method", "status", "ms"} <= lines[0].keys()
    whole = "".join(journal)
    for secret in (email, held, "203.0.113.7", "forged"):
        assert secret not in whole
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in journal)


def test_a_failure_is_a_page_and_a_line_without_what_was_sent(
    project: Project, guest: Any, journal: list[str]
) -> None:
    path = project.store.database.path
    assert path is not None
    project.store.database.engine.dispose()
    path.with_name(f"{path.name}-wal").unlink(missing_ok=True)
    path.write_bytes(b"this is no database " * 400)
    answer = guest.get(f"/p/{token(project, 'p')}")
    assert answer.status_code == 503
    assert "Something broke" in answer.text
    assert guest.get("/health").status_code == 200
    assert guest.get("/ready").status_code == 503
    assert "failed" in {json.loads(line)["event"] for line in journal}
    assert token(project, "p") not in "".join(journal)


def test_metrics_are_for_this_machine_and_its_network(project: Project, visit: Visit) -> None:
    visit(project).get("/join")
    assert visit(project, peer="203.0.113.7").get("/metrics").status_code == 404
    assert visit(project, peer="127.0.0.1", x_forwarded_for="203.0.113.7").get("/metrics").status_code == 404
    inside = visit(project, peer="10.0.0.9")
    inside.get("/join")
    text = inside.get("/metrics").text
    assert 'digest_requests_total{room="join",status="200"} 1' in text
    assert re.fullmatch(r"(?:(?:# (?:HELP|TYPE) .+|[a-z_]+(?:\{[^}]*\})? [0-9.e+-]+)\n)+", text)


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.3", "198.51.100.1"),
        ("127.0.0.1", "junk", "127.0.0.1"),
        ("127.0.0.1", "1.2.3.4, junk", "127.0.0.1"),
        ("::1", "::ffff:198.51.100.1", "198.51.100.1"),
    ],
)
def test_only_named_proxies_are_believed(peer: str, forwarded: str, client: str) -> None:
    proxies = Proxies(["127.0.0.1", "::1", "10.0.0.0/8"])
    assert str(proxies.client(peer, forwarded)) == client


def test_a_proxy_that_is_no_address_is_a_mistake_in_the_settings() -> None:
    with pytest.raises(ConfigError, match="localhost"):
        Proxies(["localhost"])


def test_networks_share_a_limit() -> None:
    assert network_of(ip_address("203.0.113.7")) == network_of(ip_address("203.0.113.99")) == "203.0.113.0/24"
    assert network_of(ip_address("2001:db8:0:12::1")) == network_of(ip_address("2001:db8:0:ff::1"))
    assert near(ip_address("192.168.1.2"))
    assert not near(ip_address("8.8.8.8"))


def test_a_site_in_a_folder_answers_with_and_without_it(
    project: Project, folder: Any, clock: StillClock, visit: Visit
) -> None:
    file = folder / "digest.toml"
    settings = tomlkit.parse(file.read_text(encoding="utf-8"))
    settings["publication"]["base_url"] = "https://news.example/mail"
    file.write_text(tomlkit.dumps(settings), encoding="utf-8")
    inside = opened(folder, clock)
    guest = visit(inside)
    for path in ("/mail/join", "/join"):
        answer = guest.get(path)
        assert answer.status_code == 200
        assert 'href="/mail/site.css"' in answer.text
    assert guest.get("/mail/site.css").status_code == 200
    inside.store.database.engine.dispose()


def test_wrong_methods_and_addresses_are_pages(project: Project, guest: Any) -> None:
    assert guest.get("/nothing").status_code == 404
    assert guest.delete("/join").status_code == 405
    assert guest.post("/health").status_code == 405
    assert "no page here" in guest.get("/" + "x" * 3000).text
