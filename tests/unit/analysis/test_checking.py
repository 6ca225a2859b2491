from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

import collabscore as cs
from collabscore.analysis.checking import check
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
    assert found.diagnostics[0].message == (
        "the fact `animals` means one thing in `one` and another in `two`: no answer fits both"
    )
    # the answers of a list were given for its own framework: another one cannot take them
    listed.write_text("collabscore: candidates/1\nframework: one.yaml\ncandidates: [{id: a}]\n")
    with pytest.raises(cs.CandidateError, match="the framework that you give beside it"):
        cs.score(listed, tmp_path / "two.yaml")
    listed.write_text(
        "collabscore: candidates/1\nframework: [one.yaml, two.yaml]\ncandidates: [{id: a}]\n"
    )
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
        ("just text", "invalid-type"),
        ("[1, 2]", "invalid-type"),
        ("collabscore: {a: 1}", "wrong-kind"),
    ):
        file = tmp_path / "x.yaml"
        file.write_text(text)
        assert check(file, [cs.load_framework("guardrail")]).diagnostics[0].code == code
    file.write_text("[1]")
    with pytest.raises(cs.FrameworkError, match="expected keys with values"):
        cs.load_framework(file)
    with pytest.raises(
        cs.FrameworkError, match="this is a list of candidates, but a framework is needed"
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
    (one,) = found
    assert (one.code, one.message[-13:]) == ("whole-scale", "(2,000 times)")
    assert [place.span.line for place in (one, *one.notes) if place.span] == [300_005, 300_006]


ODD = ("1.10", "1e3", "0x1F", "~", "TRUE", "{power: {a: [true, null]}}", "[true, 2.50]", "9" * 290)


@pytest.mark.parametrize(
    "line",
    [
        "id: {}",
        "version: {}",
        "missing: {}",
        "scales: {{five: {{range: {}}}}}",
        "criteria: {{gain: {{scale: five, weight: {}}}}}",
        "criteria: {{gain: {{scale: five, prefer: {}}}}}",
        "facts: {{stage: {{kind: {}}}}}",
        "facts: {{stage: {{kind: level, levels: [low, {}]}}}}",
        "bands: {{strong: {}}}",
    ],
)
def test_messages_quote_a_value_as_it_is_written(line: str, tmp_path: Path) -> None:
    for written in ODD:
        file = tmp_path / "odd.yaml"
        head = "" if line.startswith("id") else "id: odd\n"
        file.write_text(f"collabscore: framework/1\n{head}{line.format(written)}\n")
        for found in check(file).diagnostics:
            words = f"{found.message} {found.help or ''}"
            assert not re.search(r"\b(None|True|False|1\.1|1000(\.0)?|31|2\.5)\b|\{'|9{61}", words)
            if f"`{written}`" not in words and len(written) < 60:
                # a part of it, or nothing, is quoted
                assert all(part in written for part in re.findall("not `([^`]*)`", found.message))


def test_answers_are_quoted_as_they_are_written(tmp_path: Path) -> None:
    entries = {
        "ratings": {"global_challenge": "7.50", "dual_use": "[5, 1.0]", "benefit_us": "1e2"},
        "facts": {"stage": "{a: true}", "personal_data": "2.10", "legal_us": "[~]"},
    }
    lines = ["collabscore: candidates/1", "framework: guardrail", "candidates:", "  - id: a"]
    for section, answers in entries.items():
        lines.append(f"    {section}:")
        lines += [f"      {key}: {written}" for key, written in answers.items()]
    file = tmp_path / "list.yaml"
    file.write_text("\n".join(lines))
    messages = [found.message for found in check(file).diagnostics]
    for written in ("7.50", "[5, 1.0]", "1e2", "2.10"):
        assert any(f"`{written}`" in message for message in messages), written
    assert not any(re.search(r"\bTrue\b|\bNone\b|\{'", message) for message in messages)


def test_json_with_thousands_of_digits_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for number in ("9" * 5_000, "-" + "1" * 5_000):
        file = tmp_path / "list.json"
        file.write_text(f'{{"framework": "guardrail", "candidates": {number}}}')
        (found,) = check(file).diagnostics
        assert found.code == "invalid-type"
        assert number[:40] in found.message
        assert len(found.message) < 100
