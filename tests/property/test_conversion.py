"""A list that is written in any form is read back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference import conversion


@pytest.mark.parametrize("seed", range(12))
def test_there_and_back_is_the_same_list(seed: int, tmp_path: Path) -> None:
    # `python tests/reference/conversion.py 1000` converts as many
    assert not list(conversion.differences(seed, tmp_path))
