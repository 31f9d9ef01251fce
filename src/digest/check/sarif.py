"""Findings as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format), for code hosts and editors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from digest.check.finding import Finding, Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_FILE = re.compile(r"(?P<file>.+?\.[\w.]*\w):(?P<line>\d+)(?::(?P<column>\d+))?")


def sarif(
    findings: Mapping[str, Iterable[Finding]],
    rules: Sequence[Rule],
    *,
    version: str,
    root: Path | None = None,
    file: str | None = None,
) -> dict[str, Any]:
    """One run of this program. `findings` are by segment; a finding of several segments is one result.

    `root` is the folder that files are named from; `file` is the file that was checked, when it was one.
    """
    index = {rule.id: number for number, rule in enumerate(rules)}
    grouped: dict[Finding, list[str]] = {}
    for segment, found in findings.items():
        for finding in found:
            grouped.setdefault(finding, []).append(segment)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "digest", "semanticVersion": version, "rules": [_rule(rule) for rule in rules]}
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, segments, index, root, file) for finding, segments in grouped.items()],
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.reason},
        "fullDescription": {"text": f"{rule.reason} (source: {rule.source})"},
        "help": {"text": rule.fix},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
    }


def _result(
    finding: Finding, segments: Sequence[str], index: Mapping[str, int], root: Path | None, file: str | None
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.id,
        "level": _LEVELS[finding.level],
        "message": {"text": f"{finding.message}. Fix: {finding.fix}" if finding.fix else finding.message},
        "locations": [_location(finding.where, segments, root, file)],
    }
    if finding.id in index:
        result["ruleIndex"] = index[finding.id]
    return result


def _location(where: str, segments: Sequence[str], root: Path | None, file: str | None) -> dict[str, Any]:
    found = _FILE.fullmatch(where)
    if found:
        region = {"startLine": int(found["line"])}
        if found["column"]:
            region["startColumn"] = int(found["column"])
        return {"physicalLocation": {"artifactLocation": _artifact(found["file"], root), "region": region}}
    logical = [{"name": where, "fullyQualifiedName": f"{segment}: {where}"} for segment in segments]
    location: dict[str, Any] = {"logicalLocations": logical}
    if file is not None:
        location["physicalLocation"] = {"artifactLocation": _artifact(file, root)}
    return location


def _artifact(name: str, root: Path | None) -> dict[str, str]:
    path = Path(name)
    if root is not None and path.is_absolute() and path.is_relative_to(root):
        return {"uri": path.relative_to(root).as_posix().replace(" ", "%20")}
    return {"uri": path.as_uri() if path.is_absolute() else path.as_posix().replace(" ", "%20")}
