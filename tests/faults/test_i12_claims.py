"""Claims, answers that all cases share, and what is said where a claim does not hold."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

import collabscore as cs
from collabscore.cli.main import cli

z3 = pytest.importorskip("z3", reason="claims are checked with the extra `prove`")

FRAMEWORK = """\
collabscore: framework/1
id: house
facts:
  data: {kind: level, levels: [none, aggregate, individual]}
  budget: {kind: number, minimum: 0, unit: million USD}
  harmful: {kind: flag}
safeguards:
  terms: {title: Signed terms}
guardrails:
  harm: {when: harmful, then: outside}
  data: {when: data == aggregate, needs: [terms], then: refer, met: conditional}
  money: {when: budget > 5, then: refer}
"""
CASES = """\
collabscore: cases/1
framework: house
given: {facts: {budget: 3, harmful: no}, safeguards: [terms]}
cases:
  - {id: a, candidate: {facts: {data: none}}, expect: {verdict: inside}}
  - {id: b, candidate: {facts: {data: none, budget: 6}}, expect: {verdict: refer}}
claims:
  - {id: harm, always: {when: harmful, verdict: outside}}
"""
ALONE = """\
collabscore: cases/1
framework: house
claims:
  - {id: harm, always: {when: harmful, verdict: outside}}
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("house.yaml").write_text(FRAMEWORK)
    Path("cases").mkdir()
    return tmp_path / "cases" / "house.yaml"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def found_in(text: str) -> list[tuple[str, str, str, str | None]]:
    """Give code, place, message and help of everything that is wrong with cases."""
    framework = cs.load_framework(yaml.safe_load(FRAMEWORK))
    with pytest.raises(cs.DocumentError) as refused:
        cs.load_cases(yaml.safe_load(text), framework)
    return [(one.code, one.place, one.message, one.help) for one in refused.value.diagnostics]


def claim(text: str) -> str:
    return CASES.replace("{id: harm, always: {when: harmful, verdict: outside}}", text)


BAD = {
    "neither": (
        claim("{id: x}"),
        ("missing-key", "claims[x]", "a claim needs `always` or `never`", "add `always: {when: ..., verdict: ...}`"),
    ),
    "both": (
        claim("{id: x, always: {verdict: inside}, never: {verdict: refer}}"),
        ("misplaced-key", "claims[x].never", "`always` and `never` cannot both be in one claim", "make two claims of them"),
    ),
    "no-verdict": (
        claim("{id: x, never: {when: harmful}}"),
        ("missing-key", "claims[x].never", "a claim needs a verdict", "add `verdict`: choose from `inside`, `conditional`, `refer`, `outside`"),
    ),
    "verdict-and-bound": (
        claim("{id: x, always: {verdict: inside, at_most: refer}}"),
        ("misplaced-key", "claims[x].always.at_most", "`verdict` and `at_most` cannot both be there", "remove one of them: `verdict` lists verdicts, the other is a bound"),
    ),
    "reversed-bounds": (
        claim("{id: x, always: {at_least: outside, at_most: refer}}"),
        ("reversed-interval", "claims[x].always.at_least", "no verdict is at least `outside` and at most `refer`", "write `at_least: refer` and `at_most: outside`"),
    ),
    "misspelt-verdict": (
        claim("{id: x, always: {at_least: outsid}}"),
        ("unknown-verdict", "claims[x].always.at_least", "`outsid` is not a verdict of `house`", "did you mean `outside`?"),
    ),
    "misspelt-verdict-in-a-list": (
        claim("{id: x, never: {verdict: [inside, refr]}}"),
        ("unknown-verdict", "claims[x].never.verdict[1]", "`refr` is not a verdict of `house`", "did you mean `refer`?"),
    ),
    "misspelt-fact": (
        claim("{id: x, never: {when: harmfl, verdict: inside}}"),
        ("unknown-name", "claims[x].never.when", "`harmfl` is not a fact, criterion, list or condition here", "did you mean `harmful`?"),
    ),
    "misspelt-level": (
        claim("{id: x, never: {when: data == individal, verdict: inside}}"),
        ("unknown-level", "claims[x].never.when", "`individal` is not an answer to `data`", "did you mean `individual`?"),
    ),
    "misspelt-key": (
        claim("{id: x, allways: {verdict: inside}}"),
        ("unknown-key", "claims[x].allways", "unknown key `allways`", "did you mean `always`?"),
    ),
    "id-twice": (
        CASES + "  - {id: harm, never: {when: harmful, verdict: inside}}\n",
        ("duplicate-id", "claims[harm].id", "the id `harm` is used twice", "give each its own id"),
    ),
    "source-missing": (
        claim("{id: x, source: act, never: {when: harmful, verdict: inside}}"),
        ("unknown-source", "claims[x].source", "`act` is not a source of the cases or of `house`", "no source is defined: define it, or remove the name"),
    ),
    "unit-misspelt": (
        claim("{id: x, unit: projects, never: {when: harmful, verdict: inside}}"),
        ("invalid-choice", "claims[x].unit", "`projects` is not a valid choice for `unit`", "did you mean `project`?"),
    ),
    "given-misspelt-fact": (
        CASES.replace("budget: 3,", "budgt: 3,"),
        ("unknown-fact", "given.facts.budgt", "`budgt` is not a fact of `house`", "did you mean `budget`?"),
    ),
    "given-off-limits": (
        CASES.replace("budget: 3,", "budget: -3,"),
        ("out-of-range", "given.facts.budget", "`budget`: `-3` is out of range: at least 0", "write a number in this range"),
    ),
    "given-safeguard": (
        CASES.replace("[terms]", "[terms, trems]"),
        ("unknown-safeguard", "given.safeguards[1]", "`trems` is not a safeguard of `house`", "did you mean `terms`?"),
    ),
    "given-rating": (
        CASES.replace("given: {", "given: {ratings: {data: 3}, "),
        ("unknown-criterion", "given.ratings.data", "`data` is not a criterion of `house`", "`data` is a fact: write it under `facts`"),
    ),
    "neither-cases-nor-claims": (
        "{collabscore: cases/1, framework: house}",
        ("too-few", "cases", "there are neither cases nor claims", "write `cases` or `claims`, or both"),
    ),
    "no-cases-and-no-claims": (
        "{collabscore: cases/1, framework: house, cases: [], claims: []}",
        ("too-few", "cases", "there are neither cases nor claims", "write `cases` or `claims`, or both"),
    ),
    "given-without-cases": (
        ALONE + "given: {facts: {budgt: 3}}\n",
        ("misplaced-key", "given", "`given` has answers for cases, and there are none", "add cases, or remove `given`: claims are about all answers"),
    ),
    "claims-misspelt": (
        ALONE.replace("claims:", "claim:"),
        ("unknown-key", "claim", "unknown key `claim`", "did you mean `claims`?"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("cases", ["", "cases: []\n"], ids=["missing", "empty"])
@pytest.mark.parametrize("form", ["text", "json", "junit"])
def test_claims_stand_without_cases(house: Path, cases: str, form: str) -> None:
    house.write_text(ALONE + cases)
    assert run("check", str(house)).exit_code == 0
    assert run("prove", "house.yaml").exit_code == 0
    result = run("test", "house.yaml", "--coverage", "--format", form)
    assert result.exit_code == 0
    assert "1 framework, 0 cases: 0 passed, 1 claim proved" in result.output
    test = cs.run_cases("house.yaml")
    assert [each.statement.outcome for each in test.claims] == ["proved"]
    house.write_text(ALONE.replace("always", "never") + cases)
    assert run("test", "house.yaml", "--format", form).exit_code == 1
    assert run("prove", "house.yaml").exit_code == 1


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD)
def test_bad_claims(text: str, expected: tuple[str, str, str, str | None]) -> None:
    found = found_in(text)
    assert found == [expected]


def test_shared_answers_yield_to_those_of_a_case(house: Path) -> None:
    house.write_text(CASES)
    result = run("test", "house.yaml")
    assert result.stdout == "1 framework, 2 cases: 2 passed, 1 claim proved\n"
    test = cs.run_cases("house.yaml")
    facts = {one.id: dict(one.facts) for one in test.cases.candidates()}
    assert facts["b"] == {"budget": 6, "harmful": "no", "data": "none"} or facts["b"]["budget"] == 6
    assert test.cases.candidates()["a"].safeguards == ["terms"]


FALSE = {
    "always": (
        "{id: x, title: No money without a person, always: {when: budget > 4, at_least: refer}}",
        "at least `refer`",
        "`inside`",
    ),
    "never": ("{id: x, never: {verdict: [conditional, outside]}}", "not `conditional` or `outside`", "`outside`"),
    "unit": ("{id: x, unit: area, always: {when: data == aggregate, at_least: refer}}", "at least `refer`", "`conditional`"),
    "no-safeguard": ("{id: x, never: {when: data == aggregate and not has(terms), verdict: refer}}", "not `refer`", "`refer`"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "found"), FALSE.values(), ids=FALSE)
def test_a_false_claim_gives_its_counterexample(
    house: Path, text: str, expected: str, found: str
) -> None:
    house.write_text(claim(text))
    result = run("test", "house.yaml")
    assert result.exit_code == 1
    (mismatch,) = cs.run_cases("house.yaml").claims[0].mismatches
    assert (mismatch.expected, mismatch.found) == (expected, found)
    assert f"expected  {expected}" in result.stdout
    assert "because   counterexample {" in result.stdout
    example = cs.run_cases("house.yaml").claims[0].statement.example
    ranking = cs.score(list(example.candidates), "house.yaml")
    assert f"`{ranking[0].verdict}`" == found


def test_a_claim_of_no_candidate_fails(house: Path) -> None:
    house.write_text(claim("{id: x, always: {when: budget > 4 and budget < 2, verdict: refer}}"))
    result = run("test", "house.yaml")
    assert result.exit_code == 1
    assert "found     no candidate meets the condition" in result.stdout


@pytest.mark.parametrize("form", ["text", "json", "junit", "github"])
@pytest.mark.parametrize("strict", [False, True])
def test_claims_without_z3_are_not_checked(
    house: Path, monkeypatch: pytest.MonkeyPatch, form: str, strict: bool
) -> None:
    house.write_text(CASES)
    monkeypatch.setitem(sys.modules, "z3", None)
    result = run("test", "house.yaml", "--format", form, *["--strict"] * strict)
    assert result.exit_code == int(strict)
    note = (
        "1 claim of `house` not checked: `z3` is needed for this: pip install 'collabscore[prove]'"
    )
    assert note in (result.stdout if form in ("junit", "github") else result.stderr)
    assert "1 claim not checked" in result.output


def test_unchecked_claims_are_a_test_of_claims_whatever_the_framework_is_called(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    framework = house.parents[1] / "house.yaml"
    framework.write_text(framework.read_text().replace("id: house", "id: who-decides"))
    house.write_text(CASES.replace("framework: house", "framework: who-decides"))
    monkeypatch.setitem(sys.modules, "z3", None)
    result = run("test", "house.yaml", "--cases", str(house), "--format", "junit")
    assert 'name="claims"' in result.stdout
    assert 'name="coverage"' not in result.stdout


@pytest.mark.parametrize("strict", [False, True])
def test_coverage_names_outcomes_that_no_case_decides(house: Path, strict: bool) -> None:
    house.write_text(CASES)
    result = run("test", "house.yaml", "--coverage", *["--strict"] * strict)
    assert result.exit_code == int(strict)
    assert result.stdout.splitlines()[1:] == [
        "coverage of house: cases decide 1 of 4 outcomes of steps",
        "  harm: no case for step 1 applies",
        "  data: no case for step 1 unmet, step 1 met",
    ]


PROFILE = """\
collabscore: framework/1
id: near
title: A near framework
based_on: house.yaml
set: {guardrails.money.then: outside}
"""
DECIDING = """\
collabscore: cases/1
framework: house
given: {facts: {budget: 3, harmful: no, data: none}}
cases:
  - {id: a, candidate: {facts: {harmful: yes}}, expect: {verdict: outside}}
  - {id: b, candidate: {facts: {budget: 6}}, expect: {verdict: refer}}
  - {id: c, candidate: {facts: {data: aggregate}}, expect: {verdict: refer}}
  - {id: d, candidate: {facts: {data: aggregate}, safeguards: [terms]}, expect: {verdict: conditional}}
"""
OWN = "{id: b, candidate: {facts: {budget: 6}}, expect: {verdict: outside}}"
OTHER = "{id: c, candidate: {facts: {budget: 3}}, expect: {verdict_range: [inside, outside]}}"


@pytest.mark.parametrize(
    ("case", "code", "lines", "undecided"),
    [
        pytest.param(
            OTHER,
            1,
            [
                "coverage of near: cases decide 3 of 4 outcomes of steps, 3 of them only cases of its base",
                "  money: no case for step 1 applies",
            ],
            1,
            id="changed-rule-without-case",
        ),
        pytest.param(
            OWN,
            0,
            [
                "coverage of near: cases decide 4 of 4 outcomes of steps, 3 of them only cases of its base"
            ],
            0,
            id="changed-rule-with-case",
        ),
    ],
)
def test_cases_of_the_base_count_for_the_rules_that_a_profile_leaves(
    house: Path, case: str, code: int, lines: list[str], undecided: int
) -> None:
    house.write_text(DECIDING)
    Path("near.yaml").write_text(PROFILE)
    Path("cases/near.yaml").write_text(f"collabscore: cases/1\nframework: near\ncases: [{case}]\n")
    result = run("test", "near.yaml", "--coverage", "--strict")
    # lines are as wide as the terminal
    said = " ".join(result.stdout.partition("\n")[2].split())
    assert (result.exit_code, said) == (code, " ".join(map(str.strip, lines)))
    result = run("test", "near.yaml", "--coverage", "--format", "json")
    coverage = json.loads(result.stdout)["tests"][0]["coverage"]
    assert (coverage["outcomes"], coverage["decided_by_base"]) == (4, 3)
    assert len(coverage["undecided"]) == undecided
