"""Findings as SARIF: the parts that readers of the format insist on."""

from __future__ import annotations

import json
from pathlib import Path

from digest.check import RULES, Finding, sarif

ERROR = Finding("img.alt", "error", "a picture has no alt text", "html: the picture x", "describe it")
INFO = Finding("css.unsupported", "info", "float is used once", "html: css-float", "")


def test_a_finding_of_two_segments_is_one_result() -> None:
    log = sarif({"everyone": [ERROR, INFO], "deutsch": [ERROR]}, RULES, version="1.2.3")
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("digest", "1.2.3")
    assert [(r["ruleId"], r["level"]) for r in run["results"]] == [("img.alt", "error"), ("css.unsupported", "note")]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
    names = [each["fullyQualifiedName"] for each in run["results"][0]["locations"][0]["logicalLocations"]]
    assert names == ["everyone: html: the picture x", "deutsch: html: the picture x"]
    json.dumps(log)


def test_a_place_in_a_file_is_a_region_of_it() -> None:
    root = Path("/papers/ledger")
    flaw = Finding("mjml.alt", "error", "no alt", f"{root}/templates/my part.mjml.j2:3:14", "say it")
    (result,) = sarif({"everyone": [flaw]}, RULES, version="1", root=root)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "templates/my%20part.mjml.j2"
    assert place["region"] == {"startLine": 3, "startColumn": 14}
    assert "ruleIndex" not in result


def test_a_checked_file_is_named() -> None:
    (result,) = sarif({"a.html": [ERROR]}, RULES, version="1", file="out/a.html")["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "out/a.html"


def test_every_rule_is_described_once() -> None:
    rules = sarif({}, RULES, version="1")["runs"][0]["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) == len(RULES)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
