"""docs/checks.md has every rule in the rule's own words."""

from __future__ import annotations

import os
import re
from pathlib import Path

from digest.check import RULES
from digest.check.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "checks.md"
MARK = re.compile(r"(<!-- rules -->\n).*?(<!-- /rules -->)", re.DOTALL)


def test_the_page_holds_every_rule() -> None:
    if os.environ.get("DIGEST_GOLDEN") == "write":
        page = MARK.sub(lambda m: f"{m[1]}{reference()}\n{m[2]}", PAGE.read_text(encoding="utf-8"))
        PAGE.write_text(page, encoding="utf-8")
    found = MARK.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0] == f"<!-- rules -->\n{reference()}\n<!-- /rules -->", (
        "DIGEST_GOLDEN=write rewrites docs/checks.md"
    )


def test_a_rule_says_why_and_what_to_do_and_who_says_so() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert re.fullmatch(r"[a-z0-9]+\.[a-z0-9-]+", rule.id)
        assert rule.reason, rule.id
        assert rule.fix, rule.id
        assert rule.source, rule.id
