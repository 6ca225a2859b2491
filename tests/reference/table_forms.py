"""Generated lists as tables of every format, by a writer of its own: all of them must give the result of YAML.

`python tests/reference/table_forms.py 1000` compares as many lists, a line for each that differs.
"""

from __future__ import annotations

import csv
import io
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import xlsxwriter
import yaml

import collabscore as cs
from reference import generate

Rows = list[dict[str, Any]]


def table_of(candidates: list[dict[str, Any]], rng: random.Random) -> Rows:
    """Return a row for each candidate, its parts in cells, each in one of the forms that a cell can have."""
    rows = []
    for candidate in candidates:
        row: dict[str, Any] = {"id": candidate["id"]}
        for key in ("title", "summary", "unit"):
            if key in candidate:
                row[key] = candidate[key]
        row["tags"] = "; ".join(candidate.get("tags", []))
        for section in ("ratings", "facts"):
            for key, answer in candidate.get(section, {}).items():
                head = rng.choice([key, f"{section}.{key}"]) if section == "facts" else key
                cells = dict(cells_of_answer(head, answer, rng))
                if section == "ratings" and ";" in str(cells.get(head)):
                    cells[head] = cells[head].replace(";", " to")
                row |= cells
        listed = []
        for placed in candidate.get("safeguards", []):
            if isinstance(placed, str) and rng.random() < 0.5:
                listed.append(placed)
            else:
                row |= dict(cells_of_safeguard(placed))
        if listed:
            row["safeguards"] = "; ".join(listed)
        rows.append(row)
    return with_one_head_each(rows)


def with_one_head_each(rows: Rows) -> Rows:
    """Let `x` and `facts.x` be one column: rows choose a head each, and a table has one."""
    heads: dict[str, str] = {}
    for row in rows:
        for head in row:
            heads.setdefault(head.removeprefix("facts."), head)
    return [
        {heads[head.removeprefix("facts.")]: cell for head, cell in row.items()} for row in rows
    ]


def cells_of_answer(head: str, answer: Any, rng: random.Random) -> Iterator[tuple[str, Any]]:
    details = dict(answer) if isinstance(answer, dict) else {"value": answer}
    value = details.pop("value", None)
    if isinstance(value, dict):
        details |= value
        value = None
    if "at_least" in details:
        yield head, "; ".join([*details.pop("at_least"), "?"])
    elif value in (None, "unknown") and "low" not in details:
        yield head, rng.choice([None, "", "unknown", "?", "n/a"])
    elif isinstance(value, list):
        yield from cells_of_list(head, value, rng)
    elif isinstance(value, bool):
        yield head, rng.choice([value, "yes" if value else "no", int(value)])
    elif value is not None:
        yield head, value
    for part in ("low", "high", "note"):
        if part in details:
            yield f"{head}.{part}", details[part]
    if "evidence" in details:
        yield f"{head}.evidence", "; ".join(details["evidence"])


def cells_of_list(head: str, value: list[Any], rng: random.Random) -> Iterator[tuple[str, Any]]:
    is_range = len(value) == 2 and not any(isinstance(end, str) for end in value)
    form = rng.choice(["yaml", "plain", "ends"] if is_range else ["yaml", "plain"])
    if form == "yaml" or not value:
        yield head, json.dumps(value, ensure_ascii=False)
    elif is_range and form == "ends":
        yield f"{head}.low", value[0]
        yield f"{head}.high", value[1]
    elif is_range:
        yield head, f"{value[0]} to {value[1]}"
    elif any(not isinstance(part, str) for part in value):
        yield head, json.dumps(value, ensure_ascii=False)
    else:
        yield head, "; ".join(value)


def cells_of_safeguard(placed: Any) -> Iterator[tuple[str, Any]]:
    details = dict(placed) if isinstance(placed, dict) else {"id": placed}
    head = details["id"]
    yield head, "planned" if "status" in details else "in place"
    if "note" in details:
        yield f"{head}.note", details["note"]
    if "evidence" in details:
        yield f"{head}.evidence", "; ".join(details["evidence"])


# formats


def columns_of(rows: Rows, *, uniform: bool) -> dict[str, list[Any]]:
    """Return the cells by column, of one type each if `uniform`: numbers, truth values, or texts."""
    heads = list(dict.fromkeys(head for row in rows for head in row))
    columns = {head: [row.get(head) for row in rows] for head in heads}
    if uniform:
        for head, cells in columns.items():
            kinds = {type(cell) for cell in cells if cell is not None}
            if not (kinds <= {int, float} or kinds == {bool}):
                columns[head] = [None if cell is None else written(cell) for cell in cells]
            elif float in kinds:
                columns[head] = [None if cell is None else float(cell) for cell in cells]
    return columns


def written(cell: Any) -> str:
    return "" if cell is None else str(cell)


def as_csv(rows: Rows, rng: random.Random) -> tuple[str, bytes]:
    columns = columns_of(rows, uniform=False)
    sign = rng.choice(",;\t|")
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=sign, lineterminator=rng.choice(["\n", "\r\n"]))
    writer.writerow(columns)
    for cells in zip(*columns.values(), strict=True):
        writer.writerow(map(written, cells))
    return "csv", text.getvalue().encode(rng.choice(["utf-8", "utf-8-sig", "utf-16"]))


def as_xlsx(rows: Rows, rng: random.Random) -> tuple[str, bytes]:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Ratings")
        above = rng.choice([0, 0, 2])
        for k, (head, cells) in enumerate(columns_of(rows, uniform=False).items()):
            sheet.write(above, k, head)
            for row, cell in enumerate(cells, above + 1):
                if cell is not None:
                    sheet.write(row, k, cell)
    return "xlsx", file.getvalue()


def arrow_table(rows: Rows) -> pa.Table:
    return pa.table(columns_of(rows, uniform=True))


def as_parquet(rows: Rows, rng: random.Random) -> tuple[str, bytes]:
    file = io.BytesIO()
    pyarrow.parquet.write_table(arrow_table(rows), file)
    return "parquet", file.getvalue()


def as_arrow(rows: Rows, rng: random.Random) -> tuple[str, bytes]:
    file = io.BytesIO()
    pyarrow.feather.write_feather(arrow_table(rows), file, compression="uncompressed")
    return rng.choice(["arrow", "feather"]), file.getvalue()


FILES: dict[str, Callable[[Rows, random.Random], tuple[str, bytes]]] = {
    "csv": as_csv,
    "xlsx": as_xlsx,
    "parquet": as_parquet,
    "arrow": as_arrow,
}
FRAMES: dict[str, Callable[[Rows], Any]] = {
    "pandas": lambda rows: pd.DataFrame(columns_of(rows, uniform=False), dtype=object),
    "pandas-typed": lambda rows: pd.DataFrame(columns_of(rows, uniform=True)),
    "polars": lambda rows: pl.DataFrame(columns_of(rows, uniform=True)),
    "polars-lazy": lambda rows: pl.DataFrame(columns_of(rows, uniform=True)).lazy(),
    "pyarrow": arrow_table,
}


def sources_of(candidates: list[dict[str, Any]], rng: random.Random, folder: Path) -> Iterator[Any]:
    """Yield the name of each form of a list, and what `score` takes."""
    yaml_file, lines = folder / "list.yaml", folder / "list.jsonl"
    yaml_file.write_text(yaml.safe_dump(candidates, allow_unicode=True), encoding="utf-8")
    yield "yaml", yaml_file
    texts = [json.dumps(one, ensure_ascii=False) for one in candidates]
    lines.write_text("\n".join(texts), encoding="utf-8")
    yield "jsonl", lines
    rows = table_of(candidates, rng)
    for name, write in FILES.items():
        suffix, content = write(rows, rng)
        file = folder / f"list.{suffix}"
        file.write_bytes(content)
        yield name, file
    for name, make in FRAMES.items():
        yield name, make(rows)


def result_of(source: Any, framework: cs.Framework) -> dict[str, Any]:
    """Return a result without the digest of the list: ways of writing an answer differ in it."""
    found = cs.score(source, framework).document()
    return {key: part for key, part in found.items() if key != "manifest"}


def rounded(part: Any) -> Any:
    """Return plain data with numbers of the 15 digits that a spreadsheet keeps."""
    if isinstance(part, dict):
        return {rounded(key): rounded(value) for key, value in part.items()}
    if isinstance(part, list):
        return [rounded(value) for value in part]
    return float(f"{part:.15g}") if isinstance(part, float) else part


def differences(seed: int, folder: Path) -> Iterator[str]:
    """Yield each form of the generated list of a seed that gives another result than YAML."""
    rng = random.Random(seed)
    document = rounded(generate.any_framework(rng))
    framework = cs.load_framework(document)
    candidates = rounded(generate.candidates(rng, document, rng.randint(1, 6)))
    expected = None
    for name, source in sources_of(candidates, rng, folder):
        try:
            found = result_of(source, framework)
        except cs.CollabscoreError as error:
            yield f"{seed} {name}: {error}"
            continue
        expected = expected or found
        if json.dumps(found) != json.dumps(expected):
            yield f"{seed} {name}: {first_difference(expected, found)}"


def first_difference(one: Any, other: Any, path: str = "") -> str:
    """Return where two results differ first."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = [(key, one[key], other[key]) for key in one]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(k, one[k], other[k]) for k in range(len(one))]
    else:
        return f"{path}: {one} is {other}"
    return next(
        first_difference(a, b, f"{path}.{key}")
        for key, a, b in pairs
        if json.dumps(a) != json.dumps(b)
    )


def count_differences(
    differences: Callable[[int, Path], Iterable[str]], count: int, first: int = 0
) -> int:
    """Print what differs of so many lists, and return how much it is."""
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count):
            for line in differences(seed, Path(folder)):
                print(line)
                wrong += 1
    print(f"{count} lists, {wrong} forms differ")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(count_differences(differences, *map(int, sys.argv[1:]))))
