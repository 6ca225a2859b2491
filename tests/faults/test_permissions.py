"""Permissions, which somebody grants and may refuse; and the office to which a rule refers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import collabscore as cs
from collabscore.checks.warnings import candidate_warnings, framework_warnings
from collabscore.cli.main import cli
from collabscore.documents.templates import candidates_template
from collabscore.reports.framework import framework_data, framework_page
from collabscore.scoring.wording import needs_in_words, reasons_of, standing_sentence

SMALL: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "facts": {"listed": {"kind": "flag"}, "people": {"kind": "flag"}},
    "safeguards": {
        "plan": {"title": "Data plan"},
        "licence": {"title": "Export licence", "granted_by": "the licensing office"},
        "clearance": {"granted_by": "Ministry of Health"},
    },
    "standing": ["clearance"],
    "guardrails": {
        "export": {
            "when": "listed",
            "needs": ["licence", "plan"],
            "then": "refer",
            "refer_to": "security office",
            "deadline": "within 30 days",
        },
        "records": {"when": "people", "needs": [["clearance", "plan"]], "then": "refer"},
    },
}


def small(**guardrails: dict[str, Any]) -> cs.Framework:
    """Return the framework, some of its guardrails with other keys."""
    changed = {key: {**SMALL["guardrails"][key], **keys} for key, keys in guardrails.items()}
    return cs.load_framework({**SMALL, "guardrails": {**SMALL["guardrails"], **changed}})


def assessed(framework: cs.Framework | None = None, **candidate: Any) -> Any:
    """Return the assessment of one candidate to which both rules apply, unless it says else."""
    facts = {"listed": True, "people": True}
    one = {"id": "flu", "facts": facts, **candidate}
    listed = {"collabscore": "candidates/1", "as_of": "2026-02-01", "candidates": [one]}
    return cs.score(listed, framework or small())["flu"]


# words


@pytest.mark.parametrize(
    ("needs", "planned", "words"),
    [
        pytest.param([("plan",)], [], "needs: data plan", id="none"),
        pytest.param(
            [("licence",)],
            [],
            "to request: export licence (from the licensing office)",
            id="one",
        ),
        pytest.param(
            [("licence",), ("plan",), ("clearance",)],
            [],
            "needs: data plan; to request: export licence (from the licensing office), "
            "clearance (from Ministry of Health)",
            id="last-of-all",
        ),
        pytest.param(
            [("clearance", "plan")],
            [],
            "needs: clearance (from Ministry of Health) or data plan",
            id="beside-another-option",
        ),
        pytest.param(
            [("licence", "clearance")],
            ["clearance"],
            "to request: export licence (from the licensing office) or "
            "clearance (from Ministry of Health; planned)",
            id="one-of-two-planned",
        ),
    ],
)
def test_permissions_are_told_apart(
    needs: list[tuple[str, ...]], planned: list[str], words: str
) -> None:
    assert needs_in_words(needs, small(), planned, "needs: ") == words


def test_the_office_and_the_time_limit_stand_with_the_reason() -> None:
    assert reasons_of(assessed())[0] == (
        '"Export" (refer to: security office; deadline: within 30 days) applies, missing: '
        "data plan; to request: export licence (from the licensing office)"
    )


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({}, "refer to: security office; deadline: within 30 days"),
        ({"deadline": None}, "refer to: security office"),
        ({"refer_to": None}, "deadline: within 30 days"),
        (
            {"then": "outside", "met": "refer"},
            "refer to: security office; deadline: within 30 days",
        ),
    ],
)
def test_every_page_names_the_office_where_the_verdict_is(
    keys: dict[str, str | None], words: str
) -> None:
    given = {**SMALL["guardrails"]["export"], **keys}
    export = {key: value for key, value in given.items() if value is not None}
    framework = cs.load_framework({**SMALL, "guardrails": {"export": export}})
    ranking = cs.score([{"id": "flu", "facts": {"listed": True}}], framework)
    explanation = cs.explain(ranking, "flu")
    pages = {
        "score": ranking.to_text(200),
        "score, markdown": ranking.to_markdown(),
        "score, html": ranking.to_html(),
        "score, csv": ranking.to_csv(),
        "card": ranking["flu"].to_text(200),
        "explain": explanation.to_text(200),
        "explain, all": explanation.to_text(200, detail="verbose"),
    }
    lacking = [page for page, text in pages.items() if words.casefold() not in text.casefold()]
    assert lacking == []


@pytest.mark.parametrize(
    "candidate",
    [
        pytest.param({"safeguards": ["licence", "plan"]}, id="met"),
        pytest.param({"facts": {"listed": False, "people": True}}, id="clear"),
    ],
)
def test_no_office_where_nobody_has_to_decide(candidate: dict[str, Any]) -> None:
    framework = small()
    ranking = cs.score([{"id": "flu", "facts": {"listed": True}, **candidate}], framework)
    text = ranking.to_text(200, detail="verbose") + cs.explain(ranking, "flu").to_text(200)
    assert "security office" not in text


def test_what_every_project_needs_names_who_grants_it() -> None:
    assert standing_sentence(assessed()) == (
        "Still missing of what every project needs before it starts: "
        "clearance (from Ministry of Health)."
    )


def test_a_permission_is_got_from_an_office() -> None:
    ranking = cs.score(
        [{"id": "flu", "facts": {"listed": True, "people": False}, "safeguards": ["plan"]}], small()
    )
    text = cs.explain(ranking, "flu").to_text(200)
    assert "Get export licence from the licensing office" in text
    in_place = cs.what_if(ranking, safeguards={"flu": ["plan", "licence"]})
    assert 'with "Export licence" (from the licensing office)' in in_place.to_text(200)
    lost = cs.explain(in_place.ranking, "flu").to_text(200)
    assert "Get export licence" not in lost
    assert "Export licence" in lost


# documents


def test_templates_and_pages_of_a_framework_name_who_grants_and_decides() -> None:
    framework = small()
    template = candidates_template(framework)
    assert "Clearance (required of every project; granted by Ministry of Health)" in template
    assert "Export licence (granted by the licensing office)" in template
    page = framework_page(framework).to_text(120)
    for line in (
        "Granted by: the licensing office",
        "Refer to: security office",
        "Deadline: within 30 days",
    ):
        assert line in page
    data = framework_data(framework)
    export, records = data["guardrails"]
    assert (export["refer_to"], export["deadline"]) == ("security office", "within 30 days")
    assert "refer_to" not in records
    granted = {each["id"]: each.get("granted_by") for each in data["safeguards"]}
    assert granted == {
        "clearance": "Ministry of Health",
        "licence": "the licensing office",
        "plan": None,
    }


@pytest.mark.parametrize(
    ("section", "key", "name"),
    [
        ("safeguards", "licence", "granted_by"),
        ("guardrails", "export", "refer_to"),
        ("guardrails", "export", "deadline"),
    ],
)
@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "empty-text"),
        (["an office"], "invalid-type"),
        (3, "invalid-type"),
        ("a\u202eb", "bad-character"),
    ],
)
def test_a_text_is_read_like_all_others(
    section: str, key: str, name: str, value: Any, code: str
) -> None:
    document = {**SMALL, section: {**SMALL[section], key: {**SMALL[section][key], name: value}}}
    with pytest.raises(cs.DocumentError) as caught:
        cs.load_framework(document)
    (found,) = caught.value.diagnostics
    assert found.path == (section, key, name)
    assert found.help
    assert found.code == code


@pytest.mark.parametrize(
    ("section", "key", "name"),
    [
        ("safeguards", "licence", "granted_by"),
        ("guardrails", "export", "refer_to"),
        ("guardrails", "export", "deadline"),
    ],
)
def test_no_text_may_be_about_a_person(section: str, key: str, name: str) -> None:
    text = "the office of the applicant's nationality"
    document = {**SMALL, section: {**SMALL[section], key: {**SMALL[section][key], name: text}}}
    found = framework_warnings(cs.load_framework(document))
    assert [(each.code, each.path) for each in found if each.code == "about-persons"] == [
        ("about-persons", (section, key, name))
    ]


def test_a_vocabulary_may_define_permissions() -> None:
    vocabulary = {
        "collabscore": "vocabulary/1",
        "id": "words",
        "safeguards": SMALL["safeguards"],
        "facts": SMALL["facts"],
    }
    document = {key: value for key, value in SMALL.items() if key not in ("safeguards", "facts")}
    framework = cs.load_framework({**document, "uses": vocabulary})
    assert framework.is_permission(["licence"])
    assert not framework.is_permission(("clearance", "plan"))


# what `check` says


def checked(candidates: list[dict[str, Any]], tmp_path: Path, *options: str) -> list[str]:
    """Return the lines that `check` prints about a list, the framework beside it."""
    listed = {"collabscore": "candidates/1", "as_of": "2026-02-01", "candidates": candidates}
    documents = {"small.json": SMALL, "list.json": listed}
    for name, document in documents.items():
        (tmp_path / name).write_text(json.dumps(document))
    command = ["check", str(tmp_path / "list.json"), "-f", str(tmp_path / "small.json"), *options]
    return CliRunner().invoke(cli, command).output.splitlines()


AREAS: list[dict[str, Any]] = [
    {"id": "flu", "unit": "area"},
    {"id": "ice", "unit": "area", "safeguards": [{"id": "licence", "by": "licence 12"}]},
    {"id": "sea", "unit": "area", "safeguards": [{"id": "licence", "status": "planned"}]},
    {"id": "sky", "unit": "area", "safeguards": [{"id": "licence", "until": "2026-01-31"}]},
    {"id": "moon"},
]


def test_check_counts_the_permissions_that_areas_leave_open(tmp_path: Path) -> None:
    lines = checked(AREAS, tmp_path)
    assert 'to request: "Export licence" for 3 (-v lists them all)' in lines
    verbose = checked(AREAS, tmp_path, "-v")
    assert verbose[verbose.index("to request:") + 1] == '  "Export licence": flu, sea, sky'
    assert not any("to request" in line for line in checked(AREAS[4:], tmp_path))


@pytest.mark.parametrize(
    ("entry", "unit", "is_said"),
    [
        pytest.param("licence", "area", True, id="presumed"),
        pytest.param({"id": "licence", "note": "granted"}, "area", True, id="a-note"),
        pytest.param({"id": "licence", "date": "2026-01-31"}, "area", True, id="a-date"),
        pytest.param({"id": "licence", "status": "in_place"}, "area", True, id="in-so-many-words"),
        pytest.param({"id": "licence", "by": "licence 12"}, "area", False, id="by"),
        pytest.param({"id": "licence", "evidence": ["s"]}, "area", False, id="evidence"),
        pytest.param({"id": "licence", "status": "planned"}, "area", False, id="planned"),
        pytest.param({"id": "licence", "until": "2026-01-31"}, "area", False, id="expired"),
        pytest.param({"id": "licence", "until": "2026-02-28"}, "area", True, id="not-yet-expired"),
        pytest.param("licence", "project", False, id="project"),
        pytest.param("plan", "area", False, id="no-permission"),
    ],
)
def test_a_permission_presumed_is_a_warning(entry: object, unit: str, is_said: bool) -> None:
    document = {
        "collabscore": "candidates/1",
        "unit": unit,
        "as_of": "2026-02-01",
        "sources": {"s": {"title": "Licence 12"}},
        "candidates": [{"id": "ice"}, {"id": "flu", "safeguards": [entry]}],
    }
    candidates = cs.load_candidates(document, small())
    found = [each for each in candidate_warnings(candidates) if each.code == "unbacked-permission"]
    assert [each.path for each in found] == [("candidates", 1, "safeguards", 0)] * is_said
    for each in found:
        assert each.message == (
            "`licence` counts as granted to the whole area `flu`, but nothing shows it"
        )
        assert each.help == (
            "write `{id: licence, evidence: [...]}` with a source, or `by: ...` with the document "
            "of the licensing office; else remove it"
        )


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, []),
        ({"then": "conditional", "met": "inside"}, ["refer_to", "deadline"]),
        ({"then": "conditional", "met": "inside", "if_unknown": "refer"}, []),
        ({"then": "outside"}, []),
    ],
)
def test_an_office_that_never_decides_is_a_warning(keys: dict[str, str], said: list[str]) -> None:
    found = framework_warnings(small(export=keys))
    paths = [each.path for each in found if each.code == "unused-referral"]
    assert paths == [("guardrails", "export", name) for name in said]


# verdicts


AREA, PLANNED = "area", [{"id": "licence", "status": "planned"}]
EXPIRED = [{"id": "licence", "by": "licence 12", "until": "2026-01-31"}]


@pytest.mark.parametrize(
    ("needs", "unit", "safeguards", "state", "code"),
    [
        pytest.param(["licence"], AREA, [], "unmet", "permission-to-ask", id="not-presumed"),
        pytest.param(["licence"], AREA, ["licence"], "met", "met", id="in-place"),
        pytest.param(["licence"], AREA, PLANNED, "unmet", "permission-to-ask", id="planned"),
        pytest.param(["licence"], AREA, EXPIRED, "unmet", "permission-to-ask", id="expired"),
        pytest.param(["plan"], AREA, [], "met", "safeguard-due", id="presumed"),
        pytest.param(
            ["plan", "licence"], AREA, ["plan"], "unmet", "permission-to-ask", id="one-of-each"
        ),
        pytest.param(
            ["plan", "licence"], AREA, ["licence"], "met", "safeguard-due", id="the-other-of-each"
        ),
        pytest.param([["licence", "plan"]], AREA, [], "met", "safeguard-due", id="option-presumed"),
        pytest.param([["licence", "plan"]], AREA, ["licence"], "met", "met", id="option-in-place"),
        pytest.param(
            [["licence", "clearance"]], AREA, [], "unmet", "permission-to-ask", id="options-granted"
        ),
        pytest.param(
            [["licence", "clearance"]], AREA, ["clearance"], "met", "met", id="option-granted"
        ),
        pytest.param(
            [["licence", "clearance"], "plan", "licence"],
            AREA,
            ["clearance"],
            "unmet",
            "permission-to-ask",
            id="granted-once-of-twice",
        ),
        pytest.param(
            ["licence"], "project", [], "unmet", "safeguard-missing", id="project-without"
        ),
        pytest.param(
            ["licence"], "project", PLANNED, "unmet", "safeguard-planned", id="project-planned"
        ),
        pytest.param(["licence"], "project", ["licence"], "met", "met", id="project-with"),
    ],
)
def test_an_area_presumes_no_permission(
    needs: list[Any], unit: str, safeguards: list[Any], state: str, code: str
) -> None:
    framework = small(export={"needs": needs})
    found = assessed(framework, unit=unit, safeguards=safeguards)
    (export,) = (each for each in found.findings if each.guardrail == "export")
    assert (export.state, export.code) == (state, code)
    assert export.verdict == ("refer" if state == "unmet" else "conditional")
    lacking = {option for need in export.missing for option in need}
    assert lacking.isdisjoint(one for one in safeguards if isinstance(one, str))


def test_the_most_severe_step_that_lacks_a_permission_counts() -> None:
    steps = [
        {"when": "listed", "needs": ["licence"], "then": "outside", "met": "refer"},
        {"when": "people", "needs": ["plan"], "then": "outside", "met": "conditional"},
    ]
    framework = cs.load_framework({**SMALL, "guardrails": {"export": {"steps": steps}}})
    verdicts = []
    for facts in ({"listed": True, "people": True}, {"listed": False, "people": True}):
        verdicts.append(assessed(framework, unit="area", facts=facts).verdict)
    verdicts.append(assessed(framework, unit="area", safeguards=["licence"]).verdict)
    assert verdicts == ["outside", "conditional", "refer"]


def test_it_is_unknown_for_an_area_too_whether_a_permission_is_needed() -> None:
    found = assessed(unit="area", facts={"people": False})
    export = found.findings[0]
    assert (export.state, export.verdict, export.unknown) == ("unknown", "refer", ("listed",))
    assert found.verdict_range == ("inside", "refer")
    granted = assessed(unit="area", facts={"people": False}, safeguards=["licence"])
    assert granted.verdict_range == ("inside", "conditional")


def test_a_condition_may_ask_for_a_permission_of_an_area() -> None:
    rule = {"when": "not has(licence)", "then": "refer"}
    framework = cs.load_framework({**SMALL, "guardrails": {"export": rule}})
    assert assessed(framework, unit="area").verdict == "refer"
    assert assessed(framework, unit="area", safeguards=["licence"]).verdict == "inside"


def test_what_all_projects_need_is_not_asked_of_an_area() -> None:
    assert assessed(unit="area").standing == ()
    assert assessed().standing == ("clearance",)


def test_columns_are_judged_alike() -> None:
    columns = {"listed": [True, True, True], "people": [False, False, False]}
    problem = cs.Problem.from_columns(
        small(),
        columns,
        safeguards={"licence": [False, True, True]},
        unit=["area", "area", "project"],
    )
    ranking = cs.score(problem)
    found = {each.id: each.verdict for each in ranking}
    assert found == {"1": "refer", "2": "conditional", "3": "refer"}


def test_json_names_who_decides_only_where_somebody_does() -> None:
    candidates = [
        {"id": "flu", "unit": "area", "facts": {"listed": True, "people": True}},
        {"id": "ice", "unit": "area", "facts": {"listed": False, "people": True}},
    ]
    ranking = cs.score(candidates, small())
    records = {each["id"]: each["findings"] for each in json.loads(ranking.to_json())["candidates"]}
    export, other = records["flu"]
    assert (export["refer_to"], export["deadline"]) == ("security office", "within 30 days")
    assert not {"refer_to", "deadline"} & (other.keys() | records["ice"][0].keys())


def test_a_comparison_keeps_the_name_of_the_office() -> None:
    safeguards = {key: {"title": one.get("title", key)} for key, one in SMALL["safeguards"].items()}
    free = {**SMALL, "id": "free", "safeguards": safeguards}
    export = {**SMALL["guardrails"]["export"], "needs": ["clearance"]}
    strict = {**SMALL, "guardrails": {"export": export}}
    areas = [{"id": "flu", "unit": "area", "facts": {"listed": True, "people": False}}]
    text = cs.compare(areas, [free, strict]).to_text(200)
    assert "Needs: clearance (from Ministry of Health)" in text
