"""The seam for other summarisers: a name opens one, and whatever it says passes the same gate as our own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

from digest.backends import resolve
from digest.errors import ConfigError, DigestError
from digest.models.edition import Summary
from digest.models.story import Story
from digest.summarise.faithful import unsupported
from digest.summarise.takeaways import Summariser as Takeaways
from digest.summarise.takeaways import as_prose

KNOWN = ("takeaways", "endpoint")
DEFAULT = "takeaways"
_SHOWN = 3


class Summariser(Protocol):
    """Anything that says in a few words what a story says. An error of its own kind is a `DigestError`."""

    def summarise(self, story: Story, budget: int | None) -> Summary:
        """The words about `story` in at most `budget` characters of prose (None: no bound)."""
        ...


Note = Callable[[str], None]


class Gated:
    """A summariser whose words are taken only when the story supports them all; else the default's are.

    Each refusal is told to `note` with the story's id and the reason, so that none is silent.
    """

    def __init__(self, inner: Summariser, note: Note) -> None:
        self._inner = inner
        self._note = note
        self._default = Takeaways()

    def summarise(self, story: Story, budget: int | None) -> Summary:
        """The inner summariser's summary if it passes, else the default's. Never over `budget`."""
        try:
            summary = self._inner.summarise(story, budget)
            reason = refusal(summary, story, budget)
        except DigestError as problem:
            reason = problem.what
        if not reason:
            return summary
        self._note(f"story {story.id}: {reason}; its own words are used instead")
        return self._default.summarise(story, budget)


def refusal(summary: Summary, story: Story, budget: int | None) -> str:
    """Why a summary must not be shown, in words; empty when it may."""
    if not any(line.text.strip() for line in summary.lines):
        return "the summary is empty"
    if any(not c.isprintable() and not c.isspace() for line in summary.lines for c in line.text):
        return "the summary has characters that cannot be shown"
    length = len(as_prose(summary))
    if budget is not None and length > budget:
        return f"the summary has {length} characters, {budget} are allowed"
    strange = unsupported(summary, story)
    if strange:
        named = ", ".join(strange[:_SHOWN]) + (", …" if len(strange) > _SHOWN else "")
        return f"the story does not say {named}"
    return ""


def open_summariser(
    name: str = DEFAULT, options: Mapping[str, Any] | None = None, *, note: Note, where: str = "summariser"
) -> Summariser:
    """The summariser named `takeaways`, `endpoint`, or `pkg.mod:Class`, made with `options` as keyword arguments.

    All but the default are gated: what the story does not support is refused and told to `note`. `where` names the
    setting in errors.

    Raises:
        ConfigError: there is no such summariser, it cannot be loaded, or it does not take these options.
    """
    made = resolve("summarise", name, KNOWN, "Summariser", where)
    try:
        summariser = cast(Summariser, made(**(options or {})))
    except TypeError as problem:
        raise ConfigError(f'"{name}" does not take these options: {problem}', where=where) from problem
    return summariser if name == DEFAULT else Gated(summariser, note)
