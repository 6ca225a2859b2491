"""Tables to fill in: a workbook with drop-downs, questions and the state of completion; CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from ..models.base import title_of
from ..models.facts import ChoiceFact, FlagFact, LevelFact, NumberFact, SetFact
from ..models.framework import Framework
from ..output.blocks import Block, Bullets, Heading, Paragraph
from ..output.excel import INPUT, Workbook, lines_in, plain_text
from ..output.table import harmless
from ..output.text import capitalised, cut
from .heads import Head, Heads
from .sheets import FORM_SHEETS, column_letters
from .templates import NewCandidate, Question, direction_of, questions_of

__all__ = ["csv_form", "workbook_form"]

_SPARE_ROWS = 20
"""Rows for further candidates, with the same drop-downs."""
_RATINGS, _HELP, _WORDS = FORM_SHEETS
_UNKNOWN = "unknown"
_SINGLE = "stop"  # Excel accepts no other word
_FORMS_TOO = "warning"  # it asks, since a range or several words are fine


class _FormColumn(NamedTuple):
    """A column to fill in.

    Parameters
    ----------
    name : str
        The head of the column.
    band : str
        What stands above columns of its kind.
    asked : Question
    hint : str
        How it is answered.
    choices : tuple of (object, str)
        Answers to choose from, each with its meaning; of a set the items, which are several.
    rule : str
        What Excel does with another answer: `stop`, `warning`, or nothing.
    limits : (float, float) or None
        Least and greatest number.
    """

    name: str
    band: str
    asked: Question
    hint: str
    choices: tuple[tuple[Any, str], ...] = ()
    rule: str = ""
    limits: tuple[float, float] | None = None

    @property
    def guidance(self) -> tuple[str, ...]:
        """Title, question, and how to answer."""
        return tuple(filter(None, (self.asked.title, self.asked.text, self.hint)))

    @property
    def is_counted(self) -> bool:
        """Whether it counts as an answer: a safeguard that is not there has a blank cell."""
        return self.asked.head.section in ("ratings", "facts")

    @property
    def is_list(self) -> bool:
        """Whether there is one answer to choose."""
        return bool(self.choices and self.rule)


def _entries_of(framework: Framework) -> list[_FormColumn]:
    """Return the columns between the title and the keys of the list, in the order of templates."""
    heads = Heads([framework])
    entries = []
    for asked in questions_of(framework):
        name = heads.text(asked.head) or asked.head.key
        match asked.head.section:
            case "ratings":
                entries.append(_rating_entry(name, asked, framework))
            case "facts":
                entries.append(_fact_entry(name, asked, framework))
            case _:
                choices = (("in place", ""), ("planned", ""))
                hint = "in place, or planned; blank if neither"
                entries.append(
                    _FormColumn(name, "Safeguards in place", asked, hint, choices, _SINGLE)
                )
    if framework.partner_facts:
        asked = Question(Head("", "partners"), "Partners", "Organisations, never persons")
        facts = ", ".join(f"{key}: ..." for key in framework.partner_facts)
        hint = f"[{{id: a name, facts: {{{facts}}}}}], or [] if there are none"
        entries.append(_FormColumn("partners", "Facts", asked, hint))
    return entries


def _rating_entry(name: str, asked: Question, framework: Framework) -> _FormColumn:
    node = framework.leaves[asked.head.key]
    low, high = node.scale.range
    unit = f" {node.scale.unit}" if node.scale.unit else ""
    inner = node.scale.whole_points[1:-1]
    example = f"{inner[0]} to {inner[-1]}" if len(inner) > 1 else f"{low:g} to {high:g}"
    hint = (
        f"{low:g} to {high:g}{unit}, {direction_of(node.criterion)}; or a range, such as {example}"
    )
    meanings = {word: remark.removeprefix(" = ") for word, remark in asked.answers}
    points: dict[float, str] = dict.fromkeys(node.scale.whole_points, "")
    points |= {float(word): meaning for word, meaning in meanings.items()}
    choices = tuple((point, points[point]) for point in sorted(points))
    rule = _FORMS_TOO if node.scale.whole_points else ""
    return _FormColumn(name, "Ratings", asked, hint, choices, rule, (low, high))


def _fact_entry(name: str, asked: Question, framework: Framework) -> _FormColumn:
    fact = framework.all_facts[asked.head.key]
    entry = partial(_FormColumn, name, "Facts", asked)
    match fact:
        case FlagFact():
            return entry("yes or no", (("yes", ""), ("no", "")), _SINGLE)
        case SetFact():
            schema = fact.answer_schema(framework.all_lists)
            items = tuple(zip(schema["enum"], schema["enumDescriptions"], strict=True))
            hint = f"words of the sheet {_WORDS}, separated by ; (none: there is none)"
            return entry(f"{hint}; end with ; ? if there may be more", items)
        case LevelFact() | ChoiceFact():
            choices = tuple((word, text.removeprefix(" = ")) for word, text in asked.answers)
            several = "if several hold" if fact.several else "if you do not know which"
            return entry(f"choose one, or several {several}: a; b", choices, _FORMS_TOO)
        case NumberFact():
            return entry(fact.how_to_answer(), limits=fact.limits)
    return entry(fact.how_to_answer())


def csv_form(
    framework: Framework, named: str | None, candidates: Sequence[NewCandidate], sign: str = ","
) -> str:
    """Return a table to fill in as CSV: the heads, and a row for each candidate.

    Parameters
    ----------
    framework : Framework
    named : str or None
        The name of the framework in the list, if it can be named there.
    candidates : sequence of pairs of id and title
    sign : str
        The character between two cells.
    """
    last, entries = _list_keys(framework, named), _entries_of(framework)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sign, lineterminator="\r\n")
    writer.writerow(map(harmless, ("id", "title", *(entry.name for entry in entries), *last)))
    for row, (id, title) in enumerate(candidates):
        keys = {**last, "as_of": last["as_of"] * (row == 0)} if "as_of" in last else last
        cells = (id, title or "", *[""] * len(entries), *keys.values())
        writer.writerow(map(harmless, cells))
    return out.getvalue()


def _list_keys(framework: Framework, named: str | None) -> dict[str, str]:
    """Return the last columns, with what they hold in each row."""
    keys = {"unit": "project", "note": ""}
    if framework.asks_day:
        keys["as_of"] = "2025-06-30"
    if named is not None:
        keys["framework"] = named
    return keys


# the workbook

_BANDS = {
    "Ratings": "#E3ECF7",
    "Facts": "#E8F1E4",
    "Safeguards in place": "#F4E9F3",
    "Candidate": "#ECECEC",
    "List": "#ECECEC",
}
_GUIDANCE_ROW, _HEAD_ROW = 5, 6
_FIRST_ROW = _HEAD_ROW + 1
_COLUMN_WIDTH, _WIDEST = 19, 34
_LINES_WANTED = 8
_LINE = 12.0
_MOST_LINES = 12
_ROW_HEIGHT = 21


class _Form:
    """Makes the workbook to fill in.

    Parameters
    ----------
    framework : Framework
    named : str or None
        The name of the framework in the list, if it can be named there.
    candidates : sequence of pairs of id and title
    """

    def __init__(
        self, framework: Framework, named: str | None, candidates: Sequence[NewCandidate]
    ) -> None:
        self.framework = framework
        self.candidates = candidates
        self.entries = _entries_of(framework)
        self.last = _list_keys(framework, named)
        self.book = Workbook(f"Ratings: {title_of(framework.id, framework.title)}")
        self.sheet = self.book.sheet(_RATINGS)
        self.asked = sum(entry.is_counted for entry in self.entries)
        self.places: dict[str, str] = {}
        self._bands: dict[str, int] = {}
        self._lines = 1
        self.final_row = _FIRST_ROW + len(candidates) + _SPARE_ROWS - 1

    def content(self, file: str) -> bytes:
        """Return the file, which tells how it is checked under its name."""
        instructions, words = self.book.sheet(_HELP), self.book.sheet(_WORDS)
        self._write_words(words)
        self._write_instructions(instructions, file)
        self._write_columns()
        self._write_rows()
        self._write_state()
        self._set_up_sheet()
        return self.book.content()

    def _write_words(self, sheet: Any) -> None:
        """Write each criterion, fact and safeguard, and below it its answers."""
        heads = {
            0: ("Column", 28.0),
            1: ("Answer", 30.0),
            2: ("Question, and what answers mean", 100.0),
        }
        self.book.put_heads(sheet, 0, heads)
        row = 1
        for entry in self.entries:
            top = {"top": 1, "top_color": "#999999", "bg_color": _BANDS[entry.band]}
            title, *texts = entry.guidance
            asked = " ".join(map(capitalised, texts))
            for k, text in enumerate((entry.name, title, asked)):
                self.book.put(sheet, row, k, text, text_wrap=True, bold=k < 2, **top)
            sheet.set_row(row, 15 * max(lines_in(title, 30), lines_in(asked, 105)))
            start = row = row + 1
            for word, meaning in self._answers_listed(entry):
                self.book.put(sheet, row, 1, word, align="left")
                self.book.put(sheet, row, 2, meaning, text_wrap=True)
                sheet.set_row(row, 15 * lines_in(meaning, 105))
                row += 1
            self.places[entry.name] = f"={_WORDS}!$B${start + 1}:$B${row}"
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)

    def _answers_listed(self, entry: _FormColumn) -> list[tuple[Any, str]]:
        """Return the answers of a drop-down, or the items of a set."""
        more = [(_UNKNOWN, "nobody knows")] if entry.is_list and entry.is_counted else []
        return [*entry.choices, *more] if entry.is_counted else []

    def _write_instructions(self, sheet: Any, file: str) -> None:
        title = title_of(self.framework.id, self.framework.title)
        version = f", version {self.framework.version}" if self.framework.version else ""
        lines = _INSTRUCTIONS.format(row=_HEAD_ROW + 1).splitlines()
        judge = "" if "framework" in self.last else " -f FRAMEWORK"
        commands = (f"collabscore check {file}{judge}", f"collabscore score {file}{judge}")
        blocks: list[Block] = [
            Heading("How to fill in this workbook", 1, f"Candidates for: {title}{version}"),
            Bullets(lines),
            Heading("Then", 2),
            Paragraph("Save the workbook. These commands show what is missing, and rank the list:"),
            *map(Paragraph, commands),
        ]
        self.book.put_lines(sheet, blocks)

    def _write_columns(self) -> None:
        """Write the rows above the candidates, with drop-downs below each head."""
        texts = {"id": "Short name. Each is different.", "title": "Name for readers."}
        first = [("id", 16), ("title", 30), ("answered", 12)]
        texts["answered"] = "How many answers there are. It counts by itself."
        for k, (name, width) in enumerate(first):
            self._write_head(k, "Candidate", name, (texts[name],), width)
        for k, entry in enumerate(self.entries, len(first)):
            letters = max(len(entry.name) + 3, sum(map(len, entry.guidance)) // _LINES_WANTED)
            width = min(max(letters, _COLUMN_WIDTH), _WIDEST)
            self._write_head(k, entry.band, entry.name, entry.guidance, width)
            self._limit_answers(k, entry)
            note = _note_on(entry)
            lines = sum(lines_in(line, _NOTE_WIDTH) for line in note.split("\n"))
            size = {"width": 7 * _NOTE_WIDTH, "height": 17 * lines + 10, "font_size": 9}
            self.sheet.write_comment(_HEAD_ROW, k, note, size)
        guidance = {
            "unit": "project, or area: a field of work.",
            "note": "A remark for readers.",
            "as_of": "Date of the information, in one row. Rules compare answers with it.",
            "framework": "The rules that judge the list.",
        }
        for k, name in enumerate(self.last, len(first) + len(self.entries)):
            self._write_head(k, "List", name, (guidance[name],), 14)
        units = {"validate": "list", "source": ["project", "area"]}
        unit = len(first) + len(self.entries)
        self.sheet.data_validation(_FIRST_ROW, unit, self.final_row, unit, units)

    def _write_head(
        self, k: int, band: str, name: str, guidance: Sequence[str], width: float
    ) -> None:
        """Write what stands above a column: its band, its guidance, and its head."""
        color = {"bg_color": _BANDS[band], "left": 1, "left_color": "#BBBBBB"}
        is_first = self._bands.setdefault(band, k) == k
        self.book.put(
            self.sheet, _GUIDANCE_ROW - 1, k, band if is_first else "", bold=True, **color
        )
        small = {"font_size": 9, **color}
        whole = self.book.style(text_wrap=True, **small)
        title, *others = map(plain_text, guidance)
        if others:
            texts = (self.book.style(bold=True, **small), title, whole, "\n" + "\n".join(others))
            self.sheet.write_rich_string(_GUIDANCE_ROW, k, *texts, whole)
        else:
            self.sheet.write_string(_GUIDANCE_ROW, k, title, whole)
        self.book.put(self.sheet, _HEAD_ROW, k, name, bold=True, text_wrap=True, bottom=2, **color)
        self.sheet.set_column(k, k, width)
        self._lines = max(self._lines, sum(lines_in(text, width * 1.15) for text in guidance))

    def _limit_answers(self, column: int, entry: _FormColumn) -> None:
        """Add the drop-down of a column, or its limits, and the guidance at its cells."""
        rule: dict[str, Any] = {"validate": "any"}
        if entry.is_list and not entry.is_counted:
            rule = {"validate": "list", "source": [word for word, _ in entry.choices]}
        elif entry.is_list:
            rule = {"validate": "list", "source": self.places[entry.name]}
        elif entry.limits is not None:
            low, high = entry.limits
            cell = f"{column_letters(column)}{_FIRST_ROW + 1}"
            limits = [f"{cell}>={low!r}"] * (low > -1e308) + [f"{cell}<={high!r}"] * (high < 1e308)
            inside = f"AND(ISNUMBER({cell}),{','.join(limits)})" if limits else f"ISNUMBER({cell})"
            rule = {"validate": "custom", "value": f"=OR(ISTEXT({cell}),{inside})"}
        rule["input_title"] = cut(entry.asked.title, 32)[:32]
        rule["input_message"] = _prompt_of(entry)
        rule["error_type"] = entry.rule or _SINGLE
        rule["error_title"] = "Not in the list" if entry.is_list else "Not a possible answer"
        rule["error_message"] = cut(entry.hint, _MOST_PROMPTED)[:_MOST_PROMPTED]
        self.sheet.data_validation(_FIRST_ROW, column, self.final_row, column, rule)

    def _write_rows(self) -> None:
        """Write the candidates and the cells to fill in."""
        width = 3 + len(self.entries) + len(self.last)
        for row in range(_FIRST_ROW, self.final_row + 1):
            self.sheet.set_row(row, _ROW_HEIGHT)
            for column in range(width):
                if column != 2:
                    self.book.put(self.sheet, row, column, None, **_CELL)
        for row, (id, title) in enumerate(self.candidates, _FIRST_ROW):
            for column, text in enumerate((id, title)):
                self.book.put(self.sheet, row, column, text, **_CELL)
            for column, (key, text) in enumerate(self.last.items(), 3 + len(self.entries)):
                if key != "as_of" or row == _FIRST_ROW:
                    self.book.put(self.sheet, row, column, text or None, **_CELL)

    def _write_state(self) -> None:
        """Write how many answers are filled in, in all and by candidate, as formulas."""
        ends, asked = (column_letters(3), column_letters(2 + self.asked)), self.asked
        if not asked:
            return
        put = self.book.put_formula
        for row in range(_FIRST_ROW, self.final_row + 1):
            cells = f"{ends[0]}{row + 1}:{ends[1]}{row + 1}"
            found = f'COUNTA({cells})&" of {asked}"&IF(COUNTA({cells})={asked}," ✓","")'
            text = f'IF(A{row + 1}&B{row + 1}="","",{found})'
            is_given = row < _FIRST_ROW + len(self.candidates)
            style = {"align": "center", "valign": "vcenter", "border": 1, "border_color": "#DDDDDD"}
            put(self.sheet, row, 2, text, f"0 of {asked}" if is_given else "", **style)
        rows = f"${_FIRST_ROW + 1}:{{}}${self.final_row + 1}"
        named = f'SUMPRODUCT(--(A{rows.format("A")}&B{rows.format("B")}<>""))'
        filled = f"COUNTA({ends[0]}{rows.format(ends[1])})"
        total = f'"Answers: "&{filled}&" of "&{named}*{asked}&" (candidates: "&{named}&")"'
        count = len(self.candidates)
        value = f"Answers: 0 of {count * asked} (candidates: {count})"
        put(self.sheet, 2, 0, total, value, bold=True)

    def _set_up_sheet(self) -> None:
        """Write the title, and set heights, panes and printing."""
        framework, sheet = self.framework, self.sheet
        version = f", version {framework.version}" if framework.version else ""
        title = f"Ratings for: {title_of(framework.id, framework.title)}{version}"
        self.book.put(sheet, 0, 0, title, bold=True, font_size=14)
        self.book.put(sheet, 1, 0, _SHORT, font_color="#555555")
        sheet.set_row(_GUIDANCE_ROW, _LINE * min(self._lines, _MOST_LINES) + 3)
        first = _FIRST_ROW + 1
        missing = f'AND(D{first}="",$A{first}&$B{first}<>"")'
        yellow = {
            "type": "formula",
            "criteria": f"={missing}",
            "format": self.book.style(**_MISSING),
        }
        if self.asked:
            sheet.conditional_format(_FIRST_ROW, 3, self.final_row, 2 + self.asked, yellow)
        last = 2 + len(self.entries) + len(self.last)
        sheet.freeze_panes(_FIRST_ROW, 3)
        sheet.repeat_rows(_GUIDANCE_ROW - 1, _HEAD_ROW)
        sheet.repeat_columns(0, 1)
        # the lines above are wider than the columns on each page; the footer has the title
        sheet.print_area(_GUIDANCE_ROW - 1, 0, self.final_row, last)
        sheet.set_print_scale(60)
        sheet.set_comments_author("collabscore")
        sheet.activate()


_CELL: dict[str, Any] = {
    "border": 1,
    "border_color": "#BBBBBB",
    "text_wrap": True,
    "valign": "vcenter",
    "align": "left",
}
_MISSING = {"bg_color": INPUT["bg_color"]}
_NOTE_WIDTH = 52
"""Width of a note at a head, in letters."""
_SHORT = (
    "Fill in a row for each candidate. Yellow cells are answers that are missing: they count as "
    f"unknown. The sheet {_WORDS} and the notes at the heads say what answers mean."
)
_INSTRUCTIONS = f"""\
Fill in the sheet {_RATINGS}: a row for each candidate. For one more candidate, use the next row.
Yellow cells are answers that are missing. The column "answered" counts the others by itself.
The sheet {_WORDS} has every question, and what answers mean. Notes at the heads show the same.
A blank cell counts as unknown. Choose "unknown" if you looked, and nobody knows.
An unknown fact never counts as a good answer.
A rating is a number. If you are not sure, write a range: 2 to 4.
Several answers stand in one cell, separated by semicolons: a; b.
A program may ask whether you mean a range, or several answers: say yes.
A safeguard is in place, or planned. A planned one is shown, but does not count yet.
For a reason or a source, insert a column with the head of the answer and .note or .evidence: \
stage.note
Do not change the heads in row {{row}}.
Describe areas and conduct, never persons."""
_MOST_NOTED = 12
"""Answers in a note: more of them would not fit."""


_MOST_PROMPTED = 255
"""Letters that Excel shows beside a cell."""


def _prompt_of(entry: _FormColumn) -> str:
    """Return what is shown beside a cell: how to answer, and what each answer means, cut to fit."""
    lines = [f"{word} = {text}" for word, text in entry.choices if text and entry.is_list]
    if lines:
        width = (_MOST_PROMPTED - len(entry.hint)) // len(lines) - 1
        lines = [cut(line, max(width, 9)) for line in lines]
    return "\n".join([entry.hint, *lines])[:_MOST_PROMPTED]


def _note_on(entry: _FormColumn) -> str:
    """Return the note at a head: the question, how to answer, and what answers mean."""
    lines = [*entry.guidance]
    for word, meaning in entry.choices[:_MOST_NOTED]:
        lines.append(f"{word}: {meaning}" if meaning else f"{word}")
    if len(entry.choices) > _MOST_NOTED:
        lines.append(f"... and others: see the sheet {_WORDS}")
    return "\n".join(lines)


def workbook_form(
    framework: Framework, named: str | None, candidates: Sequence[NewCandidate], file: str
) -> bytes:
    """Return an Excel workbook to fill in, which the loader of candidates reads.

    Its first sheet has a row for each candidate, with drop-downs, and counts the answers; others
    have instructions, and every question with what its answers mean.

    Parameters
    ----------
    framework : Framework
    named : str or None
        The name of the framework in the list, if it can be named there.
    candidates : sequence of pairs of id and title
    file : str
        The name of the file, for its instructions.
    """
    return _Form(framework, named, candidates).content(file)
