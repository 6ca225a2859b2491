from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import collabscore as cs
from collabscore.documents.reweighting import reweighted, without_guardrails
from collabscore.models.framework import Framework

SCALE = {"range": [0, 10]}
FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "criteria": {
        "gain": {
            "weight": 2,
            "criteria": {"skills": {"scale": SCALE, "weight": 3}, "shared": {"scale": SCALE}},
        },
        "cost": {"scale": SCALE, "weight": [1, 2]},
        "risk": {"scale": SCALE, "weight": 0.5},
    },
    "facts": {"harmful": {"kind": "flag"}},
    "guardrails": {"harm": {"when": "harmful", "then": "outside"}},
}
LISTED = [{"id": "a", "ratings": {"skills": 3, "shared": 9, "cost": 4, "risk": 10}}]


@pytest.fixture
def framework() -> Framework:
    return cs.load_framework(FRAMEWORK)


def shares(framework: Framework) -> dict[str, float]:
    return {key: node.share for key, node in framework.nodes.items()}


def test_given_shares_are_kept_and_the_rest_divide_the_remainder(framework: Framework) -> None:
    changed = shares(reweighted(framework, {"gain": "40%"}))
    assert changed["gain"] == pytest.approx(0.4)
    assert changed["cost"] == pytest.approx(0.6 * 1.5 / 2)
    assert changed["risk"] == pytest.approx(0.6 * 0.5 / 2)
    assert changed["skills"] == 0.75


@given(
    weights=st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=6),
    parts=st.lists(st.floats(0.1, 90), min_size=1, max_size=5),
)
def test_shares_hold_whatever_the_weights(weights: list[float], parts: list[float]) -> None:
    count = min(len(parts), len(weights) - 1)
    total = sum(parts[:count])
    given_shares = [f"{part * 95 / max(95, total):.6f}" for part in parts[:count]]
    criteria = {f"x{k}": {"scale": SCALE, "weight": weight} for k, weight in enumerate(weights)}
    before = cs.load_framework({"collabscore": "framework/1", "id": "x", "criteria": criteria})
    changed = reweighted(before, {f"x{k}": f"{share}%" for k, share in enumerate(given_shares)})
    found = shares(changed)
    for k, share in enumerate(given_shares):
        assert found[f"x{k}"] == pytest.approx(float(share) / 100)
    assert sum(found.values()) == pytest.approx(1)
    rest = [f"x{k}" for k in range(count, len(weights))]
    for key in rest:
        ratio = before.nodes[key].share / before.nodes[rest[0]].share
        assert found[key] / found[rest[0]] == pytest.approx(ratio)


def test_shares_and_numbers_go_together(framework: Framework) -> None:
    changed = shares(reweighted(framework, {"gain": "50 %", "risk": 4.5, "shared": "12.5%"}))
    assert changed["gain"] == pytest.approx(0.5)
    assert changed["risk"] == pytest.approx(0.5 * 4.5 / 6)
    assert changed["shared"] == pytest.approx(0.125)


def test_all_shares_of_a_group_make_100(framework: Framework) -> None:
    changed = shares(reweighted(framework, {"gain": "33.3%", "cost": "33.3%", "risk": "33.4%"}))
    assert changed["risk"] == pytest.approx(0.334)


def test_an_only_child_has_all(framework: Framework) -> None:
    only = {**FRAMEWORK, "criteria": {"risk": {"scale": SCALE}}}
    assert shares(reweighted(cs.load_framework(only), {"risk": "100%"})) == {"risk": 1.0}
    with pytest.raises(cs.UsageError, match="`risk` is the only criterion of its group, so its"):
        reweighted(cs.load_framework(only), {"risk": "40%"})


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"gain": "101%"}, "`gain=101%`: a share is at most 100 %"),
        ({"gain": "0%"}, "`gain=0%`: a share is above 0 %, for example 0.1%"),
        ({"gain": "-1%"}, "`gain=-1%`: a share is a number from 0 to 100, for example 12.5%"),
        ({"gain": "0,5%"}, "`gain=0,5%`: a share is a number from 0 to 100, for example 12.5%"),
        ({"gain": "nan%"}, "`gain=nan%`: a share is a number from 0 to 100, for example 12.5%"),
        (
            {"gain": "60%", "cost": "50%"},
            "the shares given sum to 110 %, above 100 %",
        ),
        (
            {"gain": "100%"},
            "the shares given sum to 100 %, which leaves no weight for `cost`, `risk`",
        ),
        (
            {"gain": "40%", "cost": "30%", "risk": "20%"},
            (
                "the shares given sum to 90 %, not 100 %; leave one out, or write `gain=44.5%`, "
                "`cost=33.3%`, `risk=22.2%`"
            ),
        ),
        (
            {"skills": "70%", "shared": "20%"},
            (
                "the shares given in `gain` sum to 90 %, not 100 %; leave one out, or write "
                "`skills=77.8%`, `shared=22.2%`"
            ),
        ),
        ({"gian": "10%"}, "`gian` is no criterion or group of `small`; did you mean `gain`?"),
    ],
)
def test_impossible_shares_are_refused(
    framework: Framework, weights: dict[str, object], message: str
) -> None:
    for call in (
        lambda: reweighted(framework, weights),
        lambda: cs.score(LISTED, framework, weights=weights),
        lambda: cs.what_if(cs.score(LISTED, framework), weights=weights),
        lambda: cs.compare(LISTED, [framework, {**FRAMEWORK, "id": "b"}], weights=weights),
    ):
        with pytest.raises(cs.UsageError) as caught:
            call()
        if "no criterion" not in message:
            assert str(caught.value) == f"weights: {message}"
        else:
            assert "did you mean `gain`?" in str(caught.value)


def test_a_result_by_other_weights_never_passes_as_one_by_the_adopted(
    framework: Framework,
) -> None:
    adopted = cs.score(LISTED, framework)
    ranking = cs.score(LISTED, framework, weights={"gain": "40%", "shared": "90%"})
    results = [
        ranking,
        cs.explain(ranking, "a"),
        cs.robustness(ranking, draws=64),
        cs.extreme_ranks(ranking),
        cs.sensitivity(ranking),
        cs.next_questions(ranking, draws=64),
        cs.what_if(ranking, ratings={"a": {"risk": 1}}),
    ]
    for result in results:
        recorded = result.manifest["framework"]
        assert recorded["adopted_digest"] == framework.digest != recorded["digest"]
        assert recorded["given_weights"] == {"gain": "40%", "shared": "90%"}
        assert "weights changed" in " ".join(result.to_text().split()).casefold(), result.kind
    note = (
        'Weights changed (shares of the total): "Gain" 50 % → 40 %, "Shared" 12.5 % → 36 %.'
        " The adopted framework is unchanged."
    )
    assert note in ranking.notes
    assert " ".join(ranking.to_text().split()).count(note) == 1
    assert ranking.options == {"weights": {"gain": "40%", "shared": "90%"}}
    assert adopted.options == {}
    assert adopted.manifest["framework"].keys() == {"id", "version", "digest"}


def test_it_scores_as_a_framework_written_so(framework: Framework) -> None:
    criteria = {**FRAMEWORK["criteria"], "risk": {"scale": SCALE, "weight": 3.5}}
    written = cs.score(LISTED, {**FRAMEWORK, "criteria": criteria})
    for weights in ({"risk": "50%"}, {"risk": 3.5}):
        ranking = cs.score(LISTED, framework, weights=weights)
        assert ranking["a"].score == pytest.approx(written["a"].score)


def test_weights_given_twice_add_up(framework: Framework) -> None:
    once = reweighted(framework, {"gain": "40%"})
    twice = reweighted(once, {"shared": "90%"})
    assert twice.adopted is framework
    assert dict(twice.given_weights) == {"gain": "40%", "shared": "90%"}
    assert reweighted(framework, {}) is framework
    again = pickle.loads(pickle.dumps(twice))
    assert again.adopted.digest == framework.digest


def test_guardrails_are_dropped(framework: Framework) -> None:
    fewer = without_guardrails(framework, ["harm"])
    assert not fewer.guardrails
    assert framework.guardrails
    assert fewer.adopted is framework
    with pytest.raises(cs.UsageError, match="did you mean `harm`"):
        without_guardrails(framework, ["harn"])


def test_problems_take_weights_too(framework: Framework) -> None:
    problem = cs.score(LISTED, framework).problem
    ranking = cs.score(problem, weights={"gain": "40%"})
    assert ranking["a"].score == cs.score(LISTED, framework, weights={"gain": "40%"})["a"].score
