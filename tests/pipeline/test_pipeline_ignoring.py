"""An ignored finding does not block, and is listed with its reason and recorded."""

from __future__ import annotations

from digest.check import Finding
from digest.pipeline.approval import demand_checks
from digest.pipeline.build import build
from digest.pipeline.draft import IGNORED, draft
from digest.pipeline.edition_file import Ignore, file_path
from digest.pipeline.ignoring import without_ignored
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.pipeline.selecting import select
from digest.store import remembered


def test_only_the_named_rule_is_ignored() -> None:
    found = {
        "everyone": (
            Finding("a.one", "error", "It is bad.", "line 1", "mend it"),
            Finding("b.two", "error", "B", "", ""),
        )
    }
    told = [Ignore("a.one", "the printer\nsaid so.", "Ann")]
    once = without_ignored(found, told)
    assert without_ignored(once, told) == once
    left, quiet = once["everyone"]
    assert (left.id, left.level) == ("b.two", "error")
    assert (quiet.id, quiet.level, quiet.where) == ("a.one", "info", "line 1")
    assert quiet.message == "ignored by Ann: the printer said so. It is bad."


def test_a_blocking_finding_that_an_editor_answers_for(project: Project) -> None:
    identity = identify(project, "daily")
    select(project, identity)
    path = file_path(project, identity.id)
    path.write_text(path.read_text().replace('subject = "', 'subject = "{{ name }} ', 1))
    built = build(project, draft(project, identity))
    rules = {finding.id for _, finding in built.blocking}
    assert rules
    with path.open("a") as file:
        for rule in sorted(rules):
            file.write(f'\n[[ignore]]\nrule = "{rule}"\nreason = "we greet by name"\nby = "Ann"\n')
    again = build(project, draft(project, identity))
    assert not again.blocking
    demand_checks(again)
    quiet = [f for found in again.findings.values() for f in found if f.id in rules]
    assert all(f.level == "info" and "ignored by Ann: we greet by name" in f.message for f in quiet)
    with project.store.database.read() as connection:
        kept = remembered.recall(connection, identity.id, IGNORED)
    assert [row[0] for row in kept] == sorted(rules)
