"""Facts: their kinds, the answers of candidates, and the lists of items for sets.

A kind of fact answers for itself: how an answer is written, read, said and used in conditions, and
which answers conditions can tell apart.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from typing import Annotated, Any, ClassVar, Literal, get_args

import numpy as np
from pydantic import Field, ValidationError

from ..arrays import frozen_property
from ..errors import KeyPath, did_you_mean, quotable
from ..output.text import figure, plural
from .answers import (
    MOST_CLASSES,
    Answer,
    AnswerClass,
    Asked,
    Cell,
    FactDetail,
    NumberRange,
    OneOf,
    SetAnswer,
    Stretch,
    Truths,
    not_single,
    point_inside,
    stretches,
)
from .base import (
    ALSO_ACCEPTED,
    DATE_SCHEMA,
    LARGEST,
    UNKNOWN,
    Element,
    FrozenList,
    Number,
    ReadingError,
    Text,
    Word,
    after_reading,
    before_reading,
    days_of,
    optional_field,
    out_of_range,
    read_date,
    title_of,
    within,
)
from .criteria import require_both_ends
from .expressions import Answers, Compare, Constant, NumberOf, Sum, parts_of
from .lists import (
    Lists,
    Meanings,
    NamedList,
    NamedLists,
    SetChoices,
    bits_of,
    listed_twice,
    truths_of,
    walk_items,
    with_more,
)

__all__ = [
    "FACT_KINDS",
    "ChoiceFact",
    "DateFact",
    "Fact",
    "FlagFact",
    "LevelFact",
    "NumberFact",
    "SetFact",
    "words_schema",
]


class _Fact(Element, defer_build=False):
    """A kind of fact: how its answers are written, read, said and told apart."""

    answer_type: ClassVar[type[Answer]] = SetAnswer
    ordered: ClassVar[bool] = False
    in_days: ClassVar[bool] = False
    form: ClassVar[str]
    word: ClassVar[str]

    question: Text | None = optional_field("The question for the person who answers.")
    per: Literal["party", "partner"] | None = optional_field(
        "`party`: asked for each party of the framework. `partner`: asked of each organisation "
        "under `partners` of a candidate."
    )
    kind: str

    @property
    def meanings(self) -> Mapping[str, str | None]:
        """Possible answers in order, where they are words, and their meanings where given."""
        return {}

    @frozen_property
    def answers(self) -> tuple[str, ...]:
        """Possible answers in order, where they are words."""
        return tuple(self.meanings)

    @property
    def good_to_bad(self) -> tuple[str, ...]:
        """Answers in words from the best to the worst; none where the fact does not say."""
        return ()

    @property
    def holds_several(self) -> bool:
        """Whether more than one answer may be the case at once."""
        return False

    def how_to_answer(self) -> str:
        """Return how an answer is written, for those who fill in a template."""
        return self.form

    def listed(self, lists: NamedLists) -> Iterator[tuple[str, str]]:
        """Yield the words that an answer may use, each with a remark, where they must be listed."""
        for word, meaning in self.meanings.items():
            yield word, f" = {meaning}" if meaning else ""

    def answer_schema(self, lists: NamedLists) -> dict[str, Any]:
        """Return the JSON Schema of a single answer."""
        return words_schema(self.meanings)

    def comparison_example(self, name: str) -> str:
        """Return a condition about the fact `name`."""
        return f"`{name} == {self.answers[-1]}`"

    def expression(self, name: str) -> Answers | NumberOf | None:
        """Return the condition or the number that `name` is by itself; None: it is neither."""
        return None

    def position(self, word: object) -> int | None:
        """Return the position of an answer among all; None: it is no answer."""
        return self._positions.get(word) if isinstance(word, str) else None

    def single_answers(self, lists: NamedLists) -> tuple[SetAnswer, ...]:
        """Return each answer in words alone; of a set, each item that holds no finer one."""
        return tuple(SetAnswer(frozenset({k})) for k in range(len(self.answers)))

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {answer: position for position, answer in enumerate(self.answers)}

    def words(self, answer: Any, titles: Mapping[str, str] | None = None) -> str:
        """Return an answer, as `read` returns it, in words.

        Parameters
        ----------
        answer : OneOf, NumberRange or SetAnswer
        titles : mapping of item to str, optional
            Words of the items of a set, in order; their ids, if left out.
        """
        said = [self._words_together(each, titles) for each in answer.possible]
        is_plain = all(len(each.items) == 1 for each in answer.possible)
        return (" or " if is_plain else "; or ").join(said)

    def _words_together(self, answer: SetAnswer, titles: Mapping[str, str] | None) -> str:
        said = " and ".join(self.answers[k] for k in sorted(answer.items))
        return f"{said}, and perhaps more" if answer.open else said

    def written(self, answer: Any) -> Any:
        """Return an answer as a document has it: what `read` reads as this answer.

        Parameters
        ----------
        answer : OneOf, NumberRange or SetAnswer

        Examples
        --------
        >>> ChoiceFact(kind="choice", options=["a", "b"]).written(SetAnswer(frozenset({1})))
        'b'
        """
        if isinstance(answer, OneOf):
            return {"one_of": list(map(self._written_together, answer.possible))}
        words = self._written_together(answer)
        if answer.open:
            listed = [words] if isinstance(words, str) else words
            return {"at_least": listed} if listed else UNKNOWN
        return {"all_of": words} if self.answers and isinstance(words, list) else words

    def _written_together(self, answer: SetAnswer) -> str | list[str]:
        words = [self.answers[k] for k in sorted(answer.items)]
        return words[0] if len(words) == 1 else words

    def some_answer(self) -> Answer:
        """Return an answer, whatever it is, for a question that nobody is asked."""
        return SetAnswer(frozenset({0} if self.answers else ()))

    def truth(self, part: Any, answer: Any, lists: NamedLists) -> tuple[bool, bool]:
        """Return whether a part of a condition holds, certainly and possibly.

        Parameters
        ----------
        part : Answers or Overlaps
        answer : OneOf or SetAnswer
        lists : mapping of list id to NamedList
            For sets.
        """
        truths = [self._truth_together(part, each, lists) for each in answer.possible]
        certain, possible = zip(*truths, strict=True)
        return all(certain), any(possible)

    def _truth_together(self, part: Any, answer: SetAnswer, lists: NamedLists) -> tuple[bool, bool]:
        by_answer = self._truth_by_answer(part)
        certain = any(by_answer[k] for k in answer.items)
        return certain, certain or (answer.open and any(by_answer))

    def _truth_by_answer(self, part: Any) -> tuple[bool, ...]:
        """Return whether a part of a condition holds for each answer alone."""
        if isinstance(part, Answers):
            return part.truth
        return tuple(answer in part.items for answer in self.answers)

    def classes(
        self, asked: Asked, known: Any, lists: NamedLists, most: int = MOST_CLASSES
    ) -> list[AnswerClass]:
        """Return the classes of answers that conditions can tell apart, in order.

        Parameters
        ----------
        asked : sequence of Answers, Overlaps or Compare
        known : OneOf, NumberRange, SetAnswer or None
            What is known of the answer; None: nothing.
        lists : mapping of list id to NamedList
            For sets.
        most : int
            Most classes of a set.

        Notes
        -----
        Of flags, levels and choices each answer still possible is a class of its own; where several
        may hold, also each combination that comes out as no single answer does. Sets are told
        apart by the lists and items that conditions look for in them: each way in which these can
        come out is a class. Numbers are told apart by the constants with which conditions compare
        them; compared with anything else, they are divided into quarters besides.
        """
        by_part = list(map(self._truth_by_answer, asked))

        def pattern(items: Iterable[int]) -> int:
            return bits_of(any(map(truths.__getitem__, items)) for truths in by_part)

        starts = [frozenset({k}) for k in range(len(self.answers))]
        is_open = self.holds_several
        options = {pattern(items): min(items) for items in reversed(starts)}
        if known is not None:
            starts = [each.items for each in known.possible]
            is_open = known.possible[0].open
        alone = {pattern(items): items for items in starts}
        more = with_more({}, alone, options, most) if is_open else {}
        together = sorted((more[key] for key in more.keys() - alone.keys()), key=sorted)
        classes = []
        for items in (*starts, *together):
            answer, truths = SetAnswer(items), truths_of(pattern(items), len(asked))
            classes.append(AnswerClass(self.words(answer), answer, truths))
        return classes

    def read(self, raw: object, lists: Lists) -> Answer | None:
        """Read an answer as a candidate writes it; None is an unknown one.

        Parameters
        ----------
        raw : object
        lists : mapping of list id to its items
            For sets.

        Raises
        ------
        ReadingError
            If the answer is none that the fact knows.

        Examples
        --------
        >>> FlagFact(kind="flag").read("yes", {})
        SetAnswer(items=frozenset({1}), open=False)
        """
        if isinstance(raw, FactDetail):
            return self._read_detail(raw, lists)
        if raw is None or (isinstance(raw, str) and raw == UNKNOWN):
            return None
        return self._read_plain(raw, lists)

    def _read_detail(self, raw: FactDetail, lists: Lists) -> Answer | None:
        readers: dict[str, Callable[[Any, Lists], Answer | None]] = {
            "value": self.read,
            "at_least": self._read_at_least,
            "all_of": self._read_all_of,
            "one_of": self._read_one_of,
        }
        given = [key for key in (*readers, "low") if getattr(raw, key) is not None]
        if len(given) > 1:
            message = f"use either `{given[0]}` or `{given[1]}`, not both"
            raise ReadingError("invalid-fact", message, (given[1],), "remove one of them")
        require_both_ends(raw.low, raw.high)
        if raw.low is not None:
            return self._read_interval(raw.low, raw.high)
        key = given[0] if given else "value"
        entry = _detail_in_value(raw.value) if key == "value" else getattr(raw, key)
        try:
            return readers[key](entry, lists)
        except ReadingError as error:
            raise error.under(key) from None

    def _read_plain(self, raw: object, lists: Lists) -> Answer:
        if not isinstance(raw, list):
            return _one_of_words(frozenset({self._position(raw, ())}))
        together = self._together(raw, lists)
        if self.holds_several:
            return SetAnswer(together)
        return _one_of_words(together)

    def _together(self, raw: Any, lists: Lists) -> frozenset[Any]:
        """Read a list of answers."""
        if not raw:
            message, help = "`[]` names no possible answer", "name one or more, or write `unknown`"
            raise ReadingError("invalid-fact", message, help=help)
        return frozenset(self._position(entry, (k,)) for k, entry in enumerate(raw))

    def _read_one_of(self, raw: Sequence[object], lists: Lists) -> Answer:
        if len(raw) < 2:
            message = "`one_of` needs at least two possible answers"
            help = "name another one, or write the answer as `value`"
            raise ReadingError("invalid-fact", message, help=help)
        found: set[Any] = set()
        for k, entry in enumerate(raw):
            try:
                answer = self._read_plain(entry, lists)
            except ReadingError as error:
                raise error.under(k) from None
            if not answer.settled:
                raise not_single(entry, "write each possible answer as an entry of its own", k)
            if answer in found:
                raise listed_twice(entry, k)
            found.add(answer)
        return _one_of(found)

    def _read_all_of(self, raw: Sequence[object], lists: Lists) -> Answer:
        if not self.holds_several:
            message = f"`all_of` is for facts with `several: true`, but this is a {self.kind}"
            raise ReadingError("invalid-fact", message, help="write `value` or `one_of` instead")
        _refuse_repeated(raw)
        return SetAnswer(self._together(raw, lists))

    def _read_at_least(self, raw: Sequence[object], lists: Lists) -> Answer:
        if not self.holds_several:
            forms = "sets and facts with `several: true`"
            message = f"`at_least` is for {forms}, but this is a {self.kind}"
            raise ReadingError("invalid-fact", message, help="write `value` instead")
        _refuse_repeated(raw)
        together = self._together(raw, lists)
        # all words there are leave no room for more; a set has none
        is_all = bool(self.answers) and len(together) == len(self.answers)
        return SetAnswer(together, open=not is_all)

    def _position(self, raw: object, path: KeyPath) -> int:
        position = self.position(raw)
        if position is None:
            raise self._no_answer(raw, path)
        return position

    def _no_answer(self, raw: object, path: KeyPath) -> ReadingError:
        """Return the error about something that is no answer."""
        article, noun = self.word.split()
        message = f"`{quotable(raw)}` is not {article} {noun} of this fact"
        return ReadingError(f"unknown-{noun}", message, path, did_you_mean(raw, self.answers))

    def _read_interval(self, low: object, high: object) -> Answer:
        message = f"`low` and `high` are for levels and numbers, but this is a {self.kind}"
        raise ReadingError("invalid-fact", message, ("low",), "write `value` instead")


def words_schema(meanings: Mapping[Any, str | None]) -> dict[str, Any]:
    """Return the JSON Schema of some words, with what editors show beside each."""
    return {"enum": list(meanings), "enumDescriptions": [said or "" for said in meanings.values()]}


def _one_of(answers: Iterable[SetAnswer]) -> SetAnswer | OneOf:
    """Return one of these answers; the answer itself where there is only one."""
    listed = frozenset(answers)
    return OneOf(listed) if len(listed) > 1 else next(iter(listed))


@lru_cache(maxsize=1024)  # lists of candidates give the same few answers again and again
def _one_of_words(positions: frozenset[int]) -> SetAnswer | OneOf:
    """Return the answer that one word of some is the case."""
    return _one_of(SetAnswer(frozenset({k})) for k in positions)


def _refuse_repeated(raw: Sequence[object]) -> None:
    seen: set[object] = set()
    for k, entry in enumerate(raw):
        if entry in seen:
            raise listed_twice(entry, k)
        seen.add(entry)


def _detail_in_value(raw: object) -> object:
    """Read `{low, high}` and `{at_least}` under `value`, with the evidence beside them."""
    if not isinstance(raw, Mapping):
        return raw
    try:
        return FactDetail.model_validate(raw)
    except ValidationError:
        message, help = f"`{quotable(raw)}` is not an answer", "write the answer itself as `value`"
        raise ReadingError("invalid-fact", message, help=help) from None


def _flag_in_words(value: object) -> object:
    return ("no", "yes")[value] if isinstance(value, bool) else value


ALSO_ACCEPTED[_flag_in_words] = ({"type": "boolean"},)


class FlagFact(_Fact):
    """Yes or no."""

    form: ClassVar[str] = "yes or no"

    kind: Literal["flag"] = Field(description="A yes or a no.")
    worse: Annotated[Literal["yes", "no", "high", "low"] | None, before_reading(_flag_in_words)] = (
        optional_field("The worse answer: `yes` (or `high`) or `no` (or `low`).")
    )

    @property
    def meanings(self) -> Mapping[str, str | None]:
        """No and yes."""
        return {"no": None, "yes": None}

    def listed(self, lists: NamedLists) -> Iterator[tuple[str, str]]:
        """Yield nothing: everybody knows yes and no."""
        yield from ()

    def answer_schema(self, lists: NamedLists) -> dict[str, Any]:
        """Return the JSON Schema of yes and no, also as truth values and their names."""
        return words_schema(dict.fromkeys(("yes", "no", True, False, "true", "false")))

    @property
    def good_to_bad(self) -> tuple[str, ...]:
        """Yes and no, the worse one last; none where the fact does not say."""
        return _from_good_to_bad(self.answers, self.worse)

    def expression(self, name: str) -> Answers | NumberOf | None:
        """Return whether the answer is yes."""
        return Answers(name, (False, True))

    def position(self, word: object) -> int | None:
        """Return the position of an answer, which may be a truth value or its name too."""
        if word is True or word == "true":
            return 1
        return 0 if word is False or word == "false" else super().position(word)

    def _no_answer(self, raw: object, path: KeyPath) -> ReadingError:
        message = f"expected yes or no, not `{quotable(raw)}`"
        return ReadingError("invalid-fact", message, path, "write `yes`, `no` or `unknown`")


def _from_good_to_bad(rising: tuple[str, ...], worse: str | None) -> tuple[str, ...]:
    """Return answers in rising order from the best to the worst."""
    if worse is None:
        return ()
    return rising if worse in ("high", "yes") else rising[::-1]


class _SeveralFact(_Fact):
    """A kind of fact of which more than one answer may be the case at once."""

    several: bool = Field(
        default=False, description="Whether more than one answer may be the case at once."
    )

    @property
    def holds_several(self) -> bool:
        """Whether more than one answer may be the case at once."""
        return self.several

    def how_to_answer(self) -> str:
        """Return how an answer is written, for those who fill in a template."""
        if self.several:
            return f"{self.form}; {{all_of: [...]}} if several hold; {_IF_UNSURE}"
        return f"{self.form}; {_IF_UNSURE}"


_IF_UNSURE = "{one_of: [...]} if it is not known which"


class LevelFact(_SeveralFact):
    """One of several ordered levels."""

    ordered: ClassVar[bool] = True
    word: ClassVar[str] = "a level"
    form: ClassVar[str] = "one of these, in ascending order"

    kind: Literal["level"] = Field(description="One of several levels, in ascending order.")
    levels: Meanings = Field(
        description="The levels from low to high: a list, or {level: meaning}."
    )
    worse: Literal["high", "low"] | None = optional_field(
        "The worse end of the levels: `high` is the last one, `low` the first."
    )

    @property
    def meanings(self) -> Mapping[str, str | None]:
        """Levels from low to high, and their meanings where given."""
        return self.levels

    @property
    def good_to_bad(self) -> tuple[str, ...]:
        """Levels from the best to the worst; none where the fact does not say."""
        return _from_good_to_bad(self.answers, self.worse)

    def _read_interval(self, low: object, high: object) -> Answer:
        first, last = self._position(low, ("low",)), self._position(high, ("high",))
        if first > last:
            message = f"`{low}` to `{high}` runs backwards"
            raise ReadingError("reversed-interval", message, ("low",), "swap the ends")
        return _one_of_words(frozenset(range(first, last + 1)))


def _refuse_direction(value: object) -> object:
    if isinstance(value, str):
        message = f"options have no order, so `worse: {quotable(value)}` has no meaning"
        help = "list options from the best to the worst: `[best, ..., worst]`"
        raise ReadingError("invalid-type", message, help=help)
    return value


class ChoiceFact(_SeveralFact):
    """One of several options without order."""

    word: ClassVar[str] = "an option"
    form: ClassVar[str] = "one of these"

    kind: Literal["choice"] = Field(description="One of several options without order.")
    options: Meanings = Field(description="The options: a list, or {option: meaning}.")
    worse: Annotated[
        Annotated[list[Word], Field(min_length=2), after_reading(FrozenList)] | None,
        before_reading(_refuse_direction),
    ] = optional_field("Options from the best to the worst. Others are not compared with them.")

    @property
    def meanings(self) -> Mapping[str, str | None]:
        """Options, and their meanings where given."""
        return self.options

    @property
    def good_to_bad(self) -> tuple[str, ...]:
        """Options from the best to the worst; none where the fact does not say."""
        return tuple(self.worse or ())


class _MeasuredFact(_Fact):
    """A kind of fact whose answers are numbers, or ranges of them."""

    answer_type: ClassVar[type[Answer]] = NumberRange

    @property
    def limits(self) -> tuple[float, float]:
        """Least and greatest answer that makes sense; infinite where there is none."""
        return -math.inf, math.inf

    def some_answer(self) -> Answer:
        """Return a number or a day, whatever it is, for a question that nobody is asked."""
        low, high = self.limits
        return NumberRange(*[min(max(1.0, low), high)] * 2)

    def written(self, answer: Any) -> Any:
        """Return a number or a day as a document has it, or both ends of a range."""
        low, high = map(self._written_end, answer)
        return low if answer.settled else {"low": low, "high": high}

    def _written_end(self, number: float) -> Any:
        return int(number) if float(number).is_integer() else number

    def expression(self, name: str) -> Answers | NumberOf | None:
        """Return the number."""
        return NumberOf(name)

    def _read_plain(self, raw: object, lists: Lists) -> Answer:
        if not isinstance(raw, list):
            return self._range(raw, ())
        if len(raw) != 2:
            message = f"`{quotable(raw)}` is not {self.word}, nor a range of two"
            raise ReadingError("invalid-fact", message, help="write `[low, high]`")
        return _range_of(raw, self._range(raw[0], (0,)), self._range(raw[1], (1,)))

    def _read_interval(self, low: object, high: object) -> Answer:
        ends = self._range(low, ("low",)), self._range(high, ("high",))
        return _range_of([low, high], *ends)

    def _read_one_of(self, raw: Sequence[object], lists: Lists) -> Answer:
        message = f"`one_of` and `all_of` are not for {self.word.split()[1]}s"
        raise ReadingError("invalid-fact", message, help="write a range: `[low, high]`")

    _read_all_of = _read_one_of

    def _range(self, raw: object, path: KeyPath) -> NumberRange:
        """Read a single answer, which may be a range by itself."""
        raise NotImplementedError

    def classes(
        self, asked: Asked, known: Any, lists: NamedLists, most: int = MOST_CLASSES
    ) -> list[AnswerClass]:
        """Return the stretches of numbers that conditions can tell apart, in rising order."""
        low, high = self.limits if known is None else (known.low, known.high)
        kinds = [set(map(type, parts_of(part))) for part in asked]
        comparisons = [part for part, kind in zip(asked, kinds, strict=True) if kind == _PLAIN]
        # where a sum turns depends on its other parts: those who know them ask besides
        if any(kind != _PLAIN and Sum not in kind for kind in kinds):
            comparisons += self._quarters(low, high)
        found = stretches(comparisons, (low, high), in_days=self.in_days)
        return [self._class_of(stretch, (low, high)) for stretch in found]

    def _quarters(self, low: float, high: float) -> Iterator[Compare]:
        """Yield comparisons that divide a range into quarters; none if it has no end."""
        if math.isfinite(high - low):
            for point in np.linspace(low, high, 5)[1:-1].tolist():
                cut = math.floor(point) if self.in_days else point
                yield Compare(">=", NumberOf(""), Constant(cut))

    def _class_of(self, stretch: Stretch, limits: Cell) -> AnswerClass:
        raise NotImplementedError


_PLAIN = {NumberOf, Constant}


class NumberFact(_MeasuredFact):
    """A number."""

    word: ClassVar[str] = "a number"

    kind: Literal["number"] = Field(description="A number.")
    unit: Text | None = optional_field("Unit of measurement, for example `million USD`.")
    minimum: Number | None = optional_field("Smallest allowed value.")
    maximum: Number | None = optional_field("Largest allowed value.")
    worse: Literal["high", "low"] | None = optional_field("Whether high or low numbers are worse.")

    def how_to_answer(self) -> str:
        """Return how a number is written, with its unit and limits."""
        form = f"a number, in {self.unit}" if self.unit else "a number"
        limits = self._limits_in_words("{:g}".format)
        return f"{', '.join(filter(None, (form, limits)))}; or [low, high]"

    def answer_schema(self, lists: NamedLists) -> dict[str, Any]:
        """Return the JSON Schema of a number within its limits."""
        low, high = self.bounds
        return {"type": "number", "minimum": low, "maximum": high}

    def _limits_in_words(self, word: Callable[[float], str]) -> str:
        ends = []
        if self.minimum is not None:
            ends.append(f"at least {word(self.minimum)}")
        if self.maximum is not None:
            ends.append(f"at most {word(self.maximum)}")
        return " and ".join(ends)

    def comparison_example(self, name: str) -> str:
        """Return a condition about the fact `name`."""
        return f"`{name} >= 1`"

    @property
    def _unit_behind(self) -> str:
        return f" {self.unit}" if self.unit else ""

    @property
    def limits(self) -> tuple[float, float]:
        """Least and greatest value that makes sense; infinite where there is none."""
        low = -math.inf if self.minimum is None else float(self.minimum)
        return low, math.inf if self.maximum is None else float(self.maximum)

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest number that can be an answer."""
        low, high = self.limits
        return max(low, -LARGEST), min(high, LARGEST)

    def words(self, answer: Any, titles: Mapping[str, str] | None = None) -> str:
        """Return a number or a range in words, with the unit."""
        unit = self._unit_behind
        if answer.settled:
            return f"{figure(answer.low)}{unit}"
        return f"between {figure(answer.low)} and {figure(answer.high)}{unit}"

    def _range(self, raw: object, path: KeyPath) -> NumberRange:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            message = f"expected a number, not `{quotable(raw)}`"
            raise ReadingError("invalid-fact", message, path, "use a number, or `unknown`")
        low, high = self.bounds
        if not low <= raw <= high:
            raise out_of_range(raw, self._limits_in_words(quotable), path)
        return NumberRange(float(raw), float(raw))

    def _class_of(self, stretch: Stretch, limits: Cell) -> AnswerClass:
        first, last = stretch
        start, end, unit = first[0], last[1], self._unit_behind
        above, below, most = "", "", "at most "
        # numbers as far apart as can be; where the stretch has no end, near the other one
        low, high = start, end
        if math.isinf(start) or start not in (first[1], limits[0]):
            above, low = "above ", point_inside(first)
        if math.isinf(end) or end not in (last[0], limits[1]):
            below = most = "below "
            high = point_inside(last)
        if start == end:
            label = f"exactly {figure(start)}{unit}"
        elif start == limits[0]:
            label = f"{most}{figure(end)}{unit}"
            if math.isinf(end):
                label = "any number"
        elif end == limits[1]:
            label = f"{figure(start)}{unit} or more"
            if above:
                label = f"more than {figure(start)}{unit}"
        else:
            label = f"{above}{figure(start)} to {below}{figure(end)}{unit}"
        return AnswerClass(label, NumberRange(low, high))


class DateFact(_MeasuredFact):
    """A date."""

    in_days: ClassVar[bool] = True
    word: ClassVar[str] = "a date"
    form: ClassVar[str] = "a date, such as 2026-01-31; a month, a year or [first, last] if unsure"

    kind: Literal["date"] = Field(description="A date.")

    def answer_schema(self, lists: NamedLists) -> dict[str, Any]:
        """Return the JSON Schema of a day, a month or a year."""
        return DATE_SCHEMA

    def comparison_example(self, name: str) -> str:
        """Return a condition about the fact `name`."""
        return f"`{name} <= '2026-01-31'`"

    def words(self, answer: Any, titles: Mapping[str, str] | None = None) -> str:
        """Return a day, or the first and the last that are possible."""
        first, last = map(_day_in_words, answer)
        return first if first == last else f"{first} to {last}"

    def _written_end(self, number: float) -> Any:
        return _day_in_words(number)

    def _range(self, raw: object, path: KeyPath) -> NumberRange:
        try:
            first, last = days_of(read_date(raw))
        except ReadingError as error:
            raise (error.under(path[0]) if path else error) from None
        return NumberRange(first.toordinal(), last.toordinal())

    def _class_of(self, stretch: Stretch, limits: Cell) -> AnswerClass:
        (first, first_end), (last_start, last) = stretch
        # ends of a stretch that are not in it, unless nothing is beyond them
        first += first < first_end and first != limits[0]
        last -= last_start < last and last != limits[1]
        if math.isinf(first) and math.isinf(last):
            return AnswerClass("any date", NumberRange(1, date.max.toordinal()))
        if math.isinf(first):
            return AnswerClass(f"until {_day_in_words(last)}", NumberRange(last, last))
        if math.isinf(last):
            return AnswerClass(f"from {_day_in_words(first)} on", NumberRange(first, first))
        return AnswerClass(self.words((first, last)), NumberRange(first, last))


def _day_in_words(day: float) -> str:
    return date.fromordinal(math.floor(day)).isoformat()


def _range_of(written: Sequence[object], first: NumberRange, last: NumberRange) -> NumberRange:
    low, high = written
    if first.low > last.high:
        message = f"`{quotable([low, high])}` runs backwards"
        raise ReadingError("reversed-interval", message, help=f"write `{quotable([high, low])}`")
    return NumberRange(first.low, last.high)


class SetFact(_Fact):
    """Any number of items of a list."""

    answer_type: ClassVar[type[Answer]] = SetAnswer
    form: ClassVar[str] = (
        "a list; [] means none; {at_least: [...]} if there may be more. Items, with finer items "
        "in brackets:"
    )

    kind: Literal["set"] = Field(description="Any number of items of a list.")
    of: Text = Field(description="The list of allowed items.")

    def listed(self, lists: NamedLists) -> Iterator[tuple[str, str]]:
        """Yield the items of the list with their titles, and the finer items in brackets."""
        for key, item in lists[self.of].items.items():
            says_more = item.title and item.title.casefold() != key.replace("_", " ")
            title = f" ({item.title})" if says_more else ""
            finer = f" [{', '.join(item.items)}]" if item.items else ""
            yield key, f"{title}{finer}"

    def comparison_example(self, name: str) -> str:
        """Return a condition about the fact `name`."""
        return f"`overlaps({name}, list)`"

    def answer_schema(self, lists: NamedLists) -> dict[str, Any]:
        """Return the JSON Schema of an item, with the titles of the whole list."""
        titles = {}
        for key, _, item in walk_items(self.whole_list(lists).items):
            if key in lists[self.of].members:
                titles[key] = item.title if item is not None else None
        return words_schema(titles)

    @property
    def holds_several(self) -> bool:
        """Whether more than one answer may be the case at once."""
        return True

    def _written_together(self, answer: SetAnswer) -> list[str]:
        return sorted(answer.items)

    def _words_together(self, answer: SetAnswer, titles: Mapping[str, str] | None) -> str:
        titles = titles or {item: item for item in sorted(answer.items)}
        items = ", ".join(title for item, title in titles.items() if item in answer.items)
        if answer.open:
            return f"{items}, and perhaps more" if items else "unknown"
        return items or "none"

    def _truth_together(self, part: Any, answer: SetAnswer, lists: NamedLists) -> tuple[bool, bool]:
        """Return whether a set has one of the items asked for, or a size: certainly, and possibly.

        Naming an item names its parent. A parent alone says that something of it is meant, not
        what: where only some of its items are asked for, nothing is decided. It counts one.
        """
        whole = self.whole_list(lists)
        above = {whole.parents.get(item) for item in answer.items}
        if isinstance(part, Answers):
            least = most = len(answer.items - above)
            if answer.open:
                most = len(whole.finest_within(lists[self.of].members))
            truths = part.truth[least : most + 1]
            return all(truths), any(truths)
        asked = self._items_asked(part, lists)
        certain = not asked.isdisjoint(answer.items | above)
        possible = certain or answer.open
        for parent in answer.items - above:
            finer = whole.finer_items(parent)
            certain |= bool(finer) and asked.issuperset(finer)
            possible |= not asked.isdisjoint(finer)
        return certain, possible

    def _items_asked(self, part: Any, lists: NamedLists) -> frozenset[str]:
        """Return the items for which a condition looks; outside some, the finest of all others."""
        if isinstance(part, Answers):
            return frozenset()
        asked: frozenset[str] = part.items
        if part.outside:
            finest = self.whole_list(lists).finest.items()
            asked = frozenset(item for item, area in finest if asked.isdisjoint({item, area}))
        return asked

    def _read_plain(self, raw: object, lists: Lists) -> Answer:
        return SetAnswer(self._together(raw, lists))

    def _together(self, raw: Any, lists: Lists) -> frozenset[Any]:
        known = lists.get(self.of, ())
        if not isinstance(raw, list):
            help = did_you_mean(quotable(raw), known)
            if isinstance(raw, str) and raw in known:
                help = f"write `[{raw}]`"
            message = f"expected a list of items of `{self.of}`, not `{quotable(raw)}`"
            raise ReadingError("invalid-fact", message, help=help)
        for k, entry in enumerate(raw):
            if not isinstance(entry, str) or entry not in known:
                message = f"`{quotable(entry)}` is not an item of `{self.of}`"
                raise ReadingError("unknown-item", message, (k,), did_you_mean(entry, known))
        return frozenset(raw)

    def whole_list(self, lists: NamedLists) -> NamedList:
        """Return the list of all items that an answer may name."""
        return lists[lists[self.of].among or self.of]

    def single_answers(self, lists: NamedLists) -> tuple[SetAnswer, ...]:
        """Return each item alone that holds no finer one of the list."""
        members, parents = lists[self.of].members, self.whole_list(lists).parents
        above = {parents[item] for item in members}
        return tuple(SetAnswer(frozenset({item})) for item in sorted(members - above))

    def classes(
        self, asked: Asked, known: Any, lists: NamedLists, most: int = MOST_CLASSES
    ) -> list[AnswerClass]:
        """Return a set for each way in which the questions for items and sizes can come out.

        Only finest items need be named: an item that holds finer ones is decided, and comes out
        alike, as soon as one of these is named.
        """
        known = known or SetAnswer(frozenset(), open=True)
        wanted = [self._items_asked(part, lists) for part in asked]
        sizes = {k: part.truth for k, part in enumerate(asked) if isinstance(part, Answers)}
        told = SetChoices(self.whole_list(lists), lists[self.of].members, wanted)
        found: dict[int, frozenset[str]] = {}
        for each in known.possible:
            sets = told.by_size(each, sizes, most) if sizes else told.by_items(each, most)
            found = sets | found
        classes = []
        for number, items in sorted(found.items())[:most]:
            truths = truths_of(number, len(asked))
            label = self._label(asked, truths, lists)
            classes.append(AnswerClass(label, SetAnswer(items), truths))
        return classes

    def _label(self, asked: Asked, truths: Truths, lists: NamedLists) -> str:
        """Return the sets of a class in words."""
        words: dict[tuple[bool, bool], list[str]] = {}
        sizes: list[Truths] = []
        for part, truth in zip(asked, truths, strict=True):
            if isinstance(part, Answers):
                sizes.append(tuple(holds == truth for holds in part.truth))
            else:
                named = self._words_for_items(part.items, lists)
                words.setdefault((truth, part.outside), []).append(named)
        parts = []
        for truth, some, joint in ((True, "something", " and "), (False, "nothing", " or ")):
            said = [f"of {joint.join(words[truth, False])}"] if (truth, False) in words else []
            said += [f"outside {named}" for named in words.get((truth, True), ())]
            if said:
                parts.append(f"{some} {joint.join(said)}")
        if sizes:
            parts.append(_sizes_in_words([all(flags) for flags in zip(*sizes, strict=True)]))
        return ", ".join(parts)

    def _words_for_items(self, items: frozenset[str], lists: NamedLists) -> str:
        """Return what a condition looks for, in words: the title of a list, or the items."""
        for name, listed in lists.items():
            if name != self.of and listed.members == items:
                return within(title_of(name, listed.title))
        return " or ".join(sorted(items))


def _sizes_in_words(flags: Sequence[bool]) -> str:
    """Return the sizes for which flags are set, the last of them and all beyond it, in words."""
    said = []
    edges = [k for k, flag in enumerate(flags) if flag and not (k and flags[k - 1])]
    for start in edges:
        end = start
        while end + 1 < len(flags) and flags[end + 1]:
            end += 1
        words = f"{start:,} to {plural(end, 'item')}"
        if end + 1 == len(flags):
            words = f"{plural(start, 'item')} or more"
        elif start == end:
            words = plural(start, "item") if start else "no item"
        said.append(words)
    return " or ".join(said)


Fact = Annotated[
    FlagFact | LevelFact | ChoiceFact | NumberFact | DateFact | SetFact,
    Field(discriminator="kind"),
]
FACT_KINDS = get_args(get_args(Fact)[0])
