"""The table of all rules as Markdown, written from the rules: what docs/checks.md holds."""

from __future__ import annotations

from digest.check.engine import RULES


def reference() -> str:
    """One row a rule: id, level, reason, fix, source."""
    heads = ("rule", "level", "why", "what to do", "source")
    rows = [(f"`{rule.id}`", rule.level, rule.reason, rule.fix, rule.source) for rule in RULES]
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(_safe, line)) + " |" for line in lines)


def _safe(cell: str) -> str:
    return cell.replace("|", "\\|").replace("<", "&lt;")
