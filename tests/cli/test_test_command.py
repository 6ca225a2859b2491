from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from .conftest import Command

CASES = """\
collabscore: cases/1
framework: house
cases:
  - id: harm
    title: Work meant for harm
    candidate: {facts: {harmful: yes, stage: basic}}
    expect: {verdict: outside, findings: {harm: barred}}
  - id: papers
    candidate: {facts: {harmful: no, stage: applied}}
    expect: {verdict: refer, findings: {papers: unmet}}
  - id: signed
    candidate: {facts: {harmful: no, stage: applied}, safeguards: [terms]}
    expect: {verdict: conditional}
order: [signed, papers, harm]
"""

BROKEN = CASES.replace("{verdict: conditional}", "{verdict: inside}").replace(
    "[signed, papers", "[papers, signed"
)


@pytest.fixture
def beside(folder: Path) -> Path:
    file = folder / "cases" / "house.yaml"
    file.parent.mkdir()
    file.write_text(CASES, encoding="utf-8")
    return file


def test_all_passes(collabscore: Command, beside: Path) -> None:
    result = collabscore("test", "house.yaml")
    assert result.exit_code == 0
    assert result.stdout == "1 framework, 3 cases: 3 passed\n"
    assert result.stderr == ""


def test_a_file_of_cases_leads_to_its_framework(collabscore: Command, beside: Path) -> None:
    assert "1 framework, 3 cases: 3 passed" in collabscore("test", "cases/house.yaml").stdout


def test_a_shipped_id(collabscore: Command) -> None:
    result = collabscore("test", "guardrail")
    assert result.exit_code == 0
    assert result.stdout.startswith("1 framework, ")


def test_a_failure_is_told_in_full(collabscore: Command, beside: Path) -> None:
    beside.write_text(BROKEN, encoding="utf-8")
    result = collabscore("test", "house.yaml")
    assert result.exit_code == 1
    expected = """\
1 framework, 3 cases: 2 passed, 1 failed, 1 order failed

FAILED house: signed (cases/house.yaml:11)
  Signed
  verdict (line 13)
    expected  `inside`
    found     `conditional`
    because   `papers` is met

FAILED house: order (cases/house.yaml:14)
  order (line 14)
    expected  `papers` before `signed`
    found     `signed` before `papers`
"""
    assert result.stdout.startswith(expected)
    several = collabscore("test", "house.yaml", "guardrail").stdout.splitlines()
    assert several[0].startswith("2 frameworks, ")
    assert several[2:3] == ["house      2 passed, 1 failed, the order failed"]


def test_long_reasons_are_wrapped(
    collabscore: Command, beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside.write_text(BROKEN, encoding="utf-8")
    for columns, widest in (("60", 60), ("", 100)):
        monkeypatch.setenv("COLUMNS", columns)
        result = collabscore("test", "house.yaml")
        lines = result.stdout.splitlines()
        start = next(
            k for k, line in enumerate(lines) if line.startswith("    because   `papers`: ")
        )
        assert max(map(len, lines[start:])) <= widest
        if columns:
            assert lines[start + 1].startswith(" " * 14)


def test_a_broken_guardrail_is_caught(collabscore: Command, beside: Path, folder: Path) -> None:
    text = (folder / "house.yaml").read_text(encoding="utf-8")
    (folder / "house.yaml").write_text(
        text.replace("when: harmful,", "when: not harmful,"), encoding="utf-8"
    )
    result = collabscore("test", "house.yaml")
    assert result.exit_code == 1
    assert "FAILED house: harm (cases/house.yaml:4)" in result.stdout
    assert (
        "  findings.harm (line 7)\n    expected  `barred`\n    found     `clear`\n" in result.stdout
    )
    assert "because   `harmful` is yes" in result.stdout


def test_other_cases_than_those_beside(collabscore: Command, beside: Path, folder: Path) -> None:
    (folder / "strict.yaml").write_text(BROKEN, encoding="utf-8")
    assert collabscore("test", "house.yaml", "--cases", "strict.yaml").exit_code == 1
    result = collabscore("test", "house.yaml", "guardrail", "--cases", "strict.yaml")
    assert (
        result.exit_code,
        "`--cases` needs one framework, and 2 are given" in result.stderr,
    ) == (2, True)


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 1)])
def test_a_framework_without_cases(
    collabscore: Command, options: tuple[str, ...], code: int
) -> None:
    result = collabscore("test", "house.yaml", *options)
    assert result.exit_code == code
    severity = "error" if options else "warning"
    assert f"{severity}: `house` has no cases: put them at `cases/house.yaml`" in result.stderr
    assert "1 framework, 0 cases: 0 passed, 1 without cases" in result.stdout


def test_mistakes_of_a_document_do_not_hide_the_others(collabscore: Command, beside: Path) -> None:
    beside.write_text(CASES.replace("stage: basic", "stag: basic"), encoding="utf-8")
    result = collabscore("test", "house.yaml", "guardrail", "nowhere.yaml")
    assert result.exit_code == 2
    assert (
        "error[unknown-fact]: `stag` is not a fact of `house`\n --> cases/house.yaml:6:"
        in result.stderr
    )
    assert "cannot read `nowhere.yaml`" in result.stderr
    assert "house      1 error\nguardrail  " in result.stdout
    assert "1 document with errors, 1 not read" in result.stdout
    assert collabscore("test", "house.yaml", "guardrail").exit_code == 1


def test_a_list_of_candidates_is_no_framework(collabscore: Command) -> None:
    result = collabscore("test", "projects.yaml")
    assert result.exit_code == 1
    assert "this is a list of candidates, but a framework is needed" in result.stderr


# forms


def test_json(collabscore: Command, beside: Path) -> None:
    beside.write_text(BROKEN, encoding="utf-8")
    result = collabscore("test", "house.yaml", "--format", "json")
    found = json.loads(result.stdout)
    assert (found["collabscore"], found["passed"]) == ("tests/1", False)
    (entry,) = found["tests"]
    assert (entry["name"], entry["file"]) == ("house", "cases/house.yaml")
    assert [case["passed"] for case in entry["result"]["cases"]] == [True, True, False]
    assert entry["result"]["cases"][2]["mismatches"][0]["line"] == 13
    assert entry["result"]["order"]["passed"] is False
    assert result.stderr == "1 framework, 3 cases: 2 passed, 1 failed, 1 order failed\n"


def test_junit(collabscore: Command, beside: Path, folder: Path) -> None:
    beside.write_text(BROKEN, encoding="utf-8")
    (folder / "bare.yaml").write_text(
        "collabscore: framework/1\nid: bare\nfacts: {a: {kind: flag}}\n", encoding="utf-8"
    )
    result = collabscore("test", "house.yaml", "bare.yaml", "bad.yaml", "-o", "tests.xml")
    assert (result.exit_code, result.stdout) == (1, "")
    text = (folder / "tests.xml").read_text(encoding="utf-8")
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    root = ET.fromstring(text)
    counts = {key: root.get(key) for key in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "6", "failures": "2", "errors": "1", "skipped": "1"}
    assert [suite.get("name") for suite in root] == ["house", "bare", "bad"]
    signed = root[0][2]
    assert (signed.get("classname"), signed.get("name"), signed.get("line")) == (
        "house",
        "signed",
        "11",
    )
    failure = signed.find("failure")
    assert failure is not None
    assert (failure.get("message") or "").startswith(
        "verdict: expected `inside`, found `conditional`"
    )
    assert root[0][3].get("name") == "order"


def test_github(collabscore: Command, beside: Path, folder: Path) -> None:
    beside.write_text(BROKEN, encoding="utf-8")
    result = collabscore("test", "house.yaml", "--format", "github")
    assert result.exit_code == 1
    first, second = result.stdout.splitlines()
    assert first == (
        "::error file=cases/house.yaml,line=13,col=14,endColumn=21,title=house%3A signed::verdict: expected `inside`, "
        "found `conditional` (`papers` is met)"
    )
    assert second.startswith(
        "::error file=cases/house.yaml,line=14,col=17,endColumn=23,title=house%3A order::order: "
    )
    beside.write_text(CASES.replace("stage: basic", "stag: basic"), encoding="utf-8")
    assert "title=unknown-fact::" in collabscore("test", "house.yaml", "--format", "github").stdout
    beside.unlink()
    warned = collabscore("test", "house.yaml", "--format", "github")
    assert warned.stdout.startswith("::warning file=house.yaml,title=house::`house` has no cases")


def test_text_in_a_file_is_without_colour(collabscore: Command, beside: Path, folder: Path) -> None:
    result = collabscore("test", "house.yaml", "-o", "report.txt", "--color", "always")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (
        (folder / "report.txt")
        .read_text(encoding="utf-8")
        .startswith("1 framework, 3 cases: 3 passed\n")
    )
    assert "\x1b[" in collabscore("test", "house.yaml", "--color", "always").stdout


def test_a_suffix_that_says_nothing(collabscore: Command, beside: Path) -> None:
    result = collabscore("test", "house.yaml", "-o", "report.pdf")
    assert result.exit_code == 2
    assert "add --format text|json|junit|github" in result.stderr


@pytest.mark.parametrize("format", ["text", "json", "junit", "github"])
def test_control_characters_reach_no_terminal(
    collabscore: Command, beside: Path, format: str
) -> None:
    text = BROKEN.replace("title: Work meant for harm", 'title: "a\\e[31m\\nb"').replace(
        "verdict: outside", "verdict: refer"
    )
    beside.write_text(text, encoding="utf-8")
    result = collabscore("test", "house.yaml", "--format", format)
    assert result.exit_code == 1
    assert "\x1b" not in result.output


# the other commands


def test_cases_are_checked(collabscore: Command, beside: Path) -> None:
    result = collabscore("check", "cases/house.yaml")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (
        result.stderr
        == "ok: cases/house.yaml: 3 cases of `house`\nnext: collabscore test cases/house.yaml\n"
    )
    assert collabscore("check", "cases/house.yaml", "-f", "house.yaml").exit_code == 0
    shipped = Path(__file__).parents[2] / "frameworks/cases/guardrail.yaml"
    assert " claims of `guardrail`" in collabscore("check", str(shipped)).stderr


def test_the_cases_of_the_guide_find_the_mistake_in_its_framework(
    collabscore: Command, folder: Path
) -> None:
    guide = Path(__file__).parents[2] / "docs" / "how-to" / "test-a-policy.md"
    blocks = guide.read_text(encoding="utf-8").split("```yaml\n")[1:]
    framework, cases = (block.split("```")[0] for block in blocks[:2])
    (folder / "house.yaml").write_text(framework, encoding="utf-8")
    (folder / "told.yaml").write_text(cases, encoding="utf-8")
    found = collabscore("test", "house.yaml", "--cases", "told.yaml").stdout
    assert found.startswith("1 framework, 3 cases: 1 passed, 2 failed\n")
    assert (
        "    expected  `unmet`\n    found     `clear`\n    because   `personal_data` is individual\n"
        in found
    )
    mistake = "personal_data > individual or personal_data == aggregate"
    mended = framework.replace(mistake, "personal_data >= individual")
    (folder / "house.yaml").write_text(mended, encoding="utf-8")
    result = collabscore("test", "house.yaml", "--cases", "told.yaml")
    assert result.stdout == "1 framework, 3 cases: 3 passed\n"
