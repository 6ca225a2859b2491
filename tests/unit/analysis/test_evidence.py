"""Findings with the clause, the facts and the safeguards behind them."""

from __future__ import annotations

import pytest

import collabscore as cs
from collabscore.analysis.evidence import backing_sentences
from collabscore.analysis.explanation import explain
from unit.small_framework import HOUSE, entry, ranking


@pytest.fixture
def house() -> cs.Ranking:
    return ranking()


def test_ratings_are_said_as_written(house: cs.Ranking) -> None:
    parts = {part.id: part for part in explain(house, "a").criteria}
    assert [parts[key].rating for key in ("benefit", "shared", "skills", "risk")] == [
        None,
        "5/5 (high)",
        "40%",
        "1 to 3",
    ]
    assert [parts[key].depth for key in ("benefit", "shared", "risk")] == [0, 1, 0]
    assert parts["benefit"].contribution == pytest.approx(
        (parts["shared"].contribution or 0) + (parts["skills"].contribution or 0), abs=1e-12
    )


def test_a_guardrail_names_its_clause_the_facts_and_the_safeguards(house: cs.Ranking) -> None:
    parts = {part.finding.guardrail: part for part in explain(house, "a").guardrails}
    papers = parts["papers"]
    # of an `or` that holds, what makes it hold; the budget does not
    assert [(fact.name, fact.answer) for fact in papers.decided] == [("stage", "near use")]
    assert (papers.finding.in_place, papers.finding.missing, papers.finding.planned) == (
        ("terms",),
        (("review",),),
        ("review",),
    )
    assert [(source.title, source.verified) for source in papers.sources] == [("A report", "no")]
    assert papers.verified == "no"
    harm = parts["harm"]
    assert [(s.clause, s.verified) for s in harm.sources] == [("article 3", "primary")]
    assert [(fact.title, fact.answer) for fact in harm.decided] == [("Harm", "no")]
    assert [(fact.name, fact.answer) for fact in parts["soft"].decided] == [
        ("score(benefit)", "63.2")
    ]
    assert [(fact.name, fact.answer) for fact in parts["field"].decided] == [
        ("touches", "soil science")
    ]
    assert parts["field"].basis == "judgement"


def test_what_is_open_is_what_decided(house: cs.Ranking) -> None:
    facts = {"harmful": False, "touches": {"at_least": ["soil"]}, "budget": [5, 20]}
    found = explain(cs.score([entry("a", facts=facts)], HOUSE), "a")
    parts = {part.finding.guardrail: part for part in found.guardrails}
    assert parts["papers"].finding.state == "unknown"
    assert [(fact.name, fact.answer) for fact in parts["papers"].decided] == [
        ("budget", "between 5 and 20 million"),
        ("stage", "unknown"),
    ]
    assert [fact.answer for fact in parts["field"].decided] == ["soil science, and perhaps more"]


def test_only_entries_with_evidence_or_remarks_are_worded(house: cs.Ranking) -> None:
    assert list(backing_sentences(house, "a")) == []
    stated = {
        "value": False,
        "basis": "judgement",
        "note": "Asked.",
        "by": "An office",
        "until": "2027",
    }
    review = {"id": "review", "status": "planned", "evidence": ["letter"]}
    listed = [entry("a", facts={"harmful": stated}, safeguards=["terms", review], note="Late")]
    document = {
        "collabscore": "candidates/1",
        "as_of": "2026-01-01",
        "sources": {"letter": {"title": "A letter"}},
        "candidates": listed,
    }
    assert list(backing_sentences(cs.score(document, HOUSE), "a")) == [
        "Harm: no. Basis: judgement. Note: Asked. Stated by: An office. Valid until: 2027.",
        "Review: planned. Evidence: A letter.",
        "Note: Late",
    ]
