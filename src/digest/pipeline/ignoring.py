"""Findings that an editor answers for: they do not block the edition, and stand among its findings with why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from digest.check import Finding
from digest.pipeline.edition_file import Ignore


def without_ignored(
    findings: Mapping[str, tuple[Finding, ...]], ignored: Sequence[Ignore]
) -> dict[str, tuple[Finding, ...]]:
    """The findings by segment; those of an ignored rule as `info`, last, each with why and by whom. Given what it
    gave, it changes nothing."""
    told = {ignore.rule: ignore for ignore in ignored}
    result = {}
    for segment, found in findings.items():
        kept = tuple(finding for finding in found if finding.id not in told)
        quiet = tuple(_ignored(finding, told[finding.id]) for finding in found if finding.id in told)
        result[segment] = kept + quiet
    return result


def _ignored(finding: Finding, ignore: Ignore) -> Finding:
    reason = " ".join(ignore.reason.split()).rstrip(".")
    told = f"ignored by {ignore.by}: {reason}. "
    return (
        finding
        if finding.message.startswith(told)
        else replace(finding, level="info", message=told + finding.message)
    )
