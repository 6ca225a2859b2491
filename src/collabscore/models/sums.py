"""Sums and differences in conditions: collected by name, and made into comparisons."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from .base import LARGEST
from .expressions import AsOf, Compare, Constant, NumberOf, RatingOf, Sum

__all__ = ["MIRROR", "Form"]

MIRROR = str.maketrans("<>", "><")


class Form(NamedTuple):
    """A sum of quantities, each times a factor, and a constant; all exact.

    Parameters
    ----------
    terms : mapping of quantity to Fraction
        Each quantity once; a factor of 0 is of one that cancels out.
    constant : Fraction
    dates : Fraction
        1 for a date, 0 for a number; anything else means nothing.
    """

    terms: Mapping[NumberOf | RatingOf | AsOf, Fraction]
    constant: Fraction = Fraction(0)
    dates: Fraction = Fraction(0)

    @classmethod
    def of(cls, quantity: Any, dates: int = 0) -> Form:
        """Return the form that is one quantity, or a constant as it is written."""
        if isinstance(quantity, Constant):
            return cls({}, Fraction(str(quantity.value)), Fraction(dates))
        return cls({quantity: Fraction(1)}, dates=Fraction(dates))

    def plus(self, other: Form, times: Fraction = Fraction(1)) -> Form:
        """Return the sum with a multiple of another form."""
        terms = dict(self.terms)
        for quantity, factor in other.terms.items():
            terms[quantity] = terms.get(quantity, Fraction(0)) + times * factor
        constant = self.constant + times * other.constant
        return Form(terms, constant, self.dates + times * other.dates)

    def compared(self, sign: str) -> Compare:
        """Return the comparison with 0.

        Factors are whole numbers without a common divisor, the first one positive, so that equal
        comparisons are one. What is one quantity, or two without a constant, is compared plainly.

        Raises
        ------
        OverflowError
            If a number is too large.

        Examples
        --------
        >>> a, b = NumberOf("a"), NumberOf("b")
        >>> Form({a: Fraction(-2), b: Fraction(0)}, Fraction(3)).compared(">=")
        Compare(sign='<=', left=NumberOf(fact='a'), right=Constant(value=1.5))
        """
        terms = [(factor, part) for part, factor in self.terms.items() if factor]
        if not terms:
            return Compare(sign, Sum((), ()), Constant(_as_float(-self.constant)))
        terms.sort(key=lambda term: repr(term[1]))
        scale = _divisor_of([factor for factor, _ in terms])
        if scale < 0:
            sign = sign.translate(MIRROR)
        factors = tuple(int(_as_float(factor / scale)) for factor, _ in terms)
        parts, constant = tuple(part for _, part in terms), _as_float(-self.constant / scale)
        if len(parts) == 1:
            return Compare(sign, parts[0], Constant(constant))
        if factors == (1, -1) and not constant:
            return Compare(sign, *parts)
        return Compare(sign, Sum(factors, parts), Constant(constant))


def _divisor_of(factors: Sequence[Fraction]) -> Fraction:
    """Return the greatest number that divides all into whole numbers, of the sign of the first."""
    divisor = math.gcd(*(factor.numerator for factor in factors))
    common = math.lcm(*(factor.denominator for factor in factors))
    return Fraction(divisor if factors[0] > 0 else -divisor, common)


def _as_float(number: Fraction) -> float:
    if abs(number) > LARGEST:
        raise OverflowError
    return float(number)
