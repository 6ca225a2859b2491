"""Sentences of what-if pages, held to the ranking of a list that is written so."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import collabscore as cs

DOCUMENT: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "scales": {"five": {"range": [1, 5]}},
    "criteria": {
        "gain": {"criteria": {"a": {"scale": "five"}, "b": {"scale": "five", "weight": 2}}},
        "risk": {"scale": "five", "prefer": "low", "missing": "worst"},
    },
    "facts": {"harmful": {"kind": "flag"}, "stage": {"kind": "level", "levels": ["x", "y", "z"]}},
    "safeguards": {"review": {}},
    "guardrails": {
        "harm": {"when": "harmful", "then": "outside"},
        "late": {"when": "stage >= y", "needs": ["review"], "then": "refer"},
    },
}
FRAMEWORK = cs.load_framework(DOCUMENT)
PARTS = 10


def random_entry(random: np.random.Generator, name: str) -> dict[str, Any]:
    ratings = {key: int(random.integers(1, 6)) for key in ("a", "b", "risk")}
    facts = {
        "harmful": [False, False, "unknown", True][random.integers(4)],
        "stage": ["x", "y", "z", "unknown"][random.integers(4)],
    }
    safeguards = ["review"] if random.random() < 0.5 else []
    return {"id": name, "ratings": ratings, "facts": facts, "safeguards": safeguards}


def counted(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_counted_is_so(part: int) -> None:
    for seed in range(part, 1000, PARTS):
        random = np.random.default_rng(seed)
        listed = [random_entry(random, f"c{k}") for k in range(random.integers(1, 9))]
        changes = {
            entry["id"]: random_entry(random, entry["id"])
            for entry in listed
            if random.random() < 0.4
        }
        before = cs.score(listed, FRAMEWORK)
        changed = cs.what_if(
            before,
            ratings={name: entry["ratings"] for name, entry in changes.items()},
            facts={name: entry["facts"] for name, entry in changes.items()},
            safeguards={name: entry["safeguards"] for name, entry in changes.items()},
        )
        after = cs.score([changes.get(entry["id"], entry) for entry in listed], FRAMEWORK)
        was, now = ({found.id: found for found in ranking} for ranking in (before, after))
        pairs = [(was[name], now[name]) for name in before.ids]
        ranks = sum(old.rank != new.rank for old, new in pairs)
        verdicts = sum(old.verdict != new.verdict for old, new in pairs)
        scores = sum(abs((old.score or 0) - (new.score or 0)) > 1e-9 for old, new in pairs)
        text = " ".join(changed.to_text(detail="verbose").split())
        assert counted(text, r"the rank changes for (\d+) of") == ranks, seed
        if ranks:
            stay = counted(text, r"the rank changes for .*? and stays for (\d+)\. ")
            assert stay == len(pairs) - ranks, seed
            assert counted(text, r"The verdict changes for (\d+)\.") == verdicts, seed
        else:
            assert counted(text, r"the verdict changes for (\d+) of") == verdicts, seed
            if not verdicts:
                assert counted(text, r"the score changes for (\d+) cand") == scores, seed
        first = [new for _, new in pairs if new.rank == 1]
        if len(first) == 1 and f'"{first[0].title}" is ' in text:
            led = [old.title for old, _ in pairs if old.rank == 1]
            assert ("is still first" in text) == (led == [first[0].title]), seed
        for row in changed.records():
            old, new = was[row["id"]], now[row["id"]]
            assert (row["rank_before"], row["rank_after"]) == (old.rank, new.rank)
            assert (row["verdict_before"], row["verdict_after"]) == (old.verdict, new.verdict)
            moves = [why for why in row["why"] if why.startswith("score ")]
            for why in moves:
                total = float(why.partition(" (")[0].removeprefix("score "))
                assert total == pytest.approx(round(new.score - old.score, 1))  # type: ignore[operator]
                parts = re.findall(r'(?:"[^"]+"|all else) ([+-][\d.]+)', why)
                assert sum(map(float, parts)) == pytest.approx(total)
