"""Wrong input to a panel: one list or the same twice, broken files among good ones, other frameworks, odd labels."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

import collabscore as cs
from collabscore.cli.main import cli

HOUSE = """\
collabscore: framework/1
id: house
scales: {five: {range: [1, 5]}}
criteria: {gain: {scale: five}, risk: {scale: five, prefer: low}}
facts: {crit: {kind: flag}, stage: {kind: level, levels: [basic, applied]}}
safeguards: {review: {}}
guardrails: {critical: {when: crit, needs: [review], then: outside, met: conditional}}
"""
ANNA = """\
framework: house.yaml
candidates:
- {id: flu, ratings: {gain: 5, risk: 2}, facts: {crit: no, stage: basic}}
- {id: ice, ratings: {gain: 3}, facts: {crit: yes}, safeguards: [review]}
"""
BEN = """\
framework: house.yaml
candidates:
- {id: ice, ratings: {gain: 2, risk: 1}, facts: {crit: no}}
- {id: flu, ratings: {gain: 4, risk: 3}, facts: {crit: yes, stage: basic}}
- {id: moon, ratings: {risk: 4}}
"""
CHEN = '{"id": "flu", "ratings": {"gain": 1}}\n'


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    texts = {"house.yaml": HOUSE, "anna.yaml": ANNA, "ben.yaml": BEN, "chen.jsonl": CHEN}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def panel(*args: str, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["panel", *args], input=text, prog_name="collabscore")


# what is normal


def test_lists_with_other_candidates_and_gaps_are_merged_and_counted(desk: Path) -> None:
    done = panel("anna.yaml", "ben.yaml", "chen.jsonl", "-o", "merged.yaml", "--width", "80")
    assert done.exit_code == 0
    assert "3 candidates: 1 rated by all three, 1 rated by two and 1 rated by one." in done.stdout
    assert "Only in the list of ben: 1 candidate." in done.stdout
    assert "wrote merged.yaml: the merged list" in done.stderr
    assert "note: it uses `house.yaml`; keep that file in the same folder" in done.stderr
    assert "next: collabscore score merged.yaml" in done.stderr
    data = yaml.safe_load((desk / "merged.yaml").read_text())
    assert data["framework"] == "house.yaml"
    assert [one["id"] for one in data["candidates"]] == ["flu", "ice", "moon"]
    assert data["candidates"][0]["ratings"]["gain"] == {
        "value": 4,
        "note": "anna: 5; ben: 4; chen: 1",
    }


@pytest.mark.parametrize(
    "command",
    [
        ("check", "merged.yaml"),
        ("score", "merged.yaml"),
        ("explain", "merged.yaml", "flu"),
        ("robustness", "merged.yaml", "--draws", "20"),
        ("next", "merged.yaml", "--draws", "16"),
        ("diff", "anna.yaml", "merged.yaml"),
        ("panel", "merged.yaml", "anna.yaml"),
    ],
    ids=lambda given: given[0],
)
def test_every_command_reads_the_merged_list(desk: Path, command: tuple[str, ...]) -> None:
    assert panel("anna.yaml", "ben.yaml", "--merge", "range", "-o", "merged.yaml").exit_code == 0
    done = CliRunner().invoke(cli, list(command))
    assert done.exit_code == 0, done.output


def test_the_merged_list_goes_to_standard_output_alone(desk: Path) -> None:
    done = panel("anna.yaml", "ben.yaml", "--format", "yaml", "-q")
    assert done.stdout.startswith("collabscore: candidates/1\n")
    assert "Panel of" not in done.stdout


def test_a_framework_of_the_call_judges_lists_that_name_none(desk: Path) -> None:
    done = panel("chen.jsonl", "-", "-f", "house.yaml", "-o", "merged.yaml", text=f"[{CHEN}]")
    assert done.exit_code == 0
    assert "next: collabscore score merged.yaml -f house.yaml" in done.stderr
    assert "framework" not in yaml.safe_load((desk / "merged.yaml").read_text())
    assert "Panel of 2 raters: chen and rater 2" in done.stdout


def test_anonymous_raters_are_numbers_everywhere(desk: Path) -> None:
    done = panel("anna.yaml", "ben.yaml", "--anonymous", "-o", "merged.yaml", "-v")
    assert done.exit_code == 0
    for text in (done.stdout, (desk / "merged.yaml").read_text()):
        assert "rater 1" in text
        assert "anna" not in text


def test_files_of_one_name_have_labels_with_their_folders(desk: Path) -> None:
    for folder, text in (("a", ANNA), ("b", BEN)):
        (desk / folder).mkdir()
        (desk / folder / "list.yaml").write_text(text.replace("framework: house.yaml\n", ""))
    data = json.loads(
        panel("a/list.yaml", "b/list.yaml", "-f", "house.yaml", "--format", "json").stdout
    )
    assert [one["label"] for one in data["raters"]] == ["a/list.yaml", "b/list.yaml"]


# what is refused

REFUSED = {
    "one-list": (
        ("anna.yaml",),
        "a panel needs the lists of two or more raters; to rank one list: `score`",
    ),
    "no-list": ((), "Missing argument 'LIST LIST...'"),
    "twice": (
        ("anna.yaml", "anna.yaml"),
        "the list `anna.yaml` is given twice; give the list of each rater once",
    ),
    "twice-as-a-table": (
        ("t.csv", "t.csv", "-f", "house.yaml", "--ignore-columns", "remark"),
        "the list `t.csv` is given twice; give the list of each rater once",
    ),
    "twice-by-another-path": (
        ("anna.yaml", "./anna.yaml"),
        "the list `./anna.yaml` is given twice",
    ),
    "stdin-twice": (("-", "-"), "standard input can be read only once: give the others as files"),
    "no-framework": (("chen.jsonl", "dana.jsonl"), "no framework is named"),
    "several-frameworks": (
        ("anna.yaml", "other.yaml"),
        "-f: the lists name several frameworks: `house` (anna.yaml) and `guardrail` (other.yaml); name the one",
    ),
    "two-versions": (
        ("anna.yaml", "b/ben.yaml"),
        "-f: the lists name two versions of `house`: `house.yaml` and `b/house.yaml`; name the one to judge by",
    ),
    "missing-file": (
        ("anna.yaml", "nobody.yaml"),
        "cannot read `nobody.yaml`: no such file or directory",
    ),
    "few-labels": (
        ("anna.yaml", "ben.yaml", "--label", "a"),
        "--label: 1 label for 2 lists; give one for each list",
    ),
    "same-label": (
        ("anna.yaml", "ben.yaml", *("--label", "a") * 2),
        "two raters have the label `a`; change one",
    ),
    "empty-label": (
        ("anna.yaml", "ben.yaml", "--label", "", "--label", "b"),
        "--label: this id is empty",
    ),
    "label-and-number": (
        ("anna.yaml", "ben.yaml", "--label", "a", "--label", "b", "--anonymous"),
        "--label: raters have labels or numbers, not both; leave one out",
    ),
    "merge": (
        ("anna.yaml", "ben.yaml", "--merge", "middle"),
        "'middle' is not one of 'median', 'mean'",
    ),
    "top": (
        ("anna.yaml", "ben.yaml", "--top", "4"),
        "--top: `4` is out of range; give one from 1 to 3",
    ),
    "draws": (("anna.yaml", "ben.yaml", "--draws", "-1"), "--draws: `-1` is out of range"),
    "seed": (("anna.yaml", "ben.yaml", "--seed", "-1"), "--seed: `-1` is out of range"),
    "date": (("anna.yaml", "ben.yaml", "--as-of", "soon"), "--as-of: `soon` is not a date"),
    "over-an-input": (
        ("anna.yaml", "ben.yaml", "-o", "ben.yaml"),
        "`ben.yaml` is an input of this command: choose another file",
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_call_that_makes_no_panel(desk: Path, fault: str) -> None:
    (desk / "b").mkdir()
    (desk / "b" / "house.yaml").write_text(HOUSE.replace("id: house", 'id: house\nversion: "2"'))
    (desk / "b" / "ben.yaml").write_text(BEN)
    (desk / "dana.jsonl").write_text(CHEN)
    (desk / "t.csv").write_text("id,gain,remark\nflu,3,x\n")
    (desk / "other.yaml").write_text(
        "framework: guardrail\ncandidates: [{id: flu, ratings: {dual_use: 3}}]\n"
    )
    arguments, message = REFUSED[fault]
    done = panel(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in " ".join(done.stderr.split()), done.stderr
    assert (desk / "ben.yaml").read_text() == BEN


def test_all_mistakes_of_all_files_come_at_once(desk: Path) -> None:
    (desk / "off.yaml").write_text(
        ANNA.replace("gain: 5", "gain: 9").replace("stage: basic", "stage: basics")
    )
    (desk / "broken.yaml").write_text("candidates: [\n")
    (desk / "unnamed.jsonl").write_text(CHEN.replace("gain", "gian"))
    done = panel("off.yaml", "broken.yaml", "ben.yaml", "nobody.yaml", "unnamed.jsonl")
    assert (done.exit_code, done.stdout) == (1, "")
    for words in (
        "`gain`: `9` is off the scale",
        " --> off.yaml:3:29  (candidates[flu].ratings.gain)",
        "`basics` is not a level of this fact",
        "error[yaml-syntax]",
        " --> broken.yaml:",
        "error[not-checked]: cannot read `nobody.yaml`",
        "`gian` is not a criterion of `house`",
        " --> unnamed.jsonl:1:27  ([flu].ratings.gian)",
    ):
        assert words in done.stderr, done.stderr
    assert "ben.yaml" not in done.stderr


@pytest.mark.parametrize(
    ("change", "place"),
    [
        pytest.param(
            ("{id: flu,", "{id: flu, unit: area,"),
            "ben.yaml:4:13  (candidates[flu])",
            id="own-unit",
        ),
        pytest.param(
            ("candidates:", "unit: area\ncandidates:"),
            "ben.yaml:4:4  (candidates[ice])",
            id="unit-of-the-list",
        ),
    ],
)
def test_a_candidate_of_two_units(desk: Path, change: tuple[str, str], place: str) -> None:
    (desk / "ben.yaml").write_text(BEN.replace(*change))
    (desk / "anna.yaml").write_text(f"unit: project\n{ANNA}")
    done = panel("anna.yaml", "ben.yaml")
    assert done.exit_code == 1
    assert "is of unit `area` here, and `project` in the list of anna" in done.stderr
    assert f" --> {place}" in done.stderr
    assert "help: write `unit: project` in both lists, or leave it out in one; or" in done.stderr
    assert done.stderr.count("error[different-unit]") == 1


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("bare.yaml", "- {id: flu, unit: area}\n", "bare.yaml:1:13"),
        ("lines.jsonl", '{"id": "flu", "unit": "area"}\n', "lines.jsonl:1:15"),
        ("sheet.csv", "id,unit,gain\nflu,area,3\n", "sheet.csv:B2"),
    ],
)
def test_the_unit_is_found_in_lists_without_keys(
    desk: Path, name: str, text: str, place: str
) -> None:
    (desk / name).write_text(text)
    (desk / "anna.yaml").write_text(f"unit: project\n{ANNA}")
    done = panel("anna.yaml", name)
    assert done.exit_code == 1
    assert f" --> {place}" in done.stderr


def test_lists_of_python_are_refused_in_words() -> None:
    framework = yaml.safe_load(HOUSE)
    good = [{"id": "flu", "ratings": {"gain": 2}}]
    for lists, message in (
        (None, "a panel needs the lists"),
        ([good], "a panel needs the lists"),
        ([good, 3], "lists: "),
        ([good, None], "lists: "),
        ("anna.yaml", "a panel needs the lists"),
    ):
        with pytest.raises(cs.UsageError, match=message):
            cs.panel(lists, framework)  # type: ignore[arg-type]
    for keywords in (
        {"merge": None},
        {"merge": ["mean"]},
        {"labels": 3},
        {"labels": ["a", None]},
        {"draws": "x"},
        {"top": 0},
    ):
        with pytest.raises(cs.UsageError):
            cs.panel([good, good], framework, **keywords)


def test_the_lists_of_a_call_are_not_changed() -> None:
    framework = yaml.safe_load(HOUSE)
    lists = [[{"id": "flu", "ratings": {"gain": {"value": k, "note": "n"}}}] for k in (2, 5)]
    before = copy.deepcopy(lists)
    cs.panel(lists, framework, draws=0).to_json()
    assert lists == before
