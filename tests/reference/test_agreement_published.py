"""Kendall's tau-b and its standard error against published tables."""

from __future__ import annotations

import numpy as np
import pytest

from collabscore.kernels.statistics import tau_b


def test_trial_of_pain() -> None:
    """Adverse events by dose, the data set Pain of the SAS/STAT User's Guide (PROC FREQ, example 3.8).

    Printed for it by the R package DescTools (Signorell and others), in the example of `Assocs`: tau-b 0.3372567, with
    95 % between 0.2114030 and 0.4631105 by 1.959964 standard errors on either side (Brown and Benedetti 1977).
    """
    counts = np.array([[26, 26, 23, 18, 9], [6, 7, 9, 14, 23]])
    adverse = np.repeat([0, 1], counts.sum(axis=1))
    dose = np.concatenate([np.repeat(np.arange(5), row) for row in counts])
    found = tau_b(adverse, dose)
    assert found.value == pytest.approx(0.3372567, abs=5e-8)
    ends = found.value - 1.959964 * found.error, found.value + 1.959964 * found.error
    assert ends == pytest.approx((0.2114030, 0.4631105), abs=1e-7)
    assert found.informative
