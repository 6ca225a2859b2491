"""Writing: what the reader reads back is what was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabscore.arrays import FrozenDict, FrozenList
from collabscore.documents.loading import load_candidates, read_document
from collabscore.documents.writing import candidates_text, yaml_text
from collabscore.models.base import clean_data
from collabscore.models.framework import digest_of

ROOT = Path(__file__).parents[3]
TEXTS = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\ufeff")
)
WORDS = st.one_of(
    TEXTS,
    st.sampled_from(["NO", "1e3", "0o7", "12:30", "~", "yes", "2025-01-01", "[a", "a: b", "#x"]),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-99, 99), st.floats(-1e6, 1e6), WORDS)


@given(
    st.dictionaries(WORDS, st.lists(SCALARS, max_size=3), max_size=4),
    st.sampled_from([True, False, None]),
)
def test_data_are_read_back_as_written(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any], flow: bool | None
) -> None:
    file = tmp_path_factory.mktemp("written") / "data.yaml"
    file.write_text(yaml_text({"title": "t", "data": data}, flow=flow), encoding="utf-8")
    # the reader composes letters, as it does in every document
    assert read_document(file).data["data"] == clean_data(data)


def test_frozen_data_are_written_as_plain_ones() -> None:
    assert yaml_text(FrozenDict({"a": FrozenList([1, 2])}), flow=None) == "a: [1, 2]\n"


@pytest.mark.parametrize("name", ["proposed_projects", "second_rating", "collaboration_areas"])
def test_a_list_is_read_back_as_the_same_list(name: str, tmp_path: Path) -> None:
    listed = load_candidates(ROOT / "examples" / f"{name}.yaml", "guardrail")
    file = tmp_path / "again.yaml"
    file.write_text(candidates_text(listed, ["One line.", ""]), encoding="utf-8")
    again = load_candidates(file, "guardrail")
    assert again.model_dump(exclude_unset=True) == listed.model_dump(exclude_unset=True)
    assert digest_of(again) == digest_of(listed)
    assert file.read_text(encoding="utf-8").startswith(
        "# One line.\n#\ncollabscore: candidates/1\n"
    )
