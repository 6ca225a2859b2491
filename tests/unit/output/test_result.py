"""The base of results: table, records, CSV, JSON and pages follow from one list of fields."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

import pytest

from collabscore.output import (
    Badge,
    CellBar,
    Column,
    Field,
    Result,
    as_json,
)


@dataclass(frozen=True, eq=False, repr=False)
class Share(Result):
    """Shares of points: the smallest result that uses all of the base."""

    kind = "share"
    things = "shares"
    pairs: tuple[tuple[str, float], ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return (
            Field(Column("id", "Id"), lambda pair: pair[0]),
            Field(
                Column("range", "Range", kind="interval", ends=("low", "high")),
                lambda pair: (pair[1] - 1, pair[1] + 1),
            ),
            Field(Column("share", "Share", kind="bar"), lambda pair: CellBar(pair[1], 10)),
            Field(Column("badge"), lambda pair: Badge("good")),
            Field(Column("parts"), lambda pair: {"a": pair[1]}, csv=False),
            Field(Column("double", "Double"), lambda pair: 2 * pair[1], json=False),
        )

    @property
    def rows(self) -> tuple[tuple[str, float], ...]:
        return self.pairs

    @property
    def title(self) -> str:
        return "Shares"

    @property
    def outline(self) -> dict[str, Any]:
        return {"framework": {"id": "x"}}

    @property
    def manifest(self) -> dict[str, Any]:
        return {"framework": {"id": "x", "digest": "sha256:" + "0" * 64}}


SHARE = Share((("flu", 4.0), ("chips", 7.0)))


def test_the_table_shows_the_fields_with_heads() -> None:
    table = SHARE.table()
    assert [column.key for column in table.columns] == ["id", "range", "share", "double"]
    assert str(SHARE) == str(table) == SHARE.to_text(100).rstrip("\n")
    assert SHARE.to_markdown() == table.to_markdown()
    assert SHARE.to_html() == table.to_html() == SHARE._repr_html_()
    assert SHARE.to_html(whole=True).startswith("<!DOCTYPE html>")


def test_records_csv_and_json_have_the_same_names_and_values() -> None:
    first = {"id": "flu", "low": 3.0, "high": 5.0, "share": 4.0, "badge": "good", "parts": {"a": 4}}
    assert SHARE.records()[0] == first
    rows = list(csv.DictReader(io.StringIO(SHARE.to_csv())))
    assert rows[0] == {
        "id": "flu",
        "low": "3.0",
        "high": "5.0",
        "share": "4.0",
        "badge": "good",
        "double": "8.0",
    }
    document = json.loads(SHARE.to_json())
    assert document["shares"] == SHARE.records()
    assert list(document) == ["collabscore", "framework", "options", "shares", "notes", "manifest"]
    assert SHARE.to_json() == as_json(SHARE.document())


def test_repr_is_one_line() -> None:
    assert repr(SHARE) == "<Share: 2 shares; `x` sha256:000000000000…>"
    assert len(SHARE) == 2


def test_long_tables_are_short_in_notebooks_alone() -> None:
    many = Share(tuple((f"c{k}", float(k)) for k in range(40)))
    assert "… 15 more" in many._repr_html_()
    assert "more" not in many.to_html()


def test_a_subclass_must_say_what_it_holds() -> None:
    for name in ("fields", "rows", "title", "outline", "manifest"):
        with pytest.raises(NotImplementedError):
            getattr(Result(), name)
