"""Two standard errors hold the truth as often as they should: 80 seeds of two problems.

`calibration.py` does the same by hand for more. Bounds are three standard errors of the pooled share, found from
the seeds, and four binomial ones of the share for each quantity; one point more, since of 256 draws errors
are themselves uncertain.
"""

from __future__ import annotations

import math

import pytest

from reference.calibration import NORMAL, coverage

SEEDS, PROBLEMS = 80, 2
MARGIN = 0.01


@pytest.mark.parametrize(
    ("name", "draws", "exact"),
    [("shares", 256, (1, 16_000)), ("answers", 1024, (1, 60_000)), ("indices", 1, (4, 4096))],
)
def test_two_standard_errors_hold_the_truth(
    monkeypatch: pytest.MonkeyPatch, name: str, draws: int, exact: tuple[int, int]
) -> None:
    monkeypatch.setattr("collabscore.analysis.variance._LEAST_TILES", 2)
    for kind, held in coverage(name, SEEDS, draws, exact, PROBLEMS).items():
        assert abs(held.pooled - NORMAL) <= 3 * held.error + MARGIN, kind
        least = NORMAL - MARGIN - 4 * math.sqrt(NORMAL * (1 - NORMAL) / SEEDS)
        assert held.each.min() >= least, kind
