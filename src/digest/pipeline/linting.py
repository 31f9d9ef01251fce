"""What is wrong with the templates as they were written, in the same form as every other finding."""

from __future__ import annotations

from digest.check import Finding, Rule
from digest.content import template_roots
from digest.pipeline.project import Project


def template_findings(project: Project, template: str) -> tuple[Finding, ...]:
    """What is wrong with a template as it was written, and passes without an error. Nothing when there is none."""
    from digest.render.lint import lint

    flaws = lint(template_roots(project.root), f"{template}.mjml.j2")
    return tuple(Finding(flaw.rule, flaw.level, flaw.message, flaw.where, flaw.fix) for flaw in flaws)


def template_rules() -> tuple[Rule, ...]:
    """The rules behind `template_findings`."""
    from digest.render.lint import REASONS

    return tuple(
        Rule(name, level, reason, "mjml-python 1.4 beside MJML 5", "see docs/templates.md", lambda _given: ())
        for name, (level, reason) in REASONS.items()
    )
