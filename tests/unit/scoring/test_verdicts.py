"""Verdicts, their reasons in words, and ranks."""

from __future__ import annotations

from typing import Any

import collabscore as cs

BASE: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "x",
    "scales": {"five": {"range": [1, 5]}},
    "criteria": {"benefit": {"scale": "five"}},
    "lists": {"fields": {"items": ["a", {"b": None}][:1]}},
    "facts": {"wet": {"kind": "flag"}},
    "safeguards": {"review": {}},
    "guardrails": {"dry": {"when": "wet", "needs": ["review"], "then": "refer"}},
}


FACTS: dict[str, Any] = {
    **BASE,
    "lists": {"fields": {"items": ["a", "b"]}},
    "facts": {
        "wet": {"kind": "flag"},
        "stage": {"kind": "level", "levels": ["one", "two", "three"]},
        "lead": {"kind": "choice", "options": ["x", "y"]},
        "budget": {"kind": "number", "minimum": 0, "maximum": 9},
        "about": {"kind": "set", "of": "fields"},
    },
}


def test_reasons_in_words() -> None:
    framework = {
        **FACTS,
        "sources": {"s": {"title": "S"}},
        "safeguards": {"review": {}, "plan": {"title": "A plan"}},
        "guardrails": {
            "rule": {
                "when": "wet",
                "needs": ["review", ["plan", "review"]],
                "then": "refer",
                "source": "s",
            },
            "soft": {
                "when": "stage >= two",
                "needs": ["plan"],
                "then": "conditional",
                "met": "inside",
            },
            "other": {
                "when": "budget > 5",
                "needs": ["plan"],
                "then": "conditional",
                "met": "inside",
            },
        },
        "standing": ["plan"],
    }
    listed = [
        {
            "id": "a",
            "facts": {"wet": "yes", "stage": "two", "budget": 1},
            "safeguards": [{"id": "plan", "status": "planned"}],
        },
        {"id": "b", "facts": {"wet": "unknown", "stage": "one", "budget": 9}, "unit": "area"},
        {
            "id": "c",
            "facts": {"wet": "yes", "stage": "one", "budget": 1},
            "safeguards": ["review", "plan"],
        },
        {"id": "d", "facts": {"wet": "no", "stage": "two", "budget": 1}, "unit": "area"},
        {"id": "e", "facts": {"wet": "yes", "stage": "one"}},
    ]
    ranking = cs.score(listed, framework)
    text = ranking.table().to_text(200)
    lines = [line for line in text.splitlines() if line and line[:1] in "●◆▲✕"]
    assert lines == [
        "◆ B (conditional): Rule: to be put in place: review, A plan or review; also to be put in place: A plan.",
        "◆ C (conditional): Rule: met by review, A plan, review.",
        "● D (inside): to be put in place: A plan.",
        "▲ A (refer): Rule: missing: review, A plan or review (planned, does not count yet); also missing: A plan (planned, does not count yet).",
        "▲ E (refer): Rule: missing: review, A plan or review; also open: `budget`.",
    ]
    assert "Not verified: Rule." in text
    assert "Asked of every project, changing no verdict: A plan (missing for 2)." in text
    assert ranking["a"].standing == ("plan",)
    assert ranking["b"].standing == ()


FIVE = {"range": [1, 5]}


def framework(**changes: object) -> dict[str, object]:
    return {
        "collabscore": "framework/1",
        "id": "small",
        "scales": {"five": FIVE},
        "criteria": {
            "zeal": {"scale": "five", "weight": 3},
            "benefit": {"scale": "five", "weight": 1},
            "risk": {"scale": "five", "prefer": "low", "weight": 1},
        },
        "facts": {"weapons": {"kind": "flag"}},
        "guardrails": {"no_weapons": {"when": "weapons", "then": "outside"}},
        **changes,
    }


def candidate(name: str, **ratings: object) -> dict[str, object]:
    return {"id": name, "ratings": ratings, "facts": {"weapons": "no"}}


def zealous(**zeal: int) -> list[dict[str, object]]:
    return [candidate(name, zeal=rating, benefit=3, risk=3) for name, rating in zeal.items()]


FULL = {"zeal": 5, "benefit": 1, "risk": 5}


def test_an_unranked_verdict_has_no_rank_whatever_the_score() -> None:
    best = {"id": "x", "ratings": {"zeal": 5, "benefit": 5, "risk": 1}, "facts": {"weapons": "yes"}}
    ranking = cs.score([best, candidate("a", zeal=1, benefit=1, risk=5)], framework())
    assert (ranking["x"].score, ranking["x"].rank, ranking["x"].verdict) == (100.0, None, "outside")
    assert ranking["a"].rank == 1


def test_an_unknown_fact_is_never_fine() -> None:
    ranking = cs.score([{"id": "a", "ratings": FULL}], framework())
    found = ranking["a"]
    assert found.verdict == "refer"
    assert found.verdict_range == ("inside", "outside")
    assert found.findings[0].unknown == ("weapons",)


def test_the_table_says_which_direction_is_good_and_drops_no_row() -> None:
    barred = {"id": "x", "ratings": FULL, "facts": {"weapons": "yes"}}
    ranking = cs.score([candidate("a", **FULL), barred], framework())
    text = str(ranking.table())
    assert "▼" in text
    assert "100 is the good end" in text
    assert {row["id"] for row in ranking.table().to_records()} == {"a", "x"}
    assert "no safeguard would meet it" in text
