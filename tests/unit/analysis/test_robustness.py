"""Robustness: what is refused, what is said, and that large sets are counted as small ones are."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.analysis import robustness as counting
from collabscore.kernels.ranking import TOLERANCE, ranks_in_draws
from collabscore.scoring.problem import Problem
from collabscore.scoring.ranking import rank
from collabscore.scoring.variants import Outcomes
from unit.work import growth, instructions_of

SCALE = {"range": [0, 10]}
TWO = {
    "collabscore": "framework/1",
    "id": "two",
    "criteria": {"x": {"scale": SCALE}, "y": {"scale": SCALE}},
}
PAIR = [{"id": "a", "ratings": {"x": 9, "y": 1}}, {"id": "b", "ratings": {"x": 1, "y": 8}}]


def pair(**more: object) -> cs.Ranking:
    return cs.score(PAIR, TWO | more)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"draws": 0}, r"draws: `0` is out of range; give one from 1 to 10,000,000"),
        ({"draws": -3}, "draws: `-3` is out of range"),
        ({"draws": 10**9}, "to 10,000,000"),
        ({"seed": -1}, "seed: `-1` is out of range; give 0 or more"),
        ({"top": 3}, "top: `3` is out of range; give one from 1 to 2, the number of candidates"),
        ({"top": 0}, "top: `0` is out of range; give one from 1 to 2"),
        ({"precision": 0.0}, "precision: `0.0` is not"),
        ({"precision": 1e-9}, "which takes 10,000,000 draws"),
        ({"precision": float("nan")}, "precision: `nan` is not"),
        ({"weights": "odrer"}, "did you mean `order`"),
        ({"weights": "within 200%"}, "at most 100 per cent"),
        ({"weights": {"xx": "any"}}, "`xx` is not a group"),
        ({"method_choices": ["mising"]}, "did you mean `missing`"),
        ({"method_choices": ["guardrail:none"]}, "is not a choice of method"),
        ({"method_choices": "mising"}, "did you mean `missing`"),
        ({"method_choices": ""}, "`` is not a choice of method; choose from `missing`, `combine`"),
        (
            {"method_choices": [["missing"]]},
            r"`\[\['missing'\]\]` is not a name or a list of names",
        ),
        (
            {"method_choices": None},
            "method_choices: `None` is not a name or a list of names; give names as text",
        ),
        ({"method_choices": True}, "method_choices: `True` is not a name or a list"),
        (
            {"precision": ""},
            "precision: `''` is not a standard error within reach; give one from 0.00016",
        ),
        ({"precision": True}, "precision: `True` is not a standard error"),
        ({"precision": []}, r"precision: `\[\]` is not a standard error"),
        (
            {"progress": ""},
            r"progress: `''` is not a function of two numbers; give a function of \(done, total\)",
        ),
        ({"progress": True}, "progress: `True` is not a function"),
    ],
)
def test_what_makes_no_sense_is_said(options: dict[str, object], words: str) -> None:
    with pytest.raises(cs.UsageError, match=words):
        cs.robustness(pair(), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["top", "draws", "seed"])
@pytest.mark.parametrize("value", [True, "", "3", 2.5, 1.5, float("nan"), [], b"x"])
def test_only_whole_numbers_are_counts(name: str, value: object) -> None:
    with pytest.raises(cs.UsageError) as caught:
        cs.robustness(pair(), **{name: value})  # type: ignore[arg-type]
    most = {"top": "2, the number of candidates", "draws": "10,000,000"}
    help = "give 0 or more" if name == "seed" else f"give one from 1 to {most[name]}"
    assert str(caught.value) == f"{name}: `{value!r}` is not a whole number; {help}"


@pytest.mark.parametrize("name", ["draws", "seed"])
def test_only_the_k_of_the_first_k_may_be_none(name: str) -> None:
    with pytest.raises(cs.UsageError, match=f"{name}: `None` is not a whole number"):
        cs.robustness(pair(), **{name: None})  # type: ignore[arg-type]


def test_whole_numbers_of_numpy_are_counts() -> None:
    wanted = cs.robustness(pair(), top=1, draws=20, seed=3).to_json()
    for options in (
        {"top": np.int64(1), "draws": np.int32(20), "seed": np.uint8(3)},
        {"top": 1.0, "draws": 2e1, "seed": np.float32(3)},
    ):
        found = cs.robustness(pair(), **options)  # type: ignore[arg-type]
        assert found.to_json() == wanted


@pytest.mark.parametrize("ranking", ["", None, True, PAIR, TWO])
def test_what_is_no_ranking_is_refused(ranking: object) -> None:
    with pytest.raises(cs.UsageError, match="is not a ranking; give the result of `score"):
        cs.robustness(ranking)  # type: ignore[arg-type]
    with pytest.raises(cs.UsageError, match="is not a ranking; give the result of `score"):
        cs.robustness(pair(), draws=20).narrowed_to(ranking)  # type: ignore[arg-type]


def test_a_ranking_of_others_does_not_narrow_a_result() -> None:
    others = cs.score([{"id": name, "ratings": {"x": 1}} for name in "cd"], TWO)
    with pytest.raises(cs.UsageError, match="there is no candidate `c`"):
        cs.robustness(pair(), draws=20).narrowed_to(others[:1])


@pytest.mark.parametrize("k", [True, False, "", "1", 1.5, float("nan"), [1, 2]])
def test_only_whole_numbers_are_asked_for(k: object) -> None:
    with pytest.raises(cs.UsageError, match=r"k: `.*` is not a whole number; give one from 1 to 2"):
        cs.robustness(pair(), draws=20).top_probability(k)  # type: ignore[arg-type]


@pytest.mark.parametrize("probability", ["", None, True, 1.5, -0.1, {}, [0.5, 2.0]])
def test_only_probabilities_have_a_standard_error(probability: object) -> None:
    with pytest.raises(
        cs.UsageError, match=r"probability: `.*` is not a probability; give numbers from 0 to 1"
    ):
        cs.robustness(pair(), draws=20).standard_error(probability)  # type: ignore[arg-type]


def test_one_choice_of_method_may_be_a_text() -> None:
    one = cs.robustness(pair(), draws=20, method_choices="combine")
    assert one.to_json() == cs.robustness(pair(), draws=20, method_choices=["combine"]).to_json()


def test_intervals_are_cut_by_the_simplex() -> None:
    criteria = {
        "x": {"scale": SCALE, "weight": [9, 11]},
        "y": {"scale": SCALE, "weight": 1},
        "z": {"scale": SCALE, "weight": [0, 2]},
        "v": {"scale": SCALE, "weight": 3},
    }
    ranking = cs.score(
        [{"id": "a", "ratings": {"x": 1, "y": 2, "z": 3, "v": 4}}], TWO | {"criteria": criteria}
    )
    found = cs.robustness(ranking, draws=2000)
    assert found.options["weights"] == {"": "intervals"}
    weights = next(found.source.batches()).shares[0]
    # shares of the total of point weights, 10 + 1 + 1 + 3
    assert 9 / 15 <= weights[:, 0].min() <= weights[:, 0].max() <= 11 / 15
    assert 0 <= weights[:, 2].min() <= weights[:, 2].max() <= 2 / 15
    np.testing.assert_allclose(weights[:, 3], 3 * weights[:, 1], rtol=1e-12)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-12)


def test_there_must_be_an_order() -> None:
    gate = {
        "collabscore": "framework/1",
        "id": "gate",
        "facts": {"f": {"kind": "flag"}},
        "guardrails": {"g": {"when": "f", "then": "outside"}},
    }
    with pytest.raises(cs.UsageError, match="has guardrails and no criteria"):
        cs.robustness(cs.score([{"id": "a"}], gate))
    with pytest.raises(cs.UsageError, match="no total"):
        cs.robustness(pair(combine="none"))
    with pytest.raises(cs.UsageError, match="no candidates"):
        cs.robustness(cs.score([], TWO))


def test_one_candidate_is_first_whatever_is_drawn() -> None:
    found = cs.robustness(cs.score(PAIR[:1], TWO), draws=300, weights="any")
    assert found.rank_acceptability.tolist() == [[1.0]]
    assert found.sentence("a") == ("First in all draws; rank 1 in at least 90 % of draws.")
    assert found.draws == 300


def test_a_list_that_is_all_outside_has_no_ranks() -> None:
    ranking = pair(guardrails={"g": {"when": "score(x) >= 0", "then": "outside"}})
    found = cs.robustness(ranking, draws=100, weights="any")
    assert found.unranked.tolist() == [1, 1]
    assert np.isnan(found.expected_ranks).all()
    assert (found.rank_ranges == 0).all()
    assert found.sentence("a") == 'Not ranked; verdict "outside".'
    assert json.loads(found.to_json())["candidates"][0]["expected_rank"] is None


def test_an_id_that_is_not_there_has_a_suggestion() -> None:
    ranking = cs.score([{"id": "influenza", "ratings": {"x": 1}}], TWO)
    with pytest.raises(cs.UsageError, match="did you mean `influenza`"):
        cs.robustness(ranking, draws=10).sentence("influenca")


def test_verdicts_have_probabilities_where_a_guardrail_looks_at_ratings() -> None:
    framework = TWO | {"guardrails": {"g": {"when": "x >= 8", "then": "outside"}}}
    ranking = cs.score(
        [{"id": "a", "ratings": {"x": [0, 10], "y": 5}}, {"id": "b", "ratings": {"x": 5, "y": 5}}],
        framework,
    )
    found = cs.robustness(ranking, draws=4096, weights="exact")
    place = ranking.place_of("a")
    # outside where x, uniform over 10, is at least 8; six standard errors
    error = float(found.standard_error(0.2))
    assert abs(found.verdict_probabilities["outside"][place] - 0.2) < 6 * error
    assert found.unranked[place] == found.verdict_probabilities["outside"][place]
    assert "outside in 20 % of draws" in found.sentence("a")
    assert ranking["a"].verdict == "refer"


def test_what_is_known_once_the_ratings_are() -> None:
    framework = TWO | {
        "guardrails": {
            # no draw is at the very end of the range
            "g": {"when": "x > 4", "then": "outside"},
        }
    }
    found = cs.robustness(cs.score([{"id": "a", "ratings": {"x": [4, 6]}}], framework), draws=64)
    assert 'verdict "outside" once the ratings are known, now "refer"' in found.sentence("a")


def test_a_precision_is_a_number_of_draws() -> None:
    found = cs.robustness(pair(), weights="any", draws=100, precision=0.01)
    assert found.draws == 2500
    assert float(found.standard_error(0.5)) <= 0.01
    assert json.loads(found.to_json())["options"]["precision"] == 0.01
    assert cs.robustness(pair(), weights="any", draws=3000, precision=0.01).draws == 3000
    plain = cs.robustness(pair(), weights="any", draws=2500)
    np.testing.assert_array_equal(found.rank_acceptability, plain.rank_acceptability)


def test_pairs_are_of_the_same_draws_where_precision_is_asked_for() -> None:
    found = cs.robustness(pair(), weights="any", draws=1000, precision=0.006)
    assert found.draws > 1024
    assert found.pairwise_wins[0, 1] == found.rank_acceptability[0, 0]


def test_progress_is_told() -> None:
    seen: list[tuple[int, int]] = []
    cs.robustness(pair(), draws=600, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(256, 600), (512, 600), (600, 600)]


def test_a_large_set_is_counted_as_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    columns = {"x": rng.uniform(0, 10, 40), "y": rng.uniform(0, 10, 40)}
    framework = cs.load_framework(TWO | {"guardrails": {"g": {"when": "x > 9", "then": "outside"}}})
    ranking = rank(Problem.from_columns(framework, columns))
    small = cs.robustness(ranking, weights="any", draws=700, top=5)
    monkeypatch.setattr(counting, "LARGE", 39)
    large = cs.robustness(ranking, weights="any", draws=700, top=5)
    assert large.is_large
    for name in (
        "unranked",
        "expected_ranks",
        "expected_rank_errors",
        "rank_ranges",
        "score_means",
        "central_weights",
    ):
        np.testing.assert_array_equal(getattr(large, name), getattr(small, name))
    for k in (1, 5):
        np.testing.assert_array_equal(large.top_probability(k), small.top_probability(k))
    with pytest.raises(cs.UsageError, match="top 5 are counted"):
        large.top_probability(3)
    for name in ("rank_acceptability", "score_quantiles", "pairwise_wins"):
        with pytest.raises(cs.UsageError, match=r"(1,000|39) candidates"):
            getattr(large, name)
    document = json.loads(large.to_json())
    assert "rank_acceptability" not in document["candidates"][0]
    assert document["variance"] is None
    assert "Score" not in [column.head for column in large.table().columns]


@pytest.mark.parametrize("seed", range(40))
def test_counts_are_those_of_a_loop_over_draws(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    n, s = int(rng.integers(2, 9)), 30
    monkeypatch.setattr(counting, "_CACHED", 7 * n)  # blocks of seven draws
    if seed % 4 == 0:
        monkeypatch.setattr(counting, "LARGE", 1)
    document = TWO | {"bands": {"good": 50, "poor": 0}}
    framework = cs.load_framework(document)
    columns = {"x": rng.uniform(0, 10, n), "y": rng.uniform(0, 10, n)}
    ranking = rank(Problem.from_columns(framework, columns))
    leading = int(rng.integers(0, n))
    # values on a grid of a third of the tolerance about a threshold: chains of ties are frequent
    values = 0.5 + rng.integers(-6, 6, (s, n)) * TOLERANCE / 300
    values[:10] = rng.random((10, n))
    tiers = rng.integers(-1, 2, (s, n) if seed % 2 else n).astype(np.int8)
    weights = rng.dirichlet(np.ones(2), s)
    accumulator = counting.Accumulator(ranking, min(2, n), leading)
    accumulator.add(Outcomes(values, np.zeros(n, dtype=np.int8), tiers), weights)
    counts, order = accumulator.counts(), ranking.order

    ranks = ranks_in_draws(values, tiers)
    by_rank = np.zeros_like(counts.ranks)
    first_weights = np.zeros((n, 2))
    stay = 0
    good = [0] * n
    of_ranking = {row for row in range(n) if accumulator.leaders[row]}
    for draw in range(s):
        ahead = {row for row in range(n) if 1 <= ranks[draw, row] <= leading}
        stay += ahead == of_ranking
        for row in range(n):
            by_rank[row, accumulator.class_of_rank[ranks[draw, row]]] += 1
            if ranks[draw, row] == 1:
                first_weights[row] += weights[draw]
            good[row] += ranks[draw, row] > 0 and values[draw, row] >= (50 - TOLERANCE) / 100
    assert len(of_ranking) == leading
    assert counts.same_leaders == stay
    np.testing.assert_array_equal(counts.ranks, by_rank[order])
    np.testing.assert_array_equal(counts.weights, first_weights[order])
    assert counts.bands[:, 1].tolist() == np.array(good)[order].tolist()
    if accumulator.is_large:
        for row, ends in zip(order.tolist(), counts.rank_ranges.tolist(), strict=True):
            seen = ranks[ranks[:, row] > 0, row]
            assert ends == [min(seen, default=0), max(seen, default=0)]


def test_quantiles_of_what_does_not_vary_are_exact() -> None:
    found = cs.robustness(pair(), weights="exact", draws=256)
    np.testing.assert_allclose(found.score_quantiles, [[50.0] * 3, [45.0] * 3], rtol=1e-12)
    assert found.confidence_factors[0] == 1.0
    assert np.isnan(found.confidence_factors[1])
    assert found.entropies.tolist() == [0.0, 0.0]


def test_quantiles_are_right_to_a_tenth_of_a_point() -> None:
    found = cs.robustness(
        cs.score([{"id": "a", "ratings": {"x": [0, 10], "y": [0, 10]}}], TWO),
        draws=8192,
        weights="exact",
    )
    # the mean of two uniform numbers: its 5 % point is 100 sqrt(0.05 / 2); the sample's own error is below 0.4 points
    assert found.score_quantiles[0, 0] == pytest.approx(100 * np.sqrt(0.025), abs=6 * 0.4)
    assert found.score_quantiles[0, 1] == pytest.approx(50, abs=6 * 0.3)


def test_narrow_intervals_are_drawn_within_them() -> None:
    weights = {f"c{k}": [0.05, 0.0905] for k in range(11)} | {"c11": [0.0, 0.02]}
    criteria = {key: {"scale": SCALE, "weight": ends} for key, ends in weights.items()}
    listed = [
        {"id": str(i), "ratings": {f"c{k}": (7 * i + 3 * k) % 10 for k in range(12)}}
        for i in range(3)
    ]
    ranking = cs.score(listed, TWO | {"criteria": criteria})
    found = cs.robustness(ranking, draws=1024)
    shares = next(found.source.batches()).shares[0]
    total = sum(sum(ends) / 2 for ends in weights.values())
    low, high = np.array([*weights.values()]).T / total
    assert ((low - 1e-12 <= shares) & (shares <= high + 1e-12)).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-12)


def test_tables_read_and_forms_agree() -> None:
    found = cs.robustness(pair(), weights="any", draws=500, method_choices=["combine"])
    assert "First" in str(found)
    assert "500 draws of 2 candidates, seed 0." not in str(found)
    text = found.to_text(detail="verbose")
    assert "500 draws of 2 candidates, seed 0." in text
    assert "combine: of scores" in text
    assert "<table" in found._repr_html_()
    assert [record["id"] for record in found.records()] == list(found.ids)
    assert len(found) == 2
    assert found.options["over"] == ["combine"]


def test_a_number_that_is_none_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    from collabscore.scoring.variants import Variants

    def nothing(self: Variants, changes: object) -> object:
        return np.full((256, 2), 2.0)

    monkeypatch.setattr(Variants, "_values", nothing)
    with pytest.raises(ArithmeticError, match="no number"):
        cs.robustness(pair(), draws=10)


def many(n: int) -> cs.Ranking:
    """Rank random candidates, some of their ratings unknown."""
    rng = np.random.default_rng(n)
    columns = {"x": rng.uniform(0, 10, n), "y": rng.uniform(0, 10, n)}
    columns["y"][::7] = np.nan
    return rank(Problem.from_columns(cs.load_framework(TWO), columns))


def test_a_narrowed_result_holds_the_same_in_every_form() -> None:
    ranking = many(15)
    whole = cs.robustness(ranking, draws=300, weights="any")
    first = whole.narrowed_to(ranking.select(top=2))
    assert len(first) == 2
    assert first.records() == whole.records()[:2]
    document, complete = json.loads(first.to_json()), json.loads(whole.to_json())
    assert document["candidates"] == complete["candidates"][:2]
    assert document["selection"] == {"shown": 2, "of": 15, "left_out": {"top 2": 13}}
    assert "selection" not in complete
    assert document["variance"] == complete["variance"]
    assert first.to_csv().splitlines() == whole.to_csv().splitlines()[:3]
    assert len(first.table().rows) == 2
    assert "Shown: 2 of 15 candidates; ranks are among all of them." in str(first)
    np.testing.assert_array_equal(first.unranked, whole.unranked)
    assert first.narrowed_to(ranking).to_json() == whole.to_json()


def test_a_narrowed_ranking_is_drawn_for_as_a_whole() -> None:
    ranking = many(15)
    narrowed = cs.robustness(ranking[3:5], draws=300, weights="any")
    whole = cs.robustness(ranking, draws=300, weights="any")
    assert narrowed.records() == whole.records()[3:5]
    assert [row["id"] for row in narrowed.table().to_records()] == list(ranking.ids[3:5])


def test_csv_and_json_use_the_same_names() -> None:
    found = cs.robustness(many(8), draws=300, top=3)
    record = found.records()[0]
    heads = found.to_csv().splitlines()[0].split(",")
    nested = {f"rank_range_{end}" for end in ("low", "high")}
    for key in ("score_quantiles", "rank_quantiles"):
        nested |= {f"{key}_{name}" for name in record[key]}
    # what only repeats the ranking is not in JSON
    assert set(heads) - {"title", "verdict"} - nested <= set(record)
    assert {"first", "top_3", "rank_entropy", "confidence", "sentence"} <= set(heads)
    assert nested <= set(heads)
    shown = {column.key for column in found.table().columns}
    assert shown - {"title", "verdict", "shown_top", "rank_90", "score_90"} <= set(record)


def test_tables_of_n_by_n_are_in_json_up_to_200_or_where_asked_for() -> None:
    small, middle = (cs.robustness(many(n), draws=256, weights="exact") for n in (200, 201))
    assert {"rank_acceptability", "pairwise_wins"} <= small.records()[0].keys()
    assert not {"rank_acceptability", "pairwise_wins"} & middle.records()[0].keys()
    assert any("by rank and by pair" in note for note in middle.notes)
    assert not any("by rank and by pair" in note for note in small.notes)
    record = middle.with_tables().records()[3]
    assert record["rank_acceptability"] == middle.rank_acceptability[3].tolist()
    assert list(record["pairwise_wins"].values()) == middle.pairwise_wins[3].tolist()
    rest = {"rank_acceptability", "pairwise_wins"}
    assert {key: record[key] for key in record if key not in rest} == middle.records()[3]


def test_large_sets_have_no_tables_to_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "LARGE", 5)
    with pytest.raises(cs.UsageError, match="no table of ranks"):
        cs.robustness(many(6), draws=50).with_tables()


def test_notes_name_what_is_not_verified() -> None:
    sources = {"essay": {"title": "An essay", "verified": "no"}}
    facts = {"f": {"kind": "flag", "title": "A doubtful fact", "source": "essay"}}
    found = cs.robustness(pair(sources=sources, facts=facts), draws=20)
    assert any(
        note.startswith("Not verified: ") and "A doubtful fact" in note for note in found.notes
    )
    assert not any("Not verified" in note for note in cs.robustness(pair(), draws=20).notes)


def test_json_takes_no_longer_than_what_it_holds() -> None:
    """Each row from arrays computed once: no call for a candidate looks at all of them again."""
    one, other = (cs.robustness(many(n), weights="any", draws=50) for n in (40, 80))
    work = instructions_of(other.to_json) / instructions_of(one.to_json)
    assert work < 1.2 * len(other.to_json()) / len(one.to_json())


def test_a_table_computes_nothing_that_it_does_not_show() -> None:
    found = cs.robustness(many(8), draws=300)
    str(found.table())
    assert not {"confidence_factors", "entropies", "pairwise_wins"} & vars(found).keys()
    found.records()
    assert {"confidence_factors", "entropies", "pairwise_wins"} <= vars(found).keys()


# unknown facts


ASKED = TWO | {
    "facts": {"crit": {"kind": "flag"}, "stage": {"kind": "level", "levels": ["a", "b", "c"]}},
    "guardrails": {
        "one": {"when": "crit", "then": "outside"},
        "two": {"when": "stage >= c", "then": "conditional"},
    },
}


def asked(**facts: Any) -> cs.Ranking:
    known = {"crit": False, "stage": "a"}
    listed = [
        {"id": "a", "ratings": {"x": [4, 9], "y": 5}, "facts": {"stage": "a", **facts}},
        {"id": "b", "ratings": {"x": [3, 8], "y": 6}, "facts": known},
        {"id": "c", "ratings": {"x": 2, "y": 1}, "facts": known},
    ]
    return cs.score(listed, ASKED)


def test_drawn_facts_have_a_column_of_their_own() -> None:
    ranking = asked()
    draws = 4096
    plain = cs.robustness(ranking, draws=draws, seed=5)
    drawn = cs.robustness(ranking, draws=draws, seed=5, facts="drawn")
    assert plain.if_answered is None
    assert drawn.if_answered is not None
    # all else is as it was
    keep = {"if_answered"}
    for one, other in zip(plain.records(), drawn.records(), strict=True):
        assert one == {key: value for key, value in other.items() if key not in keep}
    place = ranking.place_of("a")
    assert drawn.verdict_probabilities["refer"][place] == 1
    answered = drawn.if_answered.verdict_probabilities
    # a flag is yes or no alike; six standard errors
    error = float(drawn.standard_error(0.5))
    assert abs(answered["outside"][place] - 0.5) < 6 * error
    assert answered["outside"][place] + answered["inside"][place] == 1
    record = drawn.records()[place]["if_answered"]
    assert record["unranked"] == answered["outside"][place]
    assert record["verdicts"]["inside"] == answered["inside"][place]
    assert set(record) == {"first", f"top_{drawn.top}", "unranked", "verdicts"}
    assert json.loads(drawn.to_json())["options"]["facts"] == "drawn"
    assert "If answered" in str(drawn)
    assert "If answered" not in str(plain)
    # a candidate without unknown facts has nothing to answer
    table = drawn.table()
    column = [column.key for column in table.columns].index("if_answered")
    cells = dict(zip(drawn.ids, [row[column] for row in table.rows], strict=True))
    assert cells["b"] is None
    assert cells["a"] == ["50% inside", "50% outside"] or len(cells["a"]) == 2


def test_answers_are_drawn_beside_the_same_weights_and_ratings() -> None:
    # nothing is open: the same draws give the same shares
    ranking = asked(crit=False)
    drawn = cs.robustness(ranking, draws=600, weights="any", facts="drawn")
    assert drawn.if_answered is not None
    np.testing.assert_array_equal(drawn.if_answered.rank_acceptability, drawn.rank_acceptability)
    assert drawn.if_answered.leading_stay == drawn.leading_stay


def test_draws_with_facts_are_counted_in_the_progress() -> None:
    seen: list[tuple[int, int]] = []
    cs.robustness(
        asked(), draws=300, facts="drawn", progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(256, 600), (300, 600), (556, 600), (600, 600)]


def test_another_word_for_facts_is_refused() -> None:
    with pytest.raises(
        cs.UsageError, match="facts: `'draw'` is not a way to treat unknown facts; choose from"
    ):
        cs.robustness(asked(), draws=10, facts="draw")


def test_the_middle_of_ranks_holds_nine_draws_in_ten() -> None:
    found = cs.robustness(many(12), draws=500, weights="any")
    low, _, high = found.rank_quantiles.T
    for place, shares in enumerate(found.rank_acceptability):
        ranks = np.arange(1, 13)
        inside = shares[(ranks >= low[place]) & (ranks <= high[place])].sum()
        assert inside >= 0.9 - 1e-12
        assert shares[ranks < low[place]].sum() <= 0.05
        assert shares[ranks > high[place]].sum() <= 0.05


def test_a_middle_of_scores_holds_the_scores_beside_it() -> None:
    # known fault D1: 66.5 beside 64-66
    found = cs.robustness(cs.score([{"id": "a", "ratings": {"x": 6.65, "y": 6.65}}], TWO), draws=50)
    assert "66.5" in found.to_text(160) or "66–67" in found.to_text(160)


def test_the_page_of_a_large_list_takes_no_longer_than_its_rows() -> None:
    def print_page(n: int) -> Callable[[], object]:
        found = cs.robustness(many(n), draws=20)
        return lambda: found.to_text(100)

    assert growth(print_page, 200) < 2.1
