"""Each draw is a scoring: the framework with the drawn weights and choices, the candidates with the drawn ratings."""

from __future__ import annotations

import copy
import json
import random
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis.uncertainty import DrawBatch, Draws, choices_of_method
from collabscore.kernels.aggregation import Tree
from collabscore.models.weight_spaces import group_weights
from reference import generate

# as in test_against_oracle: doubles, some hundred operations
TOLERANCE = 1e-9
SPACES = ("exact", "within 40%", "order", "any")


def with_an_order(rng: random.Random) -> dict[str, Any]:
    while True:
        document = generate.any_framework(rng)
        if "criteria" in document and document.get("combine") != "none":
            return document


def criteria_of(document: dict[str, Any], group: str) -> dict[str, Any]:
    if group == "":
        return document["criteria"]
    found = dict(generate.entries(document["criteria"]))[group]["criteria"]
    assert isinstance(found, dict)
    return found


def drawn_framework(
    document: dict[str, Any], draws: Draws, sources: DrawBatch, row: int
) -> dict[str, Any]:
    """Write the weights and the choices of a draw into the framework."""
    changed = copy.deepcopy(document)
    for space, shares in zip(draws.groups, sources.shares, strict=True):
        children = criteria_of(changed, space.group)
        for key, share in zip(
            space.children,
            np.broadcast_to(shares, (len(sources), shares.shape[-1]))[row].tolist(),
            strict=True,
        ):
            children[key] = {**(children[key] or {}), "weight": share}
    for (choice, words), option in zip(
        draws.choices.items(), sources.options[row].tolist(), strict=True
    ):
        word = words[option]
        if choice == "missing":
            changed["missing"] = word
            for _, entry in generate.entries(changed["criteria"]):
                entry.pop("missing", None)
        elif choice == "combine":
            changed["combine"] = word
        elif word == "left out":
            del changed["guardrails"][choice.partition(":")[2]]
    return with_flags_for_known(changed)


def with_flags_for_known(document: dict[str, Any]) -> dict[str, Any]:
    """Ask a flag wherever a condition asks whether a criterion is rated: a draw rates none."""
    leaves = [
        key for key, entry in generate.entries(document["criteria"]) if "criteria" not in entry
    ]
    text = re.sub(rf"known\(({'|'.join(leaves)})\)", r"\1_was_rated", json.dumps(document))
    changed: dict[str, Any] = json.loads(text)
    facts = changed.setdefault("facts", {})
    facts |= {f"{key}_was_rated": {"kind": "flag"} for key in leaves}
    return changed


def drawn_candidates(
    listed: list[dict[str, Any]], draws: Draws, sources: DrawBatch, row: int
) -> list[dict[str, Any]]:
    """Write the ratings of a draw into the candidates; where unknown ones are a choice of method, they stay unknown."""
    changed = copy.deepcopy(listed)
    keep = "missing" in draws.choices
    for key, column in draws.problem.ratings.items():
        for candidate, unknown in zip(changed, column.unknown.tolist(), strict=True):
            candidate.setdefault("facts", {})[f"{key}_was_rated"] = not unknown
    for part in draws.uncertain:
        ratings = part.draw(sources.uniform[:, part.columns])[row].tolist()
        for candidate, rating, unknown in zip(part.rows, ratings, part.unknown, strict=True):
            if not (keep and unknown):
                changed[candidate].setdefault("ratings", {})[part.key] = rating
    return changed


@pytest.mark.parametrize("seed", range(160))
def test_a_draw_is_a_scoring(seed: int) -> None:
    rng = random.Random(seed)
    document = with_an_order(rng)
    listed = generate.candidates(rng, document, 5)
    ranking = cs.score(listed, document)
    framework = ranking.framework
    options = ["missing", "combine", *(f"guardrail:{key}" for key in framework.guardrails)]
    over = rng.sample(options, rng.choice([0, 0, min(2, len(options))]))
    draws = Draws(
        ranking.problem,
        group_weights(framework, rng.choice(SPACES)),
        seed,
        choices_of_method(over, framework),
    )
    sources = next(draws.batches())
    outcome = draws.outcomes(sources)
    ranks = outcome.ranks
    severity = np.broadcast_to(outcome.severity, ranks.shape)
    words = [*framework.all_verdicts, None]
    for row in rng.sample(range(256), 3):
        expected = cs.score(
            drawn_candidates(listed, draws, sources, row),
            drawn_framework(document, draws, sources, row),
        )
        places = [expected.place_of(candidate["id"]) for candidate in listed]
        scores = expected.scores[places]
        np.testing.assert_allclose(100 * outcome.values[row], scores, rtol=0, atol=TOLERANCE)
        verdicts = [words[code] for code in severity[row].tolist()]
        assert verdicts == expected.verdicts[places].tolist()
        tiers = np.broadcast_to(outcome.tiers, ranks.shape)[row]
        further = (ranks[row] > 0) & (tiers != expected.judgement.tiers)
        if not further.any():
            assert ranks[row].tolist() == expected.ranks[places].tolist()
        # a rating that may become known reaches further than a flag that says no
        assert asks_whether_rated(document, ranking) or not further.any()
        assert (tiers >= expected.judgement.tiers)[further].all()


def asks_whether_rated(document: dict[str, Any], ranking: cs.Ranking) -> bool:
    """Return whether a condition asks `known` of a criterion on which some candidate is not rated."""
    columns = ranking.problem.ratings
    unrated = [key for key, column in columns.items() if column.unknown.any()]
    text = json.dumps(document)
    return any(f"known({key})" in text for key in unrated)


def test_general_and_arithmetic_paths_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    flat = cs.score(
        [
            {"id": "a", "ratings": {"x": 2, "y": [1, 4]}},
            {"id": "b", "ratings": {"x": [1, 5], "y": 3}},
        ],
        {
            "collabscore": "framework/1",
            "id": "flat",
            "criteria": {
                "x": {"scale": {"range": [1, 5]}},
                "y": {"scale": {"range": [1, 5]}, "weight": 2},
            },
        },
    )
    draws = Draws(flat.problem, group_weights(flat.framework, "any"), 3)
    sources, variants = next(draws.batches()), draws.variants()
    assert variants.valuation.tree.arithmetic
    sums = draws.outcomes(sources).values
    monkeypatch.setattr(Tree, "arithmetic", False)
    means = variants.outcomes(draws.changes(sources)).values
    # a sum of two products
    np.testing.assert_allclose(sums, means, atol=4 * np.finfo(float).eps)


def test_groups_that_do_not_vary_have_one_set_of_weights() -> None:
    """All but those of the top as given: as where every draw repeats them."""
    ranking = cs.score("examples/proposed_projects.yaml")
    weights = {"": "any", "*": "exact"}
    draws = Draws(ranking.problem, group_weights(ranking.framework, weights), 3)
    batch = next(draws.batches())
    assert [part.ndim for part in batch.shares] == [2, *[1] * (len(draws.groups) - 1)]
    repeated = tuple(np.broadcast_to(part, (256, part.shape[-1])) for part in batch.shares)
    one, other = draws.outcomes(batch), draws.outcomes(replace(batch, shares=repeated))
    np.testing.assert_allclose(one.values, other.values, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(one.tiers, other.tiers)
    np.testing.assert_allclose(draws.leaf_weights(batch).sum(axis=1), 1, rtol=1e-12)
