"""Facts and criteria for each party: what they mean, and what is wrong with them."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore import testing
from collabscore.analysis.checking import check
from collabscore.checks.warnings import framework_warnings
from collabscore.documents.loading import load_framework
from collabscore.documents.reweighting import reweighted
from collabscore.errors import CandidateError, Diagnostic, FrameworkError
from collabscore.scoring.problem import Problem

SCALE = {"range": [0, 4], "levels": {3: "large"}}
LEVELS = ["open", "case_by_case", "denied"]
PARTIES = {"eu": "the European Union", "in": "India"}
CONDITIONS = {"strict": "law >= case_by_case and topic", "gains": "known(benefit)"}
STEPS = [
    {"when": "any_party(law == denied)", "then": "outside"},
    {"when": "any_party(strict and gains)", "then": "refer", "needs": ["licence"]},
    {"when": "parties_where(law == open) >= 2 and every_party(benefit < 2)", "then": "refer"},
]
FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "pair",
    "parties": PARTIES,
    "criteria": {
        "interest": {
            "criteria": {
                "benefit": {
                    "title": "Benefit to {party}",
                    "question": "{party} gains what?",
                    "per": "party",
                    "weight": 3,
                    "scale": SCALE,
                    "anchors": {0: "Nothing for {party}."},
                },
                "other": {"scale": SCALE},
            }
        },
        "risk": {"scale": SCALE, "prefer": "low"},
    },
    "facts": {
        "law": {"kind": "level", "levels": LEVELS, "per": "party"},
        "topic": {"kind": "flag"},
    },
    "safeguards": {"licence": {}},
    "conditions": CONDITIONS,
    "guardrails": {"law_rule": {"steps": STEPS}},
}
VOCABULARY: dict[str, Any] = {
    "collabscore": "vocabulary/1",
    "id": "words",
    "parties": PARTIES,
    "facts": {"law": {"kind": "flag", "per": "party"}},
    "criteria": {"benefit": {"per": "party", "scale": SCALE}},
}


def framework(**changed: Any) -> dict[str, Any]:
    return {**FRAMEWORK, **changed}


def written_out(parties: dict[str, str]) -> dict[str, Any]:
    """The framework as it would be written by hand, without `per: party`."""
    whole = copy.deepcopy(framework(parties={}))
    group = whole["criteria"]["interest"]["criteria"]
    benefit, law = group.pop("benefit"), whole["facts"].pop("law")
    del benefit["per"], law["per"]
    other = group.pop("other")
    for party, name in parties.items():
        texts = {"title": f"Benefit to {name}", "question": None, "anchors": None}
        weight = benefit["weight"] / len(parties)
        group[f"benefit_{party}"] = {**benefit, **texts, "weight": weight}
        whole["facts"][f"law_{party}"] = law
    group["other"] = other

    def each(condition: str) -> list[str]:
        return [f"({condition.format(p=party)})" for party in parties]

    strict = "law_{p} >= case_by_case and topic and known(benefit_{p})"
    conditions = [
        " or ".join(each("law_{p} == denied")),
        " or ".join(each(strict)),
        f"count({', '.join(each('law_{p} == open'))}) >= 2 and "
        + " and ".join(each("benefit_{p} < 2")),
    ]
    steps = [{**step, "when": when} for step, when in zip(STEPS, conditions, strict=True)]
    whole |= {"conditions": {}, "guardrails": {"law_rule": {"steps": steps}}}
    return whole


def results(ranking: cs.Ranking) -> list[Any]:
    found = []
    for one in ranking:
        scores = [one.score, one.low, one.high, *sorted(one.contributions.values())]
        finding = one.findings[0]
        found.append(
            (
                one.id,
                one.rank,
                one.verdict,
                one.verdict_range,
                finding.state,
                sorted(finding.unknown),
                [None if one is None else round(one, 9) for one in scores],
            )
        )
    return found


# meaning

THREE = {"eu": "the European Union", "in": "India", "jp": "Japan"}


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_three_parties_count_as_written_out_by_hand(data: st.DataObject) -> None:
    loaded = load_framework(framework(parties=THREE))
    listed = data.draw(st.lists(testing.candidate(loaded), min_size=1, max_size=4))
    listed = [{**one, "id": f"c{k}"} for k, one in enumerate(listed)]
    by_hand = cs.score(listed, load_framework(written_out(THREE)))
    assert results(cs.score(listed, loaded)) == results(by_hand)


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_swapped_parties_swap_names_alone(data: st.DataObject) -> None:
    one = load_framework(framework(parties={"eu": "the European Union", "in": "India"}))
    other = load_framework(framework(parties={"in": "the European Union", "eu": "India"}))
    listed = data.draw(st.lists(testing.candidate(one), min_size=1, max_size=4))
    swapped = []
    for k, entry in enumerate(listed):
        entry["id"] = f"c{k}"
        again = copy.deepcopy(entry)
        for section in ("ratings", "facts"):
            answers = entry.get(section, {})
            again[section] = {_swapped(key): answer for key, answer in answers.items()}
        swapped.append(again)
    mine, theirs = results(cs.score(listed, one)), results(cs.score(swapped, other))
    for was, now in zip(mine, theirs, strict=True):
        assert was[:5] == now[:5]
        assert was[5] == sorted(map(_swapped, now[5]))
        assert was[6] == now[6]


def _swapped(key: str) -> str:
    name, _, party = key.rpartition("_")
    return f"{name}_{ ({'eu': 'in', 'in': 'eu'}[party]) }" if name in ("law", "benefit") else key


def test_texts_and_weights_are_those_of_each_party() -> None:
    loaded = load_framework(framework())
    node = loaded.leaves["benefit_eu"]
    assert node.title == "Benefit to the European Union"
    assert node.criterion.question == "The European Union gains what?"
    assert node.criterion.anchors == {0: "Nothing for the European Union."}
    assert [loaded.nodes[key].share for key in ("benefit_eu", "benefit_in")] == [0.375, 0.375]
    assert loaded.all_facts["law_in"].title == "Law (India)"
    assert loaded.all_conditions["strict_in"].title == "Strict (India)"


SHORT: dict[str, Any] = {
    "id": "x",
    "ratings": {"benefit": {"eu": {"value": 4, "until": "2020"}, "in": [1, 3]}, "other": 2},
    "facts": {"law": {"eu": "open", "in": {"one_of": ["open", "denied"]}}, "topic": True},
}
LONG = {
    "id": "x",
    "ratings": {"benefit_eu": {"value": 4, "until": "2020"}, "benefit_in": [1, 3], "other": 2},
    "facts": {"law_eu": "open", "law_in": {"one_of": ["open", "denied"]}, "topic": True},
}


def test_answers_by_party_mean_the_same_as_by_their_ids() -> None:
    found = [cs.score({"as_of": "2021", "candidates": [one]}, framework()) for one in (SHORT, LONG)]
    assert found[0].to_json() == found[1].to_json()
    assert found[0]["x"].expired == ("benefit_eu",)


def test_an_unknown_name_is_unknown_for_all_parties() -> None:
    unknown = [{"id": "x", "ratings": {"benefit": None}, "facts": {"law": "unknown"}}]
    assert cs.score(unknown, framework())["x"].unrated == (
        "benefit_eu",
        "benefit_in",
        "other",
        "risk",
    )


def test_columns_have_the_ids_of_each_party() -> None:
    problem = Problem.from_columns(framework(), {"law_eu": ["open"], "benefit_in": [3]})
    assert problem.facts["law_eu"].answer_at(0) is not None
    with pytest.raises(CandidateError) as raised:
        Problem.from_columns(framework(), {"law": ["open"]})
    assert raised.value.diagnostics[0].code == "unknown-column"


def test_a_framework_may_name_one_of_the_parties_of_its_vocabulary() -> None:
    criteria = {"benefit_eu": {"weight": 3}, "benefit_in": {}}
    loaded = load_framework(
        {
            "collabscore": "framework/1",
            "id": "x",
            "uses": VOCABULARY,
            "criteria": criteria,
            "guardrails": {"g": {"when": "every_party(law)", "then": "refer"}},
        }
    )
    assert [node.share for node in loaded.leaves.values()] == [0.75, 0.25]
    assert list(loaded.all_facts) == ["law_eu", "law_in"]


@pytest.mark.parametrize("weight", [5, [1, 2], "50%"])
@pytest.mark.parametrize("is_shared", [False, True])
def test_the_weight_of_one_party_can_be_changed(weight: Any, is_shared: bool) -> None:
    data = framework()
    if is_shared:
        data = {
            "collabscore": "framework/1",
            "id": "x",
            "uses": VOCABULARY,
            "criteria": {"benefit": {"weight": 3}, "other": {"scale": SCALE}},
        }
    before = load_framework(data)
    after = reweighted(before, {"benefit_in": weight})
    middle = {5: 5.0, "50%": 2.5}.get(weight if isinstance(weight, int | str) else "", 1.5)
    total = middle + 1.5 + 1
    assert after.nodes["benefit_in"].share == pytest.approx(middle / total)
    assert after.nodes["benefit_eu"].share == pytest.approx(1.5 / total)
    assert [*after.leaves] == [*before.leaves]
    assert [node.title for node in after.leaves.values()] == [
        node.title for node in before.leaves.values()
    ]


def test_a_doubt_is_about_the_answers_of_all_parties() -> None:
    contradiction = {"when": "every_party(law == open) and not topic", "doubts": ["law", "topic"]}
    loaded = load_framework(framework(contradictions={"c": contradiction}))
    assert loaded.all_contradictions["c"].doubts == ["law_eu", "law_in", "topic"]


# bad frameworks


def refused(document: dict[str, Any]) -> list[Diagnostic]:
    with pytest.raises(FrameworkError) as raised:
        load_framework(document)
    return list(raised.value.diagnostics)


def rule(when: str, **changed: Any) -> dict[str, Any]:
    return framework(guardrails={"g": {"when": when, "then": "refer"}}, **changed)


_OUTSIDE = (
    "party-missing",
    "`{}` exists for each party, and this does not say for which",
    "write `any_party(...)` or `every_party(...)` around it, or one of `{}_eu`, `{}_in`",
)
_NESTED = (
    "party-nested",
    "`{}` has another function for each party inside",
    "ask once for all of them: move it out, and join the two with `and` or `or`",
)


@pytest.mark.parametrize(
    ("when", "within", "expected"),
    [
        pytest.param("law >= case_by_case", (0, 3), ("law", _OUTSIDE), id="bare-fact"),
        pytest.param("topic and benefit > 2", (10, 17), ("benefit", _OUTSIDE), id="bare-rating"),
        pytest.param("known(law)", (6, 9), ("law", _OUTSIDE), id="in-known"),
        pytest.param("score(benefit) > 5", (6, 13), ("benefit", _OUTSIDE), id="in-score"),
        pytest.param("not strict", (4, 10), ("strict", _OUTSIDE), id="named-condition"),
        pytest.param("count(law == open, topic) > 1", (6, 9), ("law", _OUTSIDE), id="in-count"),
        pytest.param(
            "any_party(topic and every_party(law == open))",
            (20, 44),
            ("any_party(topic and every_party(law == open))", _NESTED),
            id="nested",
        ),
        pytest.param(
            "parties_where(any_party(law == open) and benefit > 1) > 1",
            (14, 36),
            ("parties_where(any_party(law == open) and benefit > 1)", _NESTED),
            id="nested-in-a-count",
        ),
        pytest.param(
            "any_party(law == open and inner)",
            (26, 31),
            ("any_party(law == open and inner)", _NESTED),
            id="nested-by-name",
        ),
    ],
)
def test_where_a_party_is_meant(
    when: str, within: tuple[int, int], expected: tuple[str, tuple[str, str, str]]
) -> None:
    conditions = {**CONDITIONS, "inner": "outer or topic", "outer": "every_party(law != open)"}
    (found,) = refused(rule(when, conditions=conditions))
    name, (code, message, help) = expected
    assert (found.code, found.within) == (code, within)
    assert found.message == message.format(name)
    assert found.help == help.format(name, name, name)
    assert found.path == ("guardrails", "g", "when")


@pytest.mark.parametrize(
    ("when", "code", "message", "help"),
    [
        pytest.param(
            "any_party(topic)",
            "party-unused",
            "`any_party(topic)` has no name that exists for each party",
            "name something with `per: party` in it, or write the condition alone; "
            "choose from `law`, `benefit`, `strict`, `gains`",
            id="no-name",
        ),
        pytest.param(
            "every_party(law == open, topic)",
            "condition-type",
            "`every_party(law == open, topic)` is not how `every_party` is used",
            "write `every_party(condition)`",
            id="two-conditions",
        ),
        pytest.param(
            "parties_where(law == open)",
            "condition-type",
            "`parties_where` gives a number, not true or false",
            "compare it: `parties_where(law == open) >= 2`",
            id="a-number",
        ),
        pytest.param(
            "any_party(law == open) > 1",
            "condition-type",
            "`any_party(law == open)` is true or false and cannot be compared",
            "compare a fact, a criterion or a score with a number or an answer",
            id="compared",
        ),
        pytest.param(
            "any_party(law == opn)",
            "unknown-level",
            "`opn` is not an answer to `law_eu`",
            "did you mean `open`?",
            id="misspelt-level",
        ),
        pytest.param(
            "any_party(lw == open)",
            "unknown-name",
            "`lw` is not a fact, criterion, list or condition here",
            "did you mean `law`?",
            id="misspelt-name",
        ),
    ],
)
def test_functions_for_each_party(when: str, code: str, message: str, help: str) -> None:
    (found,) = refused(rule(when))
    assert (found.code, found.message, found.help) == (code, message, help)


def test_a_mistake_in_a_condition_for_each_party_is_found_once_at_its_place() -> None:
    conditions = {"strict": "law >= case_by and topic"}
    (found,) = refused(rule("any_party(strict)", conditions=conditions))
    assert (found.code, found.path, found.within) == (
        "unknown-level",
        ("conditions", "strict", "when"),
        (7, 14),
    )


@pytest.mark.parametrize(
    ("changed", "code", "message", "label"),
    [
        pytest.param(
            {"parties": {"eu": "E", "low": "L"}},
            "reserved-word",
            "`low` cannot be the id of a party: it is a key of ratings or facts",
            "parties.low",
            id="key-of-ratings",
        ),
        pytest.param(
            {"parties": {"eu": "E", "one_of": "L"}},
            "reserved-word",
            "`one_of` cannot be the id of a party: it is a key of ratings or facts",
            "parties.one_of",
            id="key-of-facts",
        ),
        pytest.param(
            {"parties": {"eu": "E", "until": "L"}},
            "reserved-word",
            "`until` cannot be the id of a party: it is a key of ratings or facts",
            "parties.until",
            id="date-of-answers",
        ),
        pytest.param(
            {"parties": {"e u": "E", "in": "I"}},
            "not-a-name",
            "`e u` cannot be the id of a party: ids are made of it",
            "parties.e u",
            id="no-identifier",
        ),
        pytest.param(
            {"parties": {"1": "E", "in": "I"}},
            "not-a-name",
            "`1` cannot be the id of a party: ids are made of it",
            "parties.1",
            id="number",
        ),
        pytest.param(
            {"facts": {**FRAMEWORK["facts"], "law_eu": {"kind": "flag"}}},
            "duplicate-id",
            "the fact `law_eu` is defined twice: once for each party, as `law` with `per: party`",
            "facts.law_eu",
            id="made-and-written",
        ),
        pytest.param(
            {"lists": {"benefit_in": {"items": ["a"]}}},
            "duplicate-id",
            "`benefit_in` is both a criterion and a list: once for each party, as `benefit` with "
            "`per: party`",
            "lists.benefit_in",
            id="made-and-of-another-kind",
        ),
        pytest.param(
            {
                "parties": {"eu": "E", "x_eu": "X"},
                "facts": {
                    **FRAMEWORK["facts"],
                    "law_x": {"kind": "flag", "per": "party"},
                },
            },
            "duplicate-id",
            "the fact `law_x_eu` is defined twice: once for each party, as `law_x` with "
            "`per: party`",
            "facts.law_x",
            id="made-twice",
        ),
    ],
)
def test_ids_of_parties(changed: dict[str, Any], code: str, message: str, label: str) -> None:
    (found,) = refused(rule("topic", **{"conditions": {}, **changed}))
    assert (found.code, found.message, found.label) == (code, message, label)
    assert found.help
    if code == "duplicate-id":
        assert found.notes[0].path in (("facts", "law"), _PATH_OF_BENEFIT)


_PATH_OF_BENEFIT = ("criteria", "interest", "criteria", "benefit")


def test_parties_are_missing() -> None:
    (found,) = refused(rule("topic", parties={}, conditions={}))
    assert (found.code, found.message, found.help) == (
        "parties-missing",
        "`law` exists for each party, but no parties are named",
        "add `parties: {us: the United States, ...}`",
    )


@pytest.mark.parametrize(
    ("entry", "code", "message", "label"),
    [
        pytest.param(
            {"benefit": {"weight": {"eu": 1, "ind": 2}}},
            "unknown-party",
            "`ind` is not a party of `x`",
            "criteria.benefit.weight.ind",
            id="misspelt-party",
        ),
        pytest.param(
            {"benefit": {"weight": {"eu": 1}}},
            "missing-key",
            "the weight of `benefit` for `in` is missing",
            "criteria.benefit.weight",
            id="missing",
        ),
        pytest.param(
            {"benefit": {}, "other": {"scale": SCALE, "weight": {"eu": 1, "in": 2}}},
            "invalid-type",
            "`other` has one weight: it does not exist for each party",
            "criteria.other.weight",
            id="not-for-each-party",
        ),
        pytest.param(
            {"benefit": {"weight": {"eu": 1, "in": -2}}},
            "weight-not-positive",
            "a weight must be positive, but `-2` is not",
            "criteria.benefit.weight.in",
            id="negative",
        ),
    ],
)
def test_weights_by_party(entry: dict[str, Any], code: str, message: str, label: str) -> None:
    document = {"collabscore": "framework/1", "id": "x", "uses": VOCABULARY, "criteria": entry}
    found = refused(document)[0]
    assert (found.code, found.message, found.label) == (code, message, label)
    assert found.help


def test_a_group_is_for_no_party() -> None:
    criteria = {"g": {"per": "party", "criteria": {"a": {"scale": SCALE}}}}
    found = refused(framework(criteria={**FRAMEWORK["criteria"], **criteria}))[0]
    assert (found.code, found.label) == ("misplaced-key", "criteria.g.per")


def test_parties_that_clash_within_the_vocabulary() -> None:
    facts = {**VOCABULARY["facts"], "law_jp": {"kind": "flag"}}
    words = {**VOCABULARY, "facts": facts}
    one = {"collabscore": "framework/1", "id": "x", "parties": {"jp": "Japan"}, "uses": words}
    (found,) = refused({**one, "guardrails": {"g": {"when": "law_jp", "then": "refer"}}})
    assert (found.code, found.label) == ("duplicate-id", "parties.jp")
    assert found.message == "`law_jp` is defined twice: once for the party, as `law`"


def test_a_fact_that_the_vocabulary_makes_for_a_party() -> None:
    one = {"collabscore": "framework/1", "id": "x", "uses": VOCABULARY}
    (found,) = refused({**one, "facts": {"law_eu": {"kind": "flag"}}})
    assert (found.code, found.label) == ("redefined", "facts.law_eu")


# bad candidates


@pytest.mark.parametrize(
    ("entry", "code", "message", "help", "label"),
    [
        pytest.param(
            {"ratings": {"benefit": {"eu": 4}, "benefit_in": 3}},
            "both-forms",
            "`benefit` is answered by party, and `benefit_in` by its own id",
            "remove one of them",
            "candidates[x].ratings.benefit",
            id="both-forms-of-a-rating",
        ),
        pytest.param(
            {"facts": {"law_eu": "open", "law": {"eu": "open", "in": "denied"}}},
            "both-forms",
            "`law` is answered by party, and `law_eu` by its own id",
            "remove one of them",
            "candidates[x].facts.law",
            id="both-forms-of-a-fact",
        ),
        pytest.param(
            {"facts": {"law": {"eu": "open", "ind": "denied"}}},
            "unknown-party",
            "`ind` is not a party of `pair`",
            "did you mean `in`?",
            "candidates[x].facts.law.ind",
            id="misspelt-party",
        ),
        pytest.param(
            {"ratings": {"benefit": {"us": 4, "cn": 3}}},
            "unknown-party",
            "`us` is not a party of `pair`",
            "choose from `eu`, `in`",
            "candidates[x].ratings.benefit.us",
            id="parties-of-another-framework",
        ),
        pytest.param(
            {"ratings": {"benefit": 4}},
            "party-missing",
            "`benefit` is asked for each party, and this is one answer",
            "write `benefit: {eu: ..., in: ...}`",
            "candidates[x].ratings.benefit",
            id="one-rating",
        ),
        pytest.param(
            {"facts": {"law": {"value": "open", "note": "x"}}},
            "party-missing",
            "`law` is asked for each party, and this is one answer",
            "write `law: {eu: ..., in: ...}`",
            "candidates[x].facts.law",
            id="one-answer-with-a-note",
        ),
        pytest.param(
            {"ratings": {"benefit": {"eu": 9}}},
            "off-scale",
            "`benefit_eu`: `9` is off the scale",
            "use a number from 0 to 4, or `unknown`",
            "candidates[x].ratings.benefit.eu",
            id="off-scale",
        ),
        pytest.param(
            {"facts": {"law": {"in": {"value": "opn"}}}},
            "unknown-level",
            "`law_in`: `opn` is not a level of this fact",
            "did you mean `open`?",
            "candidates[x].facts.law.in.value",
            id="misspelt-level",
        ),
        pytest.param(
            {"facts": {"law": {"in": {"valu": "open"}}}},
            "unknown-key",
            "unknown key `valu`",
            "did you mean `value`?",
            "candidates[x].facts.law.in.valu",
            id="misspelt-key",
        ),
    ],
)
def test_answers_by_party(
    entry: dict[str, Any], code: str, message: str, help: str, label: str
) -> None:
    with pytest.raises(CandidateError) as raised:
        cs.load_candidates([{"id": "x", **entry}], framework())
    found = raised.value.diagnostics[0]
    assert (found.code, found.message, found.help, found.label) == (code, message, help, label)


def test_both_forms_are_named_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "list.yaml"
    file.write_text("- id: x\n  ratings:\n    benefit_eu: 4\n    benefit: {in: 3}\n")
    with pytest.raises(CandidateError) as raised:
        cs.load_candidates(file, framework())
    (found,) = raised.value.diagnostics
    assert found.span is not None
    assert found.notes[0].span is not None
    assert (found.span.line, found.notes[0].span.line) == (4, 3)


def test_warnings_of_answers_by_party_have_their_places(tmp_path: Path) -> None:
    file = tmp_path / "list.yaml"
    file.write_text("- id: x\n  ratings:\n    benefit:\n      eu: 4\n      in: [0, 4]\n")
    (warning,) = check(file, [framework()]).diagnostics
    assert (warning.code, warning.label) == ("whole-scale", "[x].ratings.benefit.in")
    assert warning.span is not None
    assert warning.span.line == 5


SCALE_ALONE: dict[str, Any] = {"scale": {"range": [0, 10]}}
PER_PARTY: dict[str, Any] = {"scale": {"range": [0, 10]}, "per": "party"}
SHARES = "the weights sum to 96, so the shares are `b_x` 41.7%, `b_y` 31.2%, `c` 27.1%"


@pytest.mark.parametrize(
    ("criteria", "path", "message"),
    [
        ({"b": PER_PARTY}, None, None),
        ({"b": PER_PARTY, "c": SCALE_ALONE, "g": {"criteria": {"d": PER_PARTY}}}, None, None),
        (
            {"b": PER_PARTY | {"weight": {"x": 40, "y": 30}}, "c": SCALE_ALONE | {"weight": 26}},
            ("criteria",),
            SHARES,
        ),
        (
            {"g": {"criteria": {"d": PER_PARTY | {"weight": {"x": 0.45, "y": 0.45}}}}},
            ("criteria", "g", "criteria"),
            "the weights sum to 0.9, so the shares are `d_x` 50.0%, `d_y` 50.0%",
        ),
    ],
    ids=["alone", "beside-others", "nearly-per-cent", "in-a-group"],
)
def test_weights_of_parties_are_checked(
    criteria: dict[str, Any], path: tuple[str, ...] | None, message: str | None
) -> None:
    document = {"collabscore": "framework/1", "id": "k7", "parties": {"x": "X", "y": "Y"}}
    found = framework_warnings(load_framework(document | {"criteria": criteria}))
    sums = [(each.path, each.message) for each in found if each.code == "weights-sum"]
    assert sums == ([] if message is None else [(path, message)])
