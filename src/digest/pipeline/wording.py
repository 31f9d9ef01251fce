"""Open the summariser that `[summaries]` names, so that one edition says the same of a story wherever it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from digest.errors import ConfigError
from digest.models.edition import Summary
from digest.models.story import Story
from digest.settings import Settings
from digest.summarise import Summariser, open_summariser
from digest.summarise.summariser import DEFAULT

WHERE = "[summaries]"


class Remembering:
    """Asks another summariser once for each story and budget: a model need not answer the same thing twice."""

    def __init__(self, inner: Summariser) -> None:
        self._inner = inner
        self._known: dict[tuple[str, str, int | None], Summary] = {}

    def summarise(self, story: Story, budget: int | None) -> Summary:
        """What the inner summariser said the first time."""
        key = (story.id, story.content_hash, budget)
        if key not in self._known:
            self._known[key] = self._inner.summarise(story, budget)
        return self._known[key]


def open_wording(settings: Settings, environ: Mapping[str, str], note: Callable[[str], None]) -> Summariser:
    """The summariser of the settings; each refusal of its words is told to `note`.

    Raises:
        ConfigError: there is no such summariser, or a setting that it needs is missing.
        CredentialsError: its key is not set.
    """
    chosen = settings.summaries
    options: dict[str, Any] = {}
    if chosen.backend == "endpoint":
        if not chosen.url or not chosen.model:
            raise ConfigError("the endpoint needs url and model", where=WHERE)
        options = {
            "client": _client(settings, environ, settings.root),
            "url": chosen.url,
            "model": chosen.model,
            "tokens": chosen.tokens,
        }
    opened = open_summariser(chosen.backend, options, note=note, where=f"{WHERE} backend")
    return opened if chosen.backend == DEFAULT else Remembering(opened)


def _client(settings: Settings, environ: Mapping[str, str], root: Path) -> Any:
    import httpx

    key = settings.summaries.api_key
    headers = {"Authorization": f"Bearer {key.reveal(environ, root)}"} if key else {}
    return httpx.Client(headers=headers, timeout=settings.summaries.timeout.seconds, follow_redirects=False)
