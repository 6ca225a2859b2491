"""Plain data with one place changed."""

from __future__ import annotations

import copy
from typing import Any


def changed_at(data: Any, path: tuple[str | int, ...], value: object) -> Any:
    """Return a copy with another value at a path; without that key or entry if it is `...`."""
    content = inner = copy.deepcopy(data)
    for part in path[:-1]:
        inner = inner[part]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return content
