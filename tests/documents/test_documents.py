from __future__ import annotations

import os
from pathlib import Path

import pytest

import collabscore as cs
from collabscore.analysis.checking import check

HERE = Path(__file__).parent
GOOD = sorted(
    path for path in (HERE / "good").iterdir() if path.suffix in {".yaml", ".json", ".jsonl"}
)
# what other documents in the folder use, and is good by itself
HELPERS = {"small.yaml", "small-strict.yaml", "words.yaml"}
BAD = sorted(
    path
    for path in (HERE / "bad").iterdir()
    if path.suffix in {".yaml", ".json", ".jsonl"} and path.name not in HELPERS
)


def rendered(path: Path) -> str:
    frameworks = [cs.load_framework(HERE / "bad" / "small.yaml")] if path.suffix == ".jsonl" else []
    found = check(path, frameworks)
    text = "\n\n".join(str(diagnostic) for diagnostic in found.diagnostics) + "\n"
    return text.replace(f"{path.parent}{os.sep}", "")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_bad_document_gives_exactly_these_diagnostics(path: Path) -> None:
    expected = path.with_name(f"{path.name}.txt")
    if os.environ.get("COLLABSCORE_RENEW"):
        expected.write_text(rendered(path), encoding="utf-8")
    assert rendered(path) == expected.read_text(encoding="utf-8")
    assert ("error[" in rendered(path)) != path.name.startswith("warn-")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_good_document_has_nothing_to_say(path: Path) -> None:
    assert check(path).diagnostics == ()


def test_there_are_enough_bad_documents() -> None:
    assert len(BAD) >= 40


def test_every_code_is_in_the_reference() -> None:
    reference = (HERE.parents[1] / "docs" / "reference" / "diagnostics.md").read_text(
        encoding="utf-8"
    )
    codes = {
        line.split("[")[1].split("]")[0]
        for path in BAD
        for line in rendered(path).splitlines()
        if line.startswith(("error[", "warning["))
    }
    assert {code for code in codes if f"`{code}`" not in reference} == set()
