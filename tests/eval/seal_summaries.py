"""Print what is measured of summaries beside the floors, and the file that seals the floors as they would be raised.

Run `python tests/eval/seal_summaries.py`; copy what it prints to `summaries/floors.toml` to raise the floors. A floor
is lowered only by hand, with the reason in the commit.
"""

from __future__ import annotations

import math
import tomllib

from summaries_measure import FLOORS, STORIES, measure, seal_of, stories


def main() -> None:
    """Floors never fall: each is the higher of the one that stands and the measure, rounded down."""
    standing: dict[str, float] = {}
    if FLOORS.is_file():
        standing = tomllib.loads(FLOORS.read_text(encoding="utf-8")).get("floors", {})
    measured = measure(stories(STORIES), 280).values()
    raised = {name: max(standing.get(name, 0.0), math.floor(value * 100) / 100) for name, value in measured.items()}
    for name, value in measured.items():
        print(f"# {name}: measured {value:.4f}, floor {standing.get(name, 0.0)}")
    fingerprint, seal = seal_of(STORIES, raised)
    print(f'fingerprint = "{fingerprint}"\nseal = "{seal}"\n\n[floors]')
    print("\n".join(f"{name} = {value}" for name, value in raised.items()))


if __name__ == "__main__":
    main()
