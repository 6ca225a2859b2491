from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collabscore.cli.main import cli

from .conftest import PROJECTS

WIDER = (
    PROJECTS
    + "  - {id: soil, ratings: {shared: 3, skills: 5, sensitivity: 1}, facts: {harmful: no, stage: basic}}\n"
)


def collabscore(*args: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["sensitivity", *args], input=stdin, prog_name="collabscore")


@pytest.fixture(autouse=True)
def _here(folder: Path) -> None:
    (folder / "wider.yaml").write_text(WIDER, encoding="utf-8")


def test_weights_first_then_ratings() -> None:
    result = collabscore("wider.yaml", "--width", "100")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[:2] == ["wider.yaml", "House rules, version 1"]
    assert "What would change the order?" in lines
    assert max(map(len, lines)) <= 100
    verbose = collabscore("wider.yaml", "-v").stdout
    assert '"Benefit" (50 % of the total): a leader stays first' in verbose
    assert "not any institution or person" in result.stdout


def test_an_id_gives_the_tornado_of_that_candidate() -> None:
    result = collabscore("wider.yaml", "ocean", "--width", "100")
    assert result.exit_code == 0
    assert "\nEffect of each rating: Ocean\n" in result.stdout
    assert "unknown" in result.stdout


def test_a_misspelt_id_is_answered_with_the_right_one() -> None:
    result = collabscore("wider.yaml", "ocaen")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "error: there is no candidate `ocaen`; did you mean `ocean`?\n"


def test_json_is_the_whole_result() -> None:
    document = json.loads(collabscore("wider.yaml", "--format", "json", "--top", "2").stdout)
    assert document["collabscore"] == "sensitivity/1"
    assert document["options"]["top"] == 2
    assert {weight["id"] for weight in document["weights"]} == {
        "benefit",
        "shared",
        "skills",
        "sensitivity",
    }
    # of the candidates that the table shows: one of the four is not ranked
    assert len(document["ratings"]) == 3
    single = json.loads(collabscore("wider.yaml", "ocean", "--format", "json").stdout)
    assert (single["collabscore"], single["candidate"]["id"]) == ("tornado/1", "ocean")


def test_csv_has_every_number_in_a_column() -> None:
    rows = list(csv.DictReader(io.StringIO(collabscore("wider.yaml", "--format", "csv").stdout)))
    assert [row["kind"] for row in rows] == ["weight"] * 4 + ["rating"] * 9
    assert float(rows[0]["leader_low"]) >= 0
    single = list(
        csv.DictReader(io.StringIO(collabscore("wider.yaml", "ocean", "--format", "csv").stdout))
    )
    assert {row["criterion"] for row in single} == {"shared", "skills", "sensitivity"}


@pytest.mark.parametrize(
    ("name", "begins"), [("r.json", "{"), ("r.md", "# wider.yaml"), ("r.html", "<!DOCTYPE html>")]
)
def test_the_suffix_says_the_format(folder: Path, name: str, begins: str) -> None:
    result = collabscore("wider.yaml", "-o", name)
    assert (result.exit_code, result.stdout) == (0, "")
    assert (folder / name).read_text(encoding="utf-8").lstrip().startswith(begins)


@pytest.mark.parametrize("top", ["0", "5"])
def test_a_top_out_of_range_is_wrong_usage(top: str) -> None:
    result = collabscore("wider.yaml", "--top", top)
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        result.stderr
        == f"error: --top: `{top}` is out of range; give one from 1 to 4, the number of candidates\n"
    )


def test_top_is_about_the_weights() -> None:
    result = collabscore("wider.yaml", "ocean", "--top", "2")
    assert result.exit_code == 2
    assert "leave it out with an ID" in result.stderr


def test_top_is_refused_where_it_would_be_ignored() -> None:
    result = collabscore("wider.yaml", "--variance", "--top", "2")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "error: --top is for weights: leave it out with --variance\n"
    assert collabscore("wider.yaml", "--variance", "--top", "2", "--format", "json").exit_code == 0


@pytest.mark.parametrize("seed", ["0", "1"])
def test_a_seed_that_nothing_uses_is_refused_whatever_it_is(seed: str) -> None:
    result = collabscore("wider.yaml", "--seed", seed)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--weights and --seed are for --variance" in result.stderr
    assert collabscore("wider.yaml", "--variance", "--seed", seed).exit_code == 0


def test_a_group_may_have_a_space_of_its_own() -> None:
    options = ("--variance", "--weights", "order", "--weights", "benefit=exact", "--format", "json")
    document = json.loads(collabscore("wider.yaml", *options).stdout)
    assert document["options"]["weights"] == {"": "order", "benefit": "exact"}


def test_what_is_not_verified_is_named() -> None:
    for arguments in (("wider.yaml",), ("wider.yaml", "ocean"), ("wider.yaml", "--variance")):
        assert "Not verified: Skills." in collabscore(*arguments).stdout


def test_a_framework_that_only_gates_is_wrong_usage(folder: Path) -> None:
    text = 'collabscore: framework/1\nid: gate\nfacts: {f: {kind: flag, question: "?"}}\nguardrails: {g: {when: f, then: outside}}\n'
    (folder / "gate.yaml").write_text(text, encoding="utf-8")
    result = collabscore("-", "-f", "gate.yaml", stdin="- {id: flu, facts: {f: no}}\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "has guardrails and no criteria" in result.stderr


def test_standard_input_is_read_once() -> None:
    result = collabscore("-", "-f", "-", stdin=WIDER)
    assert result.exit_code == 2
    assert "standard input can be read only once" in result.stderr


def test_mistakes_in_documents_are_said_with_their_place() -> None:
    result = collabscore("bad.yaml", "-f", "house.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Traceback" not in result.stderr


def test_nothing_to_rank() -> None:
    result = collabscore("-", "-f", "house.yaml", stdin="[]\n")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "error[too-few]: this list has no candidates" in result.stderr
