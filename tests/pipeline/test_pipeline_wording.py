"""Another summariser: asked once a story, gated by what the story says, and its failures told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from digest.clock import StillClock
from digest.errors import ConfigError, CredentialsError
from digest.models.story import Story
from digest.pipeline.project import open_project
from digest.pipeline.wording import open_wording
from digest.settings import Settings, load_settings

STORY = Story(
    "s1",
    "Council keeps the old crane on the quay",
    body="The council voted on Monday to keep the crane of 1911, which has not moved since a storm in May. "
    "Repairs will take 14 months and cost 2 million euros, the harbour office said. "
    "The crane lifted timber for sixty years before the port moved down the river.",
    language="en",
)


class Model:
    """A chat endpoint on loopback that says what it is told to."""

    def __init__(self) -> None:
        self.says = "Repairs of the crane of 1911 will take 14 months."
        self.asked = 0
        self.keys: list[str | None] = []
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                model.asked += 1
                model.keys.append(self.headers["Authorization"])
                body = json.dumps({"choices": [{"message": {"content": model.says}}]}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"


@pytest.fixture
def model() -> Iterator[Model]:
    made = Model()
    thread = Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def settings(paper: Path, **given: object) -> Settings:
    loaded = load_settings(paper, {})
    return replace(loaded, summaries=replace(loaded.summaries, **given))


def test_by_default_a_storys_own_words_are_used(paper: Path) -> None:
    opened = open_wording(load_settings(paper, {}), {}, [].append)
    assert opened.summarise(STORY, 120).lines[0].origin.startswith("sentence:")


def test_an_endpoint_is_asked_once_and_its_words_are_marked(paper: Path, model: Model) -> None:
    env = {"DIGEST_SUMMARIES__API_KEY": '{ env = "KEY" }', "KEY": "k1"}
    loaded = load_settings(paper, env)
    chosen = replace(loaded.summaries, backend="endpoint", url=model.url, model="small")
    opened = open_wording(replace(loaded, summaries=chosen), env, [].append)
    first = opened.summarise(STORY, 120)
    assert first == opened.summarise(STORY, 120)
    assert model.asked == 1
    assert model.keys == ["Bearer k1"]
    assert first.lines[0].origin == "model"


def test_what_the_story_does_not_say_is_refused_and_told(paper: Path, model: Model) -> None:
    told: list[str] = []
    model.says = "Mayor Jane Brook promised 900 jobs."
    opened = open_wording(settings(paper, backend="endpoint", url=model.url, model="m"), {}, told.append)
    summary = opened.summarise(STORY, 120)
    assert all("Brook" not in line.text for line in summary.lines)
    assert len(told) == 1
    assert "s1" in told[0]


def test_what_is_missing_is_said(paper: Path) -> None:
    with pytest.raises(ConfigError, match="needs url and model"):
        open_wording(settings(paper, backend="endpoint"), {}, [].append)
    with pytest.raises(ConfigError, match="did you mean takeaways"):
        open_wording(settings(paper, backend="takeaway"), {}, [].append)
    env = {"DIGEST_SUMMARIES__API_KEY": '{ env = "KEY" }'}
    loaded = load_settings(paper, env)
    chosen = replace(loaded.summaries, backend="endpoint", url="http://127.0.0.1:9/v1", model="m")
    with pytest.raises(CredentialsError, match="KEY is not set"):
        open_wording(replace(loaded, summaries=chosen), env, [].append)


def test_a_publication_opens_with_the_summariser_it_names(paper: Path, clock: StillClock) -> None:
    env = {"DIGEST_SUMMARIES__BACKEND": "nonsense"}
    with pytest.raises(ConfigError, match="summaries"):
        open_project(load_settings(paper, env), clock, env)
