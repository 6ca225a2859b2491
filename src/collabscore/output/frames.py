"""Data frames and columnar files of results: fields become typed columns, and None is null."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..cells import Cells, CodedCells
from ..errors import optional, refusal_of_value
from .result import Result
from .table import Table, as_json

__all__ = ["array_of", "parquet_of", "to_arrow", "to_pandas", "to_polars"]

_EXTRA = "tables"


def to_arrow(result: Result, rows: str | None = None) -> Any:
    """Return a result as a table of pyarrow.

    Parameters
    ----------
    result : Result
    rows : str, optional
        The rows; by default those of the result itself, a candidate each in a ranking. Of a ranking
        also `criteria`, a row for each candidate and criterion, and `findings`, a row for each
        candidate and guardrail. `columns` is what a result has at hand without a row for each
        candidate, for a million of them; see `Ranking.columns`.

    Returns
    -------
    pyarrow.Table
        Of rows, columns of the same names as in CSV: numbers in full, texts, lists of texts; null
        where there is no value. Its metadata hold framework, options, notes and manifest as JSON,
        under `collabscore`.

    Raises
    ------
    UsageError
        If it is no result, or has no such rows.
    MissingExtraError
        If pyarrow is not installed.

    Examples
    --------
    >>> import collabscore as cs
    >>> ranking = cs.score([{"id": "flu"}, {"id": "ice"}], "guardrail")
    >>> to_arrow(ranking).num_rows, to_arrow(ranking, rows="findings").num_rows
    (2, 22)
    """
    if not isinstance(result, Result):
        help = "give the result of a call such as `score(candidates, framework)`"
        raise refusal_of_value(result, "a result", "result", help)
    pyarrow = optional("pyarrow", _EXTRA)
    if isinstance(rows, str) and rows == "columns" and result.has_columns:
        columns: Mapping[str, Cells] = result.columns()  # type: ignore[attr-defined]
        arrays = {key: _array_at_once(pyarrow, cells) for key, cells in columns.items()}
        arrays["id"] = arrays["id"].dictionary_decode()  # each is there once
    else:
        arrays = _arrays_of_rows(pyarrow, result.plain_table(rows))
    about = {
        "collabscore": f"{result.kind}/1",
        **result.outline,
        "options": result.options,
        "notes": list(result.notes),
        "manifest": result.manifest,
    }
    return pyarrow.table(arrays, metadata={"collabscore": as_json(about, indent=None)})


def _array_at_once(pyarrow: Any, cells: Cells) -> Any:
    """Return the array of a column that needs no look at its cells; NaN and masked are null."""
    if isinstance(cells, CodedCells):
        codes = cells.codes.astype(np.int32)
        has_none = None in cells.different[-1:]  # it is the last one
        words = cells.different[:-1] if has_none else cells.different
        indices = pyarrow.array(codes, mask=codes >= len(words))
        return pyarrow.DictionaryArray.from_arrays(indices, pyarrow.array(words, pyarrow.string()))
    if isinstance(cells, np.ma.MaskedArray):
        return pyarrow.array(cells.data, mask=np.ma.getmaskarray(cells))
    return pyarrow.array(cells, from_pandas=isinstance(cells, np.ndarray))


def _arrays_of_rows(pyarrow: Any, table: Table) -> dict[str, Any]:
    figures = {column.key for column in table.columns if column.is_figure}
    arrays = {}
    for key, cells in table.to_columns().items():
        # a column without any value has the type of its field
        absent = pyarrow.float64() if key in figures else pyarrow.string()
        arrays[key] = array_of(pyarrow, cells, absent)
    return arrays


def array_of(pyarrow: Any, cells: Sequence[Any], absent: Any) -> Any:
    """Return the array of a column; numbers and texts together are texts."""
    given = [cell for cell in cells if cell is not None]
    kinds = set(map(_kind_of, given))
    if not kinds:
        return pyarrow.array(cells, absent)
    if kinds <= {int, float} or kinds == {bool}:
        types = {bool: pyarrow.bool_(), int: pyarrow.int64()}
        kind = pyarrow.float64() if float in kinds else types[kinds.pop()]
        return pyarrow.array(cells, kind)
    write: Callable[[Any], Any] = str
    kind = pyarrow.string()
    if kinds == {list}:
        write, kind = _as_texts, pyarrow.list_(kind)
    return pyarrow.array([cell if cell is None else write(cell) for cell in cells], kind)


def _as_texts(cell: Sequence[Any]) -> list[str]:
    return list(map(str, cell))


def _kind_of(cell: object) -> type:
    for kind in (bool, int, float, list):
        if isinstance(cell, kind):
            return kind
    return str


def to_polars(result: Result, rows: str | None = None) -> Any:
    """Return a result as a data frame of polars; see `to_arrow`.

    Parameters
    ----------
    result : Result
    rows : str, optional
        Other rows than those of the result itself.

    Returns
    -------
    polars.DataFrame

    Raises
    ------
    UsageError
        If it is no result, or has no such rows.
    MissingExtraError
        If polars, narwhals or pyarrow is not installed.
    """
    table = to_arrow(result, rows)
    optional("polars", "")
    narwhals = optional("narwhals", _EXTRA)
    return narwhals.from_arrow(table, backend="polars").to_native()


def to_pandas(result: Result, rows: str | None = None) -> Any:
    """Return a result as a data frame of pandas; see `to_arrow`.

    Whole numbers and flags have the types of pandas that know missing values, `Int64` and
    `boolean`.

    Parameters
    ----------
    result : Result
    rows : str, optional
        Other rows than those of the result itself.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    UsageError
        If it is no result, or has no such rows.
    MissingExtraError
        If pandas or pyarrow is not installed.
    """
    table = to_arrow(result, rows)
    pandas, pyarrow = optional("pandas", ""), optional("pyarrow", _EXTRA)
    nullable = {pyarrow.int64(): pandas.Int64Dtype(), pyarrow.bool_(): pandas.BooleanDtype()}
    return table.to_pandas(types_mapper=nullable.get)


def parquet_of(result: Result) -> bytes:
    """Return the rows of a result as a Parquet file; see `to_arrow`."""
    table = to_arrow(result)
    file = io.BytesIO()
    optional("pyarrow.parquet", _EXTRA).write_table(table, file)
    return file.getvalue()
