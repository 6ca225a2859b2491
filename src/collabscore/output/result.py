"""`Result`, the base of all results: table, records, CSV, JSON and pages follow from fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import repeat
from typing import Any, ClassVar, get_args

from ..arrays import Frozen, frozen_property
from ..errors import choose_from, refusal_of_name, refusal_of_value
from .blocks import Detail
from .table import Field, Page, Readable, Table, as_json
from .text import short_digest

__all__ = ["VERSION", "Result", "reported"]

VERSION = "0.1.0"
"""Version of the package, which results name; the build reads it here."""


_NAMES = ("id", "candidate", "case")
"""Keys of records that name what a row is about."""


@cache
def _report_function(module: str, name: str) -> Callable[..., Any] | None:
    """Return a function of a module of `reports`; None where there is none.

    Reports import the results that they are about. Looking them up by name, here alone, keeps
    results free of their reports.
    """
    package = __name__.partition(".")[0]
    whole_name = f"{package}.reports.{module}"
    if find_spec(whole_name) is None:
        return None
    return getattr(import_module(whole_name), name, None)


def reported(subject: object, module: str, name: str, **options: Any) -> Any:
    """Return what a function of a module of `reports` makes of it; None where there is none."""
    function = _report_function(module, name)
    return None if function is None else function(subject, **options)


class Result(Frozen, Readable):
    """Base of all results: frozen, printed as a table or page, whole as JSON.

    A subclass gives `kind`, `fields`, `rows`, `title`, `outline` and `manifest`. A module
    `reports.<kind>` may hold ``notes_of(result)``; ``table_notes_of(result)``, where the notes
    below the table are more than that; ``page_of(result, detail)``, which returns a `Page` that is
    more than the table; and ``tables_of(result)``, functions that return further tables for
    machines, by their names. Where the result names another module as its `report`, the names of
    these functions begin with the kind: ``tornado_notes_of(result)``.
    """

    kind: ClassVar[str]
    """Word with which its JSON begins: ``{"collabscore": "robustness/1", ...}``."""
    report: ClassVar[str] = ""
    """Module of `reports` that it shares with other kinds; if empty, that of its own kind."""
    things: ClassVar[str] = "candidates"
    """Name of the rows: the entry of the JSON that holds the records."""
    has_columns: ClassVar[bool] = False
    """Whether `columns()` gives what it has at hand without a row for each candidate."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields of a row, in the order of records and CSV."""
        raise NotImplementedError

    @property
    def rows(self) -> Sequence[Any]:
        """Rows, each as the getters of the fields take it."""
        raise NotImplementedError

    @property
    def title(self) -> str:
        """Title above the table or page."""
        raise NotImplementedError

    @property
    def outline(self) -> dict[str, Any]:
        """First entries of the JSON: the framework or frameworks, with id, title and version."""
        raise NotImplementedError

    @property
    def manifest(self) -> dict[str, Any]:
        """Digests of the inputs and the version of the package, to repeat the result."""
        raise NotImplementedError

    @property
    def options(self) -> dict[str, Any]:
        """Options of the call, as plain data."""
        return {}

    @frozen_property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the numbers."""
        return tuple(self._reported("notes_of") or ())

    def _reported(self, name: str, **options: Any) -> Any:
        """Return what a function of its report makes of it; None if the report has none."""
        kind = self.kind.replace("-", "_")
        if self.report:
            name = f"{kind}_{name}"
        return reported(self, self.report or kind, name, **options)

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the columns of the table, in their order: by default that of the fields."""
        return tuple(field.key for field in self.fields if field.head)

    # what the base gives

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Any]:
        """Yield the records, see `records`."""
        return iter(self.records())

    def __contains__(self, item: object) -> bool:
        """Whether there is a row of that id, or about that candidate."""
        if not isinstance(item, str):
            return item in self.records()
        return any(item in map(row.get, _NAMES) for row in self.records())

    def table(self) -> Table:
        """Return the fields for readers as a table."""
        notes = self._reported("table_notes_of") or self.notes
        return replace(self.table_of(self.shown), title=self.title, notes=tuple(notes))

    def table_of(self, keys: Sequence[str], rows: Iterable[Any] | None = None) -> Table:
        """Return the fields with these keys as a table without title and notes.

        The rows may be given where they are at hand: of a ranking, they are made when asked for.
        """
        fields = {field.key: field for field in self.fields}
        shown = [fields[key] for key in keys]
        return _table_of(shown, self.rows if rows is None else rows, Field.cell_of)

    def page(self, *, detail: Detail = "default") -> Page:
        """Return the blocks of a page.

        Parameters
        ----------
        detail : {"brief", "default", "verbose"}
            The answer alone, what explains it as well, or everything: method, seeds, each finding.

        Raises
        ------
        UsageError
            If it is another word.
        """
        return self._page(detail=detail)

    def _page(self, *, detail: Detail, **options: Any) -> Page:
        """Return what its report makes of it, else the table, a brief one without notes."""
        known = get_args(Detail)
        if not isinstance(detail, str):
            raise refusal_of_value(detail, "a level of detail", "detail", choose_from(known) or "")
        if detail not in known:
            message = f"`{detail}` is not a level of detail"
            raise refusal_of_name(message, detail, known, "detail")
        page: Page | None = self._reported("page_of", detail=detail, **options)
        if page is not None:
            return page
        table = self.table()
        if detail == "brief":
            table = replace(table, notes=())
        return Page((table,), self.title)

    @property
    def blocks(self) -> Sequence[Any]:
        """Blocks of the page."""
        return self.page().blocks

    def records(self, rows: Iterable[Any] | None = None) -> list[dict[str, Any]]:
        """Return one mapping of plain data for each row, or for some of the rows."""
        fields = [field for field in self.fields if field.json]
        return _table_of(fields, self.rows if rows is None else rows, Field.plain_of).to_records()

    def plain_table(self, rows: str | None = None) -> Table:
        """Return columns for machines, without nested values: of the rows, or of their parts.

        Parameters
        ----------
        rows : str, optional
            Name of other rows than those of the result: a ranking has `criteria`, one for each
            candidate and criterion, and `findings`, one for each candidate and guardrail.

        Raises
        ------
        UsageError
            If the result has no such rows.
        """
        tables = self._reported("tables_of") or {}
        names = [self.things, *tables, *["columns"] * self.has_columns]
        if rows is not None and not isinstance(rows, str):
            raise refusal_of_value(rows, "a name of rows", "rows", choose_from(names) or "")
        if rows in (None, self.things):
            fields = [field for field in self.fields if field.csv]
            return _table_of(fields, self.rows, Field.plain_of)
        if rows not in tables:
            message = f"the result `{self.kind}` has no rows `{rows}`"
            raise refusal_of_name(message, rows, names, "rows")
        table: Table = tables[rows]()
        return table

    def to_csv(self, *, excel: bool = False, separator: str = ",") -> str:
        """Return the records as CSV (RFC 4180), without nested values; see `Table.to_csv`."""
        return self.plain_table().to_csv(excel=excel, separator=separator)

    def to_jsonl(self) -> str:
        """Return JSON Lines: the record of each row in a line of its own."""
        return "".join(as_json(record, indent=None) for record in self.records())

    def body(self) -> dict[str, Any]:
        """Return the part of the JSON between the options and the notes: the records."""
        return {self.things: self.records()}

    def document(self) -> dict[str, Any]:
        """Return the whole result as plain data."""
        return {
            "collabscore": f"{self.kind}/1",
            **self.outline,
            "options": self.options,
            **self.body(),
            "notes": list(self.notes),
            "manifest": self.manifest,
        }

    def to_json(self) -> str:
        """Return the whole result as JSON, numbers with nine significant digits.

        It is the same for the same input.
        """
        return as_json(self.document())

    def to_text(
        self,
        width: int | None = 100,
        *,
        detail: Detail = "default",
        color: bool = False,
        ascii_only: bool = False,
    ) -> str:
        """Return the page as plain text; see `page` and `Table.to_text`.

        A `width` of None is as wide as it takes.
        """
        return self.page(detail=detail).to_text(width, color=color, ascii_only=ascii_only)

    def to_markdown(self, *, detail: Detail = "default") -> str:
        """Return the page as Markdown, every text escaped; see `page`."""
        return self.page(detail=detail).to_markdown()

    def to_html(self, *, whole: bool = False, detail: Detail = "default") -> str:
        """Return the page as HTML; see `page` and `Table.to_html`."""
        return self.page(detail=detail).to_html(whole=whole)

    def __repr__(self) -> str:
        judged = self.manifest.get("frameworks") or [self.manifest["framework"]]
        by = ", ".join(
            f"`{framework['id']}` {short_digest(framework['digest'])}" for framework in judged
        )
        return f"<{type(self).__name__}: {len(self):,} {self.things}; {by}>"

    def for_notebook(self) -> Page:
        """Return its page, with the first and last rows of long tables."""
        return self.page().for_notebook()


def _table_of(
    fields: Sequence[Field], rows: Iterable[Any], cell_of: Callable[[Field, Any], Any]
) -> Table:
    cells = [tuple(map(cell_of, fields, repeat(row))) for row in rows]
    return Table(tuple(fields), tuple(cells))
