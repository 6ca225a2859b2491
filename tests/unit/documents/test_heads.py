from __future__ import annotations

import pytest

import collabscore as cs
from collabscore.documents.heads import PARTS, Head, Heads

GUARDRAIL = cs.load_framework("guardrail")
HEADS = Heads([GUARDRAIL])


def heads_of(framework: cs.Framework) -> list[Head]:
    """Return the heads of every criterion, fact and safeguard of a framework."""
    sections = {
        "ratings": framework.leaves,
        "facts": framework.candidate_facts,
        "safeguards": framework.all_safeguards,
    }
    return [Head(section, key) for section, keys in sections.items() for key in keys]


@pytest.mark.parametrize("name", ["guardrail", "ca-strac", "sta-2024", "guardrail-eu-ca"])
def test_a_head_that_is_written_is_read_again(name: str) -> None:
    framework = cs.load_framework(name)
    reader = Heads([framework])
    for head in heads_of(framework):
        for part in ("", *PARTS):
            of_part = head._replace(part=part.removeprefix("value"))
            written = reader.text(of_part)
            assert written is not None
            assert reader.read(written) == [of_part]


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("ID ", Head("", "id")),
        ("Notes", Head("", "note")),
        ("dual use", Head("ratings", "dual_use")),
        ("Dual-Use", Head("ratings", "dual_use")),
        ("ratings.dual_use", Head("ratings", "dual_use")),
        ("Dual use (low)", Head("ratings", "dual_use", "low")),
        ("dual_use.source", Head("ratings", "dual_use", "evidence")),
        ("Dual use (1 to 5)", Head("ratings", "dual_use")),
        ("benefit.us", Head("ratings", "benefit_us")),
        ("Benefit to the United States", Head("ratings", "benefit_us")),
        ("Misuse review", Head("safeguards", "misuse_review")),
        ("STAGE", Head("facts", "stage")),
    ],
)
def test_capitals_blanks_and_signs_are_forgiven(text: str, head: Head) -> None:
    assert HEADS.read(text) == [head]


def test_one_answer_for_all_parties_has_a_head_too() -> None:
    assert HEADS.read("benefit") == [Head("ratings", "benefit")]


@pytest.mark.parametrize("text", ["", "dual", "dual_use.lowest", "id.low", "mutual_interest", "x"])
def test_other_texts_are_no_heads(text: str) -> None:
    assert HEADS.read(text) == []


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("Duel use", "did you mean `dual_use`?"),
        ("Dual-use risk", "did you mean `dual_use`?"),
        ("Benefit China", "did you mean `benefit_cn`?"),
        ("Benefit for the US", "did you mean `benefit_us`?"),
        ("Legal requirements (US)", "did you mean `legal_us`?"),
        ("Legal requirements USA", "did you mean `legal_us` or `legal_cn`?"),
        ("Benefit U.S.", "did you mean `benefit_us` or `benefit_cn`?"),
        ("Owner", None),
        ("Critical tech", None),
        (
            "Complementarity",
            "`complementarity` is a group, which takes no rating; its criteria: `strengths`, `frontier_access`, `people_exchange`, `working_channel`;",
        ),
    ],
)
def test_likely_heads_are_offered_and_no_other_party(text: str, help: str | None) -> None:
    assert HEADS.meant(text) == help
