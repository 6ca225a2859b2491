"""The command `compare`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import HOUSE, Command

ROOT = Path(__file__).parents[2]
AREAS = str(ROOT / "examples" / "collaboration_areas.yaml")


@pytest.fixture(autouse=True)
def _annex(folder: Path) -> None:
    head, _, rest = (
        HOUSE.replace("id: house", "id: annex")
        .replace("weight: 2", "weight: 9")
        .partition("guardrails:\n")
    )
    bands = rest[rest.index("bands:") :]
    guardrails = "guardrails:\n  basic: {title: Use first, when: stage == basic, then: refer}\n"
    (folder / "annex.yaml").write_text(head + guardrails + bands, encoding="utf-8")


BOTH = ("-f", "house.yaml", "-f", "annex.yaml")


def test_side_by_side_then_reasons(collabscore: Command) -> None:
    found = collabscore("compare", "projects.yaml", *BOTH, "--width", "100")
    assert found.exit_code == 0
    assert found.stderr == ""
    assert "Comparison of house and annex" in found.stdout
    assert "✕ outside" in found.stdout
    assert "▲ refer" in found.stdout
    assert "Tau-b" not in found.stdout
    more = collabscore("compare", "projects.yaml", *BOTH, "--width", "100", "-v").stdout
    assert "Tau-b" in more
    assert "no rule on" in more
    assert max(map(len, found.stdout.splitlines())) <= 100


def test_disagreements_are_as_many_as_asked_for(collabscore: Command) -> None:
    shown = [
        collabscore("compare", "projects.yaml", *BOTH, "--disagreements", str(n)).stdout
        for n in (0, 1, 9)
    ]
    assert ["Why they disagree" in text for text in shown] == [False, True, True]
    assert ["1 of " in text and "reasons are shown" in text for text in shown] == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("name", "start"),
    [("json", "{"), ("csv", "id,title"), ("md", "# projects.yaml"), ("html", "<!DOCTYPE html>")],
)
def test_formats(collabscore: Command, folder: Path, name: str, start: str) -> None:
    printed = collabscore("compare", "projects.yaml", *BOTH, "--format", name)
    assert printed.exit_code == 0
    assert printed.stdout.startswith(start)
    written = collabscore("compare", "projects.yaml", *BOTH, "-o", f"out.{name}")
    assert (written.exit_code, written.output) == (0, "")
    assert (folder / f"out.{name}").read_text(
        encoding="utf-8"
    ).splitlines() == printed.stdout.splitlines()


def test_json_holds_all_disagreements(collabscore: Command) -> None:
    document = json.loads(
        collabscore(
            "compare", "projects.yaml", *BOTH, "--disagreements", "0", "--format", "json"
        ).stdout
    )
    assert document["collabscore"] == "comparison/1"
    assert {name for entry in document["disagreements"] for name in entry["candidates"]} >= {
        "chips"
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("projects.yaml",), "needs two frameworks or more"),
        (("projects.yaml", "-f", "house.yaml"), "needs two frameworks or more"),
        (("projects.yaml", "-f", "house.yaml", "-f", "house.yaml"), "`house` is named twice"),
        (("projects.yaml", "-f", "house.yaml", "-f", "gardrail"), "did you mean `guardrail`?"),
        (("-", "-f", "house.yaml", "-f", "-"), "standard input can be read only once"),
        (("-", *BOTH, "--disagreements", "-1"), "--disagreements"),
        (("projects.yaml", *BOTH, "-o", "out.xyz"), "does not show a format"),
    ],
)
def test_misuse_is_one_line(collabscore: Command, arguments: tuple[str, ...], words: str) -> None:
    found = collabscore("compare", *arguments)
    assert found.exit_code == 2
    assert found.stderr.startswith("error: ")
    assert words in found.stderr
    assert found.stdout == ""


def test_two_files_with_one_id_are_named(collabscore: Command, folder: Path) -> None:
    (folder / "other.yaml").write_text(
        HOUSE.replace("House rules", "Other rules"), encoding="utf-8"
    )
    found = collabscore("compare", "projects.yaml", "-f", "house.yaml", "-f", "other.yaml")
    assert found.exit_code == 2
    assert "two frameworks have the id `house`: `house.yaml` and `other.yaml`" in found.stderr


def test_candidates_from_standard_input(collabscore: Command, folder: Path) -> None:
    text = (
        (folder / "projects.yaml")
        .read_text(encoding="utf-8")
        .replace("framework: house.yaml\n", "")
    )
    assert collabscore("compare", "-", *BOTH, stdin=text).exit_code == 0


def test_verbose_says_what_was_read(collabscore: Command) -> None:
    found = collabscore("compare", "projects.yaml", *BOTH, "-v")
    assert found.stderr.count("read 3 candidates; judged by") == 2


def test_areas_by_four_frameworks_are_readable_at_100_columns(collabscore: Command) -> None:
    options = [
        option
        for name in ("guardrail", "sta-2024", "ca-strac", "eu-2024")
        for option in ("-f", name)
    ]
    found = collabscore("compare", AREAS, *options, "--width", "100")
    assert found.exit_code == 0
    assert found.stderr == ""
    lines = found.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    head = next(line for line in lines if line.startswith("Candidate"))
    assert all(name in head for name in ("guardrail", "Rank", "sta-2024", "ca-strac", "eu-2024"))
    reasons = [line for line in lines if line.split(". ")[0].isdecimal()]
    assert len(lines) < 250
    assert len(reasons) >= 5


def test_the_frameworks_that_the_list_names_are_compared(
    collabscore: Command, folder: Path
) -> None:
    house = (folder / "house.yaml").read_text()
    (folder / "other.yaml").write_text(house.replace("id: house", "id: other"))
    text = (folder / "projects.yaml").read_text()
    both = text.replace("framework: house.yaml", "framework: [house.yaml, other.yaml]")
    (folder / "both.yaml").write_text(both)
    named = collabscore("compare", "both.yaml", "-f", "house.yaml", "-f", "other.yaml").stdout
    assert collabscore("compare", "both.yaml").stdout == named
    assert collabscore("compare", "-", stdin=both).exit_code == 1  # no file beside it


def test_a_list_that_names_too_few_frameworks_gets_the_cure(
    collabscore: Command, folder: Path
) -> None:
    result = collabscore("compare", "projects.yaml")
    assert result.exit_code == 2
    assert result.stderr == (
        "error: -f: a comparison needs two frameworks or more, and the list names only `house`; "
        "name each, such as `guardrail` and `ca-strac`\n"
    )
    text = (folder / "projects.yaml").read_text().replace("framework: house.yaml\n", "")
    (folder / "none.yaml").write_text(text)
    result = collabscore("compare", "none.yaml")
    assert result.exit_code == 2
    assert "and the list names none; name each, such as `guardrail`" in result.stderr
