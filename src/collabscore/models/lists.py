"""Lists of items for facts, and sets of items, told apart by what conditions ask of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple, TypeAlias

from pydantic import Field

from ..arrays import frozen_property
from ..errors import quotable
from .answers import SetAnswer, Truths
from .base import (
    ALSO_ACCEPTED,
    Element,
    FrozenDict,
    FrozenMap,
    FrozenSequence,
    Id,
    ReadingError,
    Text,
    Word,
    after_reading,
    before_reading,
    clean_id,
    list_field,
    map_field,
    optional_field,
)

__all__ = [
    "Item",
    "Leaf",
    "Lists",
    "Meanings",
    "NamedList",
    "NamedLists",
    "SetChoices",
    "bits_of",
    "listed_twice",
    "truths_of",
    "walk_items",
    "with_more",
]


def listed_twice(word: object, number: int) -> ReadingError:
    """Return the error about the second of two equal words of a list, by its position."""
    message = f"`{quotable(word)}` is listed twice"
    return ReadingError("repeated-word", message, (number,), "remove one of them")


def _meanings_of(value: object) -> object:
    """Read a list of words as a mapping to their (missing) meanings; a word twice is an error."""
    if not isinstance(value, list):
        return value
    found: dict[str, None] = {}
    for number, word in enumerate(value):
        if not isinstance(word, str):
            message = f"expected a word, not `{quotable(word)}`"
            help = f'put it in quotes: `"{quotable(word)}"`'
            raise ReadingError("invalid-type", message, (number,), help)
        try:
            name = clean_id(word)
        except ReadingError as error:
            raise error.under(number) from None
        if name in found:
            raise listed_twice(word, number)
        found[name] = None
    return found


ALSO_ACCEPTED[_meanings_of] = (
    {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
)


Meanings = Annotated[
    dict[Id, Text | None],
    before_reading(_meanings_of),
    Field(min_length=1),
    after_reading(FrozenDict),
]
"""Words in order, with their meanings where given: a list of words, or {word: meaning}."""


def _item(value: object) -> object:
    if value is None:
        return {}
    return {"title": value} if isinstance(value, str) else value


ALSO_ACCEPTED[_item] = ({"type": "string"}, {"type": "null"})


class Leaf(Element):
    """An item without finer items."""


class Item(Element):
    """An item of a list. It may have finer items, one level deep."""

    items: (
        Annotated[
            FrozenMap[Id, Annotated[Leaf, before_reading(_item)]], before_reading(_meanings_of)
        ]
        | None
    ) = optional_field("Finer items, such as the sub-fields of an area.")


_Items: TypeAlias = Annotated[
    FrozenMap[Id, Annotated[Item, before_reading(_item)]], before_reading(_meanings_of)
]


class NamedList(Element, defer_build=False):
    """A list of items, a selection of items from another list, or another list with changes."""

    among: Text | None = optional_field("The larger list from which this one selects.")
    items: _Items = map_field("The items: a list of ids, or {id: title}, or {id: {title, items}}.")
    extends: Text | None = optional_field("The list that this one changes; in place of `items`.")
    add: _Items = map_field("Items that `extends` adds, written as `items` are.")
    drop: FrozenSequence[Word] = list_field("Items that `extends` leaves out, finer ones too.")

    def made_of(self, extended: "NamedList | None") -> "NamedList":
        """Return the list with all its items, given the one that it extends, if there is one."""
        if self.extends is None:
            return self
        items, among = dict(self.add), self.among
        if extended is not None:
            items, among = self._changed(extended.items), among or extended.among
        return self.model_copy(update={"items": FrozenDict(items), "among": among})

    def _changed(self, items: Mapping[str, Item]) -> dict[str, Item]:
        """Return the items of another list without those dropped, then with those added."""
        found = dict(self.add)
        for key, item in items.items():
            added = self.add.get(key, item)
            finer = self._kept({**(item.items or {}), **(added.items or {})})
            if finer != (item.items or {}):
                item = item.model_copy(update={"items": FrozenDict(finer) if finer else None})
            found[key] = item
        return self._kept({key: found[key] for key in (*items, *found)})

    def _kept(self, items: dict[str, Any]) -> dict[str, Any]:
        """Return items without those that the list drops."""
        for name in self.drop:
            items.pop(name, None)
        return items

    @frozen_property
    def parents(self) -> dict[str, str | None]:
        """The item above each item, finer ones included; None at the top."""
        return {key: parent for key, parent, _ in walk_items(self.items)}

    @frozen_property
    def finest(self) -> dict[str, str | None]:
        """The items that hold no finer ones, with the item above each."""
        above = set(self.parents.values())
        return {key: parent for key, parent in self.parents.items() if key not in above}

    @frozen_property
    def members(self) -> frozenset[str]:
        """Its items, finer ones included unless it is a part of another list."""
        return frozenset(self.parents)

    def finest_within(self, items: Collection[str]) -> list[str]:
        """Return the finest items that are among some, or the area of which is."""
        found = self.finest.items()
        return [item for item, area in found if item in items or area in items]

    @property
    def is_nested(self) -> bool:
        """Whether any item has finer ones."""
        return any(item.items for item in self.items.values())

    def finer_items(self, key: str) -> Collection[str]:
        """Return the finer items of an item, or of none."""
        item = self.items.get(key)
        return (item.items if item is not None else None) or ()


def walk_items(items: Mapping[str, Item]) -> Iterator[tuple[str, str | None, Item | Leaf]]:
    """Yield every item with its parent's id (None at the top), parents before children."""
    for key, item in items.items():
        yield key, None, item
        for child_key, child in (item.items or {}).items():
            yield child_key, key, child


Lists: TypeAlias = Mapping[str, Collection[str]]
NamedLists: TypeAlias = Mapping[str, NamedList]


# sets of items


_Sets: TypeAlias = dict[int, frozenset[Any]]
"""One set for each way in which questions about it can come out, a bit each."""
_SizedSets: TypeAlias = dict[tuple[int, int], frozenset[str]]
"""One set for each way in which questions for items come out, a bit each, and for each size."""


class SetChoices(NamedTuple):
    """Sets that answers can mean, one for each way in which conditions come out for them.

    Parameters
    ----------
    whole : NamedList
        The list of all items that an answer may name.
    allowed : frozenset of str
        Those of them that it may name.
    wanted : sequence of frozenset of str
        The items for which each part of a condition looks; none where it asks for something else.
    """

    whole: NamedList
    allowed: frozenset[str]
    wanted: Sequence[frozenset[str]]

    def by_items(self, answer: SetAnswer, most: int) -> _Sets:
        """Return a set for each way in which questions for items come out."""
        found = self._sets_meant(answer.items, most)
        if answer.open:
            options = self._options(self.whole.finest_within(self.allowed))
            found = with_more(found, found, options, most)
        return found

    def by_size(self, answer: SetAnswer, sizes: Mapping[int, Truths], most: int) -> _Sets:
        """Return a set for each way in which questions for items and for sizes come out."""
        # sizes from this one on come out alike
        enough = 1
        for truth in sizes.values():
            differing = [size for size in range(len(truth)) if truth[size] != truth[-1]]
            enough = max(enough, 1 + max(differing, default=0))

        def is_left_out(area: str) -> bool:
            return answer.items.isdisjoint({area, *self.whole.finer_items(area)})

        sized: _SizedSets = {(0, 0): frozenset()}
        # areas that are left out only add to what there is
        for area in sorted(self.whole.items, key=is_left_out):
            sized = _unions(sized, self._sets_in_area(area, answer, enough), enough)
            if len(sized) > most:
                break
        found: _Sets = {}
        for (bits, size), items in sized.items():
            by_size = sum(truth[size] << k for k, truth in sizes.items())
            found.setdefault(bits | by_size, items)
        return found

    def _sets_in_area(self, area: str, answer: SetAnswer, enough: int) -> _SizedSets:
        """Return sets of the finest items of an area that an answer allows."""
        finer, may_name = self.whole.finer_items(area), self.whole.finest_within(self.allowed)
        found: _SizedSets = {(0, 0): frozenset()}
        meant = found
        for item in finer or (area,):
            named = {(self._pattern([item]), 1): frozenset({item})}
            meant = _unions(meant, {(0, 0): frozenset(), **named}, 1)
            if item in answer.items:
                found = _unions(found, named, enough)
            elif answer.open and item in may_name:
                found = _unions(found, {(0, 0): frozenset(), **named}, enough)
        if not finer or not answer.items.isdisjoint(finer):
            return found
        if area in answer.items:
            del found[0, 0], meant[0, 0]
        elif not answer.open or area not in self.allowed:
            return found
        # of an area that is named alone several items are meant by the area itself
        alone = frozenset({area})
        return {key: items if len(items) < 2 else alone for key, items in meant.items()} | found

    def _sets_meant(self, items: frozenset[str], most: int) -> _Sets:
        """Return the sets that can be meant by one that may name an item without its finer ones."""
        parents = self.whole.parents
        sets: _Sets = {self._pattern(items): items}
        named = {parents[item] for item in items}
        for parent in sorted((items - named) & set(parents.values())):
            # something of it is meant: one of its finer items at least
            finer = self.whole.finer_items(str(parent))
            sets = with_more({}, sets, self._options(list(finer)), most)
        return sets

    def _options(self, finest: Sequence[str]) -> dict[int, str]:
        """Return the first of some finest items for each way in which they answer."""
        return {self._pattern([item]): item for item in reversed(finest)}

    def _pattern(self, items: Collection[str]) -> int:
        """Return which questions hold of a set, a bit each."""
        named = {*items, *(self.whole.parents[item] for item in items)}
        return bits_of(not named.isdisjoint(asked) for asked in self.wanted)


def _unions(some: _SizedSets, others: _SizedSets, enough: int) -> _SizedSets:
    """Return the unions of sets of different items; a greater size counts as `enough`."""
    found: _SizedSets = {}
    for (bits, size), items in some.items():
        for (more, added), named in others.items():
            found.setdefault((bits | more, min(size + added, enough)), items | named)
    return found


def bits_of(truths: Iterable[bool]) -> int:
    """Return truths as a number, a bit each, the first one the lowest."""
    return sum(1 << k for k, truth in enumerate(truths) if truth)


def truths_of(bits: int, size: int) -> Truths:
    """Return the truths that `bits_of` made a number of."""
    return tuple(bool(bits >> k & 1) for k in range(size))


def with_more(found: _Sets, edge: _Sets, options: Mapping[int, Any], most: int) -> _Sets:
    """Add items to the sets of `edge`, one after the other, that make them come out differently."""
    found = dict(found)
    while edge and len(found) < most:
        added: _Sets = {}
        for before, chosen in edge.items():
            for more, item in options.items():
                if before | more not in found:
                    added.setdefault(before | more, chosen | {item})
        found |= added
        edge = added
    return found
