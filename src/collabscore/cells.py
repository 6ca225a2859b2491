"""Plain data from values of Python, and columns of it from arrays and data frames.

Libraries of data frames are known by what their columns can do, and never imported.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from numbers import Integral, Real
from types import NoneType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .arrays import number_or_none

__all__ = ["Cells", "CodedCells", "cells_of", "plain", "plain_cell"]


@dataclass(frozen=True, eq=False)
class CodedCells:
    """A column of words that repeat.

    Parameters
    ----------
    different : list of length k
        The different cells as plain data.
    codes : integer array of shape (n,)
        Which of them each row has.
    """

    different: list[Any]
    codes: NDArray[np.integer[Any]]

    def __len__(self) -> int:
        return len(self.codes)

    def listed(self) -> list[Any]:
        """Return the cell of each row."""
        return [self.different[code] for code in self.codes.tolist()]

    def in_order(self) -> CodedCells:
        """Return the column with its different cells as they first occur, and no other."""
        n, k = len(self.codes), len(self.different)
        first = np.full(k, n)
        first[self.codes[::-1]] = np.arange(n - 1, -1, -1)  # the last entry at a place stays
        order = np.argsort(first, kind="stable")[: np.count_nonzero(first < n)]
        if np.array_equal(order, np.arange(k)):
            return self
        places = np.zeros(k, dtype=self.codes.dtype)
        places[order] = np.arange(len(order))
        return CodedCells([self.different[code] for code in order.tolist()], places[self.codes])


Cells: TypeAlias = NDArray[Any] | list[Any] | CodedCells
"""A column: an array of numbers or truth values, NaN being unknown; or plain data."""


_PLAIN = frozenset({str, bool, int, list, dict, NoneType})
_MISSING = frozenset({"NAType", "NaTType", "MaskedConstant"})
"""Types of the missing values of pandas and of masked arrays, by name."""


def plain(value: Any) -> Any:
    """Return a value of Python code as YAML would hold it; one that means nothing there, as it is.

    Missing values (NaN, NA, masked) are None, scalars of numpy and decimal numbers are numbers,
    tuples, arrays and sets of words are lists, and parts of documents are mappings. Entries of
    lists and mappings stay as they are.

    Examples
    --------
    >>> [plain(value) for value in (np.float32(2.5), np.nan, {"b", "a"}, (1, 5))]
    [2.5, None, ['a', 'b'], [1, 5]]
    """
    if type(value) in _PLAIN:  # by far the commonest
        return value
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, AbstractSet):
        is_words = all(isinstance(entry, str) for entry in value)
        return sorted(value) if is_words else value
    if type(value).__name__ in _MISSING:
        return None
    if hasattr(value, "model_dump"):
        return value.model_dump(exclude_unset=True, warnings=False)
    if hasattr(value, "__array__") and not isinstance(value, np.generic):
        return _listed(value)
    return _plain_scalar(value)


def _listed(value: Any) -> Any:
    """Return an array of any library as nested lists, None where masked; or the value itself."""
    try:
        array = value if isinstance(value, np.ndarray) else np.asarray(value)
    except (TypeError, ValueError, RuntimeError):
        return value
    return array.tolist()


def _plain_scalar(value: Any) -> Any:
    if isinstance(value, str):  # also of a class of its own
        return str.__str__(value)
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real | Decimal):
        try:
            return number_or_none(float(value))
        except (OverflowError, ValueError):
            return value
    return value.item() if isinstance(value, np.datetime64) else value


def cells_of(data: Any, *, coded: bool = True) -> Cells | None:
    """Return the cells of a column; None for what is no column.

    Parameters
    ----------
    data : sequence, or array or series of any library
        Not text, a mapping, a set or an iterator. Of several dimensions, the first one counts.
    coded : bool
        Whether words of Arrow may be coded: not where they hardly repeat.

    Examples
    --------
    >>> cells_of((1, None, 2.5)), cells_of([["a"], np.str_("b")]), cells_of("abc")
    (array([1. , nan, 2.5]), [['a'], 'b'], None)
    """
    words = _coded_words(data) if coded else None
    if words is not None:
        return words
    if hasattr(data, "__array__") and not isinstance(data, np.generic):
        data = _array_or_cells(data)
    if isinstance(data, np.ndarray):
        return data
    if isinstance(data, str | bytes | bytearray | memoryview) or not isinstance(data, Sequence):
        return None
    if set(map(type, data)) <= {str, NoneType}:
        return list(data)  # quick: names are many and all differ
    return _array_or_list(list(map(plain_cell, data)))


def _array_or_cells(data: Any) -> Any:
    """Return numbers and truth values, all known, as an array, and others as a list of cells."""
    try:
        array = data if isinstance(data, np.ma.MaskedArray) else np.asarray(data)
    except NotImplementedError:  # some types of Arrow
        return data.to_pylist()
    if isinstance(array, np.ma.MaskedArray) and array.dtype.kind in "iuf":
        array = np.ma.filled(array.astype(np.float64), np.nan)
    if array.dtype.kind == "M":
        array = array.astype("datetime64[us]")  # of others, numpy makes numbers
    if array.dtype.kind in "biuf" and array.ndim and not np.ma.is_masked(array):
        return np.asarray(array)
    return None if array.dtype.names else array.tolist()


_BETWEEN_WORDS = "\x1f"
"""Between the words of a list while lists are told apart; words with it are read one by one."""


def _coded_words(data: Any) -> CodedCells | None:
    """Return a column of words, or of lists of words, by Arrow; None for any other column.

    Arrow tells words apart without an object for each row. It is used where it is loaded already.
    """
    arrow: Any = sys.modules.get("pyarrow")
    if arrow is None:
        return None
    try:
        return _codes_by_arrow(arrow, data)
    except (arrow.ArrowException, TypeError, ValueError, OverflowError):
        return None  # what Arrow does not hold is read cell by cell


def _codes_by_arrow(arrow: Any, data: Any) -> CodedCells | None:
    column = _arrow_column(arrow, data)
    if column is None:
        return None
    if not (arrow.types.is_list(column.type) or arrow.types.is_large_list(column.type)):
        return _codes_of_words(arrow, column)
    joined = _joined_words(arrow, column)
    found = None if joined is None else _codes_of_words(arrow, joined)
    if found is None:
        return None
    lists = [cell if cell is None else _split_words(cell) for cell in found.different]
    return CodedCells(lists, found.codes)


def _arrow_column(arrow: Any, data: Any) -> Any:
    """Return a column in the chunks of Arrow; None where it does not give itself to Arrow."""
    if hasattr(data, "__arrow_c_stream__"):
        return arrow.chunked_array(data)
    return arrow.chunked_array([data]) if isinstance(data, arrow.Array) else None


def _codes_of_words(arrow: Any, words: Any) -> CodedCells | None:
    """Return a column of text coded; None for a column of another type."""
    if not _holds_words(arrow.types, words.type):
        return None
    if arrow.types.is_string_view(words.type):
        words = words.cast(arrow.string())
    is_coded = arrow.types.is_dictionary(words.type)
    coded = (words if is_coded else words.dictionary_encode()).unify_dictionaries().combine_chunks()
    cells, codes = coded.dictionary.to_pylist(), coded.indices
    if not coded.null_count:
        found = CodedCells(cells, codes.to_numpy())
        return found.in_order() if is_coded else found
    return CodedCells([*cells, None], codes.fill_null(len(cells)).to_numpy()).in_order()


def _holds_words(types: Any, kind: Any) -> bool:
    """Return whether a type of Arrow is text, coded or not."""
    kind = kind.value_type if types.is_dictionary(kind) else kind
    is_text = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    return bool(is_text)


def _joined_words(arrow: Any, lists: Any) -> Any:
    """Return each list of words as one text; None where the words do not allow it."""
    words = lists.combine_chunks().flatten()
    if not arrow.types.is_string(words.type) and not arrow.types.is_large_string(words.type):
        return None
    different = words.dictionary_encode().dictionary.to_pylist()
    if words.null_count or any(not word or _BETWEEN_WORDS in word for word in different):
        return None
    sign = arrow.scalar(_BETWEEN_WORDS, words.type)
    return import_module("pyarrow.compute").binary_join(lists, sign)


def _split_words(joined: str) -> list[str]:
    return joined.split(_BETWEEN_WORDS) if joined else []


def plain_cell(cell: Any) -> Any:
    """Return the entry of a column as plain data, the parts of a list too."""
    found = plain(cell)
    return [plain(part) for part in found] if isinstance(found, list) else found


def _array_or_list(cells: list[Any]) -> Cells:
    """Return numbers, or truth values that are all known, as an array, and anything else as is."""
    kinds = set(map(type, cells))
    if kinds == {bool}:
        return np.array(cells)
    if kinds <= {int, float, NoneType} and kinds != {NoneType}:
        try:
            return np.array(cells, dtype=np.float64)
        except OverflowError:
            return cells
    return cells
