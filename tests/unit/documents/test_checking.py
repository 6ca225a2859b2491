from __future__ import annotations

import time
from pathlib import Path

import pytest

import collabscore as cs
from collabscore.documents.checking import check
from collabscore.documents.loading import shipped_path

MINIMAL = "collabscore: framework/1\nid: {id}\nfacts: {{animals: {{kind: {kind}}}}}\n"


def test_words_that_two_frameworks_define_differently_are_an_error_at_both_places(
    tmp_path: Path,
) -> None:
    (tmp_path / "one.yaml").write_text(MINIMAL.format(id="one", kind="flag"))
    (tmp_path / "two.yaml").write_text(MINIMAL.format(id="two", kind="number"))
    listed = tmp_path / "list.yaml"
    listed.write_text(
        "collabscore: candidates/1\nframework: [one.yaml, two.yaml]\ncandidates: [{id: a}]\n"
    )
    found = check(listed)
    assert [d.code for d in found.diagnostics] == ["conflicting-words"]
    assert [
        note.span.source.rpartition("/")[2] for note in found.diagnostics[0].notes if note.span
    ] == [
        "one.yaml",
        "two.yaml",
    ]
    (tmp_path / "two.yaml").write_text(MINIMAL.format(id="two", kind="flag"))
    with pytest.raises(cs.UsageError, match="several frameworks"):
        cs.score(listed)


def test_a_document_that_is_no_mapping(tmp_path: Path) -> None:
    for text, code in (
        ("just text", "missing-key"),
        ("[1, 2]", "invalid-type"),
        ("collabscore: {a: 1}", "wrong-kind"),
    ):
        file = tmp_path / "x.yaml"
        file.write_text(text)
        assert check(file, [cs.load_framework("guardrail")]).diagnostics[0].code == code
    file.write_text("[1]")
    with pytest.raises(cs.FrameworkError, match="expected a mapping"):
        cs.load_framework(file)
    with pytest.raises(
        cs.FrameworkError, match="this is a list of candidates, and a framework is needed"
    ):
        cs.load_framework({"collabscore": "candidates/1"})


def test_checking_a_vocabulary() -> None:
    found = check(str(shipped_path("common", "vocabulary")))
    assert found.ok
    assert found.kind == "vocabulary"


def test_nothing_is_checked_without_words(tmp_path: Path) -> None:
    file = tmp_path / "list.yaml"
    file.write_text("- {id: a}\n")
    with pytest.raises(cs.UsageError, match="no framework is named"):
        check(file)
    file.write_text("collabscore: candidates/1\nframework: [3, guardrail]\ncandidates: []\n")
    assert [diagnostic.code for diagnostic in check(file).diagnostics] == ["invalid-type"]


def test_many_findings_in_a_long_text_take_no_longer_than_it_is(tmp_path: Path) -> None:
    lines = ["collabscore: candidates/1", "framework: guardrail", "candidates:", "\n" * 300_000]
    lines += [f"  - {{id: a{k}, ratings: {{global_challenge: [1, 5]}}}}" for k in range(2_000)]
    file = tmp_path / "list.yaml"
    file.write_text("\n".join(lines))
    begin = time.process_time()
    found = check(file).diagnostics
    assert time.process_time() - begin < 4
    assert [one.code for one in found] == ["whole-scale"] * 2_000
    assert [one.span.line for one in found if one.span][:2] == [300_005, 300_006]
