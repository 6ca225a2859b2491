"""A small framework with every kind of fact and guardrail, and candidates for it."""

from __future__ import annotations

from typing import Any

import collabscore as cs

HOUSE = {
    "collabscore": "framework/1",
    "id": "house",
    "sources": {
        "accord": {"title": "An <accord>", "verified": "primary"},
        "hearsay": {"title": "A report", "date": "2020", "verified": "no"},
    },
    "scales": {
        "five": {"range": [1, 5], "levels": {1: "low", 5: "high"}},
        "part": {"range": [0, 100], "unit": "%"},
    },
    "criteria": {
        "benefit": {
            "criteria": {"shared": {"scale": "five"}, "skills": {"scale": "part"}},
            "combine": "geometric",
        },
        "risk": {"scale": "five", "prefer": "low"},
    },
    "lists": {"fields": {"items": {"soil": "Soil science", "chips": None}}},
    "facts": {
        "harmful": {"kind": "flag", "title": "Harm"},
        "stage": {"kind": "level", "levels": ["basic", "near_use"]},
        "touches": {"kind": "set", "of": "fields"},
        "budget": {"kind": "number", "unit": "million"},
    },
    "safeguards": {"terms": {"title": "Written terms"}, "review": {}},
    "conditions": {"large": "budget > 10"},
    "guardrails": {
        "harm": {
            "when": "harmful",
            "then": "outside",
            "source": {"id": "accord", "clause": "article 3"},
        },
        "papers": {
            "when": "large or stage == near_use",
            "needs": ["terms", "review"],
            "then": "refer",
            "source": "hearsay",
        },
        "soft": {
            "when": "score(benefit) < 30 and not has(review) and known(budget)",
            "then": "conditional",
        },
        "field": {"when": "includes(touches, chips)", "then": "refer", "basis": "judgement"},
    },
}


def entry(name: str, **changes: Any) -> dict[str, Any]:
    base = {
        "id": name,
        "ratings": {"shared": 5, "skills": 40, "risk": [1, 3]},
        "facts": {"harmful": False, "stage": "near_use", "touches": ["soil"], "budget": 3},
        "safeguards": ["terms", {"id": "review", "status": "planned"}],
    }
    return {**base, **changes}


def ranking() -> cs.Ranking:
    """Return three candidates: one to be referred, one inside, one outside."""
    calm = {"harmful": False, "stage": "basic", "touches": [], "budget": [1, 5]}
    barred = {"harmful": True, "stage": "basic", "budget": 1}
    return cs.score([entry("a"), entry("b", facts=calm), entry("c", facts=barred)], HOUSE)


# a framework of one criterion and one guardrail, and with a fact of each kind

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

# three criteria in no order of the alphabet

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
