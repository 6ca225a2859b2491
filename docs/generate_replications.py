"""Renew the tables and commands of docs/explanation/replications.md.

The published figures are in ``tests/data``, the frameworks and lists in ``examples/replications``. A figure is
reproduced if it agrees, within its own rounding, with some inputs that round to the published ones.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from page_outputs import ROOT, renewed

import collabscore as cs
from collabscore.arrays import FloatArray

PAGE = ROOT / "docs" / "explanation" / "replications.md"
SHIPPED = ROOT / "examples" / "replications"
DATA = ROOT / "tests" / "data"
EDITIONS = (2011, 2014, 2017, 2020, 2023)
ONE_DECIMAL = 0.05
THREE_DECIMALS = 0.0005
HALVES = {"gni": 0.5}
"""Half of the last published digit of a rating; of all others it is that of one decimal."""
INFORM_NODES = {
    "inform-hazard": {"natural": "Natural", "human": "Human", "": "HAZARD & EXPOSURE"},
    "inform-vulnerability": {
        "socio_economic": "Socio-Economic Vulnerability",
        "other_groups": "Other Vulnerable Groups",
        "groups": "Vulnerable Groups",
        "": "VULNERABILITY",
    },
    "inform-capacity": {
        "institutional": "Institutional",
        "infrastructure": "Infrastructure",
        "": "LACK OF COPING CAPACITY",
    },
}
"""Columns of the published table by framework and group; "" is the whole framework."""


class Cell(NamedTuple):
    """A published figure or word, and what the documents give."""

    unit: str
    column: str
    published: float | str
    found: float | str
    """From the inputs as printed."""
    ends: tuple[float, float] = (0, 0)
    """The least and the greatest from inputs that round to the printed ones."""
    half: float = 0
    """Half of the last published digit."""

    @property
    def has_same_digits(self) -> bool:
        """Whether the inputs as printed give the published figure or word."""
        if isinstance(self.published, str) or isinstance(self.found, str):
            return self.published == self.found
        return self.difference <= self.half

    @property
    def is_reproduced(self) -> bool:
        """Whether some inputs that round to the printed ones give it."""
        if isinstance(self.published, str):
            return self.has_same_digits
        least, greatest = self.ends
        return round(least - self.half, 9) <= self.published <= round(greatest + self.half, 9)

    @property
    def difference(self) -> float:
        """The distance of the two figures, without the last bits of binary fractions."""
        return round(abs(float(self.published) - float(self.found)), 9)


def rows_of(name: str) -> list[dict[str, str]]:
    """Return the rows of a published table."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rounding_of(listed: Path, framework: cs.Framework) -> list[cs.Ranking]:
    """Judge a list as printed, and with all ratings at the low and the high end of their rounding."""
    rankings, entries = [], cs.load_candidates(listed).candidates
    for sign in (0, -1, 1):
        moved = []
        for entry in entries:
            ratings = {}
            for key in framework.leaves.keys() & entry.ratings.keys():
                low, high = framework.leaves[key].scale.range
                rating = entry.ratings[key] + sign * HALVES.get(key, ONE_DECIMAL)
                ratings[key] = min(max(rating, low), high)
            moved.append({"id": entry.id, "ratings": ratings})
        rankings.append(cs.score(moved, framework))
    return rankings


def values_of(rankings: Sequence[cs.Ranking], group: str = "") -> FloatArray:
    """Return the values of a group or of the whole in each ranking, (k, n) in [0, 1]."""
    column = rankings[0].valuation.nodes[group] if group else -1
    return np.array([ranking.valuation.node_values[:, column] for ranking in rankings])


def cells_of(
    rows: Sequence[dict[str, str]], name: str, column: str, found: FloatArray, half: float
) -> Iterator[Cell]:
    """Yield a cell for each row: its name, its published figure, and the figures found, (3, n)."""
    for row, (figure, *ends) in zip(rows, found.T.tolist(), strict=True):
        yield Cell(row[name], column, float(row[column]), figure, (min(ends), max(ends)), half)


def material_cells() -> Iterator[Cell]:
    """Yield the verdict on each raw material of each edition, beside the official list."""
    official = {(row["year"], row["material"]) for row in rows_of("crm/official_lists.csv")}
    for year in EDITIONS:
        for found in cs.score(SHIPPED / "crm" / f"materials_{year}.yaml"):
            is_listed = (str(year), found.id) in official
            listed = "critical" if is_listed else "not_critical"
            yield Cell(found.id, str(year), listed, str(found.verdict))


def hdi_cells(framework: cs.Framework | None = None) -> Iterator[Cell]:
    """Yield the index of each country."""
    folder = SHIPPED / "hdi"
    framework = framework or cs.load_framework(folder / "hdi.yaml")
    found = values_of(rounding_of(folder / "countries_2014.yaml", framework))
    yield from cells_of(rows_of("hdi/hdi_2014.csv"), "country", "hdi", found, THREE_DECIMALS)


def node_cells() -> Iterator[Cell]:
    """Yield the groups and the whole of each dimension of INFORM, 10 (1 - value) / 0.9."""
    folder, rows = SHIPPED / "inform", rows_of("inform/inform_2015.csv")
    for name, columns in INFORM_NODES.items():
        framework = cs.load_framework(folder / f"{name}.yaml")
        rankings = rounding_of(folder / "countries_2015.yaml", framework)
        for group, column in columns.items():
            found = 10 * (1 - values_of(rankings, group)) / 0.9
            yield from cells_of(rows, "COUNTRY", column, found, ONE_DECIMAL)


def risk_cells() -> Iterator[Cell]:
    """Yield the whole index of INFORM, 10 times the value, from the published dimensions."""
    folder, rows = SHIPPED / "inform", rows_of("inform/inform_2015.csv")
    framework = cs.load_framework(folder / "inform-risk.yaml")
    found = 10 * values_of(rounding_of(folder / "countries_2015.yaml", framework))
    yield from cells_of(rows, "COUNTRY", "INFORM RISK", found, ONE_DECIMAL)


def agent_cells() -> Iterator[Cell]:
    """Yield the category of each agent."""
    ranking = cs.score(SHIPPED / "cdc" / "agents_2002.yaml")
    for row in rows_of("cdc/rotz2002_table2.csv"):
        yield Cell(row["agent"], "category", row["category"], str(ranking[row["agent"]].band))


def decision_cells() -> Iterator[Cell]:
    """Yield the outcome of each row of each decision table."""
    for path in sorted((SHIPPED / "ssvc").glob("*.yaml")):
        framework = cs.load_framework(path)
        rows = rows_of(f"ssvc/{framework.sources['ssvc'].title.split(', ')[-1]}")
        number, *questions, outcome = rows[0]
        listed = []
        for row in rows:
            answers = [row[question] for question in questions]
            facts = dict(zip(framework.facts, answers, strict=True))
            listed.append({"id": row[number], "facts": facts})
        ranking = cs.score(listed, framework)
        for row in rows:
            yield Cell(row[number], path.stem, row[outcome], str(ranking[row[number]].verdict))


EXERCISES = {
    "[Critical raw materials](#critical-raw-materials): verdicts": material_cells,
    "[Human Development Index](#human-development-index): indices": hdi_cells,
    "[INFORM](#inform): groups and dimensions": node_cells,
    "[INFORM](#inform): whole index": risk_cells,
    "[Biological agents](#biological-agents): categories": agent_cells,
    "[SSVC](#ssvc): outcomes": decision_cells,
}


@cache
def all_of(cells: Callable[[], Iterator[Cell]]) -> tuple[Cell, ...]:
    """Return the cells of an exercise, which several tables count."""
    return tuple(cells())


def counts_of(cells: Sequence[Cell]) -> str:
    """Return the cells of a table that count cells."""
    same = sum(cell.has_same_digits for cell in cells)
    reproduced = sum(cell.is_reproduced for cell in cells)
    return f"{len(cells):,} | {same:,} | {reproduced:,}"


def summary() -> list[str]:
    """Return a row for each exercise."""
    lines = ["| exercise | compared | as printed | within rounding |", "|---|---:|---:|---:|"]
    lines += [f"| {title} | {counts_of(all_of(cells))} |" for title, cells in EXERCISES.items()]
    return lines


def exceptions() -> list[str]:
    """Return each raw material whose verdict is not that of the official list, and the reason."""
    lines = []
    for cell in all_of(material_cells):
        if not cell.is_reproduced:
            path = SHIPPED / "crm" / f"materials_{cell.column}.yaml"
            known = {entry.id: entry for entry in cs.load_candidates(path).candidates}
            lines.append(f"- {cell.unit}, {cell.column}: {known[cell.unit].note}")
    return lines


def borderline() -> list[str]:
    """Return the materials of each edition whose verdict rests on the rounding."""
    lines = ["| edition | assessed | critical | decided by rounding |", "|---|---:|---:|---|"]
    for year in EDITIONS:
        path = SHIPPED / "crm" / f"materials_{year}.yaml"
        ranges = []
        for entry in cs.load_candidates(path).candidates:
            facts = {}
            for key, number in entry.facts.items():
                facts[key] = [max(0, number - ONE_DECIMAL), number + ONE_DECIMAL]
            ranges.append({"id": entry.id, "facts": facts})
        ranking = cs.score(path)
        critical = [found.id for found in ranking if found.verdict == "critical"]
        unsure = []
        for found in cs.score(ranges, ranking.framework):
            if found.verdict_range == ("not_critical", "critical"):
                unsure.append(found.id)
        names = ", ".join(sorted(unsure)) or "none"
        lines.append(f"| {year} | {len(ranking)} | {len(critical)} | {names} |")
    return lines


def nodes() -> list[str]:
    """Return a row for each group and dimension of INFORM, and for the whole."""
    lines = ["| figure | compared | as printed | within rounding | largest difference |"]
    lines.append("|---|---:|---:|---:|---:|")
    by_column: dict[str, list[Cell]] = {}
    for cell in all_of(node_cells) + all_of(risk_cells):
        by_column.setdefault(cell.column, []).append(cell)
    for column, cells in by_column.items():
        largest = max(cell.difference for cell in cells)
        lines.append(f"| {column.capitalize()} | {counts_of(cells)} | {largest:.2f} |")
    return lines


def far() -> list[str]:
    """Return the countries whose whole index of INFORM differs by more than a tenth."""
    lines = ["| country | published | from the printed dimensions | least dimension |"]
    lines.append("|---|---:|---:|---:|")
    by_name = {row["COUNTRY"]: row for row in rows_of("inform/inform_2015.csv")}
    for cell in all_of(risk_cells):
        if cell.difference > 2 * ONE_DECIMAL:
            row = by_name[cell.unit]
            least = min(float(row[columns[""]]) for columns in INFORM_NODES.values())
            lines.append(f"| {cell.unit} | {cell.published} | {cell.found:.2f} | {least} |")
    return lines


TABLES = {
    "summary": summary,
    "exceptions": exceptions,
    "borderline": borderline,
    "nodes": nodes,
    "far": far,
}


def page() -> str:
    """Return the page with its tables and the output of its commands."""
    text = PAGE.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        before, rest = text.split(f"<!-- {name} -->\n")
        after = rest.partition("<!-- end -->")[2]
        shown = "\n".join(table())
        text = f"{before}<!-- {name} -->\n\n{shown}\n\n<!-- end -->{after}"
    return renewed(text)


def pages() -> dict[Path, str]:
    """Return the page by its path."""
    return {PAGE: page()}
