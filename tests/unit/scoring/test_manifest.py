"""Manifests."""

from __future__ import annotations

import json

import numpy as np

from collabscore.scoring.problem import Problem
from collabscore.scoring.ranking import rank
from unit.scoring.samples import COLUMNS, FRAMEWORK, scored


def test_the_manifest_follows_the_input() -> None:
    one, same, other = scored(), scored(), scored(benefit=np.array([5.0, 3.0, 4.0]))
    assert one.manifest == same.manifest
    assert one.manifest["candidates"]["digest"] != other.manifest["candidates"]["digest"]
    with_safeguards = Problem.from_columns(
        FRAMEWORK, COLUMNS, safeguards={"review": [True, False, False]}
    )
    assert rank(with_safeguards).manifest != one.manifest
    assert json.loads(one.to_json())["manifest"]["framework"]["digest"] == FRAMEWORK.digest
