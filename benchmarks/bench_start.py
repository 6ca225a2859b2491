"""Start-up: importing the package, and a whole command, held against importing what it stands on.

The floor is ``import numpy, yaml; from pydantic import BaseModel`` in a fresh interpreter. Run it
with ``python benchmarks/bench_start.py`` from the root of the project, with the package installed
and byte-compiled (as pip leaves it); all are run in turn, and the medians of the ratios are
printed.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

ROUNDS = 9
FLOOR = [sys.executable, "-c", "import numpy, yaml; from pydantic import BaseModel"]
EXAMPLES = Path(__file__).parents[1] / "examples"
PROJECTS, AREAS = (
    str(EXAMPLES / "proposed_projects.yaml"),
    str(EXAMPLES / "collaboration_areas.yaml"),
)


def command() -> str:
    """Return the console script of this environment."""
    found = shutil.which("collabscore", path=sysconfig.get_path("scripts"))
    if found is None:
        raise SystemExit("install the package first: pip install .")
    return found


def elapsed(arguments: list[str]) -> float:
    """Return how many seconds a process takes from start to end."""
    # an editable install has no byte code until it is written once
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
    }
    start = time.perf_counter()
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - start


def main() -> None:
    """Print the ratios to the floor."""
    candidates = {
        "import collabscore (bound 1.35)": [sys.executable, "-c", "import collabscore"],
        "everything that scoring needs imported": [
            sys.executable,
            "-c",
            "from collabscore import score",
        ],
        "collabscore score, the example projects (bound 2.4)": [command(), "score", PROJECTS],
        "collabscore score, the example areas": [command(), "score", AREAS],
    }
    for arguments in (FLOOR, *candidates.values()):
        elapsed(arguments)
    ratios: dict[str, list[float]] = {name: [] for name in candidates}
    floors = []
    for _ in range(ROUNDS):
        floors.append(elapsed(FLOOR))
        for name, arguments in candidates.items():
            ratios[name].append(elapsed(arguments) / floors[-1])
    print(f"floor {statistics.median(floors):.3f} s")
    for name, found in ratios.items():
        print(f"{name}: {statistics.median(found):.2f}")


if __name__ == "__main__":
    main()
