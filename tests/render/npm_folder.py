"""A folder with the npm packages that our output is compared with: installed on request, and only then.

`DIGEST_NPM` names it. What it lacks is installed into it, so name a folder outside the checkout.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

PACKAGES = {"mjml": "^5.4.1", "html-validate": "^10.17.0", "mailparser": "^3.9.0"}


def npm_folder() -> Path:
    """The folder, its packages in place; the test is skipped, with the reason, when it cannot be had."""
    named = os.environ.get("DIGEST_NPM")
    if not named:
        pytest.skip("DIGEST_NPM names no folder for npm packages, so there is nothing to compare with")
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        pytest.skip("node and npm are not installed, so there is nothing to compare with")
    folder = Path(named)
    lacking = [f"{name}@{version}" for name, version in PACKAGES.items() if not _installed(folder, name)]
    if lacking:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "package.json").exists():
            (folder / "package.json").write_text('{"private": true}')
        command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", *lacking]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            pytest.skip(f"npm could not install {', '.join(lacking)}: {done.stderr.strip()[-300:]}")
    return folder


def _installed(folder: Path, name: str) -> bool:
    return (folder / "node_modules" / name / "package.json").is_file()


def run_node(script: str, given: object, folder: Path) -> str:
    """What `script` writes, with `given` as JSON on its standard input."""
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, "-e", script],
        input=json.dumps(given),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
