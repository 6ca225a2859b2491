"""Faults that a newcomer stumbled over: an unknown stated as a fact, numbers that differ between forms, sheets."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

import collabscore as cs
from collabscore.analysis.changes import Consequence, RatingTarget
from collabscore.output import Column, Table
from collabscore.output.excel import Workbook
from collabscore.reports.changes import target_words
from collabscore.reports.questions import page_of

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "scales": {"five": {"range": [1, 5]}},
    "facts": {
        "law": {"kind": "level", "levels": ["open", "case_by_case", "denied"]},
        "harm": {"kind": "flag"},
    },
    "criteria": {
        "interest": {
            "weight": 2,
            "criteria": {
                "gain": {"scale": "five"},
                "complementarities": {"scale": "five", "prefer": "low", "missing": "worst"},
            },
        },
        "risk": {"scale": "five", "missing": "worst"},
    },
    "safeguards": {"permit": {"granted_by": "the office"}, "review": {}, "plan": {}},
    "standing": ["plan"],
    "guardrails": {
        "legal": {
            "title": "Legal permission",
            "reason": "One law refuses.",
            "steps": [
                {"when": "law >= denied", "needs": ["permit", "review"], "then": "refer"},
                {
                    "when": "law >= case_by_case",
                    "needs": ["permit"],
                    "then": "conditional",
                    "reason": "An office decides.",
                },
            ],
        },
        "misuse": {"when": "harm", "needs": ["review"], "then": "refer", "reason": "Harm is near."},
    },
}
LISTED: list[dict[str, Any]] = [
    {
        "id": "methane",
        "ratings": {"gain": [2, 4], "risk": 4, "complementarities": 2},
        "facts": {"law": {"value": "case_by_case", "note": "asked in May", "by": "legal office"}},
        "safeguards": [{"id": "review", "status": "planned"}],
    },
    {"id": "ice", "ratings": {"gain": 5, "complementarities": 1}, "facts": {"harm": False}},
    {"id": "sea", "ratings": {"gain": 5, "risk": 1}, "facts": {"law": "open", "harm": False}},
    {"id": "flu", "facts": {"harm": True, "law": "denied"}},
]
RANKING = cs.score(LISTED, FRAMEWORK)


def sheets_of(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


CONTENT = cs.to_excel(RANKING)
SHEETS = sheets_of(CONTENT)


def records(name: str) -> list[dict[str, Any]]:
    heads, *rows = SHEETS[name]
    return [dict(zip(heads, row, strict=True)) for row in rows]


# 3: a reason of a step that is only possible


OPEN = {
    "3-first-step": ("ice", "Legal permission", "not known; if it applies: One law refuses."),
    "3-only-step": ("methane", "Misuse", "not known; if it applies: Harm is near."),
    "3-certain": ("flu", "Legal permission", "One law refuses."),
    "3-certain-step": ("methane", "Legal permission", "An office decides."),
}


@pytest.mark.parametrize("case", OPEN)
def test_a_reason_is_a_fact_only_where_its_rule_applies(case: str) -> None:
    name, rule, reason = OPEN[case]
    found = {(row["Id"], row["Rule"]): row for row in records("Findings")}
    assert found[name, rule]["Reason"] == reason
    memo = cs.explain(RANKING, name)
    assert f"Reason: {reason}" in memo.to_text(400, detail="verbose")
    assert f"Reason: {reason}" in memo.to_html(detail="verbose")
    rows = RANKING.plain_table("findings").to_records()
    [row] = [row for row in rows if (row["id"], row["guardrail_title"]) == (name, rule)]
    assert row["reason"] == reason


def test_3_what_is_missing_keeps_its_condition() -> None:
    missing = {(row["Id"], row["Rule"]): row["Missing"] for row in records("Findings")}
    assert missing["methane", "Misuse"] == "only if it applies: review (planned)"
    assert missing["ice", "Legal permission"].startswith("only if it applies: ")
    assert missing["flu", "Legal permission"] == "review; to request: permit (from the office)"


# 5: numbers of questions, and what is drawn


def test_5_questions_are_numbered_alike_without_gaps() -> None:
    found = cs.next_questions(RANKING, draws=512)
    shown = found.informative
    hidden = [one for one in found.questions if not one.informative]
    assert len(shown) > 1
    assert [one.number for one in shown] == [*range(1, len(shown) + 1)]
    assert [one.number for one in hidden] == [*range(len(shown) + 1, len(found) + 1)]
    text = page_of(found, "default").to_text(100)
    table = re.findall(r"^ +(\d+)  ", text, re.MULTILINE)
    sent = re.findall(r"^ *(\d+)\. ", text, re.MULTILINE)
    assert table == sent == [str(one.number) for one in shown[:10]]


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ("exact", "Weights stay as given; all other unknown answers vary too"),
        ("any", "Weights and all other unknown answers vary too"),
        ("within 25%", "Weights and all other unknown answers vary too"),
        ("order", "Weights and all other unknown answers vary too"),
    ],
    ids=lambda value: f"5-{value}",
)
def test_the_legend_says_whether_weights_vary(weights: str, words: str) -> None:
    found = cs.next_questions(RANKING, draws=256, weights=weights)
    assert words in found.page().to_text(2000)


# 8: one rounding of ranges


def test_8_the_workbook_rounds_ranges_outward() -> None:
    order = SHEETS["Ranking"][3:] if SHEETS["Ranking"][0][0] else SHEETS["Ranking"]
    at = next(k for k, row in enumerate(order) if "Range before: low" in row)
    heads, rows = order[at], order[at + 1 :]
    checked = 0
    for row in rows:
        cells = dict(zip(heads, row, strict=True))
        found = RANKING[cells["Id"]]
        low, high = cells["Range before: low"], cells["Range before: high"]
        assert found.low is not None
        assert found.high is not None
        assert low <= found.low + 1e-9
        assert high >= found.high - 1e-9
        assert high - found.high < 0.1
        if low < high:
            said = f"range {low:.1f} to {high:.1f}"
            assert said in cs.explain(RANKING, cells["Id"]).to_text(400)
            checked += 1
    assert checked > 1


@pytest.mark.parametrize(
    ("digits", "cell", "ends"),
    [
        (0, (35.6, 54.829), (35.0, 55.0)),
        (1, (35.66, 54.829), (35.6, 54.9)),
        (2, (0.111, 0.999), (0.11, 1.0)),
        (0, (36.25, 36.25), (36.25, 36.25)),
    ],
    ids=lambda value: f"8-{value}",
)
def test_every_table_of_a_workbook_rounds_outward(digits: int, cell: Any, ends: Any) -> None:
    column = Column("range", "Range", kind="interval", digits=digits, outward=True)
    book = Workbook("w")
    book.table_sheet("T", Table((Column("id", "Id"), column), (("a", cell),)))
    assert tuple(sheets_of(book.content())["T"][1][1:]) == ends


def test_8_the_legend_says_so_once() -> None:
    assert RANKING.to_text(200).count("rounded outward") == 1


# 14: a score outside the scores that are drawn


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("worst", "In the score, an unknown rating counts as the worst of its scale."),
        ("omit", "In the score, an unknown rating is left out;"),
        ("average", None),
        ("refuse", None),
    ],
    ids=lambda value: f"14-{value}",
)
def test_the_legend_says_how_draws_differ_from_the_score(policy: str, words: str | None) -> None:
    criteria = {"gain": {"scale": "five"}, "risk": {"scale": "five", "missing": policy}}
    plain = {"collabscore": "framework/1", "id": "p", "scales": FRAMEWORK["scales"]}
    listed = [{"id": "a", "ratings": {"gain": 3}}, {"id": "b", "ratings": {"gain": 2, "risk": 4}}]
    ranking = cs.score(listed, {**plain, "criteria": criteria})
    text = cs.robustness(ranking, draws=64).to_text(2000)
    assert ("In the score, an unknown rating" in text) == (words is not None)
    assert words is None or words in text
    known = cs.score(listed[1:], {**plain, "criteria": criteria})
    assert "In the score" not in cs.robustness(known, draws=64).to_text(2000)


# 18: sheets of answers and of what to do


def test_18_answers_have_their_notes() -> None:
    rows = {(row["Id"], row["Id of the answer"]): row for row in records("Answers")}
    law = rows["methane", "law"]
    assert (law["Kind"], law["Answer"], law["Note"], law["Stated by"]) == (
        *("fact", "case by case", "asked in May"),
        "legal office",
    )
    assert rows["methane", "harm"]["Answer"] == "unknown"
    assert rows["methane", "review"]["Answer"] == "planned"
    assert len(rows) == 2 * len(LISTED) + 1


def test_18_answers_are_those_that_rules_ask_for_or_somebody_gave() -> None:
    listed = [{"id": "a", "facts": {"channel": "company"}}, {"id": "b"}]
    ranking = cs.score(listed, "guardrail")
    heads, *rows = sheets_of(cs.to_excel(ranking))["Answers"]
    keys: dict[str, set[str]] = {"a": set(), "b": set()}
    for row in rows:
        cells = dict(zip(heads, row, strict=True))
        keys[cells["Id"]].add(cells["Id of the answer"])
    asked = set(ranking.framework.facts_asked)
    assert keys == {"a": asked | {"channel"}, "b": asked}
    assert "channel" not in asked


def test_18_to_do_has_a_state_for_each_need() -> None:
    found = {(row["Id"], row["To do"], row["State"]): row["Rule"] for row in records("To do")}
    assert found["flu", "review", "missing"] == "Legal permission; Misuse"
    assert found["flu", "permit (from the office)", "to request"] == "Legal permission"
    assert found["methane", "review", "planned, if it applies"] == "Misuse"
    assert found["methane", "Harm", "to find out"] == "Misuse"
    assert found["sea", "plan", "missing"] == "every project, whatever its verdict"


def test_18_rules_that_do_not_apply_are_last() -> None:
    states = [row["Finding"] for row in records("Findings")]
    assert states == sorted(states, key=lambda state: state == "does not apply")
    about = "\n".join(str(row[0]) for row in SHEETS["About"])
    assert "Rules that do not apply are last." in about
    assert "Column Why has the reasons; it is not printed." in about


# 19: the head of the model


def test_19_the_model_names_all_cells_to_change_and_the_scales() -> None:
    top = SHEETS["Model"]
    words = [str(cell) for row in top[:4] for cell in row if cell != ""]
    [note] = [text for text in words if "To change: " in text]
    column = re.search(r"weights of groups, in row 5 from column ([A-Z]+)\.", note)
    assert column is not None
    place = 0
    for letter in column[1]:
        place = 26 * place + ord(letter) - 64
    assert top[4][place - 1] == 2.0  # the weight of the one group
    assert "Groups, from 0 to 1; weights: to change" in words
    by_label = {row[1]: row for row in top[:11]}
    heads = top[10]
    at = heads.index("Complementarities")
    assert by_label["Group"][at] == "Interest"
    assert by_label["Scale"][at] == "1 to 5; lower is better"
    assert by_label["Scale"][heads.index("Risk")] == "1 to 5"


# 24: workbooks of other results


def test_24_sheets_are_named_by_what_they_hold() -> None:
    other = [{**row, "ratings": {"gain": 1 + k, "risk": 2}} for k, row in enumerate(LISTED)]
    other[3]["facts"] = {"harm": False, "law": "denied"}
    panel = cs.panel([LISTED, other], FRAMEWORK, labels=["anna", "ben"])
    sheets = sheets_of(cs.to_excel(panel))
    assert not {name for name in sheets if name.startswith(("Page", "Panel"))}
    assert {"Summary", "Agreement", "Agreement, fact", "Raters", "All rows"} <= set(sheets)
    lines = [str(row[0]) for row in sheets["Summary"]]
    for place, line in enumerate(lines):
        if line.startswith(("Disagreements", "Agreement")):
            assert lines[place + 1]
    assert 'Table: sheet "Raters".' in lines
    heads = sheets["All rows"][0]
    assert all(head[:1] == head[:1].upper() for head in heads)


# 25: changes that nobody can rate


@pytest.mark.parametrize(
    ("low", "high", "options", "words"),
    [
        (None, 0.01, {}, "at most 0.01 (such as 0)"),
        (None, 0.18, {"high_open": True}, "less than 0.18 (such as 0)"),
        (3.99, None, {}, "at least 3.99 (such as 4)"),
        (3.9, None, {"low_open": True}, "more than 3.9 (such as 4)"),
        (None, 0.5, {}, "at most 0.5"),
        (4.0, None, {}, "at least 4"),
        (None, 0.0, {"whole": True}, "at most 0"),
    ],
    ids=lambda value: f"25-{value}",
)
def test_a_least_change_names_a_rating(low: Any, high: Any, options: Any, words: str) -> None:
    target = RatingTarget(low, high, Consequence("inside", 1, 50.0), **options)
    assert target_words(target, (0, 4)) == words


def test_25_an_explanation_names_the_end_of_the_scale() -> None:
    criteria = {"gain": {"scale": {"range": [0, 4]}}, "risk": {"scale": {"range": [0, 4]}}}
    framework = {"collabscore": "framework/1", "id": "p", "criteria": criteria}
    listed = [
        {"id": "a", "ratings": {"gain": 3.5, "risk": 2.5}},
        {"id": "b", "ratings": {"gain": 0.1, "risk": 2.5}},
    ]
    text = cs.explain(cs.score(listed, framework), "a").to_text(120, detail="verbose")
    assert "0.1 (such as 0)" in text


# 25: print


@pytest.mark.parametrize(
    ("title", "footer"),
    [
        ("R&D, as of 2025-12-31", "R&&D, as of 2025-12-31"),
        ("12 of 20 & more", "12 of 20 && more"),
        ("x" * 70 + " as of 2025-12-31", "x" * 70 + " as of 2025-12-31"),
        ("word " * 40, "word " * 17 + "word…"),
    ],
    ids=["25-and", "25-digits", "25-date", "25-long"],
)
def test_a_footer_is_whole_or_says_that_it_is_cut(title: str, footer: str) -> None:
    book = Workbook(title)
    book.sheet("One")
    with zipfile.ZipFile(io.BytesIO(book.content())) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    found = re.search(r"<oddFooter>(.*)</oddFooter>", xml)
    assert found is not None
    assert found[1].replace("&amp;", "&") == f"&L{footer}&R&A, &P / &N"


def test_25_no_head_of_the_model_is_broken_within_a_word() -> None:
    with zipfile.ZipFile(io.BytesIO(CONTENT)) as archive:
        xml = archive.read("xl/worksheets/sheet3.xml").decode()
    at = SHEETS["Model"][10].index("Complementarities") + 1
    widths = re.findall(r'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', xml)
    [width] = [float(w) for first, last, w in widths if int(first) <= at <= int(last)]
    assert width > len("Complementarities")
