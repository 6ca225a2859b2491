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
    text = found.to_text(100, detail="verbose")
    assert '- strict (no rule on "Meant for harm"): ● inside\n' in text


@pytest.mark.parametrize(
    ("unit", "safeguards", "severe", "said"),
    [
        ("project", [], "▲ refer", "missing: written terms"),
        ("project", ["terms"], "◆ conditional", "in place: written terms"),
        ("area", [], "◆ conditional", "needs: written terms"),
    ],
)
def test_safeguards_are_named(unit: str, safeguards: list[str], severe: str, said: str) -> None:
    found = compare([project("a", harm=True, unit=unit, safeguards=safeguards)], [STRICT, JOINT])
    text = found.to_text(200)
    assert f'{severe} by joint: "Papers"' in text
    assert f"- Facts: meant for harm: yes. {said.capitalize()}\n" in text


def test_a_guardrail_that_always_applies_rests_on_safeguards() -> None:
    always = {
        **JOINT,
        "id": "always",
        "guardrails": {"terms": {"title": "Terms", "needs": ["terms"], "then": "refer"}},
    }
    found = compare([project("a")], [always, STRICT, JOINT])
    text = found.to_text(200, detail="verbose")
    assert "- Required of every candidate. Missing: written terms\n" in text
    assert (
        'joint (its rule "Papers" also uses "Written terms"): ● inside (does not apply: meant for harm: no)\n'
        in text
    )
    assert 'strict (no rule on "Written terms"): ● inside' in text
    assert "- strict: ● inside; joint: ● inside\n" in found.to_text(200)


def test_what_only_the_scope_asks_for_is_said_so() -> None:
    about = {**LIGHTS, "id": "about", "applies": "stage >= applied"}
    found = compare([project("a", stage="applied")], [STRICT, about])
    text = found.to_text(200, detail="verbose")
    assert 'about (uses "Stage" only to decide whether it applies): ● green\n' in text


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
    text = compare([rated("a", 3, 5)], [by_score, STRICT, signed]).to_text(200, detail="verbose")
    assert "Facts: score on risk: 0.0; risk: 5. No safeguard can satisfy this rule\n" in text
    assert 'strict (no rule on "Score on risk" or "Risk"): ● inside\n' in text
    text = compare([rated("a", 3, 1)], [signed, STRICT, JOINT]).to_text(200, detail="verbose")
    assert "Facts: written terms: not in place. No safeguard can satisfy this rule\n" in text
    assert 'joint (its rule "Papers" also uses "Written terms"): ● inside' in text


def test_sides_that_rest_on_different_facts_are_told_apart() -> None:
    listed = [project("a", stage="applied", harm=True)]
    text = compare(listed, [STRICT, LIGHTS, JOINT]).to_text(200, detail="verbose")
    assert '✕ outside by strict, ✕ red by lights: "Basic work only", "No harm"' in text
    assert "- Facts for strict: stage: applied." in text
    assert "- Facts for lights: meant for harm: yes." in text
    assert '▲ refer (by "Papers"; does not apply: listed partner: no)' in text
    harm = {"title": "No harm", "when": "harm", "then": "outside"}
    text = compare(
        listed, [{**STRICT, "guardrails": {**STRICT["guardrails"], "harm": harm}}, JOINT]
    ).to_text(200)
    assert '- Facts for "Basic work only": stage: applied' in text
    assert '- Facts for "No harm": meant for harm: yes' in text


def test_safeguards_that_the_other_misses_are_named() -> None:
    text = compare([project("a", harm=True)], [LIGHTS, JOINT]).to_text(200, detail="verbose")
    assert (
        'joint (its rule "Papers" also uses "Meant for harm"): ▲ refer (not satisfied; missing: written terms)\n'
        in text
    )


def test_of_many_candidates_the_facts_of_some_are_read_and_it_says_so() -> None:
    found = compare([project(f"n{k}", stage="applied") for k in range(101)], [STRICT, LIGHTS])
    (reason,) = found.disagreements
    assert (len(reason.candidates), reason.looked_at) == (101, 100)
    assert "(of the first 100 candidates)" in found.to_text(100)
    all_read = compare([project(f"n{k}", stage="applied") for k in range(100)], [STRICT, LIGHTS])
    assert "of the first" not in all_read.to_text(100)


def test_frameworks_without_ranks_are_named() -> None:
    axes = {**STRICT, "id": "axes", "combine": "none"}
    text = compare([rated("a", 3, 3)], [JOINT, axes]).to_text(200, detail="verbose")
    assert "joint has no criteria: it gives verdicts and no ranks." in text
    assert "axes has no total score: it gives verdicts and no ranks." in text
    assert "Ranks are not compared: none of them gives ranks." in text
    assert "only strict gives ranks." in " ".join(
        compare([rated("a", 3, 3)], [JOINT, STRICT]).notes
    )
    assert "Tau-b" not in text


def test_all_tied_is_no_order() -> None:
    found = compare([rated("a", 3, 3), rated("b", 3, 3)], [STRICT, LIGHTS])
    assert "in one of them all candidates tie, so there is no tau-b." in found.notes[3]


def test_nothing_to_compare() -> None:
    about = {**LIGHTS, "id": "about", "applies": "harm"}
    found = compare([project("a")], [about, {**about, "id": "too"}])
    assert "No two of the frameworks judge the same one of 1 candidate:" in found.to_text(100)
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
    named = [note for note in notes if note.startswith("Not checked")]
    words = f"Not checked against a source in hearsay: {name.capitalize()}."
    assert named == [f"{words} Check these before you rely on them."]


def test_disagreements_are_as_many_as_asked_for() -> None:
    listed = [project(f"n{k}", stage="applied") for k in range(3)] + [project("h", harm=True)]
    result = compare(listed, [STRICT, LIGHTS])
    texts = [result.page(disagreements=most).to_text(200) for most in (0, 1, 2, None)]
    assert ["Why they disagree" in text for text in texts] == [False, True, True, True]
    shown = "1 of 2 reasons are shown. They cover 3 of the 4 candidates in dispute."
    assert [shown in text for text in texts] == [False, True, False, False]
    # one candidate for two reasons: the first of them covers it
    harm = {"title": "No harm", "when": "harm", "then": "outside"}
    both = {**STRICT, "guardrails": {**STRICT["guardrails"], "harm": harm}}
    listed = [project("a", stage="applied"), project("b", stage="applied", harm=True)]
    text = compare(listed, [both, JOINT]).page(disagreements=1).to_text(200)
    assert "1 of 2 reasons are shown. They cover all 2 candidates in dispute." in text


def test_the_answer_comes_first(found: Comparison) -> None:
    assert found.to_text(100).splitlines()[0] == "3 candidates"
    text = found.to_text(200)
    assert "The frameworks agree on 1 candidate and disagree on 2." in text
    assert 'By all frameworks, "A" can go ahead.' in text
    assert text.index("The frameworks agree") < text.index("Why they disagree")
    brief = found.to_text(200, detail="brief")
    assert "Why they disagree" not in brief
    assert "○" not in brief


def test_method_is_for_those_who_ask(found: Comparison) -> None:
    short, whole = found.to_text(100), found.to_text(100, detail="verbose")
    for words in ("Tau-b", "Brown and Benedetti", "vocabulary", "Issued by"):
        assert words not in short
    assert "Tau-b" in whole
    assert "Brown and Benedetti" in whole


def test_who_can_go_ahead_by_all_frameworks() -> None:
    listed = [project("a"), project("b"), project("c"), project("d", stage="applied")]
    for count, words in (
        (4, 'By all frameworks, "A", "B" and "C" can go ahead.'),
        (2, 'By all frameworks, "A" and "B" can go ahead.'),
    ):
        assert words in compare(listed[:count], [STRICT, LIGHTS]).to_text(200)
    many = [*listed, project("e")]
    assert "By all frameworks, 4 candidates can go ahead." in compare(
        many, [STRICT, LIGHTS]
    ).to_text(200)
    none = compare(listed[3:], [STRICT, LIGHTS]).to_text(200)
    assert "No candidate is known to go ahead by all frameworks that apply to it." in none


def test_one_legend_where_words_have_one_meaning_else_a_table(found: Comparison) -> None:
    alike = compare([project("a"), project("b", stage="applied")], [STRICT, JOINT]).to_text(200)
    assert "● inside: goes ahead; ✕ outside: does not go ahead\n" in alike
    assert "What the verdicts mean" not in alike
    other = {**LIGHTS, "id": "other", "verdicts": {"red": {}, "green": {"ranked": False}}}
    other |= {"guardrails": {}, "defaults": {}}
    # in one of them green goes ahead, in the other it does not
    flipped = {**other, "guardrails": {"harm": {"when": "harm", "then": "green"}}}
    listed = [project("a"), project("b", harm=True)]
    assert "What the verdicts mean" in compare(listed, [LIGHTS, flipped]).to_text(200)
    assert "What the verdicts mean" not in compare([], [LIGHTS, flipped]).to_text(200)


def test_ranks_are_counted_one_way() -> None:
    listed = [rated("out", 5, 1, harm=True)]  # ranked by the first alone, above all others
    listed += [rated(f"c{k}", value, 6 - value) for k, value in enumerate((1, 2, 3, 4, 5))]
    listed += [rated("low", 1, 5, stage="applied")]
    found = compare(listed, [STRICT, LIGHTS])
    ranks = {row.id: [answer.rank for answer in row.by.values()] for row in found.rows}
    (pair,) = found.pairs
    assert ranks["out"] == [1, None]
    assert pair.moves
    for move in pair.moves:
        assert [move.first, move.second] == ranks[move.id]
        assert move.by == move.first - move.second
    assert pair.moved == sum(1 for one, other in ranks.values() if one and other and one != other)
    text = found.to_text(100)
    assert f"strict and lights: 5 of {pair.moved}" in text or pair.moved <= 5
    for move in pair.moves[:5]:
        places = "1 place" if abs(move.by) == 1 else f"{abs(move.by)} places"
        assert f"{places} {'higher' if move.by > 0 else 'lower'}" in text
