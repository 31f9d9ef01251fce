#!/usr/bin/env python3
"""Refresh src/digest/check/data/caniemail.json from the npm package `caniemail`, which carries the data of
caniemail.com: `scripts/refresh-caniemail.py` fetches it with npm, `scripts/refresh-caniemail.py FOLDER` reads an
unpacked copy. Each feature keeps its title and the newest answer of each client: y, a (partly), n, u (unknown), or -.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "src" / "digest" / "check" / "data"


def compact(found: dict[str, Any], version: str) -> dict[str, Any]:
    """The data as we keep it: a column of letters a feature, one letter a client."""
    clients = sorted(
        {f"{family}.{place}" for f in found["data"] for family, places in f["stats"].items() for place in places}
    )
    features = {}
    for feature in sorted(found["data"], key=lambda feature: feature["slug"]):
        letters = ""
        for client in clients:
            family, _dot, place = client.partition(".")
            answers = list(feature["stats"].get(family, {}).get(place, {}).values())
            letters += answers[-1][0] if answers else "-"
        features[feature["slug"]] = [feature["title"], letters]
    return {
        "source": f"caniemail.com, by the npm package caniemail {version}",
        "updated": found["last_update_date"][:10],
        "clients": clients,
        "features": features,
    }


def write(folder: Path) -> None:
    version = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
    found = json.loads((folder / "data" / "caniemail.json").read_text(encoding="utf-8"))
    kept = compact(found, version)
    lines = [
        f"{json.dumps(slug)}: {json.dumps(answer, ensure_ascii=False)}"
        for slug, answer in kept.pop("features").items()
    ]
    head = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in kept.items())
    text = "{\n" + head + ',\n"features": {\n' + ",\n".join(lines) + "\n}\n}\n"
    (DATA / "caniemail.json").write_text(text, encoding="utf-8")
    (DATA / "LICENSE").write_text((folder / "LICENSE").read_text(encoding="utf-8"), encoding="utf-8")
    print(f"{len(lines)} features of {kept['updated']} written to {DATA}")


def main() -> None:
    if len(sys.argv) > 1:
        write(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["npm", "pack", "caniemail", "--silent"],  # noqa: S607
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        with tarfile.open(Path(folder) / done.stdout.split()[-1]) as archive:
            archive.extractall(folder, filter="data")
        write(Path(folder) / "package")


if __name__ == "__main__":
    main()
