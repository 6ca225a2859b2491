"""Errors in a framework or a vocabulary whose parts are each well formed.

Names that are not defined or defined twice, points off their scales, keys that exclude each other;
and the names in a document of any kind.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from ..errors import Diagnostic, KeyPath, Note, choose_from, did_you_mean, quotable
from ..models.answers import KEYS_OF_ANSWERS
from ..models.base import (
    MOST_CRITERIA,
    MOST_ITEMS,
    MOST_LEVELS,
    MOST_UNEQUAL,
    NARROWEST,
    Citation,
    Model,
    ReadingError,
)
from ..models.candidates import PlacedSafeguard
from ..models.conditions import parse
from ..models.criteria import Criteria, Criterion, Scale, weight_of
from ..models.expressions import Has, Known, walk_expression
from ..models.facts import ChoiceFact, LevelFact, NumberFact
from ..models.framework import (
    SECTIONS,
    Framework,
    Guardrail,
    SharedDefinitions,
    Step,
    Table,
    TableRow,
    Vocabulary,
)
from ..models.lists import Item, NamedList
from ..models.syntax import RESERVED, ConditionError
from ..models.tables import Cell, cell_expression
from ..models.weight_spaces import WeightSpace
from ..output.text import plural

__all__ = [
    "Named",
    "check_framework",
    "check_vocabulary",
    "circle_from",
    "circular_names",
    "names_in",
    "repeated_names",
    "unknown_names",
    "walk_models",
]

# names in a document of any kind

Named = tuple[str, KeyPath]
"""A name and the path to the place where a document uses it."""


def unknown_names(
    kind: str,
    named: Iterable[Named],
    known: Collection[str],
    expected: str,
    section: KeyPath = (),
    *,
    help: str | None = None,
    **more: Any,
) -> Iterator[Diagnostic]:
    """Yield a finding for each name that is not known.

    Parameters
    ----------
    kind : str
        The code is ``unknown-<kind>``.
    expected : str
        What the name should be: ``a verdict here``.
    section : tuple
        The section of the document in which the name would be defined, if it can be there.
    help : str, optional
        Shown where there is nothing to choose from.
    **more
        Further fields of the findings.
    """
    for name, path in named:
        if name in known:
            continue
        message, help_text = f"`{name}` is not {expected}", did_you_mean(name, known) or help
        help_text = help_text or f"no {kind} is defined: define it, or remove the name"
        absent = ((*section, name),) if section else ()
        yield Diagnostic(f"unknown-{kind}", message, path, help_text, absent=absent, **more)


def repeated_names(
    named: Iterable[Named], code: str, message: str, note: str | None = None, **more: Any
) -> Iterator[Diagnostic]:
    """Yield a finding for each name that was used before; `message` has `{}` for the name."""
    first: dict[str, KeyPath] = {}
    for name, path in named:
        if name in first:
            notes = (Note(note, path=first[name]),) if note is not None else ()
            help = "give each its own id"
            if code == "repeated-word":
                help = "remove one of them, or give it another name"
            yield Diagnostic(code, message.format(name), path, help, notes=notes, **more)
        first.setdefault(name, path)


def circular_names(parents: Mapping[str, str | None]) -> set[str]:
    """Return the names whose ancestors go round in a circle.

    Examples
    --------
    >>> sorted(circular_names({"a": "b", "b": "c", "c": "b", "d": None}))
    ['a', 'b', 'c']
    """
    circular: set[str] = set()
    done: set[str] = set()
    for name in parents:
        chain: set[str] = set()
        current: str | None = name
        while current is not None and current in parents and current not in done:
            done.add(current)
            chain.add(current)
            current = parents[current]
        if current in chain or current in circular:
            circular |= chain
    return circular


def circle_from(name: str, parents: Mapping[str, str | None]) -> str:
    """Return in words how a name leads back to itself, or into a circle; a long way is cut.

    Examples
    --------
    >>> circle_from("a", {"a": "b", "b": "a"})
    'a -> b -> a'
    """
    chain = [name]
    while chain[-1] not in chain[:-1] and len(chain) < _LONGEST_CHAIN:
        chain.append(str(parents[chain[-1]]))
    return " -> ".join(chain)


_LONGEST_CHAIN = 6


def names_in(value: object, path: KeyPath) -> Iterator[Named]:
    """Yield each name that a field holds, with its place: a name, what has an `id`, or a list."""
    if isinstance(value, str):
        yield value, path
    elif isinstance(value, Citation | PlacedSafeguard):
        yield value.id, (*path, "id")
    elif isinstance(value, list):
        for k, entry in enumerate(value):
            yield from names_in(entry, (*path, k))


def walk_models(document: Model) -> Iterator[tuple[KeyPath, Model]]:
    """Yield every part of a document with its path, parents first.

    Parts of the vocabulary that a framework uses are left out.
    """
    waiting: list[tuple[KeyPath, object]] = [((), document)]
    while waiting:
        path, value = waiting.pop()
        inner: Iterable[tuple[Any, object]] = ()
        if isinstance(value, Model):
            yield path, value
            written = value.model_fields_set - {"uses"}
            names = [name for name in type(value).model_fields if name in written]
            inner = [(name, getattr(value, name)) for name in names]
        elif isinstance(value, dict):
            inner = value.items()
        elif isinstance(value, list):
            inner = enumerate(value)
        parts = [((*path, key), part) for key, part in inner if not isinstance(part, str)]
        waiting += reversed(parts)


# frameworks and vocabularies

# the kinds of ids that conditions can name, by the section that defines them
_KINDS: dict[object, str] = {
    "criteria": "criterion",
    "facts": "fact",
    "lists": "list",
    "conditions": "condition",
}
# the kind of ids that a field holds, and the section that defines them
_VERDICT, _SAFEGUARD = ("verdict", "verdicts"), ("safeguard", "safeguards")
_REFERENCES = {
    "source": ("source", "sources"),
    "of": ("list", "lists"),
    "scale": ("scale", "scales"),
    "then": _VERDICT,
    "met": _VERDICT,
    "if_unknown": _VERDICT,
    "doubts": ("fact", "facts"),
    "needs": _SAFEGUARD,
    "standing": _SAFEGUARD,
}
_NAME_HELP = "use letters, digits and `_` alone, and begin with a letter"
_OF_FRAMEWORK = {"weight", "missing", "side", "note", "source", "basis", "verified"}
_OF_VOCABULARY = [field for field in Criterion.model_fields if field not in _OF_FRAMEWORK]
_LEAF_KEYS = ("question", "scale", "prefer", "value", "log", "anchors", "per")
_GROUP_KEYS = ("combine", "weights")
_CURES = {
    "duplicate-id": "rename one of them",
    "equal-bands": "let each band begin at another score",
    "met-above-then": "write a milder verdict as `met`, or a more severe one as `then`",
    "off-scale": "use a number within the range of the scale",
    "out-of-range": "write a number in this range",
    "too-few-verdicts": "add a verdict below the others: they go from mild to severe",
}
"""The cures of errors that need no more words, by their codes."""
_REDEFINED = (
    "remove it here, or give the criterion another id; with this one, write only `weight`, "
    "`missing`, `side` or `note`"
)
_STEP_KEYS = ("when", "needs", "then", "met", "if_unknown")


def check_vocabulary(vocabulary: Vocabulary) -> list[Diagnostic]:
    """Return all errors in a vocabulary, given those that it uses."""
    # a framework of all its criteria at once: the words are then found as any framework finds them
    alone = Framework.model_construct(
        collabscore="framework/1",
        id=vocabulary.id,
        uses=vocabulary,
        criteria=dict(vocabulary.criteria),
        parties=vocabulary.parties or {"party": "the party"},
    )
    return _Checks(vocabulary, alone).run()


def check_framework(framework: Framework) -> list[Diagnostic]:
    """Return all errors in a framework, given the vocabularies it uses."""
    checks = _Checks(framework, framework)
    checks.check_tree(framework.criteria or {}, ("criteria",))
    checks.check_bands(framework.bands)
    checks.check_weight_space(framework.weights, ("weights",))
    if framework.verdicts is not None and len(framework.verdicts) < 2:
        message, absent = "a framework needs two verdicts or more", (("verdicts", "*"),)
        checks.add("too-few-verdicts", message, ("verdicts",), absent=absent)
    return checks.run()


class _Checks:
    """The findings about a framework or a vocabulary, read with the definitions of a framework."""

    def __init__(self, words: SharedDefinitions, framework: Framework) -> None:
        self.framework = framework
        self.words = words
        self.used = words.vocabularies
        self.shared_criteria = framework.shared_criteria
        self.parts = list(walk_models(words))
        # what has an id, criteria first
        self.definitions = sorted(
            [one for one in self.parts if len(one[0]) == 2 or isinstance(one[1], Criterion)],
            key=lambda one: not isinstance(one[1], Criterion),
        )
        self.found: list[Diagnostic] = []
        lists = framework.all_lists.items()
        self.extended_lists = {name: listed.extends for name, listed in lists}
        self.circular_lists = circular_names(self.extended_lists)

    def add(
        self, code: str, message: str, path: KeyPath, help: str | None = None, **more: Any
    ) -> None:
        """Add an error at the key that ends its path, unless `more` has `at_key=False`."""
        help = help or _CURES.get(code)
        self.found.append(Diagnostic(code, message, path, help, **{"at_key": True} | more))

    def add_missing(self, message: str, path: KeyPath, help: str, *keys: str) -> None:
        """Add the finding that all of some keys are missing."""
        absent = tuple((*path, key) for key in keys)
        self.add("missing-key", message, path, help, absent=absent)

    def refuse_keys(
        self,
        code: str,
        keys: Iterable[str],
        reason: str,
        part: Model,
        path: KeyPath,
        **more: Any,
    ) -> None:
        """Add an error for each key of a part that must not be there."""
        for key in keys:
            if key in part.model_fields_set:
                more = {"help": f"remove `{key}`"} | more
                self.add(code, f"`{key}` {reason}", (*path, key), **more)

    def run(self) -> list[Diagnostic]:
        """Return the findings, those about all parts of the document included."""
        self.check_vocabularies()
        self.check_ids()
        self.check_parties()
        self.check_references()
        for path, part in self.parts:
            check = _CHECKS_OF_PARTS.get(type(part))
            if check is not None:
                check(self, part, path)
            for field in ("when", "applies"):
                if field in part.model_fields_set and not isinstance(part, TableRow):
                    self.check_condition(getattr(part, field), (*path, field))
        return self.found

    # names

    def check_ids(self) -> None:
        """Find ids that conditions cannot name, and those that two definitions share."""
        first: dict[str, tuple[str, KeyPath]] = {}
        for path, _ in self.definitions:
            if path[0] not in _KINDS:
                continue
            kind, key = _KINDS[path[0]], str(path[-1])
            if not _is_name(key):
                message = f"`{key}` cannot be the id of a {kind}: conditions could not name it"
                self.add("not-a-name", message, path, _name_meant(key))
            for made in (key, *self.framework.ids_by_party.get(key, {}).values()):
                other, place = first.setdefault(made, (kind, path))
                if place == path:
                    continue
                message = f"the {kind} `{made}` is defined twice"
                if other != kind:
                    message = f"`{made}` is both a {other} and a {kind}"
                source = key if made != key else str(place[-1])
                if source != made:
                    message += f": once for each party, as `{source}` with `per: party`"
                notes = (Note("first defined here", path=place),)
                self.add("duplicate-id", message, path, notes=notes)

    def check_vocabularies(self) -> None:
        """Find what two vocabularies in use define differently, and what they define already."""
        first: dict[tuple[str, str], tuple[Vocabulary, str]] = {}
        for vocabulary in self.used:
            for section in SECTIONS:
                for key, element in getattr(vocabulary, section).items():
                    space = "" if section in _KINDS else section
                    other, there = first.setdefault((space, key), (vocabulary, section))
                    if there != section or getattr(other, there)[key] != element:
                        self.add_disagreement(key, (other, there), (vocabulary, section))
        self.add_ids_by_party(first)
        for path, part in self.definitions:
            section, key = str(path[0]), str(path[-1])
            space = "" if section in _KINDS else section
            if (space, key) in first:
                self.check_redefinition(key, part, path, *first[space, key])

    def add_ids_by_party(self, first: dict[tuple[str, str], tuple[Vocabulary, str]]) -> None:
        """Add the ids that the parties make of names of vocabularies, and find those that clash."""
        for key, ids in self.framework.ids_by_party.items():
            defined = first.get(("", key))
            if defined is None:
                continue
            for party, made in ids.items():
                there = first.setdefault(("", made), defined)
                if there is not defined:
                    message = f"`{made}` is defined twice: once for the party, as `{key}`"
                    path, origin = there[0].origin.of((there[1], made))
                    notes = (Note(f"`{made}` in `{there[0].id}`", None, path, origin),)
                    help = f"write another id for the party `{party}`"
                    self.add("duplicate-id", message, ("parties", party), help, notes=notes)

    def add_disagreement(self, key: str, *places: tuple[Vocabulary, str]) -> None:
        """Add the finding that two vocabularies define one id differently."""
        one, other = (f"`{vocabulary.id}`" for vocabulary, _ in places)
        message = f"the vocabularies {one} and {other} define `{key}` differently"
        notes = []
        for vocabulary, section in places:
            path, origin = vocabulary.origin.of((section, key))
            notes.append(Note(f"`{key}` in `{vocabulary.id}`", None, path, origin))
        help = f"rename `{key}` in one of them, or use only one of them"
        more = {"at_key": False, "notes": tuple(notes)}
        self.add("vocabularies-disagree", message, ("uses",), help, **more)

    def check_redefinition(
        self, key: str, part: Model, path: KeyPath, theirs: Vocabulary, section: str
    ) -> None:
        """Find a definition that a vocabulary has already, or keys that only it may set."""
        completes = section == "criteria" and isinstance(self.parts[0][1], Framework)
        if isinstance(part, Criterion) and completes and not part.is_group:
            reason = f"of `{key}` is set by the vocabulary `{theirs.id}`"
            self.refuse_keys("redefined", _OF_VOCABULARY, reason, part, path, help=_REDEFINED)
            return
        message = f"`{key}` is already defined by the vocabulary `{theirs.id}`"
        help = f"remove `{key}` here to use the one of the vocabulary, or rename it"
        self.add("redefined", message, path, help)

    def check_parties(self) -> None:
        """Find parties that cannot be part of an id, and ids that cannot be made."""
        for party in self.words.parties:
            path: KeyPath = ("parties", party)
            if not _is_name(f"_{party}") or not party.isidentifier():
                message = f"`{party}` cannot be the id of a party: ids are made of it"
                self.add("not-a-name", message, path, _name_meant(party))
            elif party in KEYS_OF_ANSWERS:
                message = f"`{party}` cannot be the id of a party: it is a key of ratings or facts"
                self.add("reserved-word", message, path, f"write another id, such as `{party}_1`")
        named = self.framework.ids_by_party
        if named and not self.framework.all_parties:
            name = next(iter(named))
            message = f"`{name}` exists for each party, but no parties are named"
            help = "add `parties: {us: the United States, ...}`"
            self.add("parties-missing", message, (), help, absent=(("parties",),))

    def check_references(self) -> None:
        """Find names of sources, lists, scales, verdicts and safeguards that are not defined."""
        for path, part in self.parts:
            for field, (kind, section) in _REFERENCES.items():
                if field in part.model_fields_set:
                    named = list(names_in(getattr(part, field), (*path, field)))
                    if field == "doubts":
                        self.found += repeated_names(named, "repeated-word", "`{}` is listed twice")
                    known = getattr(self.framework, f"all_{section}")
                    if field == "doubts":
                        names = (*self.framework.ids_by_party, *self.framework.partner_facts)
                        known = {*self.framework.candidate_facts, *names}
                    help = f"list it under `{section}`"
                    self.found += unknown_names(
                        kind, named, known, f"a {kind} here", (section,), help=help
                    )

    # scales, lists

    def check_scale(self, scale: Scale, path: KeyPath) -> None:
        """Find levels that are off the scale, have the same name, or a reserved one."""
        levels, path = scale.levels or {}, (*path, "levels")
        self.check_points(levels, scale, path)
        named = [(name, (*path, point)) for point, name in levels.items()]
        self.found += repeated_names(named, "repeated-word", "two levels are called `{}`")
        for name, place in named:
            if name == "unknown":
                self.add_reserved("a rating", place)

    def check_points(self, points: Iterable[float], scale: Scale, path: KeyPath) -> None:
        """Find points that are off a scale."""
        low, high = scale.range
        for point in points:
            if not low <= point <= high:
                message = f"`{point}` is off the scale, which goes from {low} to {high}"
                self.add("off-scale", message, (*path, point))

    def check_spacing(self, points: Iterable[float], scale: Scale, path: KeyPath) -> None:
        """Find points of a value function that are too close to have a slope between them."""
        least = NARROWEST * (scale.range[1] - scale.range[0])
        for before, point in pairwise(sorted(points)):
            if point - before < least:
                message = f"`{quotable(point)}` is too close to `{quotable(before)}`"
                help = f"points of a value function must be {least:g} or more apart"
                self.add("out-of-range", message, (*path, point), help)

    def check_answers(self, fact: LevelFact | ChoiceFact, path: KeyPath) -> None:
        """Find an answer with the name of an unknown one, and mistakes in the order of options."""
        if "unknown" in fact.answers:
            self.add_reserved("an answer", (*path, "levels" if fact.kind == "level" else "options"))
        if isinstance(fact, ChoiceFact):
            worse, section = (*path, "worse"), (*path, "options")
            named = list(names_in(fact.worse, worse))
            expected = "an option of this fact"
            self.found += unknown_names("option", named, fact.options, expected, section)
            self.found += repeated_names(named, "repeated-word", "`{}` is listed twice")

    def add_reserved(self, kind: str, path: KeyPath) -> None:
        """Add the finding that a rating or an answer has the name of an unknown one."""
        message = f"`unknown` is reserved for {kind} that is not known"
        self.add(
            "reserved-word", message, path, "give this level or answer another name", at_key=False
        )

    def check_bounds(self, fact: NumberFact, path: KeyPath) -> None:
        """Find bounds of a number in the wrong order."""
        low, high = fact.limits
        if low > high:
            message = f"`minimum` {fact.minimum} is above `maximum` {fact.maximum}"
            help = "write a smaller `minimum` or a larger `maximum`"
            self.add("empty-range", message, (*path, "minimum"), help, at_key=False)

    def check_list(self, part: NamedList, path: KeyPath) -> None:
        """Find items that stand twice, and mistakes in a list that is made or a part of another."""
        own, section = str(path[-1]), "items" if part.extends is None else "add"
        self.check_keys_of_list(part, path)
        items = list(_named_items(getattr(part, section), (*path, section)))
        nested = [place[:-1] for _, place in items if len(place) > len(path) + 2]
        message = f"the item `{{}}` is listed twice in `{own}`"
        self.found += repeated_names(items, "duplicate-id", message, at_key=True)
        made = self.framework.all_lists[own]
        if part.extends is not None:
            self.check_extension(part, part.extends, items, path)
        if part.among is not None and part.extends is not None:
            place = (*path, "among")
            items += [(key, place) for key in made.parents.keys() - dict(items)]
            nested = [place] if made.is_nested else []
        if made.among is not None:
            self.check_selection(own, made.among, items, nested, path)

    def check_keys_of_list(self, part: NamedList, path: KeyPath) -> None:
        """Find keys that do not stand beside `extends`, or not without it."""
        if part.extends is None:
            reason, absent = "belongs only beside `extends`", ((*path, "extends"),)
            help = "add `extends: ...` and the name of another list, or write `items`"
            more = {"absent": absent, "help": help}
            self.refuse_keys("misplaced-key", ["add", "drop"], reason, part, path, **more)
            if part.model_fields_set.isdisjoint(("items", "add", "drop")):
                help = "add `items: ...`, or `extends: ...` and the name of another list"
                self.add_missing("`items` is missing", path, help, "items", "extends")
        else:
            reason, help = "and `extends` cannot both be there", "write `add` in place of `items`"
            self.refuse_keys("misplaced-key", ["items"], reason, part, path, help=help)

    def check_selection(
        self, own: str, whole: str, items: list[Named], nested: list[KeyPath], path: KeyPath
    ) -> None:
        """Find mistakes in a list that selects items from another."""
        lists, named = self.framework.all_lists, [(whole, (*path, "among"))]
        others = lists.keys() - {own}
        if whole not in others:
            self.found += unknown_names("list", named, others, "another list here", ("lists",))
        elif lists[whole].among is not None:
            above = lists[whole].among
            message = f"`{whole}` is itself a selection from `{above}`"
            self.add(
                "nested-among", message, (*path, "among"), f"write `among: {above}`", at_key=False
            )
        elif nested:
            message = "a list that selects from another cannot have nested items"
            self.add("nested-among", message, nested[0])
        else:
            known = self.framework.list_members.get(whole, ())
            section: KeyPath = ("lists", whole, "items", "**")
            expected = f"an item of `{whole}`"
            self.found += unknown_names("item", items, known, expected, section, at_key=True)

    def check_extension(
        self, part: NamedList, extended: str, added: list[Named], path: KeyPath
    ) -> None:
        """Find a list that cannot extend another, and mistakes in how it changes the other."""
        own, lists, place = str(path[-1]), self.framework.all_lists, (*path, "extends")
        named, expected = [(extended, place)], "another list here"
        self.found += unknown_names("list", named, lists, expected, ("lists",))
        if own in self.circular_lists:
            circle = circle_from(own, self.extended_lists)
            message = f"`extends` goes round in a circle: {circle}"
            help = "remove one of these `extends`"
            self.add("circular-list", message, place, help, at_key=False)
        elif extended in lists and self.check_size(part, lists[extended], lists[own], place):
            self.check_changes(part, extended, added, path)

    def check_size(self, part: NamedList, theirs: NamedList, own: NamedList, path: KeyPath) -> bool:
        """Return whether a list could be made of another; find the first that is too much."""
        dropped = set(part.drop)
        kept = next((key for key in theirs.items if key not in dropped), None)
        if kept is None or kept in own.items:
            return True
        message = f"the lists have more than {MOST_ITEMS:,} items in all with this one"
        if all(one.message != message for one in self.found):
            self.add("too-many", message, path, "extend fewer lists, or shorter ones")
        return False

    def check_changes(
        self, part: NamedList, extended: str, added: list[Named], path: KeyPath
    ) -> None:
        """Find items that a list adds to another although they are there, or drops from none."""
        theirs = self.framework.all_lists[extended].parents
        dropped = list(names_in(part.drop, (*path, "drop")))
        self.found += unknown_names("item", dropped, theirs, f"an item of `{extended}`")
        self.found += repeated_names(dropped, "repeated-word", "`{}` is listed twice")
        deeper = {key for key, item in part.add.items() if item.model_fields_set == {"items"}}
        areas = {key for key in deeper if theirs.get(key, "") is None}
        for name, place in added:
            if name in theirs and name not in areas:
                message = f"`{name}` is already an item of `{extended}`"
                self.add("duplicate-id", message, place, "remove it, or give it another id")

    # criteria

    def check_criterion(self, criterion: Criterion, path: KeyPath) -> None:
        """Find keys that do not fit a leaf or a group, and mistakes in what they say."""
        key = str(path[-1])
        self.check_weights_by_party(criterion, path)
        shared = self.shared_criteria.get(key)
        if criterion.is_group and shared is criterion:
            reason = "does not belong in a vocabulary, which defines rated criteria alone"
            self.refuse_keys("misplaced-key", ["criteria"], reason, criterion, path)
        elif criterion.is_group:
            reason = "does not belong in a group of criteria, which is not rated itself"
            self.refuse_keys("misplaced-key", _LEAF_KEYS, reason, criterion, path)
            self.check_weight_space(criterion.weights, (*path, "weights"))
        else:
            reason = "belongs only in a group of criteria (one with `criteria`)"
            absent = ((*path, "criteria"),)
            self.refuse_keys("misplaced-key", _GROUP_KEYS, reason, criterion, path, absent=absent)
            if criterion.scale is not None:
                self.check_leaf(criterion, path)
            elif shared is None or shared is criterion:
                unused = [name for name in self.shared_criteria if name not in self.framework.nodes]
                help = "add `scale: {range: [1, 5]}` if it is rated, or `criteria: ...` if a group"
                help = did_you_mean(key, unused) or help
                message = f"`{key}` has neither a scale nor criteria"
                self.add_missing(message, path, help, "scale", "criteria")

    def check_weights_by_party(self, criterion: Criterion, path: KeyPath) -> None:
        """Find weights for parties of a criterion that is not for each, or not for all of them."""
        key, place = str(path[-1]), (*path, "weight")
        if not isinstance(criterion.weight, dict):
            return
        parties = self.framework.ids_by_party.get(key)
        if parties is None:
            message = f"`{key}` has one weight: it does not exist for each party"
            self.add("invalid-type", message, place, "write a number, or add `per: party`")
            return
        named = [(party, (*place, party)) for party in criterion.weight]
        expected = f"a party of `{self.framework.id}`"
        self.found += unknown_names("party", named, parties, expected, at_key=True)
        missing = [party for party in parties if party not in criterion.weight]
        if missing:
            message = f"the weight of `{key}` for `{missing[0]}` is missing"
            self.add_missing(
                message, place, "write a weight for each party, or one number", *missing
            )

    def check_tree(self, criteria: Criteria, path: KeyPath) -> None:
        """Find groups that are too deep, and weights that are lost beside others of their group."""
        if criteria and len(path) > 2 * MOST_LEVELS:
            message = f"criteria have at most {MOST_LEVELS} levels"
            help = "combine these criteria in a group above"
            self.add("too-deep", message, path, help)
            return
        if path == ("criteria",) and len(self.framework.nodes) > MOST_CRITERIA:
            message = f"a framework has at most {MOST_CRITERIA:,} criteria and groups"
            self.add("too-many", message, path, "divide it into several frameworks")
        weights = {}
        for key, criterion in criteria.items():
            weights[key] = weight_of(self.framework.definition(key, criterion).weight)
            self.check_tree(criterion.criteria or {}, (*path, key, "criteria"))
        heaviest = max(weights, key=weights.__getitem__, default="")
        for key, weight in weights.items():
            if weight * MOST_UNEQUAL < weights[heaviest]:
                message = (
                    f"`{key}` has no effect: `{heaviest}` weighs more than {MOST_UNEQUAL:,.0f} "
                    "times as much"
                )
                place = (*path, key, "weight")
                self.add("weight-lost", message, place, "increase its weight, or leave it out")

    def check_leaf(self, leaf: Criterion, path: KeyPath) -> None:
        """Find points off the scale of a leaf, and a preference beside a value function."""
        if leaf.value is not None and "prefer" in leaf.model_fields_set:
            message = "use either `prefer` or `value`, not both"
            help = "remove `prefer`: `value` says which end of the scale is good"
            self.add("prefer-and-value", message, (*path, "prefer"), help)
        scale = self.framework.scale_of(leaf)
        if scale is not None:
            low = scale.range[0]
            if leaf.log and low <= 0:
                message = f"`log` needs a scale that begins above 0, not at `{quotable(low)}`"
                help = "let the `range` of the scale begin above 0, or remove `log`"
                absent = (*path, "scale", "range"), ("scales", str(leaf.scale), "range")
                self.add("out-of-range", message, (*path, "log"), help, absent=absent)
            self.check_points(leaf.value or {}, scale, (*path, "value"))
            self.check_spacing(leaf.value or {}, scale, (*path, "value"))
            self.check_points(leaf.anchors or {}, scale, (*path, "anchors"))

    def check_weight_space(self, text: str | None, path: KeyPath) -> None:
        """Find a text that names no space of weights."""
        space = WeightSpace.read(text, path) if text is not None else None
        if isinstance(space, Diagnostic):
            self.found.append(space)

    # guardrails

    def check_bands(self, bands: Mapping[str, float]) -> None:
        """Find bands that begin off the scores, or where another one begins."""
        begins: dict[float, str] = {}
        for key, threshold in bands.items():
            path = ("bands", key)
            if not 0 <= threshold <= 100:
                message = f"a band begins at a score from 0 to 100, not at `{quotable(threshold)}`"
                self.add("out-of-range", message, path, at_key=False)
            other = begins.setdefault(threshold, key)
            if other != key:
                message = f"`{other}` and `{key}` begin at the same score"
                notes = (Note("the other begins here", path=("bands", other)),)
                self.add("equal-bands", message, path, notes=notes, at_key=False)

    def check_guardrail(self, guardrail: Guardrail, path: KeyPath) -> None:
        """Find keys that belong into the steps of a guardrail, or check it as its own step."""
        if guardrail.table is not None:
            reason = "and `table` cannot both be there: each row has its own verdict"
            help = (
                "write it in the rows: `{when: [...], then: ..., needs: [...]}`; or remove `table`"
            )
            notes = (Note("the table begins here", path=(*path, "table")),)
            given = [key for key in ("steps", *_STEP_KEYS) if getattr(guardrail, key) is not None]
            more = {"help": help, "notes": notes}
            self.refuse_keys("misplaced-key", given, reason, guardrail, path, **more)
        elif guardrail.steps is None:
            if guardrail.then is None:
                message = "a guardrail needs `then`: its verdict if it applies"
                help = f"add `then`: {choose_from(self.framework.all_verdicts)}"
                self.add_missing(message, path, help, "then", "steps", "table")
            self.check_step(guardrail, path)
        else:
            reason = "and `steps` cannot both be there: each step has its own"
            help = "move it into the step it belongs to, or remove it; or remove `steps`"
            notes = (Note("the steps begin here", path=(*path, "steps", 0)),)
            given = [key for key in _STEP_KEYS if getattr(guardrail, key) is not None]
            more = {"help": help, "notes": notes}
            self.refuse_keys("misplaced-key", given, reason, guardrail, path, **more)

    def check_step(self, step: Step | Guardrail, path: KeyPath) -> None:
        """Find keys that a step lacks or must not have, and verdicts in the wrong order."""
        if step.when is None and step.needs is None:
            message = "a guardrail without `when` always applies, so `needs` is required"
            help = "add `when: ...` (its condition) or `needs: [...]` (needed safeguards)"
            self.add_missing(message, path, help, "when", "needs", "steps", "table")
        self.check_met(step, path)

    def check_met(self, step: Step | Guardrail | TableRow, path: KeyPath) -> None:
        """Find a verdict with safeguards in place that is missing, needless or too severe."""
        needs, met = (*path, "needs"), (*path, "met")
        verdict = self.framework.met_verdict(step)
        if step.needs is None and step.met is not None:
            message = "`met` is the verdict with safeguards in place, but none is needed"
            help = "add `needs` with the ids of safeguards, or remove `met`"
            self.add("met-without-needs", message, met, help, absent=(needs,))
        elif step.needs is not None and verdict is None:
            message = "the verdict with all safeguards in place, `met`, is missing"
            help = "add `met: ...` here, or `defaults: {met: ...}` for all guardrails"
            absent = (met, ("defaults", "met"))
            self.add("missing-key", message, path, help, absent=absent)
        verdicts = list(self.framework.all_verdicts)
        if step.then in verdicts and verdict in verdicts[verdicts.index(step.then) + 1 :]:
            severe = f"`{verdict}`, with safeguards in place, is more severe"
            place = met if step.met is not None else (*path, "then")
            self.add(
                "met-above-then", f"{severe} than `{step.then}` without them", place, at_key=False
            )

    def check_table(self, table: Table, path: KeyPath) -> None:
        """Find columns that are no facts, rows and cells that cannot be read, and a gap."""
        before = len(self.found)
        named = list(names_in(table.facts, (*path, "facts")))
        facts = self.framework.candidate_facts
        for name, place in named:
            self.refuse_fact_of_each(name, place)
        elsewhere = {**self.framework.ids_by_party, **self.framework.partner_facts}
        plain = [one for one in named if one[0] not in elsewhere]
        self.found += unknown_names("fact", plain, facts, "a fact here", ("facts",))
        self.found += repeated_names(named, "repeated-word", "`{}` is listed twice")
        self.check_rows(table, (*path, "rows"))
        if len(self.found) > before:
            return
        gap = self.framework.grid_of(table).gap()
        if gap is not None:
            cells = ", ".join(["any"] * len(table.facts))
            help = f"add a row for these answers, or a last row for all others: `[{cells}, ...]`"
            rows = (*path, "rows")
            absent = [(*path, "facts", "*"), *((*rows, *["*"] * k) for k in range(1, 5))]
            self.add("table-gap", f"no row matches {gap}", rows, help, absent=tuple(absent))

    def check_rows(self, table: Table, path: KeyPath) -> None:
        """Find rows, and cells of facts that are defined, that cannot be read."""
        for number, (row, cells) in enumerate(zip(table.rows, table.cells(), strict=True)):
            place = (*path, number)
            self.check_row(row, place, len(table.facts))
            if isinstance(row, TableRow):
                place = (*place, "when")
            for column, (name, cell) in enumerate(zip(table.facts, cells, strict=False)):
                if name in self.framework.candidate_facts:
                    # without a cell that cannot be read, the others are those of other facts
                    self.check_cell(cell, name, (*place, column), (*place, "*"))

    def refuse_fact_of_each(self, name: str, path: KeyPath) -> None:
        """Refuse a fact that is asked of each party or partner, and not of the candidate."""
        made = self.framework.ids_by_party.get(name)
        if made is not None:
            message = f"`{name}` is asked of each party, but a table asks the candidate"
            self.add("unknown-fact", message, path, choose_from(made.values()), at_key=False)
        elif name in self.framework.partner_facts:
            message = f"`{name}` is asked of each partner, but a table asks the candidate"
            help = f"write a step: `when: any_partner({name} == ...)`"
            self.add("unknown-fact", message, path, help, at_key=False)

    def check_row(self, row: TableRow | Sequence[Cell], path: KeyPath, size: int) -> None:
        """Find a row of the wrong length or with a verdict that is not there."""
        if isinstance(row, TableRow):
            self.check_met(row, path)
            if row.then == next(iter(self.framework.all_verdicts)):
                reason = f"does not belong in a row for `{row.then}`, the mildest verdict"
                self.refuse_keys("misplaced-key", ["needs", "if_unknown"], reason, row, path)
            written, place = len(row.when), (*path, "when")
        else:
            written, place = len(row) - 1, path
            verdicts, last = self.framework.all_verdicts, (*path, written)
            if written == size or quotable(row[-1]) in verdicts:
                named = [(quotable(row[-1]), last)]
                expected = "a verdict here"
                self.found += unknown_names("verdict", named, verdicts, expected, ("verdicts",))
        if written != size:
            found, expected = plural(written, "cell"), plural(size, "fact")
            message = f"this row has {found}, but the table has {expected}"
            help = "write one cell for each fact, in their order, and then the verdict"
            if isinstance(row, TableRow):
                help = "write one cell for each fact, in their order"
            code, more = "too-few" if written < size else "too-many", ((*place, "*"),)
            self.add(code, message, place, help, at_key=False, absent=more)

    def check_cell(self, cell: Cell, name: str, path: KeyPath, beside: KeyPath) -> None:
        """Find a cell that does not fit its fact."""
        try:
            cell_expression(cell, name, self.framework.symbols)
        except ReadingError as error:
            if isinstance(cell, list) and len(cell) > 1:
                for number, answer in enumerate(cell):
                    self.check_cell([answer], name, (*path, number), beside)
                return
            found = error.diagnostic
            absent = (("facts", name, "levels", "*"), ("facts", name, "options", "*"), beside)
            self.found.append(replace(found, path=path, absent=absent))

    def check_condition(self, text: str | None, path: KeyPath) -> None:
        """Find the first mistake in a condition, except in those that it names."""
        if text is None:
            return
        symbols = self.framework.symbols
        try:
            if path[0] == "conditions":
                symbols.expressions_of(str(path[1]))
            else:
                asked = walk_expression(parse(text, symbols))
                functions = [
                    _OF_NO_ANSWER[type(one)] for one in asked if type(one) in _OF_NO_ANSWER
                ]
                if path[0] == "contradictions" and functions:
                    self.add_no_answer(functions[0], text, path)
        except ConditionError as error:
            if not error.elsewhere:
                self.found.append(replace(error.diagnostic, path=path))

    def add_no_answer(self, function: str, text: str, path: KeyPath) -> None:
        """Add the finding that a contradiction rests on something that can be left out."""
        message = f"a contradiction is of answers, and `{function}(...)` is about none"
        written = re.search(rf"\b{function}\s*\([^()]*\)", text)
        if written is None:
            message += "; a condition that it names has one"
        help = "compare the answers themselves, such as `stage == basic`"
        within = (0, len(text)) if written is None else written.span()
        self.add("condition-not-allowed", message, path, help, at_key=False, within=within)


def _named_items(items: Mapping[str, Item], path: KeyPath) -> Iterator[Named]:
    """Yield each item of a list, and its finer ones, with their places."""
    for key, item in items.items():
        yield key, (*path, key)
        for finer in item.items or ():
            yield finer, (*path, key, "items", finer)


# a doubt that rested on these would end if an answer or a safeguard were left out
_OF_NO_ANSWER: dict[type[Any], str] = {Known: "known", Has: "has"}

_CHECKS_OF_PARTS: dict[type[Model], Callable[[_Checks, Any, KeyPath], None]] = {
    Scale: _Checks.check_scale,
    Criterion: _Checks.check_criterion,
    NamedList: _Checks.check_list,
    LevelFact: _Checks.check_answers,
    ChoiceFact: _Checks.check_answers,
    NumberFact: _Checks.check_bounds,
    Guardrail: _Checks.check_guardrail,
    Step: _Checks.check_step,
    Table: _Checks.check_table,
}


def _name_meant(key: str) -> str:
    """Return the help for an id that conditions cannot name."""
    name = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", key)).strip("_")
    if name == key and name.isidentifier():
        return f"use another word, such as `{name}_1`: conditions have `{name}` for something else"
    return f"write `{name}`: {_NAME_HELP}" if _is_name(name) else _NAME_HELP


def _is_name(key: str) -> bool:
    # Python reads names in the form NFKC, so an id in another form could never be named
    plain = unicodedata.normalize("NFKC", key) == key
    return plain and key.isidentifier() and not keyword.iskeyword(key) and key not in RESERVED
