"""Errors in a framework or a vocabulary whose parts are each well formed.

Names that are not defined or defined twice, points off their scales, steps that contradict each other.
"""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..errors import Diagnostic, KeyPath, Note, choose_from, did_you_mean
from ..models.base import Element
from ..models.conditions import FUNCTIONS, ConditionError, is_elsewhere, parse
from ..models.criteria import Criterion, Scale, walk
from ..models.facts import NamedList, NumberFact, SetFact, walk_items
from ..models.framework import Framework, SharedDefinitions, Vocabulary
from ..models.guardrails import Guardrail, Step
from ..models.weight_spaces import WeightSpace
from .references import Named, cited_sources, repeated_names, unknown_names, walk_models

__all__ = ["check_framework", "check_vocabulary", "criteria_path"]

_KINDS = {"criteria": "criterion", "facts": "fact", "lists": "list", "conditions": "condition"}
_FROM_VOCABULARY = {"weight", "missing", "side", "note", "source", "basis", "verified"}
_STEP_KEYS = ("when", "needs", "then", "met", "if_unknown")


def check_vocabulary(vocabulary: Vocabulary) -> list[Diagnostic]:
    """Return everything wrong with a vocabulary by itself."""
    # a framework of all its criteria at once: the words are then found as any framework finds them
    alone = Framework.model_construct(
        collabscore="framework/1",
        id=vocabulary.id,
        uses=vocabulary,
        criteria=dict(vocabulary.criteria),
    )
    found = [*_check_words(vocabulary, alone, [(key,) for key in vocabulary.criteria])]
    for key, criterion in vocabulary.criteria.items():
        path = ("criteria", key)
        if criterion.is_group:
            message = "a vocabulary defines leaf criteria only"
            found.append(Diagnostic("misplaced-key", message, (*path, "criteria"), at_key=True))
        else:
            found += _check_leaf(criterion, path, alone)
    found += _check_conditions(vocabulary, alone)
    return found


def check_framework(framework: Framework) -> list[Diagnostic]:
    """Return everything wrong with a framework, given the vocabulary it uses."""
    found = [*_check_words(framework, framework, [ids for ids, _ in walk(framework.criteria)])]
    found += _check_redefinitions(framework)
    found += _check_criteria(framework)
    found += _check_verdicts(framework)
    found += _check_bands(framework)
    standing: list[Named] = [(name, ("standing", k)) for k, name in enumerate(framework.standing)]
    found += _unknown_safeguards(standing, framework)
    for key, guardrail in framework.guardrails.items():
        found += _check_guardrail(guardrail, ("guardrails", key), framework)
    found += _check_conditions(framework, framework)
    return found


def criteria_path(ids: tuple[str, ...]) -> KeyPath:
    """Return the path in the document of a criterion, given the ids that lead to it."""
    path: KeyPath = ()
    for key in ids:
        path = (*path, "criteria", key)
    return path


def _check_words(
    words: SharedDefinitions, framework: Framework, criteria: list[tuple[str, ...]]
) -> Iterator[Diagnostic]:
    """Yield the errors in what a vocabulary and a framework both may define."""
    yield from _check_ids(words, criteria)
    cited: list[Named] = []
    for path, element in walk_models(words):
        if isinstance(element, Element | Framework):
            cited += cited_sources(element.source, (*path, "source"))
    yield from unknown_names(
        "source",
        cited,
        framework.all_sources,
        "a source here",
        ("sources",),
        help="list it under `sources`",
    )
    for key, scale in words.scales.items():
        yield from _check_scale(scale, ("scales", key))
    for key, named in words.lists.items():
        yield from _check_list(key, named, framework)
    yield from _check_facts(words, framework)


# ids


def _check_ids(words: SharedDefinitions, criteria: list[tuple[str, ...]]) -> Iterator[Diagnostic]:
    named = [("criteria", ids[-1], criteria_path(ids)) for ids in criteria]
    for kind in ("facts", "lists", "conditions"):
        named += [(kind, key, (kind, key)) for key in getattr(words, kind)]
    first: dict[str, tuple[str, KeyPath]] = {}
    for kind, key, path in named:
        if not _is_name(key):
            yield Diagnostic(
                "not-a-name",
                f"`{key}` cannot be the id of a {_KINDS[kind]}, since conditions could not name it",
                path,
                "use letters, digits and `_`, beginning with a letter; no word of Python and no function's name",
                at_key=True,
            )
        if key not in first:
            first[key] = kind, path
            continue
        other, place = first[key]
        message = f"the {_KINDS[kind]} `{key}` is defined twice"
        if other != kind:
            message = f"`{key}` is both a {_KINDS[other]} and a {_KINDS[kind]}"
        notes = (Note("first defined here", path=place),)
        yield Diagnostic("duplicate-id", message, path, at_key=True, notes=notes)


def _is_name(key: str) -> bool:
    # Python reads names in the form NFKC, so an id in another form could never be named
    plain = unicodedata.normalize("NFKC", key) == key
    return plain and key.isidentifier() and not keyword.iskeyword(key) and key not in FUNCTIONS


def _check_redefinitions(framework: Framework) -> Iterator[Diagnostic]:
    theirs = framework.vocabulary
    if theirs is None:
        return
    names = {key for kind in _KINDS for key in getattr(theirs, kind)}
    for kind in ("sources", "scales", "lists", "facts", "safeguards", "conditions"):
        for key in getattr(framework, kind):
            if key in getattr(theirs, kind) or (kind in _KINDS and key in names):
                yield _redefinition(key, theirs, (kind, key))
    for ids, criterion in walk(framework.criteria):
        key, path = ids[-1], criteria_path(ids)
        if key in theirs.criteria and not criterion.is_group:
            given = criterion.model_fields_set - _FROM_VOCABULARY
            for field in sorted(given, key=list(Criterion.model_fields).index):
                yield Diagnostic(
                    "redefined",
                    f"`{field}` of `{key}` is set by the vocabulary `{theirs.id}`",
                    (*path, field),
                    "a framework may add `weight`, `missing`, `side`, `note`; else take another id",
                    at_key=True,
                )
        elif key in names:
            yield _redefinition(key, theirs, path)


def _redefinition(key: str, vocabulary: Vocabulary, path: KeyPath) -> Diagnostic:
    message = f"`{key}` is already defined by the vocabulary `{vocabulary.id}`"
    help = "take another id, or leave it out to use the vocabulary's"
    return Diagnostic("redefined", message, path, help, at_key=True)


# scales, facts, lists


def _check_scale(scale: Scale, path: KeyPath) -> Iterator[Diagnostic]:
    levels = scale.levels or {}
    path = (*path, "levels")
    yield from _check_points(levels, scale, path)
    named: list[Named] = [(name, (*path, point)) for point, name in levels.items()]
    yield from repeated_names(named, "repeated-word", "two levels are called `{}`")
    for name, place in named:
        if name == "unknown":
            yield _reserved("a rating", place)


def _check_points(points: Iterable[float], scale: Scale, path: KeyPath) -> Iterator[Diagnostic]:
    low, high = scale.range
    for point in points:
        if not low <= point <= high:
            message = f"`{point}` is off the scale, which goes from {low} to {high}"
            yield Diagnostic("off-scale", message, (*path, point), at_key=True)


def _reserved(what: str, path: KeyPath) -> Diagnostic:
    message = f"`unknown` is what {what} is when nobody knows it"
    return Diagnostic("reserved-word", message, path, "take another word")


def _check_facts(words: SharedDefinitions, framework: Framework) -> Iterator[Diagnostic]:
    for key, fact in words.facts.items():
        path = ("facts", key)
        if isinstance(fact, SetFact):
            named = [(fact.of, (*path, "of"))]
            yield from unknown_names("list", named, framework.all_lists, "a list here", ("lists",))
        elif isinstance(fact, NumberFact):
            low, high = fact.minimum, fact.maximum
            if low is not None and high is not None and low > high:
                message = f"`minimum` {low} is above `maximum` {high}"
                yield Diagnostic("empty-range", message, (*path, "minimum"))
        elif "unknown" in fact.answers:
            yield _reserved("an answer", (*path, "levels" if fact.kind == "level" else "options"))


def _check_list(key: str, named: NamedList, framework: Framework) -> Iterator[Diagnostic]:
    path: KeyPath = ("lists", key)
    seen: set[str] = set()
    for item, parent, _ in walk_items(named.items):
        if item in seen:
            inner = (item,) if parent is None else (parent, "items", item)
            message = f"the item `{item}` stands twice in `{key}`"
            place = (*path, "items", *inner)
            yield Diagnostic("duplicate-id", message, place, at_key=True)
        seen.add(item)
    if named.among is not None:
        yield from _check_part(named, named.among, key, framework)


def _check_part(
    part: NamedList, whole: str, key: str, framework: Framework
) -> Iterator[Diagnostic]:
    """Yield the errors in a list that is a part of another, the `whole`."""
    path: KeyPath = ("lists", key)
    others = framework.all_lists.keys() - {key}
    if whole not in others:
        named = [(whole, (*path, "among"))]
        yield from unknown_names("list", named, others, "another list here", ("lists",))
        return
    above = framework.all_lists[whole].among
    if above is not None:
        message = f"`{whole}` is itself a part of `{above}`"
        yield Diagnostic("nested-among", message, (*path, "among"), f"write `among: {above}`")
        return
    known = framework.members(whole)
    for item, parent, _ in walk_items(part.items):
        if parent is not None:
            message = "a list that is a part of another names its items without nesting"
            place = (*path, "items", parent, "items")
            yield Diagnostic("nested-among", message, place, at_key=True)
            return
        yield from unknown_names(
            "item",
            [(item, (*path, "items", item))],
            known,
            f"an item of `{whole}`",
            ("lists", whole, "items", "**"),
            at_key=True,
        )


# criteria


def _check_criteria(framework: Framework) -> Iterator[Diagnostic]:
    theirs = framework.vocabulary.criteria if framework.vocabulary is not None else {}
    yield from _check_weight_space(framework.weights, ("weights",))
    for ids, criterion in walk(framework.criteria):
        path = criteria_path(ids)
        if criterion.is_group:
            leaf_keys = ("question", "scale", "prefer", "value", "anchors")
            yield from _misplaced(criterion, leaf_keys, "a group", path)
            yield from _check_weight_space(criterion.weights, (*path, "weights"))
        elif criterion.scale is not None:
            yield from _check_leaf(criterion, path, framework)
        elif ids[-1] not in theirs:
            unused = [key for key in theirs if key not in framework.nodes]
            yield from _check_leaf(criterion, path, framework, unused)


def _check_weight_space(text: str | None, path: KeyPath) -> Iterator[Diagnostic]:
    found = WeightSpace.read(text, path) if text is not None else None
    if isinstance(found, Diagnostic):
        yield found


def _misplaced(
    criterion: Criterion,
    fields: tuple[str, ...],
    what: str,
    path: KeyPath,
    absent: tuple[KeyPath, ...] = (),
) -> Iterator[Diagnostic]:
    for field in fields:
        if field in criterion.model_fields_set:
            message = f"`{field}` does not belong to {what}"
            yield Diagnostic("misplaced-key", message, (*path, field), at_key=True, absent=absent)


def _check_leaf(
    leaf: Criterion, path: KeyPath, framework: Framework, vocabulary: Iterable[str] = ()
) -> Iterator[Diagnostic]:
    """Yield the errors in a criterion that is rated; `vocabulary` has the ids it may have been meant to be."""
    no_criteria = (*path, "criteria")
    group_keys = ("combine", "weights")
    yield from _misplaced(leaf, group_keys, "a criterion that is rated", path, (no_criteria,))
    if leaf.scale is None:
        help = "give it a `scale` to be rated on, or `criteria` to combine"
        yield Diagnostic(
            "missing-key",
            f"`{path[-1]}` has neither a scale nor criteria",
            path,
            did_you_mean(path[-1], vocabulary) or help,
            at_key=True,
            absent=((*path, "scale"), no_criteria),
        )
        return
    if isinstance(leaf.scale, str):
        named = [(leaf.scale, (*path, "scale"))]
        yield from unknown_names("scale", named, framework.all_scales, "a scale here", ("scales",))
    else:
        yield from _check_scale(leaf.scale, (*path, "scale"))
    if leaf.value is not None and "prefer" in leaf.model_fields_set:
        yield Diagnostic(
            "prefer-and-value",
            "`prefer` and `value` exclude each other",
            (*path, "prefer"),
            "the value function says which end is good: leave `prefer` out",
            at_key=True,
        )
    scale = framework.scale_of(leaf)
    if scale is not None:
        yield from _check_points(leaf.value or {}, scale, (*path, "value"))
        yield from _check_points(leaf.anchors or {}, scale, (*path, "anchors"))


# guardrails


def _check_verdicts(framework: Framework) -> Iterator[Diagnostic]:
    if framework.verdicts is not None and len(framework.verdicts) < 2:
        message = "a framework needs two verdicts or more"
        absent: KeyPath = ("verdicts", "*")
        yield Diagnostic("too-few-verdicts", message, ("verdicts",), absent=(absent,))
    for field in ("met", "if_unknown"):
        word = getattr(framework.defaults, field, None)
        yield from _unknown_verdict(word, ("defaults", field), framework)


def _unknown_verdict(word: str | None, path: KeyPath, framework: Framework) -> Iterator[Diagnostic]:
    if word is not None:
        known = framework.all_verdicts
        yield from unknown_names("verdict", [(word, path)], known, "a verdict here", ("verdicts",))


def _unknown_safeguards(named: list[Named], framework: Framework) -> Iterator[Diagnostic]:
    known = framework.all_safeguards
    return unknown_names("safeguard", named, known, "a safeguard here", ("safeguards",))


def _check_bands(framework: Framework) -> Iterator[Diagnostic]:
    begins: dict[float, str] = {}
    for key, threshold in framework.bands.items():
        path = ("bands", key)
        if not 0 <= threshold <= 100:
            message = f"a band begins at a score from 0 to 100, not at {threshold}"
            yield Diagnostic("out-of-range", message, path)
        if threshold in begins:
            other = begins[threshold]
            message = f"`{other}` and `{key}` begin at the same score"
            notes = (Note("the other begins here", path=("bands", other)),)
            yield Diagnostic("equal-bands", message, path, notes=notes)
        begins.setdefault(threshold, key)


def _check_guardrail(
    guardrail: Guardrail, path: KeyPath, framework: Framework
) -> Iterator[Diagnostic]:
    if guardrail.steps is None:
        if guardrail.then is None:
            yield Diagnostic(
                "missing-key",
                "a guardrail needs `then`: the verdict while it applies",
                path,
                f"add `then`: {choose_from(framework.all_verdicts)}",
                at_key=True,
                absent=((*path, "then"), (*path, "steps")),
            )
        yield from _check_step(guardrail, path, framework)
        return
    for field in _STEP_KEYS:
        if getattr(guardrail, field) is not None:
            message = f"`{field}` stands in the steps of a guardrail that has `steps`"
            yield Diagnostic("misplaced-key", message, (*path, field), at_key=True)
    for k, step in enumerate(guardrail.steps):
        yield from _check_step(step, (*path, "steps", k), framework)


def _check_step(
    step: Step | Guardrail, path: KeyPath, framework: Framework
) -> Iterator[Diagnostic]:
    """Yield the errors in a step, or in a guardrail that is its own step."""
    for field in ("then", "met", "if_unknown"):
        yield from _unknown_verdict(getattr(step, field), (*path, field), framework)
    named: list[Named] = []
    for k, need in enumerate(step.needs or ()):
        place = (*path, "needs", k)
        if isinstance(need, str):
            named.append((need, place))
        else:
            named += [(name, (*place, j)) for j, name in enumerate(need)]
    yield from _unknown_safeguards(named, framework)
    yield from _check_step_keys(step, path, framework)
    if step.if_unknown is not None and step.if_unknown == next(iter(framework.all_verdicts)):
        yield Diagnostic(
            "unknown-is-fine",
            f"`if_unknown: {step.if_unknown}` lets a missing fact pass as if it were fine",
            (*path, "if_unknown"),
            "leave it out, so that one who does not know is told to find out",
            "warning",
        )


def _check_step_keys(
    step: Step | Guardrail, path: KeyPath, framework: Framework
) -> Iterator[Diagnostic]:
    """Yield the keys that a step needs beside each other, and verdicts in the wrong order."""
    no_needs = (*path, "needs")
    if step.when is None and step.needs is None:
        yield Diagnostic(
            "missing-key",
            "a guardrail without `when` applies always, and then `needs` is required",
            path,
            "add `when` or `needs`",
            at_key=True,
            absent=((*path, "when"), no_needs),
        )
    if step.needs is None and step.met is not None:
        yield Diagnostic(
            "met-without-needs",
            "`met` is the verdict once safeguards are in place, and none is needed",
            (*path, "met"),
            "add `needs`, or leave `met` out",
            at_key=True,
            absent=(no_needs,),
        )
    met = framework.met_verdict(step)
    if step.needs is not None and met is None:
        yield Diagnostic(
            "missing-key",
            "a framework with its own verdicts says which one a guardrail gives once it is `met`",
            path,
            "add `met` here, or `defaults: {met: ...}`",
            at_key=True,
            absent=((*path, "met"), ("defaults", "met")),
        )
    severity = list(framework.all_verdicts)
    if met is None or not {met, step.then} <= set(severity):
        return
    if severity.index(met) > severity.index(str(step.then)):
        place = (*path, "met" if step.met is not None else "then")
        message = (
            f"`{met}`, once safeguards are in place, is more severe than `{step.then}` without them"
        )
        yield Diagnostic("met-above-then", message, place)


def _check_conditions(words: SharedDefinitions, framework: Framework) -> Iterator[Diagnostic]:
    """Yield the mistakes in the conditions of a document, read by the words of a framework."""
    texts: list[tuple[KeyPath, str | None]] = []
    for key, condition in words.conditions.items():
        texts.append((("conditions", key, "when"), condition.when))
    if isinstance(words, Framework):
        texts.append((("applies",), words.applies))
        for key, guardrail in words.guardrails.items():
            path: KeyPath = ("guardrails", key)
            texts.append(((*path, "when"), guardrail.when))
            for k, step in enumerate(guardrail.steps or ()):
                texts.append(((*path, "steps", k, "when"), step.when))
    for path, text in texts:
        if text is None:
            continue
        chain = (str(path[1]),) if path[0] == "conditions" else ()
        try:
            parse(text, framework.symbols, chain)
        except ConditionError as error:
            if not is_elsewhere(error):
                yield replace(error.diagnostic, path=path)
