"""The workbook of a ranking: a model whose scores and ranks follow its cells, and every table.

Each formula holds its computed value for readers that do not recalculate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from ..analysis.evidence import backed_entries, backing_cells, source_titles, status_in_words
from ..arrays import FloatArray, IndexArray, IntArray
from ..errors import optional
from ..kernels.aggregation import mean_over, range_over
from ..kernels.ranking import TOLERANCE, order_and_ranks
from ..models.base import title_of
from ..models.candidates import PlacedSafeguard
from ..models.criteria import power_of, weight_of
from ..models.expressions import references
from ..models.framework import Framework, LeafNode, Need
from ..output import Block, Bullets, Column, Heading, Paragraph, Result, Table
from ..output.blocks import outer_ends
from ..output.excel import INPUT, LINE, TONE_STYLES, Workbook, lines_in, origin_blocks, plain_text
from ..output.text import plural, quoted
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking
from ..scoring.verdicts import Assessment, Finding, goes_ahead, holds, is_refused, open_findings
from ..scoring.wording import (
    NO_SAFEGUARD,
    STATES_IN_WORDS,
    UNKNOWN_RATING,
    VERIFIED,
    badge,
    case_in_words,
    cited_in_words,
    direction_words,
    known_of,
    listed_titles,
    needs_of,
    options_in_words,
    reason_in_words,
    reasons_of,
    title_of_word,
    to_do_in_words,
)
from .cell_formulas import (
    Child,
    anchor_formula,
    figure_in_formula,
    group_formula,
    least_formula,
    mean_formula,
    value_formula,
)
from .framework import direction_of, framework_page
from .ranking import sections_of

__all__ = ["ranking_workbook"]

MOST_LIVE = 2_000
"""Candidates up to which ranks are formulas: each looks at all others."""
_LONGEST_FORMULA = 8_000
_MOST_NESTED = 60
_LEAST_POWER = 1e-4
"""A mean of a power nearer to 0 loses digits as a formula, so it is written as a value."""


# the model


_TITLE, _NOTE, _ASKED, _BLOCK, _WEIGHT, _SHARE, _WHOLE, _UNKNOWN, _GROUP, _SCALE, _HEAD = range(11)
_FIRST = _HEAD + 1
_NUMBER, _CANDIDATE, _VERDICT, _SCORE, _RANK = range(5)
_ORDER_HEADS = (
    "Group (value)",
    "Key without a score (value)",
    "Key of the order",
    "Place by key",
    "Keys in order",
    "Shared rank in order",
    "Shared rank",
    "Place",
)
_NUMBER_INPUT = {**INPUT, "align": "center"}
_TEXT = {"align": "left", "indent": 1}
_RANGE = Column("range", kind="interval", outward=True)


class _Model:
    """The sheet of formulas: a row for each candidate that is shown, in the order of the list."""

    def __init__(self, book: Workbook, ranking: Ranking) -> None:
        self.book, self.ranking = book, ranking
        self.framework, self.problem = ranking.framework, ranking.problem
        self.rows: IndexArray = np.sort(ranking.order)
        self.heads: dict[int, tuple[str, float]] = {}
        self.above_heads: dict[int, dict[int, str]] = {_GROUP: {}, _SCALE: {}}
        self.values: list[str] = []
        """Titles of columns that are values, since no formula gives them."""
        self._xl = optional("xlsxwriter.utility", "tables").xl_rowcol_to_cell
        self._names = optional("xlsxwriter.utility", "tables").xl_col_to_name
        self._lay_out()

    def _lay_out(self) -> None:
        """Give each criterion and group its columns."""
        self.intervals = set()
        for key, column in self.problem.ratings.items():
            if (column.low[self.rows] < column.high[self.rows]).any():
                self.intervals.add(key)
        self.ratings, self.nodes, self.anchors = {}, {}, {}
        place = _RANK + 1
        for key in self.framework.leaves:
            self.ratings[key] = place
            place += 3 if key in self.intervals else 1
        self.first_value = place
        for key in self.framework.leaves:
            self.nodes[key] = place
            place += 1
        self.first_group = place
        for key in (*self.framework.groups, ""):
            if self.has_anchor(key):
                self.anchors[key] = place
                place += 1
            if key:
                self.nodes[key] = place
                place += 1
        self.order_column = place
        self.facts_column = place + len(_ORDER_HEADS)
        self.nodes[""] = _SCORE

    # names of cells

    def at(self, row: int, column: int) -> str:
        """Return a cell in the row of a candidate."""
        return str(self._xl(row, column))

    def fixed(self, row: int, column: int) -> str:
        """Return a cell above the candidates, the same for all of them."""
        return str(self._xl(row, column, row_abs=True, col_abs=True))

    def all_of(self, column: int) -> str:
        """Return a column, over all candidates."""
        name = self._names(column)
        return f"${name}${_FIRST + 1}:${name}${_FIRST + len(self.rows)}"

    def above(self, row: int, column: int) -> str:
        """Return the part of a column from its head to the cell above a row."""
        name = self._names(column)
        return f"{name}${_HEAD + 1}:{name}{row}"

    # the tree

    def power(self, key: str) -> float:
        """Return the power by which a group, or the whole, combines its children."""
        combine = self.framework.combine
        if key:
            combine = self.framework.nodes[key].criterion.combine
        return 1.0 if combine == "none" else power_of(combine)

    def has_anchor(self, key: str) -> bool:
        """Whether a group needs a column for its largest or smallest child."""
        p = self.power(key)
        return not math.isinf(p) and p not in (0, 1)

    def children(self, key: str) -> tuple[str, ...]:
        """Return the children of a group, or of the whole."""
        return self.framework.nodes[key].children if key else tuple(self.framework.tree)

    def may_be_omitted(self, key: str) -> bool:
        """Whether a criterion or group can be without a value, so that others take its weight."""
        children = self.children(key)
        if not children:
            return self.framework.nodes[key].missing == "omit"
        return all(map(self.may_be_omitted, children))

    def weight_column(self, key: str) -> int:
        """Return the column above which a weight is written: of its ratings, or of the group."""
        return self.ratings.get(key, self.nodes[key])

    # writing

    def write(self) -> None:
        """Write the sheet."""
        self.sheet = sheet = self.book.sheet("Model")
        self._write_top()
        for key in self.framework.nodes:
            self._write_weight(key)
        for row, candidate in enumerate(self.rows.tolist(), _FIRST):
            self._write_candidate(row, candidate)
        for column, key in enumerate(self.framework.leaves):
            self._write_leaf(column, key)
        for key in (*self.framework.groups, ""):
            if key or self.framework.has_total:
                self._write_group(key)
        if self.framework.has_total:
            self._write_order()
            self._write_facts()
        self.book.put_heads(sheet, _HEAD, self.heads)
        self._write_above_heads()
        sheet.freeze_panes(_FIRST, _RANK + 1)
        sheet.repeat_rows(_BLOCK, _HEAD)
        sheet.repeat_columns(_NUMBER, _RANK)
        sheet.fit_to_pages(0, 0)
        sheet.set_print_scale(60)
        sheet.print_area(0, 0, _FIRST + len(self.rows) - 1, self.order_column - 1)

    def _write_top(self) -> None:
        put = self.book.put
        title = "Model: change a yellow cell, and see the order move"
        put(self.sheet, _TITLE, 0, title, bold=True, font_size=14)
        self._write_across(_NOTE, self._note())
        asked = asked_sentence(self.framework)
        if asked:
            self._write_across(_ASKED, asked, bold=True, font_color="#8B1A1A")
        blocks = {
            _RANK + 1: "Ratings and weights: to change",
            self.first_value: "Values, from 0 (bad) to 1 (good)",
        }
        if self.framework.groups or self.anchors:
            blocks[self.first_group] = "Groups, from 0 to 1; weights: to change"
        if self.framework.has_total:
            blocks[self.order_column] = "Order: no need to read this"
            blocks[self.facts_column] = "What collabscore found: values, which stay"
        for column, text in blocks.items():
            put(self.sheet, _BLOCK, column, text, bold=True)
        labels = {
            _WEIGHT: "Weight (to change)",
            _SHARE: "Share in its group",
            _WHOLE: "Share of the whole",
            _UNKNOWN: "Value of an unknown rating",
            _GROUP: "Group",
            _SCALE: "Scale",
        }
        for row, text in labels.items():
            put(self.sheet, row, _CANDIDATE, text, bold=True)
        heads = {_NUMBER: "No.", _CANDIDATE: "Candidate", _VERDICT: "Verdict (value)"}
        if self.framework.has_total:
            heads |= {_SCORE: "Score", _RANK: "Rank"}
        for column, text in heads.items():
            self._head(column, text)

    def _write_across(self, row: int, text: str, **style: Any) -> None:
        """Write a text across the columns that every printed page has: none cuts it."""
        width = sum(self._width_of(column) or 0 for column in range(_RANK + 1))
        style = {"text_wrap": True, **style}
        self.sheet.merge_range(row, 0, row, _RANK, "", self.book.style(**style))
        self.book.put(self.sheet, row, 0, text, **style)
        self.sheet.set_row(row, LINE * lines_in(text, width))

    def _write_above_heads(self) -> None:
        """Write the groups and scales of columns; each row is as high as it takes."""
        for row, texts in self.above_heads.items():
            most = 1
            for column, text in texts.items():
                self.book.put(self.sheet, row, column, text, text_wrap=True)
                most = max(most, lines_in(text, self.heads[column][1] - 1))
            self.sheet.set_row(row, LINE * most)

    def _note(self) -> str:
        """Return what follows a change, what stays, and where the cells to change are."""
        note = (
            "Scores and ranks follow. Verdicts and ranges are values: they stay. To change: ratings"
            f" and weights of criteria, from column {self._names(_RANK + 1)}"
        )
        columns = [self.nodes[key] for key in self.framework.groups]
        if columns:
            note += (
                f"; weights of groups, in row {_WEIGHT + 1} from column {self._names(min(columns))}"
            )
        return f"{note}."

    def _head(self, column: int, text: str) -> None:
        longest = max(map(len, text.split()))
        self.heads[column] = text, self._width_of(column) or max(13, 3 + longest)

    def _width_of(self, column: int) -> int | None:
        """Return the width of a column that every printed page has."""
        return dict(enumerate((5, 46, 17, 9, 7))).get(column)

    def _formula(self, row: int, column: int, text: str, value: Any, **style: Any) -> None:
        self.book.put_formula(self.sheet, row, column, text, value, **style)

    def _write_weight(self, key: str) -> None:
        """Write the weight of a criterion or group, and its shares as formulas."""
        node = self.framework.nodes[key]
        column = self.weight_column(key)
        parent = node.path[-2] if len(node.path) > 1 else ""
        siblings = [self.fixed(_WEIGHT, self.weight_column(k)) for k in self.children(parent)]
        weight = self.fixed(_WEIGHT, column)
        self.book.put(
            self.sheet, _WEIGHT, column, weight_of(node.criterion.weight), **_NUMBER_INPUT
        )
        limits = {"validate": "decimal", "criteria": ">=", "value": 0}
        title = plain_text(node.title)[:32]
        says = {"error_title": title, "error_message": "A weight is a number from 0."}
        self.sheet.data_validation(_WEIGHT, column, _WEIGHT, column, limits | says)
        if parent:
            self.above_heads[_GROUP][column] = self.framework.nodes[parent].title
        text = f"{weight}/({'+'.join(siblings)})"
        self._formula(_SHARE, column, text, node.share, num_format="0.0%")
        text = self.fixed(_SHARE, column)
        if parent:
            text += f"*{self.fixed(_WHOLE, self.weight_column(parent))}"
        self._formula(_WHOLE, column, text, node.overall, num_format="0.0%")

    def _write_candidate(self, row: int, candidate: int) -> None:
        put = self.book.put
        put(self.sheet, row, _NUMBER, row - _FIRST + 1)
        put(self.sheet, row, _CANDIDATE, self.problem.title_of(candidate), **_TEXT)
        put(self.sheet, row, _VERDICT, self.verdict_words(candidate))

    def verdict_words(self, candidate: int) -> str:
        """Return the verdict on a candidate, with its sign."""
        code = self.ranking.judgement.verdicts[candidate]
        verdict = [*self.framework.all_verdicts, None][code]
        found = badge(verdict, self.framework)
        return f"{found.shape} {found.word}"

    def _write_leaf(self, column: int, key: str) -> None:
        """Write the ratings on a criterion, and their values as formulas."""
        leaf, place = self.framework.leaves[key], self.ratings[key]
        heads = [leaf.title]
        if key in self.intervals:
            heads += [f"{leaf.title}: lowest", f"{leaf.title}: highest"]
        for offset, head in enumerate(heads):
            self._head(place + offset, head)
            self._limit_ratings(leaf, place + offset)
        good = direction_words(self.framework, key)
        self.above_heads[_SCALE][place] = "; ".join(filter(None, (scale_words(leaf), good)))
        stand_in = self._stand_in(leaf)
        if stand_in is not None:
            self.book.put(self.sheet, _UNKNOWN, self.nodes[key], stand_in, num_format="0.000")
        rated = self.problem.ratings[key]
        values = self.ranking.valuation.leaf_values[:, column]
        texts = []
        for row, candidate in enumerate(self.rows.tolist(), _FIRST):
            low, high = float(rated.low[candidate]), float(rated.high[candidate])
            ends = (low, high) if low < high else (math.nan, math.nan)
            for offset, number in enumerate((float(rated.value[candidate]), *ends)[: len(heads)]):
                self.book.put(self.sheet, row, place + offset, number, **_NUMBER_INPUT)
            unknown = '""' if stand_in is None else self.fixed(_UNKNOWN, self.nodes[key])
            if rated.stood is not None and not rated.stood.unknown[candidate]:
                unknown = figure_in_formula(float(values[candidate]))  # no better than it was
            texts.append(self._leaf_formula(key, row, unknown))
        points = len(self.ranking.valuation.functions[key].xs)
        self._write_values(key, texts, values, "0.000", is_exact=points <= _MOST_NESTED)

    def _write_values(
        self, key: str, texts: Sequence[str], found: FloatArray, places: str, *, is_exact: bool
    ) -> None:
        """Write a column of values as formulas; as values if no formula gives them exactly."""
        title = self.framework.nodes[key].title if key else "Score"
        is_exact = is_exact and max(map(len, texts)) <= _LONGEST_FORMULA
        for index, text in enumerate(texts):
            row, value = _FIRST + index, float(found[self.rows[index]])
            if is_exact:
                self._formula(row, self.nodes[key], text, value, num_format=places)
            else:
                self.book.put(self.sheet, row, self.nodes[key], value, num_format=places)
        if not is_exact:
            self.values.append(title)
            title += " (value: it stays)"
        self._head(self.nodes[key], title)

    def _limit_ratings(self, leaf: LeafNode, column: int) -> None:
        """Allow ratings on the scale alone, and say so where one is off it."""
        if not len(self.rows):
            return
        low, high = leaf.scale.range
        limits = {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
        message = f"A number from {low:g} to {high:g}; leave the cell empty if it is unknown."
        says = {"error_title": "Off the scale", "error_message": message}
        last = _FIRST + len(self.rows) - 1
        self.sheet.data_validation(_FIRST, column, last, column, limits | says)

    def _stand_in(self, leaf: LeafNode) -> float | None:
        """Return the value of an unknown rating; None where it is omitted."""
        if leaf.missing == "omit":
            return None
        function = self.ranking.valuation.functions[leaf.id]
        low, high = (np.array([end]) for end in leaf.scale.range)
        if leaf.missing == "worst":
            return float(range_over(function, low, high)[0][0])
        return float(mean_over(function, low, high)[0])

    def _leaf_formula(self, key: str, row: int, unknown: str) -> str:
        """Return the value of a rating, of a range, or of an unknown one."""
        function, place = self.ranking.valuation.functions[key], self.ratings[key]
        x = self.at(row, place)
        text = f"IF(ISNUMBER({x}),{value_formula(function, x)},{unknown})"
        if key not in self.intervals:
            return text
        low, high = self.at(row, place + 1), self.at(row, place + 2)
        scale = self.framework.leaves[key].scale.range
        if self.framework.ranges == "worst":
            ranged = least_formula(function, low, high)
        elif function.xs == scale and not function.log:
            ranged = value_formula(function, f"({low}+{high})/2")
        else:
            mean = mean_formula(function, low, high)
            ranged = f"IF({low}<{high},{mean},{value_formula(function, low)})"
        ranged = f"IF(COUNT({low},{high})=2,{ranged},{unknown})"
        return f"IF(ISNUMBER({x}),{value_formula(function, x)},{ranged})"

    def _write_group(self, key: str) -> None:
        """Write the values of a group, or the scores."""
        valuation = self.ranking.valuation
        places, found = "0.0", 100 * valuation.root
        if key:
            places, found = "0.000", valuation.node_values[:, valuation.nodes[key]]
        texts = []
        for row, candidate in enumerate(self.rows.tolist(), _FIRST):
            children = list(self._children_in(row, key))
            if key in self.anchors:
                self._write_anchor(row, candidate, key, children)
            texts.append(self._group_formula(key, row, children))
        is_exact = not 0 < abs(self.power(key)) < _LEAST_POWER
        self._write_values(key, texts, found, places, is_exact=is_exact)

    def _children_in(self, row: int, key: str) -> Iterator[Child]:
        """Yield the children of a group with their cells in a row."""
        for child in self.children(key):
            share = self.fixed(_SHARE, self.weight_column(child))
            yield Child(self.at(row, self.nodes[child]), share, self.may_be_omitted(child))

    def _write_anchor(self, row: int, candidate: int, key: str, children: Sequence[Child]) -> None:
        """Write the largest or smallest child of a group, by which its formula divides."""
        p, valuation = self.power(key), self.ranking.valuation
        columns = [valuation.nodes[child] for child in self.children(key)]
        values = valuation.node_values[candidate, columns]
        name = self.framework.nodes[key].title if key else "the whole"
        self._head(self.anchors[key], f"{'Largest' if p > 0 else 'Smallest'} part of {name}")
        extreme = np.fmax if p > 0 else np.fmin
        text, value = anchor_formula(children, p), float(extreme.reduce(values))
        self._formula(row, self.anchors[key], text, value, num_format="0.000")

    def _group_formula(self, key: str, row: int, children: Sequence[Child]) -> str:
        """Return the value of a group or the score; empty where an unknown rating refuses it."""
        anchor = self.at(row, self.anchors[key]) if key in self.anchors else ""
        text = group_formula(children, self.power(key), anchor, "" if key else "100*")
        known = []
        for leaf in self.framework.leaves_below(key):
            if self.framework.leaves[leaf].missing == "refuse":
                known.append(self._count_of_rating(leaf, row))
        return f'IF({"*".join(known)}=0,"",{text})' if known else text

    def _count_of_rating(self, leaf: str, row: int) -> str:
        """Return how many numbers a rating has: 0 where it is unknown."""
        place = self.ratings[leaf]
        width = 3 if leaf in self.intervals else 1
        cells = [self.at(row, place + offset) for offset in range(width)]
        return f"COUNT({','.join(cells)})"

    # the order

    @cached_property
    def order_and_ranks(self) -> tuple[IndexArray, IntArray]:
        """The order of the rows shown, and their ranks among them; 0 for none."""
        rows, judgement = self.rows, self.ranking.judgement
        tiers, scores = judgement.tiers[rows], 100 * self.ranking.valuation.root[rows]
        applicable, severity = judgement.applicable[rows], judgement.severity[rows]
        return order_and_ranks(scores, tiers, tiers >= 0, severity, applicable)

    def _write_order(self) -> None:
        """Write the columns that put candidates in order.

        A key holds group and score in one number: group times 101, plus what the score lacks to
        100. Rounded to 11 digits it sorts the same everywhere. In the order of the keys, a
        candidate shares the rank of the one before it if they are no more than 1e-9 apart.
        """
        for column, head in enumerate(_ORDER_HEADS, self.order_column):
            self._head(column, head)
        group, bare, *values = self._order_values()
        for index in range(len(group)):
            row = _FIRST + index
            self.book.put(self.sheet, row, self.order_column, int(group[index]))
            self.book.put(self.sheet, row, self.order_column + 1, float(bare[index]))
            formulas = self._order_formulas(row, is_ranked=group[index] < self.last_group)
            for (column, text), found in zip(formulas.items(), values, strict=True):
                self._formula(row, column, text, found[index], bold=column == _RANK)

    def _order_formulas(self, row: int, *, is_ranked: bool) -> dict[int, str]:
        """Return the formulas of a row that put it in order, by their columns."""
        columns = range(self.order_column, self.order_column + len(_ORDER_HEADS))
        g, w, k, by_key, in_order, tie, rank, last = columns
        at = {column: self.at(row, column) for column in (_NUMBER, _SCORE, *columns)}
        above = {column: self.above(row, column) for column in (k, rank)}
        scored = f"ISNUMBER({at[_SCORE]})"
        gap = f"{at[in_order]}-{self.at(row - 1, in_order)}"
        shares = f"IF({gap}<=0.000000001,{self.at(row - 1, tie)},{at[_NUMBER]})"
        return {
            k: f"ROUND(IF({scored},101*{at[g]}+100-{at[_SCORE]},{at[w]}),11)",
            by_key: f"RANK({at[k]},{self.all_of(k)},1)+COUNTIF({above[k]},{at[k]})",
            in_order: f"SMALL({self.all_of(k)},{at[_NUMBER]})",
            tie: "1" if row == _FIRST else shares,
            rank: f"INDEX({self.all_of(tie)},{at[by_key]})",
            last: f"{at[rank]}+COUNTIF({above[rank]},{at[rank]})",
            _RANK: f'IF({scored},{at[rank]},"")' if is_ranked else '""',
        }

    def _order_values(self) -> tuple[list[Any], ...]:
        """Return group, key without a score, and what the formulas of the order give, by row."""
        rows, judgement, last = self.rows, self.ranking.judgement, self.last_group
        tiers, is_judged = judgement.tiers[rows], judgement.applicable[rows]
        group = np.where(tiers >= 0, tiers, last + 1)
        group[~is_judged] = last + 2
        # of a ranked verdict and without a score: behind all scores, the mildest verdict first
        bare = np.where(tiers >= 0, 101.0 * last + judgement.severity[rows], 101.0 * group + 100.5)
        score = 100 * self.ranking.valuation.root[rows]
        key = np.where(np.isnan(score), bare, 101.0 * group + 100 - score).round(11)
        sorted_keys, numbers = np.sort(key), np.arange(1, len(key) + 1)
        begins = np.append(True, np.diff(sorted_keys) > TOLERANCE)
        tie = np.maximum.accumulate(np.where(begins, numbers, 0))
        by_key = np.argsort(np.argsort(key, kind="stable"), kind="stable") + 1
        order, ranks = self.order_and_ranks
        place = np.argsort(order, kind="stable") + 1
        shown = [rank or None for rank in ranks.tolist()]
        found = (group, bare, key, by_key, sorted_keys, tie, tie[by_key - 1], place)
        return (*(array.tolist() for array in found), shown)

    @cached_property
    def assessments(self) -> list[Assessment]:
        """The assessments of the rows."""
        places = {row: place for place, row in enumerate(self.ranking.order.tolist())}
        return [self.ranking[places[row]] for row in self.rows.tolist()]

    @cached_property
    def facts(self) -> list[tuple[str, int, list[Any], dict[str, Any]]]:
        """Head, width, values and style of what is known of each candidate, and stays."""
        found, (_, ranks) = self.assessments, self.order_and_ranks
        bound = {"num_format": "0.0"}
        ends = [outer_ends(_RANGE, (one.low, one.high)) for one in found]
        facts: list[tuple[str, int, list[Any], dict[str, Any]]] = [
            ("Range before: low", 9, list(map(itemgetter(0), ends)), bound),
            ("Range before: high", 9, list(map(itemgetter(1), ends)), bound),
            ("Id", 20, [one.id for one in found], _TEXT),
            (_BEFORE, 8, [int(rank) or None for rank in ranks], {}),
        ]
        to_do = list(map(to_do_in_words, found))
        if any(to_do):
            facts.insert(2, ("To do", 8, to_do, _TEXT))
        if self.ranking.left_out:
            facts.append(("Rank among all", 8, [one.rank for one in found], {}))
        why = ["; ".join(reasons_of(one)) or None for one in found]
        return [*facts, ("Why", 60, why, _TEXT)]

    def _write_facts(self) -> None:
        """Write what stays, for the sheet Ranking to find."""
        for column, (head, _, values, style) in enumerate(self.facts, self.facts_column):
            self._head(column, head)
            for row, value in enumerate(values, _FIRST):
                self.book.put(self.sheet, row, column, value, **style)

    def finder(self, column: int) -> Callable[[Mapping[str, str], int], str]:
        """Return the formula of a cell that finds its value in a column of the model."""

        def formula(cells: Mapping[str, str], _: int) -> str:
            found = f"INDEX(Model!{self.all_of(column)},{cells[_ROW_HEAD]})"
            return f'IF({found}="","",{found})'

        return formula

    @cached_property
    def last_group(self) -> int:
        """The first group whose candidates have no rank."""
        return int(self.ranking.judgement.tiers.max(initial=-1)) + 1


def asked_sentence(framework: Framework) -> str:
    """Return which rules ask for a rating or a score; empty for none."""
    asking = []
    for key, steps in framework.compiled_guardrails.items():
        found = references(*[step.when for step in steps if step.when is not None])
        if found.scores or not framework.leaves.keys().isdisjoint(found.inputs):
            asking.append(title_of(key, framework.guardrails[key].title))
    if not asking:
        return ""
    verb, whose = ("asks", "Its verdict does") if len(asking) == 1 else ("ask", "Their verdicts do")
    return (
        f"{quoted(asking)} {verb} for a rating or a score. {whose} not follow here: after a change,"
        " score the list again."
    )


# the other sheets


def ranking_workbook(ranking: Result) -> bytes | None:
    """Return the workbook of a ranking: the order, the model behind it, and every table.

    None of a stored one, which has no ratings.
    """
    if not isinstance(ranking, Ranking):
        return None
    book = Workbook(ranking.title)
    is_live = 0 < len(ranking) <= MOST_LIVE and bool(ranking.framework.leaves)
    # the first sheet speaks of the others, which are written before it
    about = book.sheet("About")
    model = None
    has_formulas = is_live and ranking.has_total
    order = book.sheet("Ranking") if has_formulas else None
    if order is None:
        book.table_sheet("Ranking", _static_table(ranking))
    if is_live:
        model = _Model(book, ranking)
        model.write()
        if order is not None:
            _write_ranking(book, order, model)
    _write_tables(book, ranking)
    framework = book.sheet("Framework")
    book.put_lines(framework, framework_page(ranking.framework, long=True).blocks)
    book.put_lines(about, _about_blocks(book, ranking, model))
    return book.content()


def _write_tables(book: Workbook, ranking: Ranking) -> None:
    """Write the tables behind a ranking, those of each candidate up to some number of them."""
    if ranking.framework.leaves:
        book.table_sheet("Criteria", _criteria_table_of(ranking.framework))
    if len(ranking) <= MOST_LIVE:
        if ranking.framework.guardrails:
            book.table_sheet("To do", _to_do_table(ranking))
            book.table_sheet("Findings", _findings_in_words(ranking))
        if ranking.framework.all_facts:
            book.table_sheet("Answers", _answers_table(ranking))
        if ranking.framework.leaves:
            book.table_sheet("All ratings", ranking.plain_table("criteria"))
    if ranking.framework.all_sources:
        book.table_sheet("Sources", _sources_table(ranking.framework))


def _about_blocks(book: Workbook, ranking: Ranking, model: _Model | None) -> Iterator[Block]:
    """Yield what the first sheet says: what this is, what follows a change, and what does not."""
    framework = ranking.framework
    yield ranking.heading
    if model is None:
        reason = "This framework has no criteria, so there is nothing to reckon"
        if framework.leaves:
            count = plural(len(ranking), "candidate")
            reason = f"It has {count} and no formulas, which are for 1 to {MOST_LIVE:,}"
        yield Paragraph(f"This workbook holds one ranking. {reason}.")
    else:
        yield Heading("A model to try")
        yield Bullets(list(_model_lines(ranking, model)))
    yield Heading("Sheets")
    written = {sheet.get_name() for sheet in book.book.worksheets()}
    yield Bullets([f"{name}: {text}" for name, text in _SHEETS.items() if name in written])
    if len(ranking) > MOST_LIVE:
        yield Paragraph("Findings and ratings of so many candidates are left out: JSON has them.")
    if ranking.left_out:
        yield Heading("Left out")
        yield Paragraph(ranking.left_out_note)
    yield Heading("Notes")
    yield Bullets(list(ranking.whole.notes))
    yield from origin_blocks(ranking)


def _model_lines(ranking: Ranking, model: _Model) -> Iterator[str]:
    framework = ranking.framework
    yield "Change a yellow cell of the sheet Model: a weight or a rating."
    yield "An empty cell is an unknown rating."
    if model.intervals:
        yield "Of a range, write the ends, and leave the rating itself empty."
    if ranking.has_total:
        yield "Values, scores and ranks are formulas: the sheet Ranking shows the new order."
        yield "The order is kept within each verdict group: no score outranks a better group."
        yield "Scores no more than 0.000000001 apart share a rank, in the order of the list."
    else:
        yield "Values of criteria and groups are formulas. They make no total score."
    yield "Verdicts, findings and ranges are values: collabscore found them, and they stay."
    asked = asked_sentence(framework)
    if asked:
        yield asked
    yield from _policy_lines(framework)
    if model.values:
        yield f"No exact formula gives {quoted(model.values)}: the column is a value, and stays."
    if ranking.left_out and ranking.has_total:
        yield "Ranks are among the candidates shown. A column has the ranks among all."


def _policy_lines(framework: Framework) -> Iterator[str]:
    """Yield what an unknown rating counts as."""
    leaves = framework.leaves.values()
    for policy in dict.fromkeys(leaf.missing for leaf in leaves):
        titles = [leaf.title for leaf in leaves if leaf.missing == policy]
        of = "" if len(titles) == len(leaves) else f" on {quoted(titles)}"
        yield f"An unknown rating{of} {UNKNOWN_RATING[policy]}."


_SHEETS = {
    "Ranking": "the candidates in order. Column Why has the reasons; it is not printed.",
    "Model": "weights, ratings, values and scores.",
    "To do": "what each candidate needs before it can go ahead, and what all projects need.",
    "Criteria": "questions, weights, scales and anchors.",
    "Findings": "what each rule finds of each candidate. Rules that do not apply are last.",
    "Answers": "the facts and safeguards of each candidate, as values.",
    "All ratings": "a row for each candidate and criterion, as values.",
    "Sources": "the documents that the framework rests on.",
    "Framework": "all of it, to read.",
}


def _static_table(ranking: Ranking) -> Table:
    """Return the order as values, with reasons."""
    table = ranking.table_of((*ranking.shown, "reasons", "id"))
    heads = {"reasons": "Why"}
    columns = tuple(
        replace(column, head=heads.get(column.key, column.head)) for column in table.columns
    )
    return Table(columns, table.rows)


class _Shown(NamedTuple):
    """A column of the sheet Ranking.

    Its formula is made of the cells in its row, by their heads, and of the place of the row; its
    values are in the order of the model. Without a formula, the values are in that of the places.
    """

    head: str
    width: int
    formula: Callable[[Mapping[str, str], int], str] | None
    values: Sequence[Any]
    style: Mapping[str, Any] = {}


_TOP = 4
"""First row of the sheet Ranking that has a candidate."""


def _write_ranking(book: Workbook, sheet: Any, model: _Model) -> None:
    """Write the order; each row finds its candidate by its place in the model."""
    ranking, (order, _) = model.ranking, model.order_and_ranks
    columns = list(_ranking_columns(model))
    book.put(sheet, 0, 0, ranking.title, bold=True, font_size=14)
    note = "The order follows the sheet Model. Verdicts and ranges are values: they stay."
    book.put(sheet, 1, 0, note)
    heads = {column: (shown.head, shown.width) for column, shown in enumerate(columns)}
    book.put_heads(sheet, _TOP - 1, heads)
    for place, index in enumerate(order.tolist()):
        row = _TOP + place
        cells = {shown.head: model.at(row, column) for column, shown in enumerate(columns)}
        for column, shown in enumerate(columns):
            if shown.formula is None:
                book.put(sheet, row, column, shown.values[place], **shown.style)
            else:
                text = shown.formula(cells, place + 1)
                book.put_formula(sheet, row, column, text, shown.values[index], **shown.style)
    for column, shown in enumerate(columns):
        if shown.head == "Verdict":
            area = (_TOP, column, _TOP + len(order) - 1, column)
            _colour_verdicts(book, sheet, ranking.framework, area)
    sheet.freeze_panes(_TOP, 3)
    sheet.print_area(0, 0, _TOP + len(order) - 1, len(columns) - 3)  # without row and reasons
    sheet.repeat_rows(_TOP - 1)


def _ranking_columns(model: _Model) -> Iterator[_Shown]:
    """Yield the columns of the sheet Ranking, in their order."""
    ranking, rows = model.ranking, model.rows
    _, ranks = model.order_and_ranks
    scores = (100 * ranking.valuation.root[rows]).tolist()
    titles = list(map(ranking.problem.title_of, rows.tolist()))
    yield _Shown(
        "Rank", 6, model.finder(_RANK), [int(rank) or "" for rank in ranks], {"bold": True}
    )
    yield _Shown("Move", 7, _move_formula, [""] * len(rows))
    yield _Shown("Candidate", 46, model.finder(_CANDIDATE), titles, _TEXT)
    yield _Shown("Score", 8, model.finder(_SCORE), scores, {"num_format": "0.0"})
    if ranking.framework.bands:
        bands = [found.band or "" for found in model.assessments]
        yield _Shown("Band", 12, partial(_band_formula, ranking.framework.bands), bands, _TEXT)
    if ranking.framework.guardrails:
        verdicts = list(map(model.verdict_words, rows.tolist()))
        yield _Shown("Verdict", 17, model.finder(_VERDICT), verdicts, _TEXT)
        yield _Shown("Group", 34, None, _groups_by_place(ranking))
    *facts, why = (
        _Shown(head, width, model.finder(column), values, style)
        for column, (head, width, values, style) in enumerate(model.facts, model.facts_column)
    )
    yield from facts
    places = f"Model!{model.all_of(model.order_column + len(_ORDER_HEADS) - 1)}"
    numbers = list(range(1, len(rows) + 1))
    yield _Shown(_ROW_HEAD, 8, partial(_row_formula, places), numbers, {"font_color": "#767676"})
    yield why


def _row_formula(places: str, _: Mapping[str, str], place: int) -> str:
    """Return the row of the model that has a place."""
    return f"MATCH({place},{places},0)"


_BEFORE = "Rank before"
_ROW_HEAD = "Row of the model"


def _move_formula(cells: Mapping[str, str], _: int) -> str:
    """Return how many ranks a candidate has gained or lost since it was scored."""
    rank, was = cells["Rank"], cells[_BEFORE]
    moved = f'IF({rank}<{was},"▲ "&({was}-{rank}),"▼ "&({rank}-{was}))'
    return f'IF(OR({rank}="",{was}="",{rank}={was}),"",{moved})'


def _band_formula(bands: Mapping[str, float], cells: Mapping[str, str], _: int) -> str:
    """Return the band that a ranked score reaches, as `kernels.ranking.bands` defines it."""
    text = '""'
    for band, least in sorted(bands.items(), key=itemgetter(1)):
        name = band.replace('"', '""')
        text = f'IF({cells["Score"]}>={figure_in_formula(least - TOLERANCE)},"{name}",{text})'
    return f'IF({cells["Rank"]}="","",{text})'


def _groups_by_place(ranking: Ranking) -> list[str]:
    """Return the heading of the group of each place; it holds whatever the scores are."""
    groups, heading = [], ""
    sections = sections_of(ranking)
    for place in range(len(ranking)):
        heading = sections.get(place, heading)
        groups.append(heading.partition(" (")[0])
    return groups


def _colour_verdicts(
    book: Workbook, sheet: Any, framework: Framework, area: tuple[int, int, int, int]
) -> None:
    """Colour verdicts by their meaning, wherever the order moves them; their signs say it too."""
    for verdict in (*framework.all_verdicts, None):
        found = badge(verdict, framework)
        words = f"{found.shape} {found.word}".replace('"', '""')
        style = book.book.add_format(TONE_STYLES[found.tone])
        rule = {"type": "cell", "criteria": "==", "value": f'"{words}"', "format": style}
        sheet.conditional_format(*area, rule)


_FINDINGS = (
    *(Column("candidate", "Candidate"), Column("rule", "Rule"), Column("state", "Finding")),
    *(Column("verdict", "Verdict"), Column("missing", "Missing"), Column("asked", "To find out")),
    *(Column("reason", "Reason"), Column("id", "Id")),
)


def _findings_in_words(ranking: Ranking) -> Table:
    """Return what each rule finds of each candidate, in words; rules that do not apply are last."""
    framework, rows = ranking.framework, []
    pairs = [(found, finding) for found in ranking for finding in found.findings]
    pairs.sort(key=lambda pair: pair[1].state == "clear")
    for found, finding in pairs:
        rows.append(
            (
                found.title,
                finding.title,
                STATES_IN_WORDS[finding.state],
                badge(finding.verdict, framework),
                needs_of(finding, framework) or None,
                listed_titles(framework, finding.unknown) or None,
                reason_in_words(finding),
                found.id,
            )
        )
    return Table(_FINDINGS, tuple(rows))


_TO_DO = (
    *(Column("candidate", "Candidate"), Column("verdict", "Verdict"), Column("what", "To do")),
    *(Column("state", "State"), Column("rules", "Rule"), Column("id", "Id")),
)
_EVERY_PROJECT = "every project, whatever its verdict"


def _to_do_table(ranking: Ranking) -> Table:
    """Return a row for each need of each candidate: its state, and the rules that ask for it."""
    rows = []
    for found, row in zip(ranking, ranking.order.tolist(), strict=True):
        items: dict[tuple[str, str], list[str]] = {}
        for what, state, rule in _to_do_of(found, ranking.problem, row):
            items.setdefault((what, state), []).append(rule)
        verdict = badge(found.verdict, ranking.framework)
        for (what, state), rules in items.items():
            rows.append((found.title, verdict, what, state, "; ".join(rules), found.id))
    return Table(_TO_DO, tuple(rows))


def _to_do_of(assessment: Assessment, problem: Problem, row: int) -> Iterator[tuple[str, str, str]]:
    """Yield what a candidate needs, its state, and the rule that asks for it."""
    framework = assessment.framework
    for finding in [] if goes_ahead(assessment) else open_findings(assessment):
        for what, state in _needs_of_rule(finding, framework):
            yield what, state, finding.title
    if is_refused(assessment):
        for name in assessment.unrated:
            yield title_of_word(framework, name), "to find out", "score"
    for name in assessment.standing:
        state = "planned" if holds(problem.planned, name, row) else "missing"
        yield options_in_words((name,), framework), state, _EVERY_PROJECT


def _needs_of_rule(finding: Finding, framework: Framework) -> Iterator[tuple[str, str]]:
    """Yield the safeguards and answers that a rule needs, each with its state."""
    if finding.state == "barred":
        is_ranked = framework.all_verdicts[finding.verdict].ranked
        yield NO_SAFEGUARD, "a person must decide" if is_ranked else "cannot go ahead"
    for options in finding.lacking:
        state = _state_of_need(options, finding, framework)
        yield options_in_words(options, framework), state
    for name in finding.unknown:
        yield title_of_word(framework, name), "to find out"


def _state_of_need(options: Need, finding: Finding, framework: Framework) -> str:
    """Return the state of a need that is not met, and when it is one."""
    state = "to request" if framework.is_permission(options) else "missing"
    if not set(options).isdisjoint(finding.planned):
        state = "planned"
    return state if options in finding.missing else f"{state}, {case_in_words(finding)}"


_ANSWERS = (
    *(Column("candidate", "Candidate"), Column("kind", "Kind"), Column("about", "About")),
    *(Column("answer", "Answer"), Column("note", "Note"), Column("evidence", "Evidence")),
    *(Column("by", "Stated by"), Column("date", "Date"), Column("until", "Valid until")),
    *(Column("key", "Id of the answer"), Column("id", "Id")),
)


def _answers_table(ranking: Ranking) -> Table:
    """Return the answers to facts, and the safeguards in place or planned, with what backs them."""
    problem, framework, rows = ranking.problem, ranking.framework, []
    titles = source_titles(ranking)
    # facts of a vocabulary of which no rule asks are no gaps
    unused = framework.all_facts.keys() - set(framework.facts_asked)
    for place, row in enumerate(ranking.order.tolist()):
        found, backed_by = ranking.ids[place], backed_entries(problem, row)
        entries: dict[str, tuple[str, str, str]] = {}
        for key in problem.facts:
            if problem.asks(key, row):
                name = problem.name_at(key, row)
                answer = known_of(problem, name, row).replace("_", " ")
                if name not in unused or answer != "unknown":
                    entries[name] = "fact", title_of_word(framework, name), answer
        for name, backed in backed_by.items():
            if isinstance(backed, PlacedSafeguard) and name in framework.all_safeguards:
                status = status_in_words(problem, backed, row)
                entries[name] = "safeguard", title_of_word(framework, name), status
        for name, (kind, about, answer) in entries.items():
            backing = backing_cells(backed_by.get(name), titles)
            rows.append((ranking.title_at(place), kind, about, answer, *backing, name, found))
    return Table(_ANSWERS, tuple(rows))


_CRITERIA = (
    *(Column("title", "Criterion"), Column("group", "Group"), Column("question", "Question")),
    Column("share", "Share of the group", kind="share"),
    Column("overall", "Share of the whole", kind="share"),
    *(Column("scale", "Scale"), Column("good", "Good end"), Column("anchors", "Anchors")),
    *(Column("missing", "An unknown rating"), Column("source", "Source"), Column("id", "Id")),
)


def scale_words(leaf: LeafNode) -> str:
    """Return the ends of the scale of a criterion, and its unit."""
    low, high = leaf.scale.range
    return f"{low:g} to {high:g} {leaf.scale.unit or ''}".rstrip()


def _criteria_table_of(framework: Framework) -> Table:
    """Return the criteria with their questions, weights, scales and anchors."""
    rows = []
    for key, leaf in framework.leaves.items():
        criterion = leaf.criterion
        said = {**(leaf.scale.levels or {}), **(criterion.anchors or {})}
        above = [framework.nodes[parent].title for parent in leaf.path[:-1]]
        rows.append(
            (
                leaf.title,
                " > ".join(above) or None,
                criterion.question,
                leaf.share,
                leaf.overall,
                scale_words(leaf),
                direction_of(leaf),
                "; ".join(f"{point:g}: {words}" for point, words in sorted(said.items())) or None,
                UNKNOWN_RATING[leaf.missing],
                cited_in_words(criterion.source) or None,
                key,
            )
        )
    return Table(_CRITERIA, tuple(rows))


_SOURCES = (
    *(Column("id", "Id"), Column("title", "Title"), Column("issuer", "Issued by")),
    *(Column("date", "Date"), Column("url", "Address"), Column("verified", "Checked")),
    Column("note", "Note"),
)


def _sources_table(framework: Framework) -> Table:
    """Return the sources of the framework."""
    rows = []
    for key, source in framework.all_sources.items():
        checked = VERIFIED[source.verified]
        rows.append(
            (key, source.title, source.issuer, source.date, source.url, checked, source.note)
        )
    return Table(_SOURCES, tuple(rows))
