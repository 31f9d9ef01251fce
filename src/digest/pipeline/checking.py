"""Everything there is to say about an edition or a file before it goes out: the built variants, the templates as they
were written and, when asked for, what their links answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digest import __version__
from digest.check import RULES, Finding, Rule, Verdict, check_html, check_verdicts, of_html, ordered, sarif
from digest.errors import UsageError
from digest.pipeline.build import build
from digest.pipeline.draft import Draft
from digest.pipeline.ignoring import without_ignored
from digest.pipeline.linting import template_rules
from digest.pipeline.online import NewFetcher, online_findings
from digest.pipeline.project import Project
from digest.pipeline.sampling import sample
from digest.pipeline.spam_engines import ask_engines
from digest.settings.model import Fetch

LARGEST_FILE = 10_000_000


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings by segment (or by file), with the rules that made them. `root` is where files are named from."""

    findings: Mapping[str, tuple[Finding, ...]]
    rules: tuple[Rule, ...]
    root: Path | None = None
    file: str | None = None

    @property
    def blocking(self) -> bool:
        """Whether one of them blocks a send."""
        return any(finding.level == "error" for found in self.findings.values() for finding in found)

    def sarif(self) -> dict[str, Any]:
        """All of it as SARIF 2.1.0."""
        return sarif(self.findings, self.rules, version=__version__, root=self.root, file=self.file)


def check_edition(
    project: Project,
    made: Draft,
    *,
    online: bool = False,
    new_fetcher: NewFetcher | None = None,
    engines: Callable[[bytes], tuple[Verdict, ...]] = ask_engines,
) -> Checked:
    """Every finding about a draft, those of the spam filters that are here among them. The templates of a frozen
    edition are not looked at: it no longer needs them."""
    built = build(project, made)
    found = {name: list(findings) for name, findings in built.findings.items()}
    if project.settings.checks.spam == "auto":
        for name, rendering in built.renderings.items():
            verdicts = engines(sample(project, built.draft.edition, rendering).raw)
            found[name] += check_verdicts(rendering, verdicts) if verdicts else ()
    if online:
        for name, more in online_findings(built.renderings, project.settings.fetch, new_fetcher).items():
            found[name] += more
    ignored = without_ignored({name: tuple(each) for name, each in found.items()}, made.ignored)
    return Checked({name: ordered(each) for name, each in ignored.items()}, (*RULES, *template_rules()), project.root)


def check_file(path: Path, *, online: bool = False, new_fetcher: NewFetcher | None = None) -> Checked:
    """Every finding about an HTML file of any origin.

    Raises:
        UsageError: the file cannot be read, is too large, or holds no HTML.
    """
    try:
        size = path.stat().st_size
        html = path.read_bytes()[: LARGEST_FILE + 1].decode("utf-8", "replace")
    except OSError as problem:
        raise UsageError("the file cannot be read", where=str(path), hint=problem.strerror) from problem
    if size > LARGEST_FILE:
        raise UsageError(f"the file has {size:,} bytes, more than any mail", where=str(path))
    name = path.name
    found = check_html(html)
    if online:
        found += online_findings({name: of_html(html)}, Fetch(), new_fetcher)[name]
    return Checked({name: found}, RULES, file=str(path))
