from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Command

LIST = Path(__file__).parents[2] / "examples" / "proposed_projects.yaml"


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_answer_is_the_first_sentence(collabscore: Command) -> None:
    result = collabscore("what-if", "projects.yaml", "--set", "flu.shared=1")
    assert (result.exit_code, result.stderr) == (0, "")
    answer = "With this change, no rank and no verdict changes; the score changes for 1 candidate."
    assert answer in words(result.stdout)


def test_everything_can_be_changed_at_once(collabscore: Command) -> None:
    result = collabscore(
        "what-if",
        "projects.yaml",
        *("--set", "flu.shared=[1, 3]", "--set", "chips.harmful = unknown"),
        *("--set", "ocean.stage=[basic, applied]", "--set", "flu.skills=very high"),
        *("--weight", "benefit=40%", "--weight", "shared=3"),
        *("--safeguard", "flu+=review", "--safeguard", "chips+=terms:planned"),
        *("--safeguard", "ocean-=terms", "--drop-guardrail", "harm"),
        *("--format", "json"),
    )
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["collabscore"] == "what-if/1"
    assert document["options"] == {
        "weights": {"benefit": "40%", "shared": 3.0},
        "ratings": {"flu": {"shared": [1, 3], "skills": "very high"}},
        "facts": {"chips": {"harmful": "unknown"}, "ocean": {"stage": ["basic", "applied"]}},
        "safeguards": {
            "flu": ["review"],
            "chips": [{"id": "terms", "status": "planned"}],
            "ocean": [],
        },
        "drop_guardrails": ["harm"],
    }
    assert len(document["changes"]) == 10


def test_a_safeguard_keeps_the_others(collabscore: Command) -> None:
    result = collabscore(
        "what-if", "projects.yaml", "--safeguard", "ocean+=review", "--format", "json"
    )
    assert json.loads(result.stdout)["options"]["safeguards"] == {"ocean": ["terms", "review"]}
    planned = collabscore(
        "what-if", "projects.yaml", "--safeguard", "ocean+=terms:planned", "--format", "json"
    )
    assert json.loads(planned.stdout)["options"]["safeguards"] == {
        "ocean": [{"id": "terms", "status": "planned"}]
    }


def test_a_safeguard_of_another_framework_is_no_obstacle(
    collabscore: Command, folder: Path
) -> None:
    house = (folder / "house.yaml").read_text()
    other = house.replace("id: house", "id: other").replace(
        "  review: {title: Review}\n", "  review: {title: Review}\n  audit: {}\n"
    )
    (folder / "other.yaml").write_text(other)
    text = (folder / "projects.yaml").read_text()
    text = text.replace("framework: house.yaml", "framework: [house.yaml, other.yaml]")
    (folder / "both.yaml").write_text(text.replace("[terms]", "[terms, audit]"))
    result = collabscore("what-if", "both.yaml", "-f", "house.yaml", "--safeguard", "ocean-=terms")
    assert result.exit_code == 0, result.stderr
    assert 'safeguards of "Ocean": without "Written terms"' in words(result.stdout)


def test_what_is_shown_can_be_narrowed(collabscore: Command) -> None:
    result = collabscore("what-if", "projects.yaml", "--set", "flu.shared=1", "--top", "1")
    assert "2 more candidates (shown: top 1)" in words(result.stdout)
    assert "Ocean" not in result.stdout


def test_a_file_takes_every_form(collabscore: Command, folder: Path) -> None:
    for suffix, start in (("html", "<!DOCTYPE"), ("csv", "id,"), ("json", "{"), ("md", "# ")):
        name = f"out.{suffix}"
        done = collabscore("what-if", "projects.yaml", "--set", "flu.shared=1", "-o", name)
        assert (done.exit_code, done.stdout) == (0, "")
        assert (folder / name).read_text().startswith(start)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing to change: give --set, --weight, --safeguard or --drop-guardrail"),
        (("--set", "flu"), "--set: `flu` is not of the form ID.NAME=VALUE, as in flu.dual_use=2"),
        (("--set", "shared=2"), "--set: `shared=2` is not of the form ID.NAME=VALUE"),
        (("--set", "flu.shared="), "has no value; write `unknown` for an unknown one"),
        (("--set", "fluu.shared=2"), "--set: there is no candidate `fluu`; did you mean `flu`?"),
        (("--set", "flu.sharde=2"), "is no criterion or fact of `house`; did you mean `shared`?"),
        (("--set", "flu.shared=2", "--set", "flu.shared=3"), "`flu.shared` is set twice"),
        (
            ("--set", "flu.benefit=2"),
            "`benefit` is a group, which is not rated itself; rate what is below it",
        ),
        (("--set", "flu.shared=[2"), "--set: `flu.shared=[2`: "),
        (("--weight", "benefit"), "--weight: `benefit` is not of the form NAME=SHARE%"),
        (("--weight", "benefit=-2"), "--weight: `benefit=-2` is not of the form NAME=SHARE%"),
        (("--weight", "benefit=120%"), "--weight: `benefit=120%`: a share is at most 100 %"),
        (("--weight", "benefti=20%"), "--weight: `benefti` is no criterion or group of `house`;"),
        (("--weight", "benefit=2", "--weight", "benefit=3"), "`benefit` is given twice"),
        (("--safeguard", "flu=terms"), "is not of the form ID+=NAME, ID-=NAME or ID+=NAME:planned"),
        (("--safeguard", "flu-=terms:planned"), "is not of the form ID+=NAME"),
        (("--safeguard", "fluu+=terms"), "--safeguard: there is no candidate `fluu`"),
        (("--safeguard", "flu+=term"), "`term` is no safeguard of `house`; did you mean `terms`?"),
        (("--safeguard", "flu-=term"), "`term` is no safeguard of `house`; did you mean `terms`?"),
        (("--drop-guardrail", "harn"), "--drop-guardrail: `harn` is no guardrail of `house`"),
    ],
)
def test_misuse_is_one_line(collabscore: Command, arguments: tuple[str, ...], message: str) -> None:
    result = collabscore("what-if", "projects.yaml", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr.splitlines()[0]


def test_a_rating_off_the_scale_is_diagnosed(collabscore: Command) -> None:
    result = collabscore("what-if", "projects.yaml", "--set", "flu.shared=9")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "off-scale" in result.stderr


def test_it_works_on_the_example(collabscore: Command) -> None:
    result = collabscore(
        "what-if", str(LIST), "--weight", "mutual_interest=50%", "--drop-guardrail", "misuse"
    )
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 100
