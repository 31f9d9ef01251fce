"""What is known about one other system that hands out its readers, and words that several of them use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from digest.readers.cells import Unusable

Said = Mapping[str, str]
NOTHING: Final = ""


def _no_more(_said: Said) -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Origin:
    """How one system writes its readers.

    `columns` says what a column becomes (`-`: nothing; a column that is not named becomes an attribute). `state`
    gives the status of a line, from its cells and the name of its file; `became` what our other columns hold that are
    put together from several of theirs. `spread` gives attributes that stand together in one cell.
    """

    name: str
    knows: Callable[[frozenset[str]], bool]
    columns: Said
    state: Callable[[Said, str], str]
    became: Callable[[Said], dict[str, str]] = field(default=_no_more)
    spread: Callable[[Said], dict[str, str]] = field(default=_no_more)


def whole_name(said: Said) -> str:
    parts = (said.get("first_name", ""), said.get("last_name", ""))
    return said.get("name") or " ".join(part for part in parts if part)


def chosen(word: str, states: Said, system: str) -> str:
    """The status that a word of theirs means.

    Raises:
        Unusable: it is not known; nobody is mailed on a guess.
    """
    found = states.get(word.strip().lower())
    if found is None:
        raise Unusable(f'{system} has a state "{word[:40]}" that is not known', f"known: {', '.join(states)}")
    return found


def truth(word: str, what: str) -> bool:
    if word.lower() in ("true", "1", "yes"):
        return True
    if word.lower() in ("false", "0", "no"):
        return False
    raise Unusable(f'{what} is neither true nor false: "{word[:40]}"')


def agreed(time: str, system: str, steps: Sequence[str] = ()) -> str:
    """The proof of consent that such a file gives: when, and what it says about how."""
    if not time:
        return ""
    return f"{time.replace(' ', 'T', 1)} {system}: {', '.join(steps) or 'signed up ' + time}"


def has(names: frozenset[str], wanted: Sequence[str], least: int) -> bool:
    return len(names.intersection(wanted)) >= least
