"""The base of results: table, records, CSV, JSON and pages follow from one list of fields."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

import pytest

from collabscore.errors import UsageError
from collabscore.output import (
    Badge,
    CellBar,
    Detail,
    Field,
    Page,
    Paragraph,
    Result,
    as_json,
)
from collabscore.reports import ranking as ranking_report


@dataclass(frozen=True, eq=False, repr=False)
class Share(Result):
    """Shares of points: the smallest result that uses all of the base."""

    kind = "share"
    things = "shares"
    pairs: tuple[tuple[str, float], ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return (
            Field("id", "Id", lambda pair: pair[0]),
            Field(
                "range",
                "Range",
                lambda pair: (pair[1] - 1, pair[1] + 1),
                kind="interval",
                ends=("low", "high"),
            ),
            Field("share", "Share", lambda pair: CellBar(pair[1], 10), kind="bar"),
            Field("badge", cell=lambda pair: Badge("good")),
            Field("parts", cell=lambda pair: {"a": pair[1]}, csv=False),
            Field("double", "Double", lambda pair: 2 * pair[1], json=False),
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


def test_detail_is_an_option_of_all_forms_for_readers() -> None:
    class Noted(Share):
        notes = ("A note.",)  # type: ignore[assignment]

    result = Noted(SHARE.pairs)
    brief = result.page(detail="brief")
    assert result.page().blocks == result.page(detail="verbose").blocks
    assert "A note." in str(result.page())
    assert "A note." not in str(brief)
    assert result.to_text(100, detail="brief") == brief.to_text(100)
    assert result.to_markdown(detail="brief") == brief.to_markdown()
    assert result.to_html(detail="brief", whole=True) == brief.to_html(whole=True)
    with pytest.raises(UsageError, match="`breif` is not a level of detail; did you mean `brief`"):
        SHARE.page(detail="breif")  # type: ignore[arg-type]


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


class SharedReport(Share):
    """A result whose report stands in the module of another one."""

    report = "ranking"


def test_a_report_of_another_kind_is_not_taken_for_its_own() -> None:
    assert SharedReport(SHARE.pairs).notes == ()
    assert str(SharedReport(SHARE.pairs).page()) == str(SHARE)


def test_kinds_that_share_a_module_of_reports_have_functions_with_their_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def notes_of(result: SharedReport) -> list[str]:
        return [f"{len(result)} shares"]

    def page_of(result: SharedReport, detail: Detail) -> Page:
        return Page((Paragraph(f"One, {detail}."), result.table()), result.title)

    class OtherKind(SharedReport):
        kind = "other-share"

    monkeypatch.setattr(ranking_report, "other_share_notes_of", notes_of, raising=False)
    monkeypatch.setattr(ranking_report, "other_share_page_of", page_of, raising=False)
    result = OtherKind(SHARE.pairs)
    assert result.notes == ("2 shares",)
    assert str(result).startswith("One, default.\n\nShares\n")
    assert str(result).endswith("\n2 shares")
    assert result.document()["notes"] == ["2 shares"]


def test_tables_of_equal_results_are_equal() -> None:
    assert SHARE.table() == Share(SHARE.pairs).table()
    assert SHARE.table() != Share(SHARE.pairs[:1]).table()


def test_consoles_get_the_text_where_notebooks_get_html() -> None:
    many = Share(tuple((f"c{k}", float(k)) for k in range(40)))
    shown = many._repr_mimebundle_()
    assert list(shown) == ["text/plain"]
    assert "… 15 more" in shown["text/plain"]
    assert max(map(len, shown["text/plain"].splitlines())) <= 88
    assert SHARE.table()._repr_mimebundle_() == SHARE._repr_mimebundle_()
