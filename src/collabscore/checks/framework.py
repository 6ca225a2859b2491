"""Errors in a framework or a vocabulary whose parts are each well formed.

Names that are not defined or defined twice, points off their scales, keys that exclude each other.
"""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..errors import Diagnostic, KeyPath, Note, choose_from, did_you_mean
from ..models.base import Model
from ..models.conditions import FUNCTIONS, ConditionError, parse
from ..models.criteria import Criterion, Scale
from ..models.facts import ChoiceFact, LevelFact, NamedList, NumberFact, walk_items
from ..models.framework import Framework, SharedDefinitions, Vocabulary
from ..models.guardrails import Guardrail, Step
from ..models.weight_spaces import WeightSpace
from .references import Named, names_in, repeated_names, unknown_names, walk_models

__all__ = ["check_framework", "check_vocabulary"]

# the kinds of ids that conditions can name, by the section that defines them
_KINDS = {"criteria": "criterion", "facts": "fact", "lists": "list", "conditions": "condition"}
# the kind of ids that a field holds, and the section that defines them
_VERDICT, _SAFEGUARD = ("verdict", "verdicts"), ("safeguard", "safeguards")
_REFERENCES = {
    "source": ("source", "sources"),
    "of": ("list", "lists"),
    "scale": ("scale", "scales"),
    "then": _VERDICT,
    "met": _VERDICT,
    "if_unknown": _VERDICT,
    "needs": _SAFEGUARD,
    "standing": _SAFEGUARD,
}
_NAME_HELP = (
    "use letters, digits and `_`, beginning with a letter; no word of Python and no function's name"
)
_FROM_VOCABULARY = {"weight", "missing", "side", "note", "source", "basis", "verified"}


def check_vocabulary(vocabulary: Vocabulary) -> list[Diagnostic]:
    """Return everything wrong with a vocabulary by itself."""
    # a framework of all its criteria at once: the words are then found as any framework finds them
    alone = Framework.model_construct(
        collabscore="framework/1",
        id=vocabulary.id,
        uses=vocabulary,
        criteria=dict(vocabulary.criteria),
    )
    return _Checks(vocabulary, alone).run()


def check_framework(framework: Framework) -> list[Diagnostic]:
    """Return everything wrong with a framework, given the vocabulary it uses."""
    checks = _Checks(framework, framework)
    if framework.vocabulary is not None:
        checks.check_redefinitions(framework.vocabulary)
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
        vocabulary = framework.vocabulary
        self.vocabulary_criteria = vocabulary.criteria if vocabulary is not None else {}
        self.parts = list(walk_models(words))
        self.found: list[Diagnostic] = []

    def add(
        self, code: str, message: str, path: KeyPath, help: str | None = None, **more: Any
    ) -> None:
        """Add an error."""
        self.found.append(Diagnostic(code, message, path, help, **more))

    def run(self) -> list[Diagnostic]:
        """Return the findings, those about all parts of the document included."""
        self.check_ids()
        self.check_references()
        for path, part in self.parts:
            check = _CHECKS_OF_PARTS.get(type(part))
            if check is not None:
                check(self, part, path)
            for field in ("when", "applies"):
                if field in part.model_fields_set:
                    self.check_condition(getattr(part, field), (*path, field))
        return self.found

    # names

    def definitions(self) -> list[tuple[str, str, KeyPath, Model]]:
        """Return the section, the id and the path of each part that is defined, criteria first."""
        found: list[tuple[str, str, KeyPath, Model]] = []
        for path, part in self.parts:
            if isinstance(part, Criterion):
                found.append(("criteria", str(path[-1]), path, part))
            elif len(path) == 2:
                found.append((str(path[0]), str(path[1]), path, part))
        return sorted(found, key=lambda one: one[0] != "criteria")

    def check_ids(self) -> None:
        """Find ids that conditions cannot name, and those that two definitions share."""
        first: dict[str, tuple[str, KeyPath]] = {}
        for section, key, path, _ in self.definitions():
            if section not in _KINDS:
                continue
            kind = _KINDS[section]
            if not _is_name(key):
                message = (
                    f"`{key}` cannot be the id of a {kind}, since conditions could not name it"
                )
                self.add("not-a-name", message, path, _NAME_HELP, at_key=True)
            other, place = first.setdefault(key, (kind, path))
            if place != path:
                message = f"the {kind} `{key}` is defined twice"
                if other != kind:
                    message = f"`{key}` is both a {other} and a {kind}"
                notes = (Note("first defined here", path=place),)
                self.add("duplicate-id", message, path, at_key=True, notes=notes)

    def check_redefinitions(self, theirs: Vocabulary) -> None:
        """Find definitions that the vocabulary in use has already."""
        names = {key for section in _KINDS for key in getattr(theirs, section)}
        for section, key, path, part in self.definitions():
            shared = names if section in _KINDS else getattr(theirs, section, ())
            if isinstance(part, Criterion) and key in theirs.criteria and not part.is_group:
                self.check_shared_leaf(part, path, theirs)
            elif key in shared:
                message = f"`{key}` is already defined by the vocabulary `{theirs.id}`"
                help = "take another id, or leave it out to use the vocabulary's"
                self.add("redefined", message, path, help, at_key=True)

    def check_shared_leaf(self, leaf: Criterion, path: KeyPath, theirs: Vocabulary) -> None:
        """Find the fields of a leaf that only its vocabulary may set."""
        for field in Criterion.model_fields:
            if field in leaf.model_fields_set - _FROM_VOCABULARY:
                message = f"`{field}` of `{path[-1]}` is set by the vocabulary `{theirs.id}`"
                help = (
                    "a framework may add `weight`, `missing`, `side`, `note`; else take another id"
                )
                self.add("redefined", message, (*path, field), help, at_key=True)

    def check_references(self) -> None:
        """Find names of sources, lists, scales, verdicts and safeguards that are not defined."""
        for path, part in self.parts:
            for field, (kind, section) in _REFERENCES.items():
                if field not in part.model_fields_set:
                    continue
                named = names_in(getattr(part, field), (*path, field))
                known = getattr(self.framework, f"all_{section}")
                help = f"list it under `{section}`"
                self.found += unknown_names(
                    kind, named, known, f"a {kind} here", (section,), help=help
                )

    # scales, lists

    def check_scale(self, scale: Scale, path: KeyPath) -> None:
        """Find levels that are off the scale, have the same name, or a reserved one."""
        levels, path = scale.levels or {}, (*path, "levels")
        self.check_points(levels, scale, path)
        named: list[Named] = [(name, (*path, point)) for point, name in levels.items()]
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
                self.add("off-scale", message, (*path, point), at_key=True)

    def check_answers(self, fact: LevelFact | ChoiceFact, path: KeyPath) -> None:
        """Find a level or an option that has the name of an unknown answer."""
        if "unknown" in fact.answers:
            self.add_reserved("an answer", (*path, "levels" if fact.kind == "level" else "options"))

    def add_reserved(self, what: str, path: KeyPath) -> None:
        """Add the finding that something has the name of an unknown answer."""
        message = f"`unknown` is what {what} is when nobody knows it"
        self.add("reserved-word", message, path, "take another word")

    def check_bounds(self, fact: NumberFact, path: KeyPath) -> None:
        """Find bounds of a number in the wrong order."""
        low, high = fact.minimum, fact.maximum
        if low is not None and high is not None and low > high:
            message = f"`minimum` {low} is above `maximum` {high}"
            self.add("empty-range", message, (*path, "minimum"))

    def check_list(self, part: NamedList, path: KeyPath) -> None:
        """Find items that stand twice, and mistakes in a list that is a part of another."""
        items: list[Named] = []
        for item, parent, _ in walk_items(part.items):
            inner = (item,) if parent is None else (parent, "items", item)
            items.append((item, (*path, "items", *inner)))
        message = f"the item `{{}}` stands twice in `{path[-1]}`"
        self.found += repeated_names(items, "duplicate-id", message, at_key=True)
        lists, whole = self.framework.all_lists, part.among
        if whole is None:
            return
        if whole not in lists or whole == path[-1]:
            named, others = [(whole, (*path, "among"))], lists.keys() - {path[-1]}
            self.found += unknown_names("list", named, others, "another list here", ("lists",))
            return
        above = lists[whole].among
        nested = [place for _, place in items if len(place) > len(items[0][1])]
        if above is not None:
            message = f"`{whole}` is itself a part of `{above}`"
            self.add("nested-among", message, (*path, "among"), f"write `among: {above}`")
        elif nested:
            message = "a list that is a part of another names its items without nesting"
            self.add("nested-among", message, nested[0][:-1], at_key=True)
        else:
            known = self.framework.list_members.get(whole, ())
            section: KeyPath = ("lists", whole, "items", "**")
            expected = f"an item of `{whole}`"
            self.found += unknown_names("item", items, known, expected, section, at_key=True)

    # criteria

    def check_criterion(self, criterion: Criterion, path: KeyPath) -> None:
        """Find keys that do not fit a leaf or a group, and mistakes in what they say."""
        shared = self.vocabulary_criteria.get(str(path[-1]))
        no_criteria = (*path, "criteria")
        if not criterion.is_group:
            owner = "a criterion that is rated"
            self.check_misplaced(criterion, path, ("combine", "weights"), owner, no_criteria)
            if criterion.scale is not None:
                self.check_leaf(criterion, path)
            elif shared is None or shared is criterion:
                self.add_unrated(path)
        elif shared is criterion:
            message = "a vocabulary defines leaf criteria only"
            self.add("misplaced-key", message, no_criteria, at_key=True)
        else:
            leaf_keys = ("question", "scale", "prefer", "value", "anchors")
            self.check_misplaced(criterion, path, leaf_keys, "a group")
            self.check_weight_space(criterion.weights, (*path, "weights"))

    def add_unrated(self, path: KeyPath) -> None:
        """Add the finding that a criterion has no scale, with the likely leaf."""
        unused = [key for key in self.vocabulary_criteria if key not in self.framework.nodes]
        message = f"`{path[-1]}` has neither a scale nor criteria"
        help = "give it a `scale` to be rated on, or `criteria` to combine"
        absent = ((*path, "scale"), (*path, "criteria"))
        help = did_you_mean(path[-1], unused) or help
        self.add("missing-key", message, path, help, at_key=True, absent=absent)

    def check_misplaced(
        self,
        criterion: Criterion,
        path: KeyPath,
        fields: tuple[str, ...],
        owner: str,
        *absent: KeyPath,
    ) -> None:
        """Find keys that do not belong to a kind of criterion."""
        for field in fields:
            if field in criterion.model_fields_set:
                message = f"`{field}` does not belong to {owner}"
                self.add("misplaced-key", message, (*path, field), at_key=True, absent=absent)

    def check_leaf(self, leaf: Criterion, path: KeyPath) -> None:
        """Find points off the scale of a leaf, and a preference beside a value function."""
        if leaf.value is not None and "prefer" in leaf.model_fields_set:
            message = "`prefer` and `value` exclude each other"
            help = "the value function says which end is good: leave `prefer` out"
            self.add("prefer-and-value", message, (*path, "prefer"), help, at_key=True)
        scale = self.framework.scale_of(leaf)
        if scale is not None:
            self.check_points(leaf.value or {}, scale, (*path, "value"))
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
                message = f"a band begins at a score from 0 to 100, not at {threshold}"
                self.add("out-of-range", message, path)
            other = begins.setdefault(threshold, key)
            if other != key:
                message = f"`{other}` and `{key}` begin at the same score"
                notes = (Note("the other begins here", path=("bands", other)),)
                self.add("equal-bands", message, path, notes=notes)

    def check_guardrail(self, guardrail: Guardrail, path: KeyPath) -> None:
        """Find keys that belong into the steps of a guardrail, or check it as its own step."""
        if guardrail.steps is None:
            if guardrail.then is None:
                message = "a guardrail needs `then`: the verdict while it applies"
                help = f"add `then`: {choose_from(self.framework.all_verdicts)}"
                self.add_missing(message, path, help, "then", "steps")
            self.check_step(guardrail, path)
            return
        for field in ("when", "needs", "then", "met", "if_unknown"):
            if getattr(guardrail, field) is not None:
                message = f"`{field}` stands in the steps of a guardrail that has `steps`"
                self.add("misplaced-key", message, (*path, field), at_key=True)

    def add_missing(self, message: str, path: KeyPath, help: str, *keys: str) -> None:
        """Add the finding that all of some keys are missing."""
        absent = [(*path, key) for key in keys]
        if "met" in keys:
            absent.append(("defaults", "met"))
        self.add("missing-key", message, path, help, at_key=True, absent=tuple(absent))

    def check_step(self, step: Step | Guardrail, path: KeyPath) -> None:
        """Find keys that a step lacks or must not have, and verdicts in the wrong order."""
        if step.when is None and step.needs is None:
            message = "a guardrail without `when` applies always, and then `needs` is required"
            self.add_missing(message, path, "add `when` or `needs`", "when", "needs")
        if step.needs is None and step.met is not None:
            message = "`met` is the verdict once safeguards are in place, and none is needed"
            help, absent = "add `needs`, or leave `met` out", ((*path, "needs"),)
            self.add("met-without-needs", message, (*path, "met"), help, at_key=True, absent=absent)
        met = self.framework.met_verdict(step)
        if step.needs is not None and met is None:
            own = "a framework with its own verdicts"
            message = f"{own} says which one a guardrail gives once it is `met`"
            self.add_missing(message, path, "add `met` here, or `defaults: {met: ...}`", "met")
        verdicts = list(self.framework.all_verdicts)
        if step.then in verdicts and met in verdicts[verdicts.index(step.then) + 1 :]:
            place = (*path, "met" if step.met is not None else "then")
            severe = f"`{met}`, once safeguards are in place, is more severe"
            message = f"{severe} than `{step.then}` without them"
            self.add("met-above-then", message, place)
        if step.if_unknown == verdicts[0]:
            self.add_unknown_is_fine(step.if_unknown, (*path, "if_unknown"))

    def add_unknown_is_fine(self, verdict: str, path: KeyPath) -> None:
        """Add the warning that unknown facts have the mildest verdict."""
        message = f"`if_unknown: {verdict}` lets a missing fact pass as if it were fine"
        help = "leave it out, so that one who does not know is told to find out"
        self.add("unknown-is-fine", message, path, help, severity="warning")

    def check_condition(self, text: str | None, path: KeyPath) -> None:
        """Find the first mistake in a condition, except in those that it names."""
        if text is None:
            return
        chain = (str(path[1]),) if path[0] == "conditions" else ()
        try:
            parse(text, self.framework.symbols, chain)
        except ConditionError as error:
            if not error.elsewhere:
                self.found.append(replace(error.diagnostic, path=path))


_CHECKS_OF_PARTS: dict[type[Model], Callable[[_Checks, Any, KeyPath], None]] = {
    Scale: _Checks.check_scale,
    Criterion: _Checks.check_criterion,
    NamedList: _Checks.check_list,
    LevelFact: _Checks.check_answers,
    ChoiceFact: _Checks.check_answers,
    NumberFact: _Checks.check_bounds,
    Guardrail: _Checks.check_guardrail,
    Step: _Checks.check_step,
}


def _is_name(key: str) -> bool:
    # Python reads names in the form NFKC, so an id in another form could never be named
    plain = unicodedata.normalize("NFKC", key) == key
    return plain and key.isidentifier() and not keyword.iskeyword(key) and key not in FUNCTIONS
