"""Asking a chat endpoint, against a server of our own on the loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from digest.errors import ConfigError, CredentialsError, SourceError
from digest.models.story import Story
from digest.summarise import open_summariser, summarise
from digest.summarise.endpoint import Summariser

STORY = Story(
    id="bridge",
    title="Harbour bridge closes",
    takeaways=("The bridge closes in May", "Ferries take over"),
    body="Engineer Ada Osei says repairs cost 80 million crowns. Nobody objected.",
    language="en",
)


class Endpoint(ThreadingHTTPServer):
    """Answers every request with `status` and `body`, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.body = b""
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    def says(self, content: object) -> None:
        self.body = json.dumps({"choices": [{"message": {"content": content}}]}).encode()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, self.headers.get("Authorization", ""), json.loads(body)))
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Nothing: tests are quiet."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    server = Endpoint()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(headers={"Authorization": "Bearer secret"}, timeout=10, trust_env=False) as client:
        yield client


def test_the_story_is_sent_as_data_with_the_budget_and_the_clients_key(
    endpoint: Endpoint, client: httpx.Client
) -> None:
    endpoint.says("The bridge closes in May.")

    Summariser(client=client, url=endpoint.url, model="small").summarise(STORY, 120)

    [(path, key, body)] = endpoint.asked
    assert (path, key, body["model"], body["temperature"]) == ("/v1/chat/completions", "Bearer secret", "small", 0)
    orders, told = (message["content"] for message in body["messages"])
    assert "at most 120 characters" in orders
    assert "- Ferries take over" in told
    assert "Ada Osei" in told


def test_copied_lines_say_from_where_and_others_that_a_model_wrote_them(
    endpoint: Endpoint, client: httpx.Client
) -> None:
    endpoint.says("The bridge closes in May. Nobody objected. Repairs cost a lot.")

    summary = Summariser(client=client, url=endpoint.url, model="small").summarise(STORY, 280)

    assert [line.origin for line in summary.lines] == ["takeaway:1", "sentence:2", "model"]
    assert str(summary.origin) == "model"


def test_faithful_words_pass_the_gate(endpoint: Endpoint, client: httpx.Client) -> None:
    endpoint.says("```\nThe bridge closes, and ferries take over.\n```")
    options = {"client": client, "url": endpoint.url, "model": "small"}

    summary = open_summariser("endpoint", options, note=pytest.fail).summarise(STORY, 280)

    assert summary.text == "The bridge closes, and ferries take over."


@pytest.mark.parametrize(
    ("content", "budget", "reason"),
    [
        ("Repairs cost 90 million crowns.", 280, "90 million"),
        ("Engineer Ruth Marlow says so.", 280, "Ruth, Marlow"),
        ("Ada Osei calls it “a disgrace”.", 280, "a disgrace"),
        ("The bridge closes, and ferries take over.", 30, "30 are allowed"),
        ("", 280, "empty"),
    ],
)
def test_what_the_gate_refuses_is_told_and_replaced(
    endpoint: Endpoint, client: httpx.Client, content: str, budget: int, reason: str
) -> None:
    endpoint.says(content)
    told: list[str] = []
    options = {"client": client, "url": endpoint.url, "model": "small"}

    summary = open_summariser("endpoint", options, note=told.append).summarise(STORY, budget)

    assert summary == summarise(STORY, budget)
    assert len(told) == 1
    assert reason in told[0]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, b"{}", CredentialsError),
        (500, b"oops", SourceError),
        (200, b"no json", SourceError),
        (200, b'{"choices": []}', SourceError),
        (200, b'{"choices": [{"message": {"content": 7}}]}', SourceError),
        (200, b"[" * 100_000, SourceError),
        (200, b" " * 300_000, SourceError),
    ],
)
def test_an_answer_that_is_none_is_an_error_of_its_own(
    endpoint: Endpoint, client: httpx.Client, status: int, body: bytes, error: type[Exception]
) -> None:
    endpoint.status, endpoint.body = status, body

    with pytest.raises(error):
        Summariser(client=client, url=endpoint.url, model="small").summarise(STORY, 280)


def test_an_endpoint_that_is_not_there_is_told_and_replaced(client: httpx.Client) -> None:
    told: list[str] = []
    options = {"client": client, "url": "http://127.0.0.1:9/v1", "model": "small"}

    assert open_summariser("endpoint", options, note=told.append).summarise(STORY, 280) == summarise(STORY, 280)
    assert "cannot be reached" in told[0]


def test_a_paywalled_body_is_not_given_away(endpoint: Endpoint, client: httpx.Client) -> None:
    endpoint.says("The bridge closes in May.")
    story = Story(id="p", title="Harbour", body="The paid part.", paywalled=True, language="en")

    Summariser(client=client, url=endpoint.url, model="small").summarise(story, 280)

    assert "The paid part" not in json.dumps(endpoint.asked[0][2])


def test_only_a_web_address_is_an_endpoint(client: httpx.Client) -> None:
    with pytest.raises(ConfigError, match="no address"):
        Summariser(client=client, url="file:///etc/passwd", model="small")
