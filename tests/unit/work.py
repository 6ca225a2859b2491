"""Work, counted: a test of growth that no slow or busy machine can fail."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def instructions_of(action: Callable[[], object]) -> int:
    """Return the number of instructions of Python that an action takes.

    Loops count each time round; what NumPy and the interpreter do inside one call does not.
    """
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return count


def growth(action_of: Callable[[int], Callable[[], object]], size: int) -> float:
    """Return how many times the instructions for one size the double takes.

    About 2 where time grows with the size, 4 where it grows with its square.
    """
    once, twice = (instructions_of(action_of(n)) for n in (size, 2 * size))
    return twice / once
