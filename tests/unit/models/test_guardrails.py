"""Guardrails: their steps and needs."""

from __future__ import annotations

from collabscore.models.guardrails import Guardrail, Step, default_verdicts, options_of


def test_a_step_in_place_is_the_only_one() -> None:
    written = Guardrail(when="wet", needs=["plan"], then="refer", reason="Water.")
    (step,) = written.all_steps()
    assert step == Step(when="wet", needs=["plan"], then="refer")


def test_steps_stand_in_their_order() -> None:
    first, second = Step(when="wet", then="refer"), Step(when="dry", then="outside")
    assert Guardrail(steps=[first, second]).all_steps() == (first, second)


def test_a_need_is_a_safeguard_or_any_of_several() -> None:
    assert options_of("plan") == ("plan",)
    assert options_of(["plan", "review"]) == ("plan", "review")


def test_verdicts_by_default_run_from_mild_to_severe() -> None:
    verdicts = default_verdicts()
    assert list(verdicts) == ["inside", "conditional", "refer", "outside"]
    assert [verdict.tier for verdict in verdicts.values()] == [1, 1, 2, 1]
    assert [verdict.ranked for verdict in verdicts.values()] == [True, True, True, False]
