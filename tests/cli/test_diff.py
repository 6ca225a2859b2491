from __future__ import annotations

import json
from pathlib import Path

from .conftest import HOUSE, PROJECTS, Command


def test_two_lists(collabscore: Command, folder: Path) -> None:
    (folder / "later.yaml").write_text(PROJECTS.replace("shared: 5", "shared: 3"), encoding="utf-8")
    result = collabscore("diff", "projects.yaml", "later.yaml", "--width", "100")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Changes between two runs, by house 1")
    assert "Influenza: Shared problem: 5 → 3" in result.stdout
    assert "of 3 candidates changed: " in result.stdout
    same = collabscore("diff", "projects.yaml", "projects.yaml")
    assert "None of 3 candidates changed" in same.stdout


def test_two_frameworks(collabscore: Command, folder: Path) -> None:
    (folder / "stricter.yaml").write_text(
        HOUSE.replace('version: "1"', 'version: "2"').replace("weight: 2", "weight: 8")
    )
    result = collabscore(
        "diff",
        "projects.yaml",
        "projects.yaml",
        "--new-framework",
        "stricter.yaml",
        "--format",
        "json",
    )
    document = json.loads(result.stdout)
    assert document["collabscore"] == "difference/1"
    assert document["kinds"] == ["weights"]
    flu = next(entry for entry in document["candidates"] if entry["id"] == "flu")
    assert abs(sum(part["score"] for part in flu["parts"]) - flu["score"]) < 1e-9
    assert "framework: house 1 -> house 2" in document["framework_changes"]


def test_past_candidates_by_two_frameworks(collabscore: Command, folder: Path) -> None:
    stricter = HOUSE.replace('version: "1"', 'version: "2"').replace(
        "guardrails:\n", "guardrails:\n  basic: {when: stage == basic, then: refer}\n", 1
    )
    (folder / "stricter.yaml").write_text(stricter, encoding="utf-8")
    (folder / "past.yaml").write_text(PROJECTS, encoding="utf-8")
    both = ("--old-framework", "house.yaml", "--new-framework", "stricter.yaml")
    result = collabscore("diff", *both, "projects.yaml", "past.yaml", "--width", "80")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Impact of a change from house 1 to house 2")
    assert "Of 6 past candidates in 2 lists, 2 would get another verdict" in result.stdout
    assert '2 would now get ▲ refer (before: ● inside): 2 because of "Basic".' in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    for form, begin in (("csv", "list,id,title,direction"), ("md", "# Impact"), ("html", "<!DOC")):
        assert collabscore("diff", *both, "past.yaml", "--format", form).stdout.startswith(begin)
    document = json.loads(collabscore("diff", *both, "past.yaml", "--format", "json").stdout)
    assert document["collabscore"] == "impact/1"
    assert document["counts"]["verdict"] == sum(
        clause["stricter"] + clause["milder"] for clause in document["clauses"]
    )


def test_two_results(collabscore: Command, folder: Path) -> None:
    for name in ("may.json", "june.json"):
        assert collabscore("score", "projects.yaml", "-o", name).exit_code == 0
    result = collabscore("diff", "may.json", "june.json")
    assert "Effects are not separated: for that, compare the two lists" in result.stdout
    assert collabscore("diff", "may.json", "june.json", "-o", "d.md").exit_code == 0
    assert (folder / "d.md").is_file()


def test_misuse(collabscore: Command, folder: Path) -> None:
    assert (
        "standard input can be read only once"
        in collabscore("diff", "-", "-", stdin=PROJECTS).stderr
    )
    both = collabscore(
        "diff",
        "projects.yaml",
        "projects.yaml",
        "-f",
        "house.yaml",
        "--old-framework",
        "house.yaml",
    )
    assert (both.exit_code, both.stdout) == (2, "")
    missing = collabscore("diff", "projects.yaml", "none.json")
    assert missing.exit_code == 2
    (folder / "broken.json").write_text("{")
    assert collabscore("diff", "projects.yaml", "broken.json").exit_code == 1
