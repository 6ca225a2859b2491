"""Published exercises: the shipped documents hold the published data, and give the published results.

The published tables are in `tests/data`, each with its source. The comparison, and the rounding that it allows, are
those of the page `docs/explanation/replications.md`: a figure printed with one decimal is any number that rounds to it.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

import collabscore as cs
from collabscore.cli.main import cli

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))

import generate_replications as replications

SHIPPED = replications.SHIPPED


def listed(name: str) -> list[Any]:
    return list(cs.load_candidates(SHIPPED / name).candidates)


def cases_of(framework: cs.Framework, folder: str) -> list[Any]:
    path = SHIPPED / folder / "cases" / f"{framework.id}.yaml"
    return list(cs.load_cases(path, framework).cases)


def misses(cells: list[replications.Cell]) -> list[tuple[str, str]]:
    return [(cell.column, cell.unit) for cell in cells if not cell.is_reproduced]


def test_verdicts_on_292_raw_materials_are_the_official_lists_but_for_their_exceptions() -> None:
    cells = list(replications.material_cells())
    assert len(cells) == 292
    assert misses(cells) == [("2017", "Coking coal"), ("2023", "Copper"), ("2023", "Nickel")]
    critical = Counter(cell.column for cell in cells if cell.found == "critical")
    assert critical == {"2011": 16, "2014": 20, "2017": 26, "2020": 30, "2023": 32}
    for year, material in misses(cells):
        known = {entry.id: entry for entry in listed(f"crm/materials_{year}.yaml")}
        assert known[material].note


def test_lists_of_raw_materials_hold_the_published_data() -> None:
    held, tagged = [], []
    for year in replications.EDITIONS:
        for entry in listed(f"crm/materials_{year}.yaml"):
            numbers = entry.facts
            risk, importance = numbers["supply_risk"], numbers["economic_importance"]
            held.append((str(year), entry.id, risk, importance))
            if "listed" in entry.tags:
                tagged.append((str(year), entry.id))
    published = []
    for row in replications.rows_of("crm/eu_crm_2011_2023.csv"):
        risk, importance = float(row["supply_risk"]), float(row["economic_importance"])
        published.append((row["year"], row["material"], risk, importance))
    official = [
        (row["year"], row["material"]) for row in replications.rows_of("crm/official_lists.csv")
    ]
    assert held == published
    assert sorted(tagged) == sorted(official)


def test_index_of_human_development_of_188_countries() -> None:
    cells = list(replications.hdi_cells())
    assert len(cells) == 188
    assert misses(cells) == []
    assert max(cell.difference for cell in cells) < 0.0015
    assert sum(cell.has_same_digits for cell in cells) == 121


def test_list_of_human_development_holds_the_published_data() -> None:
    rows = replications.rows_of("hdi/hdi_2014.csv")
    held = listed("hdi/countries_2014.yaml")
    for row, entry in zip(rows, held, strict=True):
        assert entry.id.startswith(row["country"].strip())
        assert entry.ratings == {key: float(row[key]) for key in ("life", "eys", "mys", "gni")}
        assert entry.facts == {"published": float(row["hdi"])}
    cut = [row["country"] for row, entry in zip(rows, held, strict=True) if "(" in entry.id]
    assert cut == ["Korea ", "Venezuela ", "Moldova ", "Micronesia ", "Tanzania ", "Congo"]


def test_groups_and_dimensions_of_inform_of_191_countries() -> None:
    cells = list(replications.node_cells())
    assert set(Counter(cell.column for cell in cells).values()) == {191}
    assert len(cells) == 10 * 191
    assert misses(cells) == []
    assert max(cell.difference for cell in cells) < 0.09


def test_whole_index_of_inform_of_191_countries() -> None:
    cells = list(replications.risk_cells())
    assert len(cells) == 191
    assert misses(cells) == []


def test_list_of_inform_holds_the_published_data() -> None:
    vocabulary = cs.load_vocabulary(SHIPPED / "inform" / "inform.yaml")
    columns = {key: criterion.title for key, criterion in vocabulary.criteria.items()}
    rows = replications.rows_of("inform/inform_2015.csv")
    unknown = 0
    for row, entry in zip(rows, listed("inform/countries_2015.yaml"), strict=True):
        row = {column.lower(): cell for column, cell in row.items()}
        cells = {key: row[str(title).lower()] for key, title in columns.items()}
        known = {key: float(cell) for key, cell in cells.items() if cell != "no estimate"}
        unknown += len(cells) - len(known)
        assert entry.id == row["country"]
        assert entry.ratings == known
        assert entry.facts == {"published": float(row["inform risk"])}
    assert unknown == 82


def test_categories_of_16_agents() -> None:
    cells = list(replications.agent_cells())
    assert len(cells) == 16
    assert misses(cells) == []


def test_list_and_cases_of_agents_hold_the_published_data() -> None:
    rows = replications.rows_of("cdc/rotz2002_table2.csv")
    cases = cases_of(cs.load_framework(SHIPPED / "cdc" / "cdc-2002.yaml"), "cdc")
    for row, entry, case in zip(rows, listed("cdc/agents_2002.yaml"), cases, strict=True):
        ratings = {key: float(cell) for key, cell in list(row.items())[1:-1]}
        assert entry.id == case.id == row["agent"]
        assert entry.ratings == case.candidate.ratings == ratings
        assert entry.tags == [row["category"]]
        assert case.expect.band == row["category"]


def test_outcomes_of_403_rows_of_decision_tables() -> None:
    cells = list(replications.decision_cells())
    assert len(cells) == 403
    assert misses(cells) == []
    assert len({cell.column for cell in cells}) == 9


def test_tables_and_cases_hold_the_published_rows() -> None:
    for path in sorted((SHIPPED / "ssvc").glob("*.yaml")):
        framework = cs.load_framework(path)
        rows = replications.rows_of(f"ssvc/{framework.sources['ssvc'].title.split(', ')[-1]}")
        published = [list(row.values())[1:] for row in rows]
        assert framework.guardrails["published"].table is not None
        assert list(map(list, framework.guardrails["published"].table.rows)) == published
        cases = cases_of(framework, "ssvc")
        held = [[*case.candidate.facts.values(), case.expect.verdict] for case in cases]
        assert held == published


@pytest.mark.parametrize("mean", ["arithmetic", "harmonic", "minimum"])
def test_rounding_does_not_hide_another_rule(mean: str) -> None:
    """Means other than the geometric one give less than a third of the published indices."""
    document = yaml.safe_load((SHIPPED / "hdi" / "hdi.yaml").read_text(encoding="utf-8"))
    other = document | {"combine": mean, "as_of": "2015-12-14"}
    cells = list(replications.hdi_cells(cs.load_framework(other)))
    assert len(cells) - len(misses(cells)) < len(cells) / 3


def test_shipped_documents_give_no_warning() -> None:
    files = sorted(map(str, SHIPPED.rglob("*.yaml")))
    assert len(files) == 43
    found = CliRunner().invoke(cli, ["check", "--fail-on", "warning", *files])
    assert found.exit_code == 0, found.output


def test_cases_of_all_frameworks_pass_and_decide_every_step() -> None:
    files = []
    for path in sorted(SHIPPED.glob("*/*.yaml")):
        if (path.parent / "cases" / path.name).exists():
            files.append(str(path))
    assert len(files) == 17
    found = CliRunner().invoke(cli, ["test", "--coverage", "--strict", *files])
    assert found.exit_code == 0, found.output
    assert found.output.startswith("17 frameworks, 445 cases: 445 passed\n")
