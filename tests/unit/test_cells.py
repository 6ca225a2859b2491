"""Plain data from values of Python, and columns of it."""

from __future__ import annotations

import numpy as np
import pytest

from collabscore.cells import cells_of, plain


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, 5), [1, 5]),
        ({"b", "a"}, ["a", "b"]),
        (np.int8(3), 3),
        (np.True_, True),
        (float("nan"), None),
        (np.array([[1, 2]]), [[1, 2]]),
        ("x", "x"),
    ],
)
def test_values_of_python_as_plain_data(value: object, expected: object) -> None:
    found = plain(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("data", ["text", b"text", {"a": 1}, {1, 2}, iter([1]), 3, None])
def test_what_is_no_column(data: object) -> None:
    assert cells_of(data) is None
