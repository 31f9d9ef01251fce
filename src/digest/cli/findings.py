"""How check findings are said: blocking ones first, each once, with the segments it concerns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from digest.cli.face import Face, hanging

if TYPE_CHECKING:
    from digest.check import Finding

_ORDER = {"error": 0, "warning": 1, "info": 2}
_SIGN = {"error": "✗", "warning": "!", "info": "·"}
_MOST = 4
_INDENT = len("  ✗ ") + 20 + len(" ")


def say_findings(face: Face, findings: Mapping[str, tuple[Finding, ...]], *, info: bool = False) -> None:
    """Print errors and warnings (and hints with `info`). Of many of one kind that block nothing, the first few."""
    grouped: dict[tuple[str, str, str, str], list[str]] = {}
    for segment, found in findings.items():
        for finding in found:
            grouped.setdefault((finding.level, finding.id, finding.message, finding.where), []).append(segment)
    shown = sorted(grouped, key=lambda key: (_ORDER[key[0]], key[1]))
    alike = Counter(key[:2] for key in shown)
    said: Counter[tuple[str, str]] = Counter()
    for key in shown:
        level, rule, message, where = key
        if level == "info" and not (info or face.verbose):
            continue
        said[key[:2]] += 1
        if level != "error" and not face.verbose and alike[key[:2]] > _MOST and said[key[:2]] >= _MOST:
            if said[key[:2]] == _MOST:
                more = alike[key[:2]] - _MOST + 1
                face.say(f"  {_SIGN[level]} {rule:<20} and {more} more like these: --verbose shows them")
            continue
        scope = "" if len(grouped[key]) == len(findings) else f" ({', '.join(grouped[key])})"
        face.say(hanging(f"  {_SIGN[level]} {rule:<20} {message}{scope}", face.width, _INDENT))
        if where and face.verbose:
            face.say(f"    {where}")
    errors = sum(1 for key in shown if key[0] == "error")
    warnings = sum(1 for key in shown if key[0] == "warning")
    face.say(f"Checks     {errors} blocking · {warnings} warnings")
