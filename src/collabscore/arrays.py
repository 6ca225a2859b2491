"""Array types of the whole package, and read-only views of arrays."""

from __future__ import annotations

import math
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["BoolArray", "FloatArray", "IndexArray", "IntArray", "number_or_none", "read_only"]

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]
IntArray: TypeAlias = NDArray[np.int64]
IndexArray: TypeAlias = NDArray[np.intp]

Array = TypeVar("Array", bound=NDArray[Any])


def read_only(array: Array) -> Array:
    """Mark an array as read-only and return it."""
    array.flags.writeable = False
    return array


def number_or_none(value: float) -> float | None:
    """Return a number as plain data: None for NaN."""
    return None if math.isnan(value) else float(value)
