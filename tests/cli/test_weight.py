"""The option --weight, of every command that ranks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Command

RANKING = [
    ("score", "projects.yaml"),
    ("explain", "projects.yaml", "flu"),
    ("robustness", "projects.yaml", "--draws", "64"),
    ("robustness", "projects.yaml", "--exact"),
    ("sensitivity", "projects.yaml"),
    ("sensitivity", "projects.yaml", "flu"),
    ("next", "projects.yaml", "--draws", "64"),
]


@pytest.mark.parametrize("arguments", RANKING, ids=lambda given: "-".join(given))
def test_every_command_that_ranks_takes_it_and_says_so(
    collabscore: Command, arguments: tuple[str, ...]
) -> None:
    given = (*arguments, "--weight", "benefit=80%")
    result = collabscore(*given)
    assert result.exit_code == 0, result.stderr
    assert "weights changed" in " ".join(result.stdout.split()).casefold()
    document = json.loads(collabscore(*given, "--format", "json").stdout)
    assert document["manifest"]["framework"]["given_weights"] == {"benefit": "80%"}


@pytest.mark.parametrize("arguments", RANKING, ids=lambda given: "-".join(given))
def test_a_misspelt_name_is_answered_with_the_right_one(
    collabscore: Command, arguments: tuple[str, ...]
) -> None:
    result = collabscore(*arguments, "--weight", "benefti=80%")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(
        "error: --weight: `benefti` is no criterion or group of `house`"
    )
    assert "did you mean `benefit`?" in result.stderr


def test_a_comparison_changes_each_framework_that_has_the_criterion(
    collabscore: Command, folder: Path
) -> None:
    house = (folder / "house.yaml").read_text().replace("id: house", "id: other")
    (folder / "other.yaml").write_text(house.replace("  benefit:", "  advantage:"))
    call = ("compare", "projects.yaml", "-f", "house.yaml", "-f", "other.yaml", "--format", "json")
    document = json.loads(collabscore(*call, "--weight", "benefit=80%").stdout)
    first, second = document["manifest"]["frameworks"]
    assert first["given_weights"] == {"benefit": "80%"}
    assert "given_weights" not in second
    for detail in ((), ("--brief",), ("-v",)):
        text = collabscore(*call[:-2], "--weight", "benefit=80%", *detail).stdout
        assert 'house: Weights changed (shares of the total): "Benefit"' in " ".join(text.split())
    wrong = collabscore(*call, "--weight", "benefti=80%")
    assert wrong.exit_code == 2
    assert "--weight: `benefti` is a criterion of none of these frameworks; did you" in wrong.stderr


def test_a_difference_of_lists_takes_it_and_one_of_results_does_not(
    collabscore: Command, folder: Path
) -> None:
    text = (folder / "projects.yaml").read_text()
    (folder / "later.yaml").write_text(text.replace("shared: 5", "shared: 3"))
    call = ("diff", "projects.yaml", "later.yaml", "--weight", "benefit=80%", "--format", "json")
    result = collabscore(*call)
    assert result.exit_code == 0, result.stderr
    assert "given_weights" in result.stdout
    for detail in ((), ("--brief",), ("-v",)):
        text = collabscore(*call[:-2], *detail).stdout
        assert 'Weights changed (shares of the total): "Benefit"' in " ".join(text.split())
    collabscore("score", "projects.yaml", "-o", "old.json")
    wrong = collabscore("diff", "old.json", "later.yaml", "--weight", "benefit=80%")
    assert wrong.exit_code == 2
    assert "`old.json` is a result: leave --weight out, or give the list" in wrong.stderr


@pytest.mark.parametrize("command", ["robustness", "sensitivity", "next"])
def test_a_share_is_no_space_of_weights(collabscore: Command, command: str) -> None:
    result = collabscore(command, "projects.yaml", "--weights", "benefit=50%")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "error: --weights: `benefit=50%` is not a space of weights; to set a weight: "
        "--weight benefit=50%\n"
    )
