"""Arrays that cannot be changed, and settings of numpy; copies of results are in faults/test_c_frozen."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, replace
from typing import Any

import numpy as np
import pytest

from collabscore.arrays import FrozenDict, FrozenList, Record, frozen, underflow_is_zero

LEAST = 5e-324


@underflow_is_zero
def halved(number: float) -> Any:
    return np.array([number]) / 2


@underflow_is_zero
def quartered(number: float) -> Any:
    return halved(halved(number)[0])


def test_underflow_is_zero_inside_and_as_the_caller_has_it_outside() -> None:
    with np.errstate(under="raise"):
        for _ in range(2):
            assert quartered(LEAST).tolist() == halved(LEAST).tolist() == [0.0]
            with pytest.raises(FloatingPointError):
                np.array([LEAST]) / 2


def test_a_function_that_fails_leaves_the_settings_as_they_were() -> None:
    @underflow_is_zero
    def failing() -> None:
        quartered(1.0)
        raise KeyError

    with np.errstate(under="raise"):
        for _ in range(2):
            with pytest.raises(KeyError):
                failing()
            assert np.geterr()["under"] == "raise"
            assert halved(LEAST).tolist() == [0.0]


def test_what_is_frozen_is_so_however_nested() -> None:
    inner = np.zeros(2)
    found = frozen({"a": [inner, ({"b": [1]},)], "c": "text"})
    assert found == {"a": [inner, ({"b": [1]},)], "c": "text"}
    assert type(found) is FrozenDict
    assert type(found["a"]) is FrozenList
    with pytest.raises(TypeError, match=r"`dict\(\.\.\.\)`"):
        found["a"][1][0]["b"] = []
    with pytest.raises(TypeError, match=r"`list\(\.\.\.\)`"):
        found["a"][1][0]["b"].append(2)
    with pytest.raises(ValueError, match="read-only"):
        inner[0] = 1


class Sign(Record):
    """A word with a shape."""

    word: str
    shape: str = "o"
    remark: str = field(default="", compare=False, repr=False)


class Other(Record):
    """Of the same fields as the first two of a sign."""

    word: str
    shape: str = "o"


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, replace, lambda it: pickle.loads(pickle.dumps(it))]
)
def test_copies_of_a_record_are_equal_and_frozen(copied: Callable[[Any], Any]) -> None:
    sign = Sign("stop", remark="red")
    found = copied(sign)
    assert (found, hash(found), found.remark) == (sign, hash(sign), "red")
    assert repr(found) == "Sign(word='stop', shape='o')"
    with pytest.raises(FrozenInstanceError):
        found.word = "go"
    with pytest.raises(FrozenInstanceError):
        del found.word


def test_a_record_in_another_process_has_the_hash_of_that_process() -> None:
    sign = Sign("stop")
    unhashed = pickle.dumps(sign)
    hash(sign)
    assert pickle.dumps(sign) == unhashed


@pytest.mark.parametrize(
    ("other", "equal"),
    [
        (Sign("stop", "o"), True),
        (Sign("stop", remark="other"), True),
        (Sign("go"), False),
        (Sign("stop", "x"), False),
        (Other("stop"), False),
        ("stop", False),
    ],
)
def test_records_are_equal_by_kind_and_fields(other: object, equal: bool) -> None:
    assert (Sign("stop") == other) is equal
    assert (len({Sign("stop"), other}) == 1) is equal


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        ((), {"shape": "x"}),
        (("stop", "o", "", "more"), {}),
        (("stop",), {"word": "go"}),
        (("stop",), {"shap": "x"}),
    ],
    ids=["none", "one-missing", "too-many", "twice", "misspelt"],
)
def test_a_record_takes_each_of_its_fields_once(values: Any, named: Any) -> None:
    with pytest.raises(TypeError, match="Sign takes each once, or by default: word, shape, remark"):
        Sign(*values, **named)
