"""Bars drawn as SVG on the server: named and described for screen readers, and always beside the table they show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

WIDTH: Final = 320
ROW: Final = 40
BAR: Final = 12
MOST_ROWS: Final = 12
LONGEST_LABEL: Final = 38


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its label, and a number for each of the plot's kinds."""

    label: str
    numbers: tuple[int, ...]


def bars(name: str, title: str, kinds: Sequence[str], rows: Sequence[Bar]) -> Markup:
    """A picture of at most twelve rows, the kinds of each laid end to end; empty where every number is none.

    `name` makes its ids unique on the page. The first kind is drawn plain, the others hatched, so that colour is
    not needed to tell them apart.
    """
    shown = [row for row in rows if sum(row.numbers)][:MOST_ROWS]
    most = max((sum(row.numbers) for row in shown), default=0)
    if not most:
        return Markup("")
    told = "; ".join(
        f"{row.label}: " + ", ".join(f"{number:,} {kind}" for kind, number in zip(kinds, row.numbers, strict=True))
        for row in shown
    )
    height = ROW * len(shown)
    parts = [
        Markup('<svg class="plot" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d">').format(
            WIDTH, height, name, name
        ),
        Markup('<title id="{}-t">{}</title><desc id="{}-d">{}</desc>').format(name, title, name, told),
        Markup(
            '<defs><pattern id="{}-h" width="4" height="4" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><rect class="ground" width="4" height="4"/>'
            '<rect class="stripe" width="2" height="4"/></pattern></defs>'
        ).format(name),
    ]
    for number, row in enumerate(shown):
        parts.append(_row(name, ROW * number, row, most))
    return Markup("").join([*parts, Markup("</svg>")])


def _row(name: str, top: int, row: Bar, most: int) -> Markup:
    label = row.label if len(row.label) <= LONGEST_LABEL else f"{row.label[: LONGEST_LABEL - 1].rstrip()}…"
    made = [
        Markup('<text x="0" y="{}">{}</text><text class="number" x="{}" y="{}">{}</text>').format(
            top + 14, escape(label), WIDTH, top + 14, f"{sum(row.numbers):,}"
        ),
        Markup('<rect class="track" x="0" y="{}" width="{}" height="{}"/>').format(top + 20, WIDTH, BAR),
    ]
    at = 0.0
    for place, value in enumerate(row.numbers):
        wide = WIDTH * value / most
        if not wide:
            continue
        paint = Markup('class="bar"') if place == 0 else Markup('fill="url(#{}-h)"').format(name)
        made.append(
            Markup('<rect {} x="{}" y="{}" width="{}" height="{}"/>').format(
                paint, f"{at:.1f}", top + 20, f"{max(wide, 1):.1f}", BAR
            )
        )
        at += wide
    return Markup("").join(made)
