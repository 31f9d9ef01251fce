"""Where templates and audiences are: the newsroom's own files first, the packaged originals behind them.

Templates fall back per file; audiences never do. `packaged()` is the wheel's copy, or the checkout's top folders
when the package runs from its sources.
"""

from __future__ import annotations

from pathlib import Path


def packaged() -> Path:
    """The folder that holds the packaged `templates/`, `audiences/`, `sample/` and `digest.toml`."""
    here = Path(__file__).resolve().parent
    checkout = here.parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / "templates").is_dir():
        return checkout
    return here / "_content"


def template_roots(root: Path) -> tuple[Path, ...]:
    """Folders to look a template up in, in order: the publication's own, then the packaged ones."""
    own, base = root / "templates", packaged() / "templates"
    return (own,) if own == base else (own, base)
