"""The workbook of a ranking: its sheets, what follows a change and what it says does not."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

import collabscore as cs
from collabscore.kernels.aggregation import ValueFunction
from collabscore.output.excel import Workbook
from collabscore.reports import workbook
from collabscore.reports.cell_formulas import (
    Child,
    anchor_formula,
    group_formula,
    least_formula,
    mean_formula,
    value_formula,
)
from collabscore.reports.workbook import asked_sentence

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "small",
    "sources": {"accord": {"title": "=An accord", "url": "https://example.org/a"}},
    "scales": {"five": {"range": [1, 5]}},
    "facts": {"harm": {"kind": "flag"}},
    "criteria": {
        "gain": {"scale": "five", "anchors": {1: "none", 5: "much"}, "source": "accord"},
        "risk": {"scale": "five", "prefer": "low", "missing": "worst"},
    },
    "safeguards": {"review": {}},
    "guardrails": {
        "g1": {"title": "No harm", "when": "harm", "needs": ["review"], "then": "outside"},
    },
    "bands": {"strong": 70, "weak": 0},
}
LISTED: list[dict[str, Any]] = [
    {"id": "flu", "title": "=1+1", "ratings": {"gain": 4, "risk": 2}, "facts": {"harm": False}},
    {"id": "ice", "ratings": {"gain": [2, 4]}, "facts": {"harm": False}},
    {"id": "sea", "ratings": {"gain": 5, "risk": 1}, "facts": {"harm": True}},
]


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = book.sheet_names
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}


def texts(rows: list[list[Any]]) -> str:
    return "\n".join(str(cell) for row in rows for cell in row if cell != "")


def sheet_xml(content: bytes, number: int) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(f"xl/worksheets/sheet{number}.xml").decode()


RANKING = cs.score(LISTED, FRAMEWORK)
CONTENT = cs.to_excel(RANKING)


def test_the_sheets() -> None:
    found = sheets(CONTENT)
    assert list(found) == [
        *("About", "Ranking", "Model", "Criteria", "To do", "Findings", "Answers"),
        *("All ratings", "Sources", "Framework"),
    ]
    about = texts(found["About"])
    assert RANKING.manifest["framework"]["digest"] in about
    assert RANKING.manifest["candidates"]["digest"] in about
    assert "Change a yellow cell of the sheet Model" in about
    assert 'An unknown rating on "Risk" counts as the worst of its scale.' in about
    order = found["Ranking"][3:]
    assert order[0][:7] == ["Rank", "Move", "Candidate", "Score", "Band", "Verdict", "Group"]
    assert [row[:6] for row in order[1:]] == [
        [1.0, "", "=1+1", 75.0, "strong", "● inside"],
        [2.0, "", "Ice", 25.0, "weak", "● inside"],
        ["", "", "Sea", 100.0, "", "✕ outside"],
    ]
    assert [row[6] for row in order[1:]] == ["Can go ahead", "Can go ahead", "Not ranked"]
    findings = found["Findings"]
    assert findings[1][:5] == ["Sea", "No harm", "safeguards missing", "✕ outside", "review"]
    assert "1: none; 5: much" in found["Criteria"][1]
    assert found["Sources"][1][:2] == ["accord", "=An accord"]
    assert len(found["All ratings"]) == 1 + 3 * 2


def test_the_same_ranking_gives_the_same_bytes() -> None:
    assert cs.to_excel(cs.score(LISTED, FRAMEWORK)) == CONTENT


def test_every_formula_has_its_value_and_no_text_is_a_formula() -> None:
    formulas = []
    for number in (2, 3):
        cells = re.findall(r"<c [^>]*><f>(.*?)</f><v>(.*?)</v></c>", sheet_xml(CONTENT, number))
        assert len(cells) == sheet_xml(CONTENT, number).count("<f>")
        formulas += [formula for formula, _ in cells]
    assert formulas
    assert not any(formula.startswith("1+1") or "An accord" in formula for formula in formulas)
    for number in (1, *range(4, 11)):
        assert "<f>" not in sheet_xml(CONTENT, number)


def test_sheets_are_set_up_for_reading_and_printing() -> None:
    for number in range(1, 11):
        xml = sheet_xml(CONTENT, number)
        assert 'paperSize="9"' in xml
        assert 'orientation="landscape"' in xml
    for number in range(2, 10):
        assert 'state="frozen"' in sheet_xml(CONTENT, number)
    model = sheet_xml(CONTENT, 3)
    assert model.count("<dataValidation ") == 2 + 4  # two weights, two ratings, two ends of a range
    assert "A number from 1 to 5; leave the cell empty if it is unknown." in model


def test_a_rule_that_asks_for_a_score_is_named_beside_the_weights() -> None:
    asking = {**FRAMEWORK, "guardrails": {"floor": {"when": "score(gain) < 30", "then": "refer"}}}
    message = (
        '"Floor" asks for a rating or a score. Its verdict does not follow here: after a change,'
        " score the list again."
    )
    found = sheets(cs.to_excel(cs.score(LISTED, asking)))
    assert message in texts(found["Model"][:4])
    assert message in texts(found["About"])
    rated = {**FRAMEWORK, "guardrails": {"floor": {"when": "gain < 2", "then": "refer"}}}
    assert asked_sentence(cs.load_framework(rated)).startswith('"Floor" asks for a rating')
    assert asked_sentence(RANKING.framework) == ""
    assert "asks for" not in texts(sheets(CONTENT)["Model"])


def test_a_narrowed_ranking_holds_the_shown_candidates_alone() -> None:
    narrowed = RANKING[1:2]
    content = cs.to_excel(narrowed)
    found = sheets(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        whole = b"".join(map(archive.read, archive.namelist())).decode()
    assert "Ice" in whole
    assert "Sea" not in whole
    row = dict(zip(found["Ranking"][3], found["Ranking"][4], strict=True))
    assert (row["Rank"], row["Rank among all"]) == (1.0, 2.0)
    assert "Ranks are among the candidates shown." in texts(found["About"])
    assert "2 more candidates" in texts(found["About"])


STATIC = {
    "no-total": (
        {**FRAMEWORK, "combine": "none", "bands": {}},
        LISTED,
        "They make no total score.",
        True,
    ),
    "no-criteria": (
        {key: FRAMEWORK[key] for key in FRAMEWORK if key not in ("criteria", "scales", "bands")},
        [{"id": "flu", "facts": {"harm": False}}],
        "This framework has no criteria, so there is nothing to reckon.",
        False,
    ),
    "no-candidates": (FRAMEWORK, [], "It has 0 candidates and no formulas", False),
}


@pytest.mark.parametrize("name", STATIC)
def test_what_is_no_model_says_so(name: str) -> None:
    framework, listed, message, has_model = STATIC[name]
    found = sheets(cs.to_excel(cs.score(listed, framework)))
    assert message in texts(found["About"])
    assert ("Model" in found) == has_model
    assert len(found["Ranking"]) == 1 + len(listed)


def test_a_framework_without_rules_has_no_verdicts_in_its_order() -> None:
    plain = {
        key: FRAMEWORK[key] for key in FRAMEWORK if key not in ("guardrails", "facts", "sources")
    }
    plain["criteria"] = {"gain": {"scale": "five"}}
    listed = [{"id": "flu", "ratings": {"gain": 4}}, {"id": "ice", "ratings": {"gain": 5}}]
    found = sheets(cs.to_excel(cs.score(listed, plain)))
    assert list(found) == ["About", "Ranking", "Model", "Criteria", "All ratings", "Framework"]
    assert found["Ranking"][3][:6] == [
        "Rank",
        "Move",
        "Candidate",
        "Score",
        "Band",
        "Range before: low",
    ]
    assert [row[2] for row in found["Ranking"][4:]] == ["Ice", "Flu"]
    assert not {"Findings", "Sources"} & {row[0].partition(":")[0][2:] for row in found["About"]}


def test_a_long_list_is_written_as_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_LIVE", 2)
    content = cs.to_excel(RANKING)
    found = sheets(content)
    assert "It has 3 candidates and no formulas, which are for 1 to 2." in texts(found["About"])
    assert [row[0] for row in found["Ranking"]] == ["Rank", 1.0, 2.0, ""]
    assert "<f>" not in sheet_xml(content, 2)
    assert not {"Model", "Findings", "All ratings"} & set(found)


def test_a_sheet_that_excel_has_no_room_for_is_refused() -> None:
    book = Workbook("full")
    sheet = book.sheet("Rows")
    book.put(sheet, 1_048_575, 0, "last")
    for row, column in ((1_048_576, 0), (0, 16_384)):
        with pytest.raises(
            cs.UsageError, match="sheet `Rows` would be larger than Excel allows; write CSV"
        ):
            book.put(sheet, row, column, "beyond")


def test_a_column_that_no_formula_gives_is_named() -> None:
    tiny = {**FRAMEWORK, "combine": 1e-6}
    found = sheets(cs.to_excel(cs.score(LISTED, tiny)))
    message = 'No exact formula gives "Score": the column is a value, and stays.'
    assert message in texts(found["About"])
    assert "Score (value: it stays)" in found["Model"][10]
    points = {1 + k / 100: k % 7 for k in range(120)}
    many = {**FRAMEWORK, "criteria": {"gain": {"scale": {"range": [1, 3]}, "value": points}}}
    listed = [{"id": "flu", "ratings": {"gain": 1.515}, "facts": {"harm": False}}]
    found = sheets(cs.to_excel(cs.score(listed, many)))
    assert 'No exact formula gives "Gain"' in texts(found["About"])


def test_formulas_as_texts() -> None:
    line = ValueFunction.linear(1, 5, "low")
    assert value_formula(line, "A1") == "IF(A1<=1,1,IF(A1<5,(5-A1)/(5-1),0))"
    assert least_formula(line, "A1", "B1").startswith("MIN(IF(A1<=1,")
    log = value_formula(ValueFunction.linear(1, 100, log=True), "A1")
    assert log == "IF(A1<=1,0,IF(A1<100,LN(A1/1)/LN(100/1),1))"
    assert mean_formula(ValueFunction((2.0,), (0.25,)), "A1", "B1") == (
        "(0.25*(MIN(B1,2)-MIN(A1,2))+0.25*(MAX(B1,2)-MAX(A1,2)))/(B1-A1)"
    )
    sure, other = Child("A1", "$A$6", False), Child("B1", "$B$6", True)
    assert group_formula([sure, sure], 1) == "$A$6*A1+$A$6*A1"
    assert group_formula([sure], 0, factor="100*") == "100*(IF($A$6>0,A1^$A$6,1))"
    assert anchor_formula([sure, other], -1) == (
        "MIN(IF($A$6>0,A1,1),IF(IF(ISNUMBER(B1),$B$6,0)>0,B1,1))"
    )


def test_names_of_sheets_and_texts_are_what_excel_allows() -> None:
    book = Workbook("A & B")
    long = "Disagreements: which [rules] decide / what?"
    first, second = book.sheet(long), book.sheet(long)
    assert first.get_name() == "Disagreements which rules…"
    assert second.get_name() == "Disagreements which rules… (2)"
    assert book.sheet("history").get_name() == "history (2)"
    book.put(first, 0, 0, "x" * 40_000)
    book.put(first, 1, 0, "a\x07b\ud800c\nd")
    book.put(first, 2, 0, float("nan"))
    book.put(first, 3, 0, True)
    book.put(first, 4, 0, "-2+3+cmd")
    content = book.content()
    rows = [row[0] for row in next(iter(sheets(content).values()))]
    assert (len(rows[0]), rows[0][-1]) == (32_767, "…")
    assert rows[1:] == ["a�b�c d", "", True, "-2+3+cmd"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        styles = archive.read("xl/styles.xml").decode()
    assert styles.count('quotePrefix="1"') == 1


def test_other_results_have_their_tables_and_all_rows() -> None:
    found = sheets(cs.to_excel(cs.robustness(RANKING, draws=64)))
    assert next(iter(found)) == "Summary"
    assert list(found)[-1] == "All rows"
    assert found["All rows"][0][:2] == ["Id", "Candidate"]
    assert RANKING.manifest["framework"]["digest"] in texts(found["Summary"])


@pytest.mark.parametrize("odd", [None, [1], RANKING.table()], ids=["none", "list", "table"])
def test_what_is_no_result_is_refused(odd: Any) -> None:
    with pytest.raises(
        cs.UsageError, match=r"result: `.*` is not a result; give the result of a call"
    ):
        cs.to_excel(odd)
