"""`Table`: columns, rows and what stands around them, and every form it can take.

Imports the renderings beside it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from ..errors import UsageError
from .cells import Column, Row
from .data import records_of, render_csv, render_json
from .markdown import render_markdown
from .markup import render_html, render_page, table_element
from .text import render_text

__all__ = ["Table"]

_FALLBACK_WIDTH = 100


@dataclass(frozen=True, repr=False)
class Table:
    """Rows of raw values under columns that say how to show them.

    Text, Markdown and HTML are for readers: what is missing is an en dash, numbers have fixed digits, long tables
    may be shortened, which is said. Records, CSV and JSON are for machines: always whole, missing is None, empty
    or null.

    Parameters
    ----------
    columns : tuple of Column
        At least one; their keys differ.
    rows : tuple of tuples
        One cell for each column: a text, a number, a `Badge`, a `Bar`, an `Interval` or a pair, several texts;
        None or NaN where there is no value.
    title : str
        Above the table.
    caption : str
        One sentence on what it shows.
    notes : tuple of str
        What a reader must know beside the numbers, a line each: sizes, seed, sources.
    hidden : pair of int
        The rows, from the first and before the second, that the forms for readers leave out; `head_and_tail`
        sets it.

    Examples
    --------
    >>> columns = (Column("id", "Candidate"), Column("score", "Score", kind="number"))
    >>> print(Table(columns, (("influenza", 87.46), ("chips", None)), notes=("2 candidates",)))
    Candidate  Score
    ────────────────
    influenza   87.5
    chips          –
    <BLANKLINE>
    2 candidates
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    title: str = ""
    caption: str = ""
    notes: tuple[str, ...] = ()
    hidden: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if not self.columns:
            raise UsageError("a table needs a column")
        twice = [
            key
            for key, count in Counter(column.key for column in self.columns).items()
            if count > 1
        ]
        if twice:
            raise UsageError(f"two columns have the key `{twice[0]}`")
        for place, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise UsageError(
                    f"row {place} has {len(row)} cells for {len(self.columns)} columns"
                )

    def head_and_tail(self, best: int = 20, worst: int = 5) -> Table:
        """Return the same table, of which readers are shown the first and last rows and how many are between.

        Parameters
        ----------
        best, worst : int
            Rows to show from the start and from the end, 0 or more. A single row is never left out for a line
            that says so.
        """
        if best < 0 or worst < 0:
            raise UsageError(f"`best` and `worst` must be 0 or more, not {min(best, worst)}")
        start, stop = best, len(self.rows) - worst
        return replace(self, hidden=(start, stop) if stop - start > 1 else (0, 0))

    def to_text(
        self, width: int | None = None, *, color: bool = False, ascii_only: bool = False
    ) -> str:
        """Return plain text, aligned.

        Parameters
        ----------
        width : int, optional
            Letters in a line, at least 20; as many as it takes, if left out. Where they do not suffice, texts are
            wrapped, bars shortened, and the columns that matter least are left out and named below.
        color : bool
            Whether badges and heads are coloured, with ANSI codes.
        ascii_only : bool
            Whether rules, bars and shapes are drawn with ASCII signs; letters of labels stay as they are.
        """
        return render_text(
            self.columns,
            self._visible,
            title=self.title,
            below=self._below,
            width=width,
            color=color,
            ascii_only=ascii_only,
        )

    def to_markdown(self) -> str:
        """Return a Markdown table, with the title above it, the caption and the notes below."""
        return render_markdown(self.columns, self._visible, title=self.title, below=self._below)

    def to_html(self) -> str:
        """Return a fragment of HTML, for notebooks and pages: no script, its own style, light and dark."""
        element = table_element(
            self.columns, self._visible, title=self.title, caption=self.caption, notes=self.notes
        )
        return render_html(element, self.to_text(_FALLBACK_WIDTH))

    def to_page(self) -> str:
        """Return a whole HTML page that shows the table and asks no host for anything."""
        return render_page(self.title or "Table", self.to_html())

    def to_records(self) -> list[dict[str, Any]]:
        """Return a mapping of keys to plain values for each row.

        A badge is its word, a bar its number, an interval a list of two, several texts a list; what is missing
        is None.
        """
        return records_of(self.columns, self.rows)

    def to_csv(self) -> str:
        """Return CSV (RFC 4180) with the keys as heads; an interval takes two columns, `key_low` and `key_high`.

        Texts that a spreadsheet would run as a formula have an apostrophe before them.
        """
        return render_csv(self.columns, self.rows)

    def to_json(self) -> str:
        """Return the records, the title, the caption and the notes as JSON; numbers have nine significant digits."""
        return render_json(
            self.columns, self.rows, title=self.title, caption=self.caption, notes=self.notes
        )

    @property
    def _visible(self) -> list[Row | str]:
        """The rows for readers; a text stands for those left out, or for none at all."""
        start, stop = self.hidden
        if not self.rows:
            return ["none"]
        if start >= stop:
            return list(self.rows)
        return [*self.rows[:start], f"… {stop - start} more", *self.rows[stop:]]

    @property
    def _below(self) -> tuple[str, ...]:
        return (self.caption, *self.notes) if self.caption else self.notes

    def __str__(self) -> str:
        return self.to_text().rstrip("\n")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.to_html()
