"""No text of a context is left out, whatever fields it gets one day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum

from render_sample import LEAD, edition

from digest.render import SectionView
from digest.render.written import written


def texts(value: object) -> Iterator[str]:
    """Every string in dataclasses and tuples, however deep; the words of an enumeration are ours."""
    if isinstance(value, str) and not isinstance(value, Enum):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name))


def test_every_text_of_every_part_is_in_it() -> None:
    marks = iter(range(10_000))

    def marked(value: object) -> object:
        """The same, each of its strings replaced by one of its own; a missing one too."""
        if isinstance(value, str) and not isinstance(value, Enum):
            return f"mark{next(marks)}."
        if isinstance(value, tuple):
            return tuple(marked(each) for each in value)
        if is_dataclass(value) and not isinstance(value, type):
            changed = {f.name: marked(getattr(value, f.name)) for f in fields(value) if f.init}
            changed |= {f.name: f"mark{next(marks)}." for f in fields(value) if f.type in ("str | None", "str")}
            return replace(value, **changed)
        return value

    lead = replace(LEAD, language="hi", source="X", url="u", excerpt="e")
    whole = edition(lead=lead, sections=(SectionView("n", "l", (lead,), "u"),), latest=(lead,), slots=("a",))
    context = marked(whole)
    said = written(context)  # type: ignore[arg-type]
    found = list(texts(context))
    assert len(found) > 60
    assert [text for text in found if text not in said] == []
