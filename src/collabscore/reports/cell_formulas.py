"""Formulas of a workbook as texts: values of ratings, and means of groups.

They use functions that all versions of Excel and LibreOffice have, and no dynamic arrays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ..kernels.aggregation import ValueFunction

__all__ = [
    "Child",
    "anchor_formula",
    "figure_in_formula",
    "group_formula",
    "least_formula",
    "mean_formula",
    "value_formula",
]


def figure_in_formula(value: float) -> str:
    """Return a number with as many digits as a cell holds: a rating at a point equals it."""
    text = f"{value:.16G}"
    return f"({text})" if value < 0 else text


def _mix_values(y0: float, y1: float, left: str, passed: str) -> str:
    """Return what lies between two values, given the shares of the way left and passed.

    No difference is formed, so that a value of 0 is 0: a geometric mean depends on it.
    """
    parts = []
    for y, share in ((y0, left), (y1, passed)):
        if y == 1:
            parts.append(share)
        elif y:
            parts.append(f"{figure_in_formula(y)}*{share}")
    return "+".join(parts) or "0"


def value_formula(function: ValueFunction, x: str) -> str:
    """Return the value of a rating in the cell `x`, as `kernels.aggregation.value_at` defines it.

    Examples
    --------
    >>> value_formula(ValueFunction.linear(1, 5, "low"), "F10")
    'IF(F10<=1,1,IF(F10<5,(5-F10)/(5-1),0))'
    """
    text = f"IF({x}<={figure_in_formula(function.xs[0])},{figure_in_formula(function.ys[0])},"
    for (a, b), (y0, y1) in zip(pairwise(function.xs), pairwise(function.ys), strict=True):
        start, end = figure_in_formula(a), figure_in_formula(b)
        left, passed = f"({end}-{x})/({end}-{start})", f"({x}-{start})/({end}-{start})"
        if function.log:
            left = f"LN({end}/{x})/LN({end}/{start})"
            passed = f"LN({x}/{start})/LN({end}/{start})"
        text += f"IF({x}<{end},{_mix_values(y0, y1, left, passed)},"
    return f"{text}{figure_in_formula(function.ys[-1])}{')' * len(function.xs)}"


def mean_formula(function: ValueFunction, low: str, high: str) -> str:
    """Return the mean value over a range of ratings, as `kernels.aggregation.mean_over`."""
    first, last = figure_in_formula(function.xs[0]), figure_in_formula(function.xs[-1])
    below = f"(MIN({high},{first})-MIN({low},{first}))"
    above = f"(MAX({high},{last})-MAX({low},{last}))"
    parts = [_mix_values(function.ys[0], function.ys[-1], below, above)]
    for (a, b), (y0, y1) in zip(pairwise(function.xs), pairwise(function.ys), strict=True):
        start, end = figure_in_formula(a), figure_in_formula(b)
        s, e = (f"MIN(MAX({x},{start}),{end})" for x in (low, high))
        middle, width = f"({s}+{e})/2", f"({end}-{start})"
        left, passed = (
            f"({e}-{s})*({end}-{middle})/{width}",
            f"({e}-{s})*({middle}-{start})/{width}",
        )
        if function.log:
            passed = f"({e}*LN({e}/{start})-{s}*LN({s}/{start})-({e}-{s}))/LN({end}/{start})"
            left = f"({e}-{s}-{passed})"
        parts.append(_mix_values(y0, y1, left, passed))
    return f"({'+'.join(part for part in parts if part != '0') or '0'})/({high}-{low})"


def least_formula(function: ValueFunction, low: str, high: str) -> str:
    """Return the least value within a range of ratings, as `kernels.aggregation.range_over`."""
    values = [value_formula(function, low), value_formula(function, high)]
    for x, y in zip(function.xs[1:-1], function.ys[1:-1], strict=True):
        point = figure_in_formula(x)
        values.append(f"IF(AND({low}<{point},{high}>{point}),{figure_in_formula(y)},1)")
    return f"MIN({','.join(values)})"


class Child(NamedTuple):
    """A child of a group in formulas: the cells of its value and of its share in the group.

    One that may be omitted has an empty text as its value where it is.
    """

    value: str
    share: str
    may_be_omitted: bool

    @property
    def weight(self) -> str:
        """Its share, 0 where it is omitted."""
        return f"IF(ISNUMBER({self.value}),{self.share},0)" if self.may_be_omitted else self.share


def anchor_formula(children: Sequence[Child], p: float) -> str:
    """Return the largest child that has weight, for a power above 0, else the smallest."""
    name, other = ("MAX", 0) if p > 0 else ("MIN", 1)
    parts = [f"IF({child.weight}>0,{child.value},{other})" for child in children]
    return f"{name}({','.join(parts)})"


def group_formula(children: Sequence[Child], p: float, anchor: str = "", factor: str = "") -> str:
    """Return the weighted power mean of children, as `kernels.aggregation.power_mean` defines it.

    Parameters
    ----------
    children : sequence of Child
    p : float
    anchor : str
        The cell that holds their `anchor_formula`, for any power but 1, 0 and the infinities.
    factor : str
        What the mean is multiplied with: `100*` for a score.
    """
    whole = ""
    if any(child.may_be_omitted for child in children):
        whole = f"({'+'.join(child.weight for child in children)})"
    text = anchor_formula(children, p)
    if not math.isinf(p):
        text = _mean_of_terms([_term_of(child, p, anchor) for child in children], p, anchor, whole)
    text = f"{factor}({text})" if factor else text
    return f'IF({whole}=0,"",{text})' if whole else text


def _mean_of_terms(terms: Sequence[str], p: float, anchor: str, whole: str) -> str:
    """Return the mean of the terms of children; `whole` is their weight where some are omitted."""
    text = ("*" if p == 0 else "+").join(terms)
    if whole:
        text = f"({text})^(1/{whole})" if p == 0 else f"({text})/{whole}"
    if p in (0, 1):
        return text
    return f"IF({anchor}=0,0,{anchor}*({text})^(1/{figure_in_formula(p)}))"


def _term_of(child: Child, p: float, anchor: str) -> str:
    """Return what a child adds to a sum of powers, or gives to a product."""
    if p == 1:
        text, is_there = f"{child.share}*{child.value}", f"ISNUMBER({child.value})"
        return f"IF({is_there},{text},0)" if child.may_be_omitted else text
    if p == 0:
        return f"IF({child.weight}>0,{child.value}^{child.share},1)"
    power = f"({child.value}/{anchor})^{figure_in_formula(p)}"
    return f"IF({child.weight}>0,{child.share}*{power},0)"
