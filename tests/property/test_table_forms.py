"""A list gives the same result in every form: YAML, JSON Lines, CSV, Excel, Parquet, Arrow and data frames."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference import table_forms


@pytest.mark.parametrize("seed", range(14))
def test_the_form_of_a_list_changes_nothing(seed: int, tmp_path: Path) -> None:
    # `python tests/reference/table_forms.py 1000` compares as many
    assert not list(table_forms.differences(seed, tmp_path))
