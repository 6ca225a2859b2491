"""The impact of a changed framework against a slow oracle: two scores, compared in plain Python."""

from __future__ import annotations

import copy
import json
from collections import Counter
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import collabscore as cs
from collabscore.scoring.verdicts import ANSWERS, crosswalk
from reference import generate


def altered(rng: Random, document: dict[str, Any]) -> dict[str, Any]:
    """Drop, loosen, tighten, reorder and add rules of a framework, and change weights."""
    changed = copy.deepcopy(document)
    rules = dict(changed.get("guardrails", {}))
    verdicts = list(document.get("verdicts", ("inside", "conditional", "refer", "outside")))
    for key in list(rules):
        luck = rng.random()
        steps = rules[key].get("steps", [rules[key]])
        if luck < 0.15:
            del rules[key]
        elif "table" in rules[key]:
            continue
        elif luck < 0.5:
            step = rng.choice(steps)
            step["then"] = rng.choice(verdicts)
            step.pop("if_unknown", None)
            if "needs" in step:
                step["met"] = verdicts[0]
        elif luck < 0.6 and "when" in steps[0]:
            steps[0]["when"] = f"not ({steps[0]['when']})"
    facts = document.get("facts", {})
    flags = [key for key, fact in facts.items() if fact["kind"] == "flag"]
    if flags and verdicts[1:] and rng.random() < 0.5:
        rules["added"] = {"when": rng.choice(flags), "then": rng.choice(verdicts[1:])}
    if flags and rng.random() < 0.15:
        changed["applies"] = rng.choice(flags)
    changed["guardrails"] = generate.shuffled(rng, rules)
    if not rules:
        del changed["guardrails"]
    for _, entry in generate.entries(changed.get("criteria", {})):
        if rng.random() < 0.2 and not isinstance(entry.get("weight"), list):
            entry["weight"] = rng.randint(1, 9)
    return changed


class Oracle:
    """Verdicts of two frameworks on one scale, and the rule behind each change."""

    def __init__(self, old: cs.Framework, new: cs.Framework) -> None:
        self.frameworks = old, new
        lists = [list(framework.all_verdicts) for framework in self.frameworks]
        self.longer = max(lists, key=len)
        shorter = min(lists, key=len)
        self.shared = [key for key in self.longer if key in shorter] == shorter

    def severity(self, verdict: str | None, framework: cs.Framework) -> tuple[int, int]:
        if verdict is None:
            return (-1, -1)
        meaning = ANSWERS.index(crosswalk(framework)[verdict])
        return (self.longer.index(verdict) if self.shared else 0, meaning)

    def findings(self, found: cs.Assessment) -> dict[str, tuple[tuple[int, int], bool]]:
        framework = found.framework
        return {
            one.guardrail: (self.severity(one.verdict, framework), one.state != "clear")
            for one in found.findings
        }

    def clause(
        self, one: cs.Assessment, other: cs.Assessment
    ) -> tuple[str, str, str | None, bool] | None:
        """Return direction, cause and rule of a changed verdict, and whether it rests on several."""
        old, new = self.frameworks
        before, after = self.severity(one.verdict, old), self.severity(other.verdict, new)
        if before == after:
            return None
        direction = "stricter" if after > before else "milder"
        if one.verdict is None or other.verdict is None:
            return direction, "applies", None, False
        nothing = [
            (self.severity(next(iter(framework.all_verdicts)), framework), False)
            for framework in self.frameworks
        ]
        was, now = self.findings(one), self.findings(other)
        changed, alone, decides = [], [], []
        for key in dict.fromkeys((*new.guardrails, *old.guardrails)):
            (first, active), (second, active_now) = (
                was.get(key, nothing[0]),
                now.get(key, nothing[1]),
            )
            if first == second or not (active or active_now):
                continue
            changed.append(key)
            rest = [severity for other_key, (severity, _) in was.items() if other_key != key]
            if max([second, *rest]) == after:
                alone.append(key)
            if (direction == "stricter" and second == after) or (
                direction == "milder" and first > after
            ):
                decides.append(key)
        for choice in (alone, decides, changed):
            if choice:
                return direction, "guardrail", choice[0], len(alone) != 1
        return direction, "together", None, True


def lists_for(rng: Random, document: dict[str, Any]) -> list[list[dict[str, Any]]]:
    return [generate.candidates(rng, document, rng.randint(1, 6)) for _ in range(rng.randint(1, 3))]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_the_impact_is_that_of_two_scores(seed: int) -> None:
    rng = Random(seed)
    document = generate.any_framework(rng)
    lists = lists_for(rng, document)
    old, new = cs.load_framework(document), cs.load_framework(altered(rng, document))
    found = cs.impact(lists, old, new)
    oracle = Oracle(old, new)
    clauses: Counter[tuple[str, str | None]] = Counter()
    several: Counter[tuple[str, str | None]] = Counter()
    rows = {(row.list, row.id): row for row in found.rows}
    total = 0
    for number, listed in enumerate(lists, 1):
        before, after = cs.score(listed, old), cs.score(listed, new)
        for candidate in before:
            total += 1
            now = after[candidate.id]
            row = rows.get((f"list {number}", candidate.id))
            wanted = oracle.clause(candidate, now)
            if row is None:
                assert wanted is None
                assert (candidate.rank, candidate.band) == (now.rank, now.band)
                continue
            assert (row.old_verdict, row.new_verdict) == (candidate.verdict, now.verdict)
            assert (row.old_rank, row.new_rank) == (candidate.rank, now.rank)
            assert (row.old_band, row.new_band) == (candidate.band, now.band)
            if wanted is None:
                assert row.direction is None
                continue
            direction, cause, guardrail, rests = wanted
            assert (row.direction, row.cause, row.guardrail) == (direction, cause, guardrail)
            assert row.several is rests
            clauses[direction, guardrail or cause] += 1
            several[direction, guardrail or cause] += rests
    for direction in ("stricter", "milder"):
        by_clause: Counter[str | None] = Counter()
        for clause in found.clauses:
            by_clause[clause.guardrail or clause.cause] += getattr(clause, direction)
        wanted_counts = {key: n for (way, key), n in clauses.items() if way == direction}
        assert {key: n for key, n in by_clause.items() if n} == wanted_counts
        assert found.counts[direction] == sum(wanted_counts.values())
    counts = found.counts
    assert counts["candidates"] == total
    assert counts["verdict"] == sum(clauses.values()) == counts["stricter"] + counts["milder"]
    assert counts["several"] == sum(several.values())
    assert counts["several"] == sum(clause.several for clause in found.clauses)
    assert sum(move["candidates"] for move in found.body()["moves"]) == counts["verdict"]
    assert json.loads(found.to_json())["counts"] == counts


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_a_framework_has_no_impact_on_itself(seed: int) -> None:
    rng = Random(seed)
    document = generate.any_framework(rng)
    found = cs.impact(lists_for(rng, document), document, copy.deepcopy(document))
    assert (found.rows, found.clauses, found.framework_changes) == ((), (), ())
    changed = {key for key, count in found.counts.items() if count}
    assert changed <= {"candidates", "open_still"}
    assert "none would get another verdict" in str(found)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_the_way_back_is_the_opposite(seed: int) -> None:
    rng = Random(seed)
    document = generate.any_framework(rng)
    lists = lists_for(rng, document)
    other = altered(rng, document)
    there, back = cs.impact(lists, document, other), cs.impact(lists, other, document)
    for key, opposite in (
        ("stricter", "milder"),
        ("go_ahead_newly", "go_ahead_no_longer"),
        ("ranked_newly", "ranked_no_longer"),
        ("rank_better", "rank_worse"),
        ("band", "band"),
        ("open_newly", "open_no_longer"),
    ):
        assert there.counts[key] == back.counts[opposite]
        assert there.counts[opposite] == back.counts[key]
