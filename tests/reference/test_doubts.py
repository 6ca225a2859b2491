"""Answers in doubt, judged by scoring lists as given and as open; neither a lie nor delay pays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import pytest

import collabscore as cs
from reference import open_answers
from reference.generate import Document

FRAMEWORKS, BLOCKS = 48, 2
DAY, PAST = "2026-01-01", "2020"


def answers_to(fact: Document) -> list[Any]:
    """Return some answers to a fact; none to a set."""
    match fact["kind"]:
        case "flag":
            return [True, False]
        case "number":
            return [3, 4]
        case "level" | "choice":
            return list(fact.get("levels") or fact["options"])
    return []


def question(rng: Random, fact: Document, key: str) -> str:
    """Return a simple condition about a fact."""
    answer = rng.choice(answers_to(fact))
    if fact["kind"] == "flag":
        return key if answer else f"not {key}"
    return f"{key} <= {answer}" if fact["kind"] == "number" else f"{key} == '{answer}'"


def generated(number: int) -> tuple[Document, list[Document]]:
    """Return a framework with up to three contradictions of two facts each, and candidates."""
    rng = Random(number)
    document, candidates = open_answers.generated(number)
    facts = {key: fact for key, fact in document["facts"].items() if answers_to(fact)}
    found = {}
    for k in range(rng.choice([0, 1, 2, 3]) if len(facts) > 1 else 0):
        pair = rng.sample(list(facts), 2)
        when = " and ".join(question(rng, facts[key], key) for key in pair)
        found[f"odd_{k}"] = {"when": when, "doubts": rng.sample(pair, rng.choice([1, 2]))}
    for candidate in candidates:
        for key, fact in facts.items():
            if rng.random() < 0.6:
                candidate["facts"][key] = rng.choice(answers_to(fact))
    return {**document, "contradictions": found}, candidates


def expired(entry: Any) -> Any:
    """Return an entry that has expired."""
    if isinstance(entry, list) and not isinstance(entry[:1], str):
        return {"value": entry, "until": PAST}
    return {**(entry if isinstance(entry, Mapping) else {"value": entry}), "until": PAST}


def scored(document: Document, candidates: list[Document]) -> cs.Ranking:
    return cs.score({"as_of": DAY, "candidates": candidates}, document)


def outcome(ranking: cs.Ranking, name: str) -> tuple[int, ...]:
    """Return the verdict and the ends of its range by position; -1 for no verdict."""
    judgement, row = ranking.judgement, int(ranking.order[ranking.place_of(name)])
    if not judgement.applicable[row]:
        return -1, -1, -1
    return tuple(
        int(codes[row]) for codes in (judgement.severity, judgement.mild, judgement.severe)
    )


def place(ranking: cs.Ranking, name: str) -> tuple[float, ...] | None:
    """Return the place of a candidate, the first one the smallest; None without a rank."""
    verdict, mild, severe = outcome(ranking, name)
    verdicts = list(ranking.framework.all_verdicts.values())
    if verdict < 0 or not verdicts[verdict].ranked:
        return None
    possible = verdicts[mild : severe + 1]
    tier = max(one.tier for one in possible if one.ranked)
    score = float(ranking.scores[ranking.place_of(name)])
    return tier, not possible[-1].ranked, 0.0 if math.isnan(score) else -round(score, 9)


def in_doubt(ranking: cs.Ranking, name: str) -> set[str]:
    row = ranking.order[ranking.place_of(name)]
    return {key for key, flags in ranking.judgement.doubted.items() if flags[row]}


def doubted_by_rules(document: Document, candidates: list[Document]) -> dict[str, set[str]]:
    """Return the facts of each candidate that are in doubt: contradictions are rules of their own."""
    contradictions = document["contradictions"]
    rules = {key: {"when": one["when"], "then": "refer"} for key, one in contradictions.items()}
    asking = {key: document[key] for key in ("facts", "lists") if key in document}
    asking |= {"collabscore": "framework/1", "id": "asking", "guardrails": rules}
    answers = [{"id": one["id"], "facts": one["facts"]} for one in candidates]
    found: dict[str, set[str]] = {}
    for one in cs.score(answers, asking):
        found[one.id] = set()
        for finding in one.findings:
            if finding.state != "clear":
                found[one.id].update(contradictions[finding.guardrail]["doubts"])
    return found


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_more_severe_of_both_readings_counts(block: int) -> None:
    differing = 0
    for number in range(block, FRAMEWORKS, BLOCKS):
        rng = Random(-number)
        document, candidates = generated(number)
        doubted = doubted_by_rules(document, candidates)
        dated, opened = [], []
        for candidate in candidates:
            facts, doubts = candidate["facts"], doubted[candidate["id"]]
            old = {key for key in facts if rng.random() < 0.3}
            aged = {key: expired(facts[key]) if key in old else facts[key] for key in facts}
            kept = {key: facts[key] for key in facts if key not in old | doubts}
            dated.append({**candidate, "facts": aged})
            opened.append({**candidate, "facts": kept})
        ranking, plain = scored(document, dated), {**document, "contradictions": {}}
        given, as_open = scored(plain, candidates), scored(plain, opened)
        for name in ranking.ids:
            one, other = outcome(given, name), outcome(as_open, name)
            expected = max(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2])
            if (-1 in one) == (-1 in other):
                assert outcome(ranking, name) == expected, (number, name)
            else:  # the framework is about it by one of the readings, and so by both
                assert outcome(ranking, name) >= max(one, other), (number, name)
            assert in_doubt(ranking, name) <= doubted[name], (number, name)
            differing += one != other
    assert differing > FRAMEWORKS / BLOCKS / 6


def delays(candidate: Document) -> Iterator[Document]:
    """Yield a candidate with each of its entries expired."""
    for section in ("facts", "ratings"):
        for key, entry in candidate[section].items():
            if isinstance(entry, list) and section == "ratings":
                entry = {"low": entry[0], "high": entry[1]}
            yield {**candidate, section: {**candidate[section], key: expired(entry)}}
    for k, entry in enumerate(candidate.get("safeguards", ())):
        placed = [*candidate["safeguards"]]
        placed[k] = expired({"id": entry} if isinstance(entry, str) else entry)
        yield {**candidate, "safeguards": placed}


def lies(candidate: Document, document: Document) -> Iterator[Document]:
    """Yield a candidate with another answer to each fact in words."""
    for key, answer in candidate["facts"].items():
        for other in answers_to(document["facts"][key]):
            if other != answer:
                yield {**candidate, "facts": {**candidate["facts"], key: other}, "tags": [key]}


def better_places(
    ranking: cs.Ranking, honest: str, changed: list[str]
) -> Iterator[tuple[str, object, object]]:
    """Yield changes that gave an earlier place than the honest answers, unless they gave none."""
    before = place(ranking, honest)
    for name in changed:
        after = place(ranking, name)
        if before is not None and after is not None and after < before:
            yield name, before, after


@pytest.mark.parametrize("missing", ["average", "worst", "omit"])
def test_letting_answers_expire_does_not_pay(missing: str) -> None:
    tried = 0
    for number in range(FRAMEWORKS // 2):
        document, (honest, *_) = generated(number)
        document["missing"] = missing
        listed = [{**one, "id": f"late {k}"} for k, one in enumerate(delays(honest))]
        ranking = scored(document, [honest, *listed])
        names = [one["id"] for one in listed]
        assert list(better_places(ranking, honest["id"], names)) == [], number
        tried += len(names)
    assert tried > FRAMEWORKS


def test_an_answer_that_contradicts_others_does_not_pay() -> None:
    tried = 0
    for number in range(FRAMEWORKS):
        document, candidates = generated(number)
        for honest in candidates[:1]:
            listed = [{**one, "id": f"lie {k}"} for k, one in enumerate(lies(honest, document))]
            ranking = scored(document, [honest, *listed])
            if in_doubt(ranking, honest["id"]):
                continue
            names = [one["id"] for one in listed if one["tags"][0] in in_doubt(ranking, one["id"])]
            assert list(better_places(ranking, honest["id"], names)) == [], number
            tried += len(names)
    assert tried > FRAMEWORKS / 8
