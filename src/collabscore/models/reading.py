"""What a candidate's words mean: ratings become numbers, facts become answers, mistakes become issues.

Imports the models of candidates, facts and scales.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from ..errors import Diagnostic, KeyPath, choose_from, did_you_mean
from .candidates import UNKNOWN, FactDetail, RatingDetail
from .facts import ChoiceFact, Fact, FlagFact, LevelFact, NumberFact, SetFact, answers_of
from .scales import Scale

__all__ = [
    "Answer",
    "AnswerSet",
    "NumberRange",
    "Reading",
    "ReadingError",
    "SetAnswer",
    "read_fact",
    "read_rating",
]


class ReadingError(ValueError):
    """A rating or a fact cannot be read; the path of `issue` is relative to it."""

    def __init__(
        self, code: str, message: str, path: KeyPath = (), help: str | None = None
    ) -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic(code, message, path, help)


@dataclass(frozen=True)
class Reading:
    """A rating in the units of its scale: ends, and the most likely point where one is given.

    A point has three equal numbers; an interval has no `value` (NaN).
    """

    low: float
    value: float
    high: float


def read_rating(raw: object, scale: Scale) -> Reading | None:
    """Read one rating; None is an unknown one.

    Raises
    ------
    ReadingError
        If it is off the scale, runs backwards, or names no level.

    Examples
    --------
    >>> read_rating([3, 5], Scale(range=(1, 5)))
    Reading(low=3.0, value=nan, high=5.0)
    """
    if isinstance(raw, RatingDetail):
        return _detail(raw, scale)
    if isinstance(raw, list):
        if len(raw) != 2:
            raise ReadingError(
                "invalid-rating",
                f"an interval is written `[low, high]`, not with {len(raw)} numbers",
            )
        return _ends(_point(raw[0], scale, (0,)), _point(raw[1], scale, (1,)))
    if raw is None or raw == UNKNOWN:
        return None
    assert isinstance(raw, str | int | float)  # held by the model of a rating
    point = _point(raw, scale, ())
    return Reading(point, point, point)


def _detail(raw: RatingDetail, scale: Scale) -> Reading | None:
    if (raw.low is None) != (raw.high is None):
        there, missing = ("low", "high") if raw.high is None else ("high", "low")
        raise ReadingError(
            "missing-key", f"`low` and `high` come together, and `{missing}` is missing", (there,)
        )
    if raw.low is None or raw.high is None:
        return read_rating(raw.value, scale) if raw.value is not None else None
    ends = _ends(_point(raw.low, scale, ("low",)), _point(raw.high, scale, ("high",)))
    if raw.value is None:
        return ends
    value = _point(raw.value, scale, ("value",))
    if not ends.low <= value <= ends.high:
        raise ReadingError(
            "value-outside-interval",
            f"`value` {_show(value)} lies outside its interval {_show(ends.low)} to {_show(ends.high)}",
            ("value",),
        )
    return Reading(ends.low, value, ends.high)


def _ends(low: float, high: float) -> Reading:
    if low > high:
        raise ReadingError(
            "reversed-interval",
            f"`[{_show(low)}, {_show(high)}]` runs backwards",
            help=f"write `[{_show(high)}, {_show(low)}]`",
        )
    return Reading(low, low if low == high else math.nan, high)


def _point(raw: str | float, scale: Scale, path: KeyPath) -> float:
    low, high = scale.range
    if not isinstance(raw, str) and low <= raw <= high:
        return float(raw)
    if isinstance(raw, str):
        named = scale.named()
        if raw in named:
            return named[raw]
        cure = did_you_mean(raw, named) if named else f"a number from {_show(low)} to {_show(high)}"
        raise ReadingError("unknown-level", f"`{raw}` is not a level of this scale", path, cure)
    raise ReadingError(
        "off-scale",
        f"`{_show(raw)}` is off the scale, which goes from {_show(low)} to {_show(high)}",
        path,
    )


def _show(number: float) -> str:
    return f"{number:g}" if isinstance(number, float) else str(number)


@dataclass(frozen=True)
class AnswerSet:
    """One of these answers, by their positions among all answers."""

    possible: frozenset[int]


@dataclass(frozen=True)
class NumberRange:
    """A number anywhere between two ends."""

    low: float
    high: float


@dataclass(frozen=True)
class SetAnswer:
    """Items known to be in a set; `open` where it may hold more."""

    items: frozenset[str]
    open: bool = False


Answer = AnswerSet | NumberRange | SetAnswer

_FLAG_WORDS = {True: 1, False: 0, "yes": 1, "no": 0, "true": 1, "false": 0}


def read_fact(raw: object, fact: Fact, items: Mapping[str, Collection[str]]) -> Answer | None:
    """Read one fact; None is an unknown one.

    Parameters
    ----------
    raw : object
        As written in a candidate.
    fact : Fact
    items : mapping of list id to its items
        For sets.

    Raises
    ------
    ReadingError
        If the answer is none that the fact knows.

    Examples
    --------
    >>> read_fact("yes", FlagFact(kind="flag"), {})
    AnswerSet(possible=frozenset({1}))
    """
    if isinstance(raw, FactDetail):
        return _fact_detail(raw, fact, items)
    if raw is None or (isinstance(raw, str) and raw == UNKNOWN):
        return None
    if isinstance(fact, SetFact):
        return SetAnswer(_items(raw, items.get(fact.of, ()), fact, ()))
    if isinstance(fact, NumberFact):
        return _number(raw, fact)
    if isinstance(raw, list):
        if not raw:
            raise ReadingError("invalid-fact", "an open answer lists at least one possible answer")
        return AnswerSet(frozenset(_answer(entry, fact, (k,)) for k, entry in enumerate(raw)))
    return AnswerSet(frozenset({_answer(raw, fact, ())}))


def _fact_detail(
    raw: FactDetail, fact: Fact, items: Mapping[str, Collection[str]]
) -> Answer | None:
    given = [key for key in ("value", "low", "at_least") if getattr(raw, key) is not None]
    if len(given) > 1:
        raise ReadingError(
            "invalid-fact", f"`{given[0]}` and `{given[1]}` exclude each other", (given[1],)
        )
    if (raw.low is None) != (raw.high is None):
        there, missing = ("low", "high") if raw.high is None else ("high", "low")
        raise ReadingError(
            "missing-key", f"`low` and `high` come together, and `{missing}` is missing", (there,)
        )
    if raw.at_least is not None:
        if not isinstance(fact, SetFact):
            raise ReadingError(
                "invalid-fact",
                f"`at_least` belongs to a set, and this is a {fact.kind}",
                ("at_least",),
            )
        return SetAnswer(
            _items(raw.at_least, items.get(fact.of, ()), fact, ("at_least",)), open=True
        )
    if raw.low is None or raw.high is None:
        if raw.value is None:
            return None
        try:
            return read_fact(_inner_detail(raw.value), fact, items)
        except ReadingError as error:
            issue = error.diagnostic
            raise ReadingError(
                issue.code, issue.message, ("value", *issue.path), issue.help
            ) from None
    if isinstance(fact, NumberFact):
        return _range(
            _plain_number(raw.low, fact, ("low",)), _plain_number(raw.high, fact, ("high",))
        )
    if not isinstance(fact, LevelFact):
        raise ReadingError(
            "invalid-fact",
            f"`low` and `high` belong to a level or a number, and this is a {fact.kind}",
            ("low",),
        )
    low, high = _answer(raw.low, fact, ("low",)), _answer(raw.high, fact, ("high",))
    if low > high:
        raise ReadingError(
            "reversed-interval", f"`{raw.low}` to `{raw.high}` runs backwards", ("low",)
        )
    return AnswerSet(frozenset(range(low, high + 1)))


def _inner_detail(raw: object) -> object:
    """Read `{low, high}` and `{at_least}` that stand under `value`, with the evidence beside them."""
    if not isinstance(raw, Mapping):
        return raw
    try:
        return FactDetail.model_validate(raw)
    except ValidationError:
        raise ReadingError("invalid-fact", f"`{dict(raw)}` is no answer") from None


def _answer(raw: object, fact: FlagFact | LevelFact | ChoiceFact, path: KeyPath) -> int:
    if isinstance(fact, FlagFact):
        if isinstance(raw, bool | str) and raw in _FLAG_WORDS:
            return _FLAG_WORDS[raw]
        raise ReadingError(
            "invalid-fact",
            f"expected yes or no, not `{_word(raw)}`",
            path,
            "write `yes`, `no` or `unknown`",
        )
    answers = answers_of(fact)
    if isinstance(raw, str) and raw in answers:
        return answers.index(raw)
    raise ReadingError(
        "unknown-level" if isinstance(fact, LevelFact) else "unknown-option",
        f"`{_word(raw)}` is not {'a level' if isinstance(fact, LevelFact) else 'an option'} of this fact",
        path,
        did_you_mean(raw, answers),
    )


def _word(raw: object) -> str:
    return raw if isinstance(raw, str) else repr(raw)


def _items(raw: object, known: Collection[str], fact: SetFact, path: KeyPath) -> frozenset[str]:
    if not isinstance(raw, list):
        cure = (
            f"write `[{raw}]`"
            if isinstance(raw, str) and raw in known
            else choose_from(sorted(known))
        )
        raise ReadingError(
            "invalid-fact",
            f"expected a list of items of `{fact.of}`, not `{_word(raw)}`",
            path,
            cure,
        )
    for k, entry in enumerate(raw):
        if not isinstance(entry, str) or entry not in known:
            raise ReadingError(
                "unknown-item",
                f"`{_word(entry)}` is not an item of `{fact.of}`",
                (*path, k),
                did_you_mean(entry, known),
            )
    return frozenset(raw)


def _number(raw: object, fact: NumberFact) -> NumberRange:
    if isinstance(raw, list):
        if len(raw) != 2:
            raise ReadingError(
                "invalid-fact",
                f"an open number is written `[low, high]`, not with {len(raw)} numbers",
            )
        return _range(_plain_number(raw[0], fact, (0,)), _plain_number(raw[1], fact, (1,)))
    number = _plain_number(raw, fact, ())
    return NumberRange(number, number)


def _range(low: float, high: float) -> NumberRange:
    if low > high:
        raise ReadingError("reversed-interval", f"`[{_show(low)}, {_show(high)}]` runs backwards")
    return NumberRange(low, high)


def _plain_number(raw: object, fact: NumberFact, path: KeyPath) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise ReadingError("invalid-fact", f"expected a number, not `{_word(raw)}`", path)
    low, high = fact.minimum, fact.maximum
    if (low is not None and raw < low) or (high is not None and raw > high):
        allowed = " and ".join(
            [f"at least {_show(low)}"] * (low is not None)  # type: ignore[arg-type]
            + [f"at most {_show(high)}"] * (high is not None)  # type: ignore[arg-type]
        )
        raise ReadingError("out-of-range", f"`{_show(raw)}` is out of range: {allowed}", path)
    return float(raw)
