from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

import collabscore as cs
from collabscore.analysis.checking import check
from collabscore.documents.loading import load_candidates, read_document, shipped_path


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    file.touch()
    os.truncate(file, 2**30)
    with pytest.raises(cs.UnreadableFileError, match="larger than 256 MiB"):
        read_document(file)


def test_folders_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(cs.UnreadableFileError, match="directory"):
        read_document(tmp_path)
    with pytest.raises(cs.UnreadableFileError, match="no such file"):
        read_document(tmp_path / "nothing.yaml")


class _Stdin(io.StringIO):
    buffer: io.BytesIO


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = _Stdin()
    stdin.buffer = io.BytesIO(b"- {id: a}\n")
    monkeypatch.setattr(sys, "stdin", stdin)
    candidates = load_candidates("-", "guardrail")
    assert candidates["a"].id == "a"
    stdin.buffer = io.BytesIO(b"- {id: a, ratings: {global: 1}}\n")
    with pytest.raises(cs.CandidateError, match="<stdin>:1:21"):
        load_candidates("-", "guardrail")


MINIMAL = "collabscore: framework/1\nid: {id}\nfacts: {{animals: {{kind: {kind}}}}}\n"


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside.yaml", tmp_path / "in"
    inside.mkdir()
    outside.write_text(MINIMAL.format(id="one", kind="flag"))
    (inside / "link.yaml").symlink_to(outside)
    (inside / "list.yaml").write_text(
        "collabscore: candidates/1\nframework: link.yaml\ncandidates: []\n"
    )
    assert [d.code for d in check(inside / "list.yaml").diagnostics] == ["path-not-allowed"]


def test_frameworks_from_everywhere(tmp_path: Path) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(MINIMAL.format(id="one", kind="flag"))
    one = cs.load_framework(file)
    assert cs.load_framework(str(file)) == one == cs.load_framework(one)
    vocabulary = {"collabscore": "vocabulary/1", "id": "own", "facts": {"wet": {"kind": "flag"}}}
    inline = cs.load_framework({"collabscore": "framework/1", "id": "x", "uses": vocabulary})
    assert "wet" in inline.all_facts
    assert cs.load_vocabulary("common") == cs.load_vocabulary(cs.load_vocabulary("common"))
    named = cs.Framework.model_validate({"collabscore": "framework/1", "id": "x", "uses": "common"})
    assert cs.load_framework(named).vocabulary is not None
    with pytest.raises(cs.UsageError, match="did you mean `guardrail`"):
        cs.load_framework("gaurdrail")
    assert shipped_path("../x") is None
    assert shipped_path("") is None


def test_candidates_from_everywhere() -> None:
    framework = cs.load_framework("guardrail")
    candidate = cs.Candidate(id="a", ratings={"dual_use": 2})
    loaded = cs.load_candidates([candidate, {"id": "b"}], framework)
    assert cs.load_candidates(loaded, framework) is loaded
    assert len(cs.load_candidates(cs.Candidates(candidates=[candidate]), "guardrail")) == 1
    assert (
        len(
            cs.load_candidates(
                {"collabscore": "candidates/1", "framework": "guardrail", "candidates": []}
            )
        )
        == 0
    )
    with pytest.raises(cs.UsageError, match="no framework is named"):
        cs.load_candidates([candidate])
    with pytest.raises(cs.CandidateError, match="would be beside this document"):
        cs.load_candidates(
            {"collabscore": "candidates/1", "framework": "house.yaml", "candidates": []}
        )


@pytest.mark.parametrize("name", ["x" * 300, "x" * 300 + ".yaml", "a\0b", "a\0b.yaml"])
def test_a_name_that_no_file_can_have_is_an_error_and_not_a_crash(name: str) -> None:
    with pytest.raises(cs.UsageError):
        cs.load_framework(name)
    with pytest.raises(cs.UsageError):
        cs.load_candidates(name, "guardrail")
    document = {"collabscore": "candidates/1", "framework": name, "candidates": []}
    with pytest.raises(cs.CandidateError):
        cs.load_candidates(document)
    with pytest.raises(cs.FrameworkError):
        cs.load_framework({"collabscore": "framework/1", "id": "x", "uses": name})


def test_cases_are_loaded_by_a_public_function(tmp_path: Path) -> None:
    document = {
        "collabscore": "cases/1",
        "framework": "guardrail",
        "cases": [{"id": "one", "candidate": {}, "expect": {"verdict": "refer"}}],
    }
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(document))
    for framework in ("guardrail", cs.load_framework("guardrail")):
        loaded = cs.load_cases(file, framework)
        for again in (cs.load_cases(document, framework), cs.load_cases(loaded, framework)):
            assert again.cases == loaded.cases
        assert loaded.origin.text == file.read_bytes()
        assert loaded.origin.source == str(file)
    with pytest.raises(
        cs.DocumentError, match="this is a framework, but a file of cases is needed"
    ):
        cs.load_cases({"collabscore": "framework/1"}, "guardrail")


@pytest.mark.parametrize("source", [None, 3, [], b"x", object()])
def test_what_is_no_document_is_wrong_usage(source: object) -> None:
    with pytest.raises(
        cs.UsageError, match=r"framework: `.*` is not a file or a document; give the name"
    ):
        cs.load_framework(source)  # type: ignore[arg-type]
