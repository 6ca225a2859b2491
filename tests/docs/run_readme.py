"""Run the first block of Python in a README away from the checkout: ``python run_readme.py README.md FOLDER``."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


def first_block(readme: Path) -> str:
    """Return the code of the first block of Python."""
    found = re.search(r"```python\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    if found is None:
        raise SystemExit(f"no block of Python in {readme}")
    return found[1]


if __name__ == "__main__":
    code = first_block(Path(sys.argv[1]))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=sys.argv[2], check=True, capture_output=True, text=True
    )
    sys.stdout.write(done.stdout)
    if done.stdout.strip() != "refer":
        raise SystemExit("the README's example printed no verdict")
