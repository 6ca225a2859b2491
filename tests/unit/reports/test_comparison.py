"""The page of a comparison."""

from __future__ import annotations

from typing import Any

import pytest

from collabscore.analysis.comparison import Comparison, compare
from unit.comparisons import AREAS, COMMON, JOINT, LIGHTS, STRICT, project, rated


@pytest.fixture(scope="module")
def found() -> Comparison:
    listed = [
        rated("a", 5, 1),
        rated("b", 2, 3, stage="applied", title="B <b>"),
        rated("=c", 3, 5, harm=True),
    ]
    return compare(listed, [STRICT, LIGHTS])


def test_reason_says_that_the_other_does_not_ask() -> None:
    found = compare([project("a", harm=True)], [STRICT, LIGHTS])
    assert "`strict`, which does not ask for meant for harm: ● inside." in found.to_text(100)


@pytest.mark.parametrize(
    ("unit", "safeguards", "severe", "said"),
    [
        ("project", [], "▲ refer", "missing: written terms"),
        ("project", ["terms"], "◆ conditional", "in place: written terms"),
        ("area", [], "◆ conditional", "to be put in place: written terms"),
    ],
)
def test_safeguards_are_named(unit: str, safeguards: list[str], severe: str, said: str) -> None:
    found = compare([project("a", harm=True, unit=unit, safeguards=safeguards)], [STRICT, JOINT])
    text = found.to_text(200)
    assert f"{severe} by `joint`: Papers" in text
    assert f"Because of meant for harm: yes; {said}." in text


def test_a_guardrail_that_always_applies_rests_on_safeguards() -> None:
    always = {
        **JOINT,
        "id": "always",
        "guardrails": {"terms": {"title": "Terms", "needs": ["terms"], "then": "refer"}},
    }
    text = compare([project("a")], [always, STRICT, JOINT]).to_text(200)
    assert "Asked of every candidate; missing: written terms." in text
    assert (
        '`joint`, where "Papers" asks for written terms too: ● inside (does not apply, with meant for harm: no).'
        in text
    )
    assert "`strict`, which does not ask for written terms: ● inside." in text


def test_what_only_the_scope_asks_for_is_said_so() -> None:
    about = {**LIGHTS, "id": "about", "applies": "stage >= applied"}
    text = compare([project("a", stage="applied")], [STRICT, about]).to_text(200)
    assert "`about`, which asks for stage only to tell whether it is about it: ● green." in text


def test_scores_ratings_and_safeguards_are_reasons_too() -> None:
    by_score = {
        **STRICT,
        "id": "by-score",
        "guardrails": {
            "low": {
                "title": "Not too risky",
                "when": "score(risk) < 50 or risk >= 4",
                "then": "outside",
            }
        },
    }
    signed = {
        **JOINT,
        "id": "signed",
        "guardrails": {"sign": {"title": "Signed", "when": "not has(terms)", "then": "refer"}},
    }
    text = compare([rated("a", 3, 5)], [by_score, STRICT, signed]).to_text(200)
    assert "Because of score on risk: 0.0; risk: 5; no safeguard would meet it." in text
    assert "`strict`, which does not ask for score on risk or risk: ● inside." in text
    text = compare([rated("a", 3, 1)], [signed, STRICT, JOINT]).to_text(200)
    assert "Because of written terms: not in place; no safeguard would meet it." in text
    assert '`joint`, where "Papers" asks for written terms too: ● inside' in text


def test_sides_that_rest_on_different_facts_are_told_apart() -> None:
    listed = [project("a", stage="applied", harm=True)]
    text = compare(listed, [STRICT, LIGHTS, JOINT]).to_text(200)
    assert "✕ outside by `strict`, ✕ red by `lights`: Basic work only; No harm" in text
    assert "- `strict`: because of stage: applied;" in text
    assert "- `lights`: because of meant for harm: yes;" in text
    assert '▲ refer (by "Papers"; does not apply, with listed partner: no)' in text
    harm = {"title": "No harm", "when": "harm", "then": "outside"}
    text = compare(
        listed, [{**STRICT, "guardrails": {**STRICT["guardrails"], "harm": harm}}, JOINT]
    ).to_text(200)
    assert '- "Basic work only": because of stage: applied' in text
    assert '- "No harm": because of meant for harm: yes' in text


def test_safeguards_that_the_other_misses_are_named() -> None:
    text = compare([project("a", harm=True)], [LIGHTS, JOINT]).to_text(200)
    assert (
        '`joint`, where "Papers" asks for meant for harm too: ▲ refer (not met; missing: written terms).'
        in text
    )


def test_of_many_candidates_the_facts_of_some_are_read_and_it_says_so() -> None:
    found = compare([project(f"n{k}", stage="applied") for k in range(101)], [STRICT, LIGHTS])
    (reason,) = found.disagreements
    assert (len(reason.candidates), reason.looked_at) == (101, 100)
    assert "(facts of the first 100)" in found.to_text(100)


def test_frameworks_without_ranks_are_named() -> None:
    axes = {**STRICT, "id": "axes", "combine": "none"}
    text = compare([rated("a", 3, 3)], [JOINT, axes]).to_text(200)
    assert "`joint` only gates: it gives verdicts and no ranks." in text
    assert "`axes` makes no total score: it gives verdicts and no ranks." in text
    assert "Orders are not compared: none of them gives ranks." in text
    assert "`strict` alone gives ranks" in compare([rated("a", 3, 3)], [JOINT, STRICT]).to_text(200)
    assert "Tau-b" not in text


def test_all_tied_is_no_order() -> None:
    found = compare([rated("a", 3, 3), rated("b", 3, 3)], [STRICT, LIGHTS])
    assert "one of them ranks all alike" in found.to_text(200)


def test_nothing_to_compare() -> None:
    about = {**LIGHTS, "id": "about", "applies": "harm"}
    found = compare([project("a")], [about, {**about, "id": "too"}])
    assert "nothing to compare" in found.to_text(100)
    assert found.disagreements == ()


def test_no_label_escapes(found: Comparison) -> None:
    assert "<b>" not in found.to_html().replace("&lt;b&gt;", "")
    assert "<b>" not in found.to_markdown()
    assert "B &lt;b&gt;" in found._repr_html_()


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_text_keeps_to_its_width(width: int) -> None:
    found = compare(
        AREAS, ["guardrail", COMMON, {**COMMON, "id": "a-rather-long-name"}, {**COMMON, "id": "d"}]
    )
    assert max(map(len, found.to_text(width).splitlines())) <= width


UNVERIFIED: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "hearsay",
    "sources": {"talk": {"title": "Talk", "verified": "no"}},
    "criteria": {"gain": {"scale": {"range": [1, 5]}}},
    "lists": {"lands": {"items": {"here": {}}}},
    "facts": {"land": {"kind": "set", "of": "lands"}},
    "safeguards": {"terms": {}},
    "conditions": {"near": "overlaps(land, lands)"},
    "guardrails": {"papers": {"when": "near", "needs": ["terms"], "then": "refer"}},
}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("criteria", "gain"),
        ("lists", "lands"),
        ("facts", "land"),
        ("safeguards", "terms"),
        ("conditions", "near"),
        ("guardrails", "papers"),
    ],
)
def test_every_kind_of_element_that_is_not_verified_is_named(kind: str, name: str) -> None:
    element = UNVERIFIED[kind][name]
    if isinstance(element, str):
        element = {"when": element}
    framework = {**UNVERIFIED, kind: {name: {**element, "source": "talk"}}}
    notes = compare([{"id": "a"}], [framework, {**UNVERIFIED, "id": "checked"}]).notes
    named = [note for note in notes if note.startswith("Not verified")]
    assert named == [
        f"Not verified in `hearsay`: {name.capitalize()}. What rests on these is checked first."
    ]


def test_disagreements_are_as_many_as_asked_for() -> None:
    listed = [project(f"n{k}", stage="applied") for k in range(3)] + [project("h", harm=True)]
    result = compare(listed, [STRICT, LIGHTS])
    texts = [result.page(disagreements=most).to_text(200) for most in (0, 1, 2, None)]
    assert ["Where they disagree" in text for text in texts] == [False, True, True, True]
    shown = (
        "Shown are 1 of 2 reasons; they hold 3 of the 4 candidates on which frameworks disagree."
    )
    assert [shown in text for text in texts] == [False, True, False, False]
