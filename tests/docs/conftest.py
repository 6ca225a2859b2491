from __future__ import annotations

import sys
from pathlib import Path

# the generators of pages are modules of the folder `docs`
sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
