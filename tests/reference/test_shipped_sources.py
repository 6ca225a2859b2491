"""Every element of every shipped framework resolves to a source, and says how far it was checked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

import collabscore as cs
from collabscore.documents.loading import load_vocabulary, shipped
from collabscore.models.base import citations
from collabscore.models.framework import Framework

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(shipped())
# from the best to the weakest
VERIFIED = ("primary", "secondary", "no")


def evidence_level(element: Any, framework: Framework) -> str:
    """Return how far an element was checked: as it says, else as the weakest of its sources."""
    if element.verified is not None:
        return str(element.verified)
    cited = citations(element.source)
    found = [framework.all_sources[citation.id].verified for citation in cited]
    if found:
        return max(found, key=VERIFIED.index)
    return element.basis or "none"


def count_evidence_levels(framework: Framework) -> Counter[str]:
    """Return how many elements there are of each level."""
    return Counter(evidence_level(element, framework) for _, _, element in framework.elements())


def test_ten_or_more_are_shipped() -> None:
    assert len(SHIPPED) >= 10


@pytest.mark.parametrize("name", SHIPPED)
def test_each_says_what_it_is(name: str) -> None:
    framework = cs.load_framework(name)
    assert framework.id == name
    for field in (
        "title",
        "version",
        "as_of",
        "issuer",
        "legal_force",
        "unit_of_assessment",
        "summary",
    ):
        assert getattr(framework, field), field
    assert framework.uses is not None


@pytest.mark.parametrize("name", SHIPPED)
def test_every_element_resolves_to_a_source(name: str) -> None:
    framework = cs.load_framework(name)
    for kind, key, element in framework.elements():
        cited = citations(element.source)
        assert cited or element.basis == "judgement", (kind, key)
        assert all(citation.id in framework.all_sources for citation in cited), (kind, key)
        for citation in cited:
            source = framework.all_sources[citation.id]
            # what can be looked up: an address, or at least an issuer and a date, or a remark on what it is
            assert source.url or source.note or (source.issuer and source.date), citation.id


@pytest.mark.parametrize("name", SHIPPED)
def test_elements_are_counted_by_how_far_they_were_checked(name: str) -> None:
    framework = cs.load_framework(name)
    counts = count_evidence_levels(framework)
    assert counts.total() == sum(1 for _ in framework.elements())
    assert counts["none"] == 0
    # what is not verified is named in every output
    unverified = [
        key
        for kind, key, e in framework.elements()
        if kind != "framework" and evidence_level(e, framework) == "no"
    ]
    assert counts["no"] - (framework.verified == "no") == len(unverified)
    notes = " ".join(cs.score([{"id": "a"}], framework).notes)
    assert ("Not verified" in notes) == bool(unverified)


def test_the_docs_show_that_table() -> None:
    page = (ROOT / "docs" / "frameworks" / "index.md").read_text(encoding="utf-8")
    for name in SHIPPED:
        row = next(line for line in page.splitlines() if f"(`{name}`)" in line)
        counts: Counter[str] = Counter(count_evidence_levels(cs.load_framework(name)))
        figures = [int(cell) for cell in row.split("|")[-6:-1]]
        assert figures == [
            counts[standing] for standing in ("primary", "secondary", "no", "judgement", "none")
        ]


@pytest.mark.parametrize("name", SHIPPED)
def test_each_has_at_least_five_cases(name: str) -> None:
    path = ROOT / "frameworks" / "cases" / f"{name}.yaml"
    assert len(yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]) >= 5


def test_one_rule_holds_for_a_technology_on_the_list_of_either_side() -> None:
    """Development is outside; of clean energy, with an intellectual property annex, a person decides."""
    lists = load_vocabulary("common").lists
    technologies = lists["technologies"].items
    listed = [*lists["critical_and_emerging"].items, *lists["cn_export_catalogue"].items]
    areas = [technologies[name] for name in listed if name in technologies]
    finer = [item for area in areas for item in area.items or ()]
    clean = {"clean_energy", *technologies["clean_energy"].items}
    assert clean.intersection(lists["cn_export_catalogue"].items) == {"batteries"}
    work = {"technology_link": "advances", "stage": "applied"}
    projects = [
        {"id": item, "facts": {"fields": [item], **work}, "safeguards": ["ip_annex"]}
        for item in {*listed, *finer}
    ]
    found = cs.score(projects, "guardrail")
    for project in found:
        assert project.verdict == ("refer" if project.id in clean else "outside"), project.id
