"""Write a build to a folder: HTML and text with their slots visible, a sample `.eml`, and the manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from digest import __version__
from digest.errors import UsageError
from digest.pipeline.build import Built
from digest.pipeline.planning import plan_json
from digest.pipeline.project import Project
from digest.pipeline.sampling import sample


def write_build(project: Project, built: Built, out: Path | None) -> Path:
    """The folder that now holds the build. The same edition built twice is byte-identical, but for the Date of the
    sample messages.

    Raises:
        UsageError: the folder cannot be written.
    """
    edition = built.draft.edition
    folder = out or project.root / "var" / "build" / edition.id
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rendering in built.renderings.items():
            (folder / f"{name}.html").write_text(rendering.html, encoding="utf-8")
            (folder / f"{name}.txt").write_text(rendering.text, encoding="utf-8")
            (folder / f"{name}.eml").write_bytes(sample(project, edition, rendering).raw)
        manifest = json.dumps(_manifest(built), ensure_ascii=False, indent=2, sort_keys=True)
        (folder / "manifest.json").write_text(manifest + "\n", encoding="utf-8")
    except OSError as problem:
        raise UsageError(f"cannot be written: {problem.strerror}", where=str(problem.filename or folder)) from problem
    return folder


def _manifest(built: Built) -> dict[str, Any]:
    edition = built.draft.edition
    picked = {pick.story for plan in built.draft.segments.values() for pick in plan.picks()}
    return {
        "edition": edition.id,
        "hash": edition.hash,
        "cut": edition.cut.isoformat(),
        "digest_version": __version__,
        "subject": edition.subject,
        "preheader": edition.preheader,
        "variants": {
            name: {
                "language": r.language,
                "template": r.template,
                "subject": r.subject,
                "slots": list(r.slots),
                "stories": r.stories,
                "words": r.words,
                "html_bytes": len(r.html.encode()),
            }
            for name, r in built.renderings.items()
        },
        "plans": {name: plan_json(plan) for name, plan in built.draft.segments.items() if name in built.renderings},
        "stories": {c.story: c.revision for c in built.draft.pool.candidates if c.story in picked},
    }
