"""Issue 11, point 3: several answers at once, or one of these; what cannot be read has a cure."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import collabscore as cs
from collabscore.analysis.checking import check
from collabscore.checks.completeness import count_answers
from collabscore.errors import Diagnostic
from collabscore.scoring.problem import Problem
from collabscore.scoring.wording import known_of

from .conftest import marked

HOUSE = """\
collabscore: framework/1
id: house
scales: {five: {range: [1, 5]}}
criteria: {gain: {scale: five}}
lists: {topics: {items: [soil, chips, grids]}}
facts:
  stage: {kind: level, levels: [basic, applied, deployment], several: true}
  channel: {kind: choice, options: [government, funder, company], several: true}
  lead: {kind: choice, options: [soil, chips, seas]}
  open: {kind: flag}
  budget: {kind: number}
  fields: {kind: set, of: topics}
guardrails:
  use: {when: stage >= applied and channel == company and lead == chips, then: refer}
  size: {when: "open and budget > 3 and overlaps(fields, [chips])", then: outside}
"""
FRAMEWORK = cs.load_framework(cs.documents.reader.decoded(HOUSE, "house.yaml").read())

Found = Callable[[str], list[Diagnostic]]


@pytest.fixture
def found_in(tmp_path: Path) -> Found:
    """Check one candidate with these facts."""

    def found(facts: str) -> list[Diagnostic]:
        file = tmp_path / "list.yaml"
        file.write_text(f"- {{id: a, facts: {{{facts}}}}}\n", encoding="utf-8")
        return list(check(file, [FRAMEWORK]).diagnostics)

    return found


UNREAD = {
    "one-of-one": (
        "stage: {one_of: [basic]}",
        ("invalid-fact", "`stage`: `one_of` needs at least two possible answers"),
        ("[basic]", "name another one, or write the answer as `value`"),
    ),
    "one-of-none": (
        "open: {one_of: []}",
        ("invalid-fact", "`open`: `one_of` needs at least two possible answers"),
        ("[]", "name another one, or write the answer as `value`"),
    ),
    "one-of-a-set-of-one": (
        "fields: {one_of: [[soil]]}",
        ("invalid-fact", "`fields`: `one_of` needs at least two possible answers"),
        ("[[soil]]", "name another one, or write the answer as `value`"),
    ),
    "no-answer": (
        "stage: []",
        ("invalid-fact", "`stage`: `[]` names no possible answer"),
        ("[]", "name one or more, or write `unknown`"),
    ),
    "all-of-none": (
        "channel: {all_of: []}",
        ("invalid-fact", "`channel`: `[]` names no possible answer"),
        ("[]", "name one or more, or write `unknown`"),
    ),
    "at-least-none": (
        "channel: {at_least: []}",
        ("invalid-fact", "`channel`: `[]` names no possible answer"),
        ("[]", "name one or more, or write `unknown`"),
    ),
    "none-of-them-possible": (
        "channel: {one_of: [[funder, company], []]}",
        ("invalid-fact", "`channel`: `[]` names no possible answer"),
        ("[]", "name one or more, or write `unknown`"),
    ),
    "both-forms": (
        "stage: {all_of: [basic], one_of: [basic, applied]}",
        ("invalid-fact", "`stage`: use either `all_of` or `one_of`, not both"),
        ("[basic, applied]", "remove one of them"),
    ),
    "value-and-all-of": (
        "stage: {value: basic, all_of: [basic, applied]}",
        ("invalid-fact", "`stage`: use either `value` or `all_of`, not both"),
        ("[basic, applied]", "remove one of them"),
    ),
    "range-and-one-of": (
        "stage: {low: basic, high: applied, one_of: [basic, applied]}",
        ("invalid-fact", "`stage`: use either `one_of` or `low`, not both"),
        ("basic", "remove one of them"),
    ),
    "all-of-one-answer-facts": (
        "lead: {all_of: [soil, chips]}",
        (
            "invalid-fact",
            "`lead`: `all_of` is for facts with `several: true`, but this is a choice",
        ),
        ("[soil, chips]", "write `value` or `one_of` instead"),
    ),
    "all-of-a-flag": (
        "open: {all_of: [yes]}",
        ("invalid-fact", "`open`: `all_of` is for facts with `several: true`, but this is a flag"),
        ("[yes]", "write `value` or `one_of` instead"),
    ),
    "all-of-a-number": (
        "budget: {all_of: [1, 2]}",
        ("invalid-fact", "`budget`: `one_of` and `all_of` are not for numbers"),
        ("[1, 2]", "write a range: `[low, high]`"),
    ),
    "one-of-numbers": (
        "budget: {one_of: [1, 2]}",
        ("invalid-fact", "`budget`: `one_of` and `all_of` are not for numbers"),
        ("[1, 2]", "write a range: `[low, high]`"),
    ),
    "nested": (
        "stage: {one_of: [basic, {one_of: [applied, deployment]}]}",
        ("invalid-fact", "`{one_of: [applied, deployment]}` is not a single answer"),
        (
            "{one_of: [applied, deployment]}",
            "write the answer itself, or a list of answers that hold together",
        ),
    ),
    "nested-list-of-a-single-answer": (
        "lead: {one_of: [soil, [chips, seas]]}",
        ("invalid-fact", "`lead`: `[chips, seas]` is not a single answer"),
        ("[chips, seas]", "write each possible answer as an entry of its own"),
    ),
    "misspelt-in-one-of": (
        "stage: {one_of: [basic, aplied]}",
        ("unknown-level", "`stage`: `aplied` is not a level of this fact"),
        ("aplied", "did you mean `applied`?"),
    ),
    "misspelt-deeper": (
        "channel: {value: {one_of: [funder, [company, goverment]]}}",
        ("unknown-option", "`channel`: `goverment` is not an option of this fact"),
        ("goverment", "did you mean `government`?"),
    ),
    "misspelt-in-all-of": (
        "channel: {all_of: [funder, compnay]}",
        ("unknown-option", "`channel`: `compnay` is not an option of this fact"),
        ("compnay", "did you mean `company`?"),
    ),
    "misspelt-item-of-a-set": (
        "fields: {one_of: [[soil], [soil, chps]]}",
        ("unknown-item", "`fields`: `chps` is not an item of `topics`"),
        ("chps", "did you mean `chips`?"),
    ),
    "item-without-brackets": (
        "fields: {one_of: [soil, chips]}",
        ("invalid-fact", "`fields`: expected a list of items of `topics`, not `soil`"),
        ("soil", "write `[soil]`"),
    ),
    "unknown-as-an-answer": (
        "lead: {one_of: [soil, unknown]}",
        ("unknown-option", "`lead`: `unknown` is not an option of this fact"),
        ("unknown", "choose from `soil`, `chips`, `seas`"),
    ),
    "twice-in-one-of": (
        "stage: {one_of: [basic, applied, basic]}",
        ("repeated-word", "`stage`: `basic` is listed twice"),
        ("basic", "remove one of them"),
    ),
    "twice-in-another-order": (
        "stage: {one_of: [[basic, applied], [applied, basic]]}",
        ("repeated-word", "`stage`: `[applied, basic]` is listed twice"),
        ("[applied, basic]", "remove one of them"),
    ),
    "twice-in-all-of": (
        "stage: {all_of: [basic, basic]}",
        ("repeated-word", "`stage`: `basic` is listed twice"),
        ("basic", "remove one of them"),
    ),
    "no-list": (
        "stage: {all_of: basic}",
        ("invalid-type", "expected a list, not `basic`"),
        ("basic", "write `[basic]`"),
    ),
}


@pytest.mark.parametrize(("facts", "said", "shown"), UNREAD.values(), ids=UNREAD)
def test_an_answer_that_cannot_be_read_has_a_place_and_a_cure(
    found_in: Found, facts: str, said: tuple[str, str], shown: tuple[str, str]
) -> None:
    (one,) = found_in(facts)
    assert (one.code, one.message) == said
    assert (marked(one), one.help) == shown


@pytest.mark.parametrize("key", ["one_of", "all_of"])
def test_a_rating_is_a_range(tmp_path: Path, key: str) -> None:
    file = tmp_path / "list.yaml"
    file.write_text(f"- {{id: a, ratings: {{gain: {{{key}: [2, 3]}}}}}}\n", encoding="utf-8")
    (one,) = check(file, [FRAMEWORK]).diagnostics
    assert (one.code, marked(one), one.help) == ("unknown-key", key, "write a range: `[low, high]`")


PLAIN = {
    "list": ("stage: [basic, applied]", "[basic, applied]"),
    "in-detail": ("stage: {value: [basic, applied], note: both}", "[basic, applied]"),
    "beside-all-of": ("channel: {all_of: [funder]}, stage: [basic, applied]", "[basic, applied]"),
}


@pytest.mark.parametrize(("facts", "place"), PLAIN.values(), ids=PLAIN)
def test_a_plain_list_of_several_answers_is_named(found_in: Found, facts: str, place: str) -> None:
    (one,) = found_in(facts)
    assert (one.code, one.severity, marked(one)) == ("plain-list", "warning", place)
    assert one.message == "this list means that all these answers to `stage` are the case"
    assert one.help == (
        "write `{all_of: [basic, applied]}`, or `{one_of: [basic, applied]}` if one of them is "
        "the case and it is not known which"
    )


@pytest.mark.parametrize(
    "facts",
    ["stage: [basic]", "lead: [soil, chips]", "fields: [soil, chips]", "stage: {all_of: [basic, applied]}"],
)  # fmt: skip
def test_other_lists_are_not_named(found_in: Found, facts: str) -> None:
    assert found_in(facts) == []


def test_a_plain_list_in_a_case_is_named_at_its_place(tmp_path: Path) -> None:
    (tmp_path / "house.yaml").write_text(HOUSE, encoding="utf-8")
    cases = tmp_path / "cases" / "house.yaml"
    cases.parent.mkdir()
    cases.write_text(
        "collabscore: cases/1\nframework: house\ncases:\n"
        "- {id: one, candidate: {facts: {stage: [basic, applied]}}, expect: {verdict: inside}}\n",
        encoding="utf-8",
    )
    (one,) = check(cases).diagnostics
    assert (one.code, one.label) == ("plain-list", "cases[one].candidate.facts.stage")


ASKED = {
    "not": ("conditions: {early: not (stage >= applied)}", "not (stage >= applied)"),
    "different": ("guardrails: {g: {when: stage != basic, then: refer}}", "stage != basic"),
    "not-in": (
        "guardrails: {g: {steps: [{when: 'open and stage not in [basic]', then: refer}]}}",
        "'open and stage not in [basic]'",
    ),
    "in-a-count": (
        "guardrails: {g: {when: 'not (count(open, stage == basic) >= 2)', then: refer}}",
        "'not (count(open, stage == basic) >= 2)'",
    ),
    "applies": ("applies: stage == basic", "stage == basic"),
    "contradiction": (
        "contradictions: {c: {when: open and stage != basic, doubts: [stage]}}",
        "open and stage != basic",
    ),
}
CLEAR = [
    "guardrails: {g: {when: stage == basic, then: refer}}",
    "guardrails: {g: {when: not (not (stage == basic)), then: refer}}",
    "guardrails: {g: {when: 'not within(stage, [basic])', then: refer}}",
    "guardrails: {g: {when: 'not overlaps(stage, [basic])', then: refer}}",
    "guardrails: {g: {when: not open, then: refer}}",
    "applies: 'within(stage, [basic])'",
    "applies: 'overlaps(stage, [basic])'",
]


def _asking(tmp_path: Path, text: str) -> list[Diagnostic]:
    file = tmp_path / "asking.yaml"
    facts = "{stage: {kind: level, levels: [basic, applied], several: true}, open: {kind: flag}}"
    file.write_text(
        f"collabscore: framework/1\nid: asking\nfacts: {facts}\n{text}\n", encoding="utf-8"
    )
    return [one for one in check(file).diagnostics if not one.code.startswith("unused")]


@pytest.mark.parametrize(("text", "place"), ASKED.values(), ids=ASKED)
def test_a_comparison_that_may_be_meant_of_all_answers_is_named(
    tmp_path: Path, text: str, place: str
) -> None:
    (one,) = _asking(tmp_path, text)
    assert (one.code, one.severity, marked(one)) == ("several-answers", "warning", place)
    assert one.message == (
        "a comparison of `stage` holds if any of its answers fits; with `not` or `!=`, if none does"
    )
    assert one.help == (
        "write `within(stage, [...])` to ask about all answers, or `overlaps(stage, [...])` to ask "
        "about any"
    )


@pytest.mark.parametrize("text", CLEAR)
def test_conditions_that_say_any_or_all_are_not_named(tmp_path: Path, text: str) -> None:
    assert _asking(tmp_path, text) == []


CONDITIONS = {
    "within-a-single-answer": (
        "within(lead, [soil])",
        ("unknown-name", "`lead` is not a set or a fact with `several: true`"),
        "choose from `stage`, `channel`, `fields`",
    ),
    "within-a-list": (
        "within(topics, [soil])",
        ("unknown-name", "`topics` is not a set or a fact with `several: true`"),
        "choose from `stage`, `channel`, `fields`",
    ),
    "misspelt": (
        "within(stage, [basic, aplied])",
        ("unknown-level", "`aplied` is not an answer to `stage`"),
        "did you mean `applied`?",
    ),
    "one-argument": (
        "within(stage)",
        ("condition-type", "`within(stage)` is not how `within` is used"),
        "write `within(stage, list)`; choose from `stage`, `channel`, `fields`",
    ),
    "a-list": (
        "overlaps(stage, topics)",
        ("condition-type", "`topics` is a list and cannot be compared"),
        "write `overlaps(fields, topics)`",
    ),
}


@pytest.mark.parametrize(("text", "said", "help"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_question_about_several_answers_that_cannot_be_read(
    text: str, said: tuple[str, str], help: str
) -> None:
    with pytest.raises(cs.models.conditions.ConditionError) as caught:
        cs.models.conditions.parse(text, FRAMEWORK.symbols)
    one = caught.value.diagnostic
    assert (one.code, one.message) == said
    assert one.help == help


# everything that reads answers


def test_a_list_in_a_column_is_all_of_several_answers_and_one_of_others() -> None:
    columns = {"stage": [["basic", "deployment"], "applied"], "lead": [["soil", "seas"], "chips"]}
    problem = Problem.from_columns(FRAMEWORK, columns)
    facts = FRAMEWORK.all_facts
    said = {
        key: [facts[key].words(problem.facts[key].answer_at(k)) for k in (0, 1)] for key in columns
    }
    assert said == {"stage": ["basic and deployment", "applied"], "lead": ["soil or seas", "chips"]}
    assert problem.facts["stage"].settled.tolist() == [True, True]
    assert problem.facts["lead"].settled.tolist() == [False, True]


ANSWERS: list[dict[str, Any]] = [
    {"stage": {"one_of": ["basic", ["applied", "deployment"]]}, "channel": {"all_of": ["funder", "company"]}},
    {"stage": {"at_least": ["applied"]}, "fields": {"one_of": [["soil"], ["chips", "grids"]]}},
    {"open": {"one_of": [True, False]}, "lead": {"value": {"one_of": ["soil", "chips"]}, "note": "asked"}},
]  # fmt: skip


@pytest.mark.parametrize("facts", ANSWERS)
def test_a_list_is_the_same_after_a_round_trip(facts: dict[str, Any]) -> None:
    loaded = cs.load_candidates([{"id": "a", "facts": facts}], FRAMEWORK)
    again = cs.load_candidates(json.loads(loaded.model_dump_json(exclude_none=True)), FRAMEWORK)
    assert again.candidates == loaded.candidates
    assert cs.score(again, FRAMEWORK).to_json() == cs.score(loaded, FRAMEWORK).to_json()
    given = [count for count in count_answers(loaded) if count.section == "facts" and count.given]
    assert len(given) == len(facts)


def test_results_say_several_answers_in_words() -> None:
    facts = {"stage": {"all_of": ["deployment", "basic"]}, "fields": {"one_of": [["soil"], ["chips", "grids"]]}}  # fmt: skip
    ranking = cs.score([{"id": "a", "facts": facts}], FRAMEWORK)
    other = {"a": {"stage": {"one_of": ["basic", ["applied", "deployment"]]}}}
    changed = cs.what_if(ranking, facts=other)
    assert changed.title == (
        'What if: "Stage" of "A": basic and deployment → basic; or applied and deployment'
    )
    listed = [{"id": "a", "facts": {**facts, **other["a"]}}]
    found = cs.diff(ranking, cs.score(listed, FRAMEWORK))
    assert list(found["a"].changes) == [
        "Stage: all of [basic, deployment] -> one of [[applied, deployment], basic]"
    ]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("basic", "basic"),
        (["applied"], "applied"),
        (["applied", "basic", "applied"], "basic and applied"),
        ({"value": ["applied", "basic"], "note": "so"}, "basic and applied"),
        ({"low": "basic", "high": "applied"}, "basic or applied"),
        ({"value": "unknown", "note": "asked"}, "unknown"),
    ],
)
def test_answers_written_before_a_fact_had_several_still_load(entry: Any, words: str) -> None:
    ranking = cs.score([{"id": "a", "facts": {"stage": entry}}], FRAMEWORK)
    assert known_of(ranking.problem, "stage", 0) == words


def test_only_combinations_that_no_single_answer_gives_are_asked_about() -> None:
    rules = {
        "use": {"when": "stage == basic and stage == deployment", "then": "outside"},
        "late": {"when": "stage >= applied", "then": "refer"},
    }
    facts = {
        "stage": {"kind": "level", "levels": ["basic", "applied", "deployment"], "several": True}
    }
    house = {"collabscore": "framework/1", "id": "house", "facts": facts, "guardrails": rules}
    framework = cs.load_framework(house)
    labels = [one.label for one in framework.answer_classes("stage", None)]
    both = "basic and deployment"
    assert labels == ["basic", "applied", "deployment", "basic and applied", both]
    ranking = cs.score([{"id": "a"}], framework)
    changes = cs.explain(ranking, "a").fact_changes
    outcomes = {change.answer: change.consequence.verdict for change in changes}
    assert outcomes == {"basic": "inside", both: "outside"}
