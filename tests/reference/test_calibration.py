"""Two standard errors hold the truth as often as they should: 300 seeds (for answers 100), one problem.

`calibration.py` does the same by hand for more seeds and draws. A normal variable is within two standard
errors in 95.4 % of cases. Of 300 seeds, the share for one number is off by 1.2 points (one standard error).
"""

from __future__ import annotations

import pytest

from reference.calibration import coverage

SEEDS = 300


@pytest.mark.parametrize(
    ("name", "seeds", "draws", "exact", "runs"),
    [
        ("shares", SEEDS, 200, 60_000, 1),
        ("answers", SEEDS // 3, 1536, 50_000, 1),
        ("indices", SEEDS, 1, 4096, 12),
    ],
)
def test_two_standard_errors_hold_the_truth(
    monkeypatch: pytest.MonkeyPatch, name: str, seeds: int, draws: int, exact: int, runs: int
) -> None:
    monkeypatch.setattr("collabscore.analysis.variance._LEAST_TILES", 2)
    for kind, held in coverage(name, seeds, draws, exact, runs):
        # three numbers of one kind, which depend on one another, are off by about a point
        assert 0.93 <= held.mean() <= 0.97, kind
        assert held.min() >= 0.90, kind
        assert held.max() < 1, kind
