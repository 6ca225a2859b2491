from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from collabscore import DocumentError, UsageError, load_framework
from collabscore.analysis.checking import check
from collabscore.analysis.policy_tests import PolicyTest, run_cases
from collabscore.documents.loading import cases_beside, load_cases, load_policy
from collabscore.models.candidates import Cases

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "house",
    "applies": "project",
    "sources": {"accord": {"title": "An accord"}},
    "scales": {"five": {"range": [1, 5]}},
    "criteria": {"benefit": {"scale": "five"}},
    "facts": {
        "project": {"kind": "flag"},
        "harmful": {"kind": "flag"},
        "stage": {"kind": "level", "levels": ["basic", "applied"]},
    },
    "safeguards": {"terms": {}},
    "guardrails": {
        "harm": {"when": "harmful", "then": "outside"},
        "papers": {"when": "stage >= applied", "needs": ["terms"], "then": "refer"},
    },
    "bands": {"strong": 70, "weak": 0},
}
CALM = {"project": True, "harmful": False, "stage": "basic"}


def case(
    id: str,
    expect: dict[str, Any],
    *,
    benefit: float = 5,
    safeguards: tuple[str, ...] = (),
    **facts: Any,
) -> Any:
    candidate = {
        "ratings": {"benefit": benefit},
        "facts": {**CALM, **facts},
        "safeguards": list(safeguards),
    }
    return {"id": id, "candidate": candidate, "expect": expect}


def document(*cases: Any, **more: Any) -> dict[str, Any]:
    return {"collabscore": "cases/1", "framework": "house", "cases": list(cases), **more}


def run(*cases: Any, **more: Any) -> PolicyTest:
    return run_cases(FRAMEWORK, document(*cases, **more))


def said(test: PolicyTest) -> list[str]:
    return [str(mismatch) for outcome in test.failures for mismatch in outcome.mismatches]


# what is compared


def test_all_as_expected() -> None:
    test = run(
        case(
            "calm",
            {"verdict": "inside", "findings": {"harm": "clear"}, "unknown": [], "band": "strong"},
        ),
        case(
            "harm",
            {"verdict": "outside", "findings": {"harm": "barred"}, "band": None},
            harmful=True,
        ),
        case("papers", {"verdict": "refer", "findings": {"papers": "unmet"}}, stage="applied"),
        case("signed", {"findings": {"papers": "met"}}, stage="applied", safeguards=("terms",)),
        case(
            "open", {"verdict_range": ["inside", "outside"], "unknown": ["harmful"]}, harmful=None
        ),
        case("elsewhere", {"verdict": None, "verdict_range": None}, project=False),
        order=["calm", "papers", "harm"],
    )
    assert test.passed, str(test)
    assert test.summary == "6 cases of `house`: 6 passed, the order holds"


def test_a_verdict() -> None:
    assert said(run(case("a", {"verdict": "inside"}, harmful=True))) == [
        "verdict: expected `inside`, found `outside` (`harm` is barred)"
    ]
    assert said(run(case("a", {"verdict": "outside"}))) == [
        "verdict: expected `outside`, found `inside` (no guardrail applies)"
    ]


def test_whether_it_is_applicable() -> None:
    assert said(run(case("a", {"verdict": None}))) == [
        "verdict: expected not applicable, found `inside` (no guardrail applies)"
    ]
    assert said(
        run(case("a", {"verdict": "inside", "findings": {"harm": "clear"}}, project=False))
    ) == [
        "verdict: expected `inside`, found not applicable",
        "findings.harm: expected `clear`, found none (the framework does not apply to the candidate)",
    ]


def test_a_finding_with_what_decided_it() -> None:
    assert said(run(case("a", {"findings": {"papers": "met"}}, stage="applied"))) == [
        "findings.papers: expected `met`, found `unmet` (`stage` is applied, missing: `terms`)"
    ]


def test_a_range_of_verdicts() -> None:
    assert said(run(case("a", {"verdict_range": ["inside", "refer"]}, harmful=None))) == [
        "verdict_range: expected `inside` to `refer`, found `inside` to `outside`"
    ]


def test_all_that_is_unknown_and_nothing_else() -> None:
    found = said(run(case("a", {"unknown": ["stage"]}, harmful=None)))
    assert found == [
        "unknown: expected `stage`, found `harmful` (`harm` needs `harmful`; no guardrail needs `stage`)"
    ]
    assert said(run(case("a", {"unknown": ["stage", "harmful"]}, harmful=None, stage=None))) == []
    assert said(run(case("a", {"unknown": []}, harmful=None)))[0].startswith(
        "unknown: expected none, found `harm"
    )


def test_a_band() -> None:
    assert said(run(case("a", {"band": "strong"}, benefit=2))) == [
        "band: expected `strong`, found `weak` (the score is 25.0)"
    ]
    assert said(run(case("a", {"band": "strong"}, harmful=True))) == [
        "band: expected `strong`, found none (`outside` is not ranked)"
    ]


def test_what_is_left_out_is_not_compared() -> None:
    assert run(case("a", {"unknown": ["harmful"]}, harmful=None, project=True)).passed


# order


def test_an_order_is_by_tier_then_by_score() -> None:
    cases = (
        case("good", {"verdict": "inside"}, benefit=2),
        case("better", {"verdict": "inside"}, benefit=4),
        case("asked", {"verdict": "refer"}, benefit=5, stage="applied"),
    )
    assert run(*cases, order=["better", "good", "asked"]).passed
    wrong = run(*cases, order=["asked", "better", "good"])
    assert not wrong.passed
    assert wrong.failures == ()
    assert len(wrong.order) == 1
    assert str(wrong.order[0]) == (
        "order: expected `asked` before `better`, found `better` before `asked` "
        "(`asked`: refer, rank 3, score 100.0; `better`: inside, rank 1, score 75.0)"
    )


@pytest.mark.parametrize("facts", [{}, {"harmful": True}, {"project": False}])
def test_who_is_level_is_not_before(facts: dict[str, Any]) -> None:
    twins = case("a", {"unknown": []}, **facts), case("b", {"unknown": []}, **facts)
    assert run(*twins, order=["a", "b"]).order[0].found == "both at the same place"


def test_without_scores_the_milder_verdict_is_before() -> None:
    gates = {key: value for key, value in FRAMEWORK.items() if key not in ("criteria", "bands")}
    first, second = (
        case(name, {"unknown": []}, stage=stage)
        for name, stage in (("a", "basic"), ("b", "applied"))
    )
    for entry in (first, second):
        del entry["candidate"]["ratings"]
    assert run_cases(gates, document(first, second, order=["a", "b"])).passed
    assert not run_cases(gates, document(first, second, order=["b", "a"])).passed


# the five members


def test_records_and_json() -> None:
    test = run(case("a", {"verdict": "inside"}, harmful=True), case("b", {"verdict": "inside"}))
    assert [(record["case"], record["passed"]) for record in test.records()] == [
        ("a", False),
        ("b", True),
    ]
    found = json.loads(test.to_json())
    assert found["collabscore"] == "test/1"
    assert found["counts"] == {"cases": 2, "passed": 1, "failed": 1}
    assert found["cases"][0]["mismatches"][0]["found"] == "`outside`"
    assert found["manifest"] == test.ranking.manifest
    assert (
        test.to_json()
        == run(
            case("a", {"verdict": "inside"}, harmful=True), case("b", {"verdict": "inside"})
        ).to_json()
    )


def test_a_table_and_its_forms() -> None:
    test = run(case("<b>a", {"verdict": "inside"}, harmful=True))
    assert "✕ failed" in str(test)
    assert repr(test).startswith("<PolicyTest: 1 cases; `house`")
    assert "<b>a" not in test._repr_html_()
    assert "judges the scope as described" in str(test)


# documents


def test_a_candidate_takes_the_id_and_title_of_its_case() -> None:
    entry = {**case("a", {"verdict": "inside"}), "title": "A title"}
    named = case("b", {"verdict": "inside"})
    named["candidate"]["id"] = "other"
    candidates = Cases.model_validate(document(entry, named)).candidates()
    assert [(c.id, c.title) for c in candidates.candidates] == [("a", "A title"), ("other", None)]


def issues(text: str, tmp_path: Path) -> list[tuple[str, int]]:
    (tmp_path / "cases").mkdir(exist_ok=True)
    (tmp_path / "house.yaml").write_text(json.dumps(FRAMEWORK), encoding="utf-8")
    file = tmp_path / "cases" / "house.yaml"
    file.write_text(text, encoding="utf-8")
    return [(d.code, d.span.line if d.span is not None else 0) for d in check(file).diagnostics]


HEAD = "collabscore: cases/1\nframework: house\ncases:\n"
LINE = "- {id: a, candidate: {facts: {stage: basic}}, expect: {verdict: inside}}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + LINE, []),
        (HEAD + LINE + LINE, [("duplicate-id", 5)]),
        (HEAD + LINE + "order: [a]\n", [("too-few", 5)]),
        (HEAD + LINE + "order: [a, b, a]\n", [("unknown-case", 5), ("repeated-word", 5)]),
        (HEAD + LINE.replace("stage", "stag"), [("unknown-fact", 4)]),
        (HEAD + LINE.replace("basic", "bassic"), [("unknown-level", 4)]),
        (HEAD + LINE.replace("verdict: inside", "verdict: insid"), [("unknown-verdict", 4)]),
        (
            HEAD + LINE.replace("verdict: inside", "verdict_range: [refer, inside]"),
            [("reversed-interval", 4)],
        ),
        (HEAD + LINE.replace("verdict: inside", "verdict_range: [refer]"), [("too-few", 4)]),
        (
            HEAD + LINE.replace("verdict: inside", "findings: {paper: met}"),
            [("unknown-guardrail", 4)],
        ),
        (
            HEAD + LINE.replace("verdict: inside", "findings: {papers: mett}"),
            [("invalid-choice", 4)],
        ),
        (HEAD + LINE.replace("verdict: inside", "unknown: [stag]"), [("unknown-fact", 4)]),
        (HEAD + LINE.replace("verdict: inside", "band: strongg"), [("unknown-band", 4)]),
        (HEAD + LINE.replace("verdict: inside", ""), [("too-few", 4)]),
        (HEAD + LINE.replace("id: a,", "id: a, source: acord,"), [("unknown-source", 4)]),
        (
            HEAD + LINE.replace("id: a,", "id: a, source: [accord, {id: acord}],"),
            [("unknown-source", 4)],
        ),
        (HEAD + LINE.replace("facts:", "safeguards: [term], facts:"), [("unknown-safeguard", 4)]),
        (
            HEAD + LINE + LINE.replace("id: a, candidate: {", "id: b, candidate: {id: a, "),
            [("duplicate-id", 5)],
        ),
        (HEAD.replace("cases:\n", "cases: []\n"), [("too-few", 3)]),
        (HEAD.replace("framework: house\n", "") + LINE, [("missing-key", 1)]),
        (HEAD.replace(": house", ": hous") + LINE, [("unknown-document", 2)]),
        (HEAD.replace(": house", ": ../house.yaml") + LINE, [("path-not-allowed", 2)]),
        (HEAD.replace("cases/1", "case/1") + LINE, [("wrong-kind", 1)]),
    ],
)
def test_every_mistake_has_its_place(
    text: str, expected: list[tuple[str, int]], tmp_path: Path
) -> None:
    assert issues(text, tmp_path) == expected


def test_a_misspelt_word_is_answered_with_the_right_one(tmp_path: Path) -> None:
    issues(HEAD + LINE.replace("stage", "stag") + "order: [a, aa]\n", tmp_path)
    found = check(tmp_path / "cases" / "house.yaml").diagnostics
    assert [d.help for d in found] == ["did you mean `stage`?", "did you mean `a`?"]
    assert found[0].place == "cases[a].candidate.facts.stag"
    assert "the facts of `house` begin here" in str(found[0])


def test_cases_of_another_framework_are_refused() -> None:
    with pytest.raises(DocumentError, match="these are cases of `other`, not of `house`"):
        run_cases(FRAMEWORK, {**document(case("a", {"verdict": "inside"})), "framework": "other"})


# where cases are


def test_cases_are_found_beside_their_framework(tmp_path: Path) -> None:
    issues(HEAD + LINE, tmp_path)
    framework, cases = load_policy(tmp_path / "house.yaml")
    assert cases is not None
    assert (framework.id, len(cases)) == ("house", 1)
    again, same = load_policy(tmp_path / "cases" / "house.yaml")
    assert same is not None
    assert (again.id, [c.id for c in same.cases]) == ("house", ["a"])
    assert (
        run_cases(tmp_path / "house.yaml").passed is False
    )  # whether it applies is open, and so is harm


def test_the_framework_above_comes_before_a_shipped_one(tmp_path: Path) -> None:
    issues(HEAD + LINE, tmp_path)
    own = json.dumps({**FRAMEWORK, "id": "guardrail"})
    (tmp_path / "guardrail.yaml").write_text(own, encoding="utf-8")
    file = tmp_path / "cases" / "guardrail.yaml"
    file.write_text((HEAD + LINE).replace("house", "guardrail"), encoding="utf-8")
    assert load_policy(file)[0].guardrails.keys() == {"harm", "papers"}


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    issues(HEAD + LINE, tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "house.yaml").rename(outside / "house.yaml")
    (tmp_path / "house.yaml").symlink_to(outside / "house.yaml")
    assert check(tmp_path / "cases" / "house.yaml").diagnostics[0].code == "unknown-document"


def test_a_framework_without_a_file_has_no_cases_beside_it() -> None:
    assert cases_beside(load_framework(FRAMEWORK)) is None
    with pytest.raises(
        UsageError,
        match=r"cases: there are no cases of `house`; give them, or put them at `cases/house\.yaml`",
    ):
        run_cases(FRAMEWORK)


def test_cases_load_from_their_model() -> None:
    framework = load_framework(FRAMEWORK)
    loaded = load_cases(document(case("a", {"verdict": "inside"})), framework)
    assert load_cases(loaded, framework) == loaded
    assert run_cases(framework, loaded).passed


def test_a_broken_guardrail_is_caught(tmp_path: Path) -> None:
    """As somebody would break it: in the file."""
    issues(
        HEAD
        + LINE.replace("{stage: basic}", "{project: yes, harmful: yes}").replace(
            "inside", "outside"
        ),
        tmp_path,
    )
    file = tmp_path / "house.yaml"
    assert run_cases(file).passed
    file.write_text(
        file.read_text(encoding="utf-8").replace('"when": "harmful"', '"when": "not harmful"'),
        encoding="utf-8",
    )
    broken = run_cases(file)
    assert said(broken) == ["verdict: expected `outside`, found `refer` (`papers` is unknown)"]
    span = broken.failures[0].mismatches[0].span
    assert span is not None
    assert (Path(span.source).name, span.line) == ("house.yaml", 4)


# coverage of profiles


HOUSE_CASES = document(
    case("harm", {"verdict": "outside"}, harmful=True),
    case("bare", {"verdict": "refer"}, stage="applied"),
    case("papers", {"verdict": "conditional"}, stage="applied", safeguards=("terms",)),
)


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """Return a folder with a framework and its cases."""
    (tmp_path / "cases").mkdir()
    (tmp_path / "house.json").write_text(json.dumps(FRAMEWORK))
    (tmp_path / "cases" / "house.json").write_text(json.dumps(HOUSE_CASES))
    return tmp_path


def profile_test(folder: Path, *cases: Any, id: str = "profile", **changes: Any) -> PolicyTest:
    changes = {"based_on": "house.json", **changes}
    profile = {"collabscore": "framework/1", "id": id, "title": "A profile", **changes}
    (folder / f"{id}.json").write_text(json.dumps(profile))
    listed = document(case("other", {"verdict": None}, project=False), *cases, framework=id)
    (folder / "cases" / f"{id}.json").write_text(json.dumps(listed))
    return run_cases(folder / f"{id}.json")


HARM, UNMET, MET = "`harm` step 1 (applies)", "`papers` step 1 (unmet)", "`papers` step 1 (met)"


@pytest.mark.parametrize(
    ("changes", "undecided"),
    [
        pytest.param({}, [], id="as-the-base"),
        pytest.param({"add": {"guardrails": {}}}, [], id="nothing-added"),
        pytest.param({"set": {"guardrails.harm.then": "refer"}}, [HARM], id="another-verdict"),
        pytest.param({"set": {"guardrails.papers.met": "inside"}}, [MET], id="another-met"),
        pytest.param(
            {"set": {"guardrails.papers.when": "stage == basic"}}, [UNMET, MET], id="condition"
        ),
        pytest.param({"set": {"guardrails.papers.reason": "So it is."}}, [], id="another-reason"),
        pytest.param(
            {"set": {"guardrails.papers.needs": ["more"]}, "add": {"safeguards": {"more": {}}}},
            [MET],
            id="another-safeguard",
        ),
        pytest.param({"drop": ["guardrails.harm"]}, [], id="rule-dropped"),
        pytest.param(
            {"add": {"guardrails": {"new": {"when": "harmful", "then": "refer"}}}},
            ["`new` step 1 (applies)"],
            id="rule-added",
        ),
        pytest.param(
            {"set": {"facts.stage.levels": ["applied", "basic"]}}, [], id="same-finding-by-a-fact"
        ),
        pytest.param(
            {
                "set": {
                    "facts.stage.levels": ["applied", "basic"],
                    "guardrails.papers.when": "stage > applied",
                }
            },
            [UNMET, MET],
            id="other-finding-by-a-fact",
        ),
    ],
)
def test_cases_of_a_base_decide_what_a_profile_leaves_as_it_is(
    beside: Path, changes: dict[str, Any], undecided: list[str]
) -> None:
    test = profile_test(beside, **changes)
    assert list(map(str, test.undecided)) == undecided
    assert len(test.decided_by_base) == len(test.step_outcomes) - len(undecided)


def test_an_outcome_that_a_profile_decides_itself_is_not_its_bases(beside: Path) -> None:
    test = profile_test(beside, case("harm", {"verdict": "outside"}, harmful=True))
    assert test.undecided == ()
    assert {str(each) for each in test.decided_by_base} == {UNMET, MET}


def test_a_profile_of_a_profile_has_the_cases_of_both(beside: Path) -> None:
    rule = {"new": {"when": "harmful", "then": "refer"}}
    profile_test(
        beside,
        case("new", {"verdict": "outside"}, harmful=True),
        id="middle",
        add={"guardrails": rule},
    )
    test = profile_test(beside, id="top", based_on="middle.json")
    assert test.undecided == ()
    assert len(test.decided_by_base) == 4
    (beside / "cases" / "house.json").unlink()
    alone = profile_test(beside, id="alone", based_on="middle.json")
    assert list(map(str, alone.undecided)) == [UNMET, MET]
