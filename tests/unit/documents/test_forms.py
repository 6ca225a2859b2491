"""Tables to fill in: what is filled in is read back, and every answer that a drop-down offers is one."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any
from xml.sax.saxutils import escape, unescape

import pytest
import python_calamine as calamine

import collabscore as cs
from collabscore.documents.forms import csv_form, workbook_form
from collabscore.documents.heads import Heads
from collabscore.documents.loading import shipped
from collabscore.documents.sheets import column_letters
from collabscore.documents.templates import candidates_template
from reference import generate

ROOT = Path(__file__).parents[3]
NEW = [("ice", "Sea ice"), ("flu", None)]


@lru_cache(maxsize=2)
def form(name: str = "guardrail", count: int = 0) -> bytes:
    new = [(f"c{k}", None) for k in range(count)]
    return workbook_form(cs.load_framework(name), name, new or NEW, "list.xlsx")


@lru_cache(maxsize=4)
def rows_in(content: bytes, sheet: str = "Ratings") -> list[list[Any]]:
    book = calamine.load_workbook(io.BytesIO(content))
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def head_row(content: bytes) -> int:
    return next(k for k, row in enumerate(rows_in(content)) if row[0] == "id")


def filled_in(content: bytes, cells: Mapping[tuple[str, str], Any]) -> bytes:
    """Return a workbook in which cells, by id and head, hold a text or a number, as a person types them."""
    rows, top = rows_in(content), head_row(content)
    places = {row[0]: k + 1 for k, row in enumerate(rows) if k > top}
    columns = {head: column_letters(k) for k, head in enumerate(rows[top])}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    xml = parts["xl/worksheets/sheet1.xml"].decode()
    typed = {f"{columns[head]}{places[name]}": value for (name, head), value in cells.items()}

    def cell_of(found: re.Match[str]) -> str:
        if found[1] not in typed:
            return found[0]
        value = typed.pop(found[1])
        if isinstance(value, int | float):
            return f"{found[0][:-2]}><v>{value}</v></c>"
        return f'{found[0][:-2]} t="inlineStr"><is><t>{escape(value)}</t></is></c>'

    xml = re.sub(r'<c r="([A-Z]+\d+)" s="\d+"/>', cell_of, xml)
    assert not typed
    parts["xl/worksheets/sheet1.xml"] = xml.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def loaded(tmp_path: Path, content: bytes | str, name: str = "list.xlsx") -> cs.Candidates:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return cs.load_candidates(file)


@pytest.mark.parametrize("name", shipped())
def test_a_new_form_is_a_list_without_answers_that_asks_as_yaml_does(
    tmp_path: Path, name: str
) -> None:
    framework = cs.load_framework(name)
    content, text = form(name), csv_form(framework, name, NEW)
    for listed in (loaded(tmp_path, content), loaded(tmp_path, text, "list.csv")):
        assert [(one.id, one.title) for one in listed] == NEW
        assert not any(one.ratings or one.facts or one.safeguards for one in listed)
        assert [one.id for one in listed.frameworks] == [name]
    heads = next(csv.reader(io.StringIO(text)))
    assert heads == [head for head in rows_in(content)[head_row(content)] if head != "answered"]
    template = candidates_template(framework, name, candidates=NEW[:1], short=True)
    asked = re.findall(r'^      "?([^":]+)"?: unknown', template, re.MULTILINE)
    start, end = 2 + len(asked), heads.index("unit")
    assert heads[2:start] == asked
    assert [head for head in heads[start:end] if head != "partners"] == [
        *framework.safeguards_named
    ]
    assert ("partners" in heads) == bool(framework.partner_facts)


ANSWERS = {
    ("ice", "global_challenge"): 4,
    ("ice", "benefit_us"): "1 to 3",
    ("ice", "benefit_cn"): "unknown",
    ("ice", "fields"): "quantum_computing; supercomputing",
    ("ice", "stage"): "basic; applied",
    ("ice", "legal_us"): "routine",
    ("ice", "written_agreement"): "in place",
    ("ice", "exit_clause"): "planned",
    ("ice", "note"): "A remark.",
    ("flu", "title"): "Flu strains",
    ("flu", "dual_use"): 2,
}


def test_a_form_that_is_filled_in_is_read_back(tmp_path: Path) -> None:
    listed = loaded(tmp_path, filled_in(form(), ANSWERS))
    ice, flu = (one.model_dump(exclude_unset=True) for one in listed)
    assert ice == {
        "id": "ice",
        "title": "Sea ice",
        "unit": "project",
        "note": "A remark.",
        "ratings": {"global_challenge": 4, "benefit_us": [1, 3]},
        "facts": {
            "fields": ["quantum_computing", "supercomputing"],
            "stage": {"all_of": ["basic", "applied"]},
            "legal_us": "routine",
        },
        "safeguards": ["written_agreement", {"id": "exit_clause", "status": "planned"}],
    }
    assert (flu["title"], flu["ratings"]) == ("Flu strains", {"dual_use": 2})
    assert len(cs.score(listed)) == 2


def choices_in(content: bytes) -> dict[str, list[Any]]:
    """Return the answers that the drop-down of each column offers, by its head."""
    heads, words = rows_in(content)[head_row(content)], rows_in(content, "Words")
    xml = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    found = {}
    for rule in re.findall('<dataValidation type="list".*?</dataValidation>', xml, re.DOTALL):
        (letter,) = re.findall(r'sqref="([A-Z]+)\d+', rule)
        (source,) = re.findall("<formula1>(.*?)</formula1>", rule)
        column = next(k for k in range(len(heads)) if column_letters(k) == letter)
        places = re.fullmatch(r"Words!\$B\$(\d+):\$B\$(\d+)", source)
        if places is None:
            found[heads[column]] = source.strip('"').split(",")
        else:
            start, end = map(int, places.groups())
            found[heads[column]] = [row[1] for row in words[start - 1 : end]]
    return found


@pytest.mark.parametrize("name", ["guardrail-eu-ca", "mit-elevated-risk"])
def test_every_answer_of_a_drop_down_is_understood(tmp_path: Path, name: str) -> None:
    framework = cs.load_framework(name)
    content = form(name, 9)
    choices = choices_in(content)
    whole = [key for key, node in framework.leaves.items() if node.scale.whole_points]
    worded = [key for key in framework.facts_asked if framework.all_facts[key].answers]
    assert set(choices) == {*whole, *worded, *framework.safeguards_named, "unit"}
    assert max(map(len, choices.values())) <= 9
    del choices["unit"]
    cells = {}
    for head, answers in choices.items():
        cells |= {(f"c{k}", head): answer for k, answer in enumerate(answers)}
    listed = loaded(tmp_path, filled_in(content, cells))
    for (id, head), answer in cells.items():
        given = {**listed[id].ratings, **listed[id].facts}
        given |= {one.id: one.status.replace("_", " ") for one in listed[id].placed()}
        assert given.get(head) == (None if answer == "unknown" else answer)


def test_each_scale_of_whole_numbers_offers_all_its_points() -> None:
    assert choices_in(form())["benefit_us"] == [0, 1, 2, 3, 4, "unknown"]
    assert choices_in(form())["written_agreement"] == ["in place", "planned"]


def test_every_head_is_understood_and_nothing_above_it_is_taken_for_one() -> None:
    rows, top = rows_in(form()), head_row(form())
    heads = Heads([cs.load_framework("guardrail")])
    assert all(len(heads.read(head)) == 1 for head in rows[top])
    assert not any(heads.read(text) for row in rows[:top] for text in row if text)


def test_the_state_of_completion_is_at_the_top() -> None:
    rows = rows_in(form())
    assert rows[2][0] == "Answers: 0 of 58 (candidates: 2)"
    assert [row[2] for row in rows[head_row(form()) + 1 :]][:2] == ["0 of 29", "0 of 29"]


def test_words_are_listed_with_their_meanings() -> None:
    rows = rows_in(form(), "Words")
    start = next(k for k, row in enumerate(rows) if row[0] == "stage")
    assert rows[start][1] == "Stage"
    assert rows[start][2].endswith("of them. Choose one, or several if several hold: a; b")
    assert rows[start + 1][1] == "basic"
    assert rows[start + 1][2].startswith("New knowledge")
    items = [row for row in rows if row[1:] == ["quantum_computing", "Quantum computing"]]
    assert len(items) == 1


def test_texts_of_a_framework_are_never_run(tmp_path: Path) -> None:
    odd = {
        "collabscore": "framework/1",
        "id": "odd",
        "title": "=1+1 & <b>",
        "criteria": {"gain": {"side": "gain", "scale": {"range": [0, 1]}, "question": "=2+2"}},
        "facts": {"x": {"kind": "choice", "options": {"=a": "=3+3", "b, c": None}}},
    }
    content = workbook_form(cs.load_framework(odd), None, NEW, "a.xlsx")
    archive = zipfile.ZipFile(io.BytesIO(content))
    sheets = [archive.read(name).decode() for name in archive.namelist() if "sheets/sheet" in name]
    formulas = re.findall("<f>(.*?)</f>", "".join(sheets))
    assert all(one.startswith(("IF(A", "&quot;Answers", '"Answers')) for one in formulas)
    (tmp_path / "a.xlsx").write_bytes(filled_in(content, {("ice", "x"): "=a"}))
    assert cs.load_candidates(tmp_path / "a.xlsx", odd)["ice"].facts == {"x": "=a"}
    text = csv_form(cs.load_framework(odd), None, [("=1", None)])
    assert text == "id,title,gain,x,unit,note\r\n'=1,,,,project,\r\n"


def test_the_same_form_has_the_same_bytes() -> None:
    assert form() == form()


@pytest.mark.parametrize("seed", range(6))
def test_forms_of_generated_frameworks_are_read_back(tmp_path: Path, seed: int) -> None:
    framework = cs.load_framework(generate.any_framework(Random(seed)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # xlsxwriter warns, and leaves out what Excel does not allow
        content = workbook_form(framework, None, NEW, "list.xlsx")
    (tmp_path / "list.xlsx").write_bytes(content)
    listed = cs.load_candidates(tmp_path / "list.xlsx", framework)
    assert [(one.id, one.title) for one in listed] == NEW
    assert not any(one.ratings or one.facts for one in listed)


def test_what_is_shown_beside_a_cell_names_every_answer() -> None:
    xml = zipfile.ZipFile(io.BytesIO(form())).read("xl/worksheets/sheet1.xml").decode()
    prompts = [unescape(text) for text in re.findall(r'prompt="([^"]*)"', xml)]
    assert prompts[0] == (
        "1 to 5, higher is better; or a range, such as 2 to 4&#xA;"
        "1 = very low: The question concerns on…&#xA;2 = low&#xA;"
        "3 = moderate: Many countries share the…&#xA;4 = high&#xA;"
        "5 = very high: The problem crosses bor…"
    )
    assert max(len(text.replace("&#xA;", " ")) for text in prompts) <= 255


def test_the_other_sheets_of_a_form_are_no_matter(tmp_path: Path) -> None:
    listed = loaded(tmp_path, form())
    assert listed.origin.source.endswith("list.xlsx")
    assert not any("Instructions" in remark for remark in listed.remarks)


def test_a_form_has_a_column_for_all_that_is_asked(tmp_path: Path) -> None:
    # the vocabulary has more facts than the framework asks for
    assert not any("no column" in remark for remark in loaded(tmp_path, form()).remarks)
