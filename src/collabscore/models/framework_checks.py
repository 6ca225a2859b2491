"""What is wrong with a framework or a vocabulary whose parts are each well formed.

Names that lead nowhere, words defined twice, criteria off their scales; the guardrails have checks of their own.
Imports the other models.
"""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from ..errors import Diagnostic, KeyPath, Note, did_you_mean
from .conditions import FUNCTIONS
from .criteria import Criterion, walk
from .facts import NumberFact, SetFact, answers_of, walk_items
from .framework import Framework, Vocabulary, Words
from .guardrail_checks import condition_issues, guardrail_issues
from .scales import Scale
from .sources import Citation, Element, Source
from .weight_spaces import WeightSpace

__all__ = ["framework_issues", "vocabulary_issues"]

_KINDS = {"criteria": "criterion", "facts": "fact", "lists": "list", "conditions": "condition"}
_FROM_VOCABULARY = {"weight", "missing", "side", "note", "source", "basis", "verified"}


def vocabulary_issues(vocabulary: Vocabulary) -> list[Diagnostic]:
    """Return everything wrong with a vocabulary by itself."""
    # a framework of all its criteria at once: the words are then found as any framework finds them
    alone = Framework.model_construct(
        collabscore="framework/1",
        id=vocabulary.id,
        uses=vocabulary,
        criteria=dict(vocabulary.criteria),
    )
    issues: list[Diagnostic] = []
    issues += _names(vocabulary, [(key,) for key in vocabulary.criteria])
    issues += _sources_of(vocabulary, alone.all_sources)
    issues += _words(vocabulary, alone)
    for key, criterion in vocabulary.criteria.items():
        path = ("criteria", key)
        if criterion.is_group:
            issues.append(
                Diagnostic(
                    "misplaced-key",
                    "a vocabulary defines leaf criteria only",
                    (*path, "criteria"),
                    at_key=True,
                )
            )
        else:
            issues += _leaf(criterion, path, alone)
    issues += condition_issues(vocabulary, alone)
    return issues


def framework_issues(framework: Framework) -> list[Diagnostic]:
    """Return everything wrong with a framework, given the vocabulary it uses."""
    issues: list[Diagnostic] = []
    issues += _names(framework, [ids for ids, _ in walk(framework.criteria)])
    issues += _redefined(framework)
    issues += _sources_of(framework, framework.all_sources)
    issues += _words(framework, framework)
    issues += _criteria(framework)
    issues += _weight_space(framework.weights, ("weights",))
    issues += guardrail_issues(framework)
    issues += condition_issues(framework, framework)
    return issues


def _weight_space(written: str | None, path: KeyPath) -> Iterator[Diagnostic]:
    if written is not None:
        found = WeightSpace.read(written, path)
        if isinstance(found, Diagnostic):
            yield found


# names


def _places_of(
    words: Words, criteria: Iterable[tuple[str, ...]]
) -> Iterator[tuple[str, str, KeyPath]]:
    for ids in criteria:
        yield "criteria", ids[-1], criteria_path(ids)
    for kind in ("facts", "lists", "conditions"):
        for key in getattr(words, kind):
            yield kind, key, (kind, key)


def criteria_path(ids: tuple[str, ...]) -> KeyPath:
    """Return the path in the document of a criterion, given the ids that lead to it."""
    return tuple(part for key in ids for part in ("criteria", key))


def _names(words: Words, criteria: Iterable[tuple[str, ...]]) -> Iterator[Diagnostic]:
    first: dict[str, tuple[str, KeyPath]] = {}
    for kind, key, path in _places_of(words, criteria):
        if not _is_name(key):
            yield Diagnostic(
                "not-a-name",
                f"`{key}` cannot be the id of a {_KINDS[kind]}, since conditions could not name it",
                path,
                help="use letters, digits and `_`, beginning with a letter; no word of Python and no function's name",
                at_key=True,
            )
        if key in first:
            other, place = first[key]
            yield Diagnostic(
                "duplicate-id",
                f"`{key}` is both a {_KINDS[other]} and a {_KINDS[kind]}"
                if other != kind
                else f"the {_KINDS[kind]} `{key}` is defined twice",
                path,
                at_key=True,
                notes=(Note("first defined here", path=place),),
            )
        first.setdefault(key, (kind, path))


def _is_name(key: str) -> bool:
    # Python reads names in the form NFKC, so an id in another form could never be named
    plain = unicodedata.normalize("NFKC", key) == key
    return plain and key.isidentifier() and not keyword.iskeyword(key) and key not in FUNCTIONS


def _redefined(framework: Framework) -> Iterator[Diagnostic]:
    theirs = framework.vocabulary
    if theirs is None:
        return
    names = {key: kind for kind in _KINDS for key in getattr(theirs, kind)}
    for kind in ("sources", "scales", "lists", "facts", "safeguards", "conditions"):
        for key in getattr(framework, kind):
            if key in getattr(theirs, kind) or (kind in _KINDS and key in names):
                yield _redefinition(key, theirs, (kind, key))
    for path, criterion in walk(framework.criteria):
        key = path[-1]
        if key in theirs.criteria and not criterion.is_group:
            for field in sorted(
                criterion.model_fields_set - _FROM_VOCABULARY,
                key=list(Criterion.model_fields).index,
            ):
                yield Diagnostic(
                    "redefined",
                    f"`{field}` of `{key}` is set by the vocabulary `{theirs.id}`",
                    (*criteria_path(path), field),
                    help="a framework may add `weight`, `missing`, `side`, `note`; else take another id",
                    at_key=True,
                )
        elif key in names:
            yield _redefinition(key, theirs, criteria_path(path))


def _redefinition(key: str, vocabulary: Vocabulary, path: KeyPath) -> Diagnostic:
    return Diagnostic(
        "redefined",
        f"`{key}` is already defined by the vocabulary `{vocabulary.id}`",
        path,
        help="take another id, or leave it out to use the vocabulary's",
        at_key=True,
    )


# sources


def _elements(words: Words) -> Iterator[tuple[KeyPath, Element]]:
    if isinstance(words, Framework):
        yield (), Element.model_construct(source=words.source)
        for path, criterion in walk(words.criteria):
            yield criteria_path(path), criterion
        for key, guardrail in words.guardrails.items():
            yield ("guardrails", key), guardrail
            for k, step in enumerate(guardrail.steps or ()):
                yield ("guardrails", key, "steps", k), step
        for key, verdict in (words.verdicts or {}).items():
            yield ("verdicts", key), verdict
    elif isinstance(words, Vocabulary):
        for key, criterion in words.criteria.items():
            yield ("criteria", key), criterion
    for kind in ("scales", "lists", "facts", "safeguards", "conditions"):
        for key, element in getattr(words, kind).items():
            yield (kind, key), element
    for key, named in words.lists.items():
        for item, parent, element in walk_items(named.items):
            inner = (item,) if parent is None else (parent, "items", item)
            yield ("lists", key, "items", *inner), element


def _sources_of(words: Words, known: Mapping[str, Source]) -> Iterator[Diagnostic]:
    for path, element in _elements(words):
        if element.source is None:
            continue
        entries = element.source if isinstance(element.source, list) else [element.source]
        for k, entry in enumerate(entries):
            place: KeyPath = (
                (*path, "source", k) if isinstance(element.source, list) else (*path, "source")
            )
            name = entry
            if isinstance(entry, Citation):
                name, place = entry.id, (*place, "id")
            if name not in known:
                help = did_you_mean(name, known) or "list it under `sources`"
                yield Diagnostic("unknown-source", f"`{name}` is not a source here", place, help)


# scales, lists, facts


def _words(words: Words, framework: Framework) -> Iterator[Diagnostic]:
    for key, scale in words.scales.items():
        yield from _scale(scale, ("scales", key))
    for key in words.lists:
        yield from _list(key, words, framework)
    for key, fact in words.facts.items():
        path = ("facts", key)
        if isinstance(fact, SetFact):
            if fact.of not in framework.all_lists:
                yield Diagnostic(
                    "unknown-list",
                    f"`{fact.of}` is not a list here",
                    (*path, "of"),
                    did_you_mean(fact.of, framework.all_lists),
                )
        elif isinstance(fact, NumberFact):
            if (
                fact.minimum is not None
                and fact.maximum is not None
                and fact.minimum > fact.maximum
            ):
                yield Diagnostic(
                    "empty-range",
                    f"`minimum` {fact.minimum} is above `maximum` {fact.maximum}",
                    (*path, "minimum"),
                )
        elif "unknown" in answers_of(fact):
            inner = "levels" if fact.kind == "level" else "options"
            yield Diagnostic(
                "reserved-word",
                "`unknown` is what an answer is when nobody knows it",
                (*path, inner),
                help="take another word",
            )


def _scale(scale: Scale, path: KeyPath) -> Iterator[Diagnostic]:
    yield from _on_scale(scale.levels or {}, scale, (*path, "levels"))
    names = list((scale.levels or {}).values())
    for point, name in (scale.levels or {}).items():
        if names.count(name) > 1 and names.index(name) != list(scale.levels or {}).index(point):
            yield Diagnostic(
                "repeated-word", f"two levels are called `{name}`", (*path, "levels", point)
            )
        if name == "unknown":
            yield Diagnostic(
                "reserved-word",
                "`unknown` is what a rating is when nobody knows it",
                (*path, "levels", point),
                help="take another word",
            )


def _on_scale(points: Iterable[float], scale: Scale, path: KeyPath) -> Iterator[Diagnostic]:
    low, high = scale.range
    for point in points:
        if not low <= point <= high:
            yield Diagnostic(
                "off-scale",
                f"`{point}` is off the scale, which goes from {low} to {high}",
                (*path, point),
                at_key=True,
            )


def _list(key: str, words: Words, framework: Framework) -> Iterator[Diagnostic]:
    named, path = words.lists[key], ("lists", key)
    seen: set[str] = set()
    for item, parent, _ in walk_items(named.items):
        if item in seen:
            inner = (item,) if parent is None else (parent, "items", item)
            yield Diagnostic(
                "duplicate-id",
                f"the item `{item}` stands twice in `{key}`",
                (*path, "items", *inner),
                at_key=True,
            )
        seen.add(item)
    if named.among is None:
        return
    base = framework.all_lists.get(named.among)
    if base is None or named.among == key:
        yield Diagnostic(
            "unknown-list",
            f"`{named.among}` is not another list here",
            (*path, "among"),
            did_you_mean(named.among, set(framework.all_lists) - {key}),
        )
        return
    if base.among is not None:
        yield Diagnostic(
            "nested-among",
            f"`{named.among}` is itself a part of `{base.among}`",
            (*path, "among"),
            f"write `among: {base.among}`",
        )
        return
    known = framework.members(named.among)
    for item, parent, _ in walk_items(named.items):
        if parent is not None:
            yield Diagnostic(
                "nested-among",
                "a list that is a part of another names its items without nesting",
                (*path, "items", parent, "items"),
                at_key=True,
            )
            return
        if item not in known:
            yield Diagnostic(
                "unknown-item",
                f"`{item}` is not an item of `{named.among}`",
                (*path, "items", item),
                did_you_mean(item, known),
                at_key=True,
            )


# criteria


def _criteria(framework: Framework) -> Iterator[Diagnostic]:
    theirs = framework.vocabulary.criteria if framework.vocabulary is not None else {}
    for ids, criterion in walk(framework.criteria):
        path = criteria_path(ids)
        if criterion.is_group:
            yield from _misplaced(
                criterion, ("question", "scale", "prefer", "value", "anchors"), "a group", path
            )
            yield from _weight_space(criterion.weights, (*path, "weights"))
        elif criterion.scale is not None or ids[-1] not in theirs:
            known = (
                [key for key in theirs if key not in framework.nodes]
                if criterion.scale is None
                else []
            )
            yield from _leaf(criterion, path, framework, known)


def _misplaced(
    criterion: Criterion, fields: tuple[str, ...], what: str, path: KeyPath
) -> Iterator[Diagnostic]:
    for field in fields:
        if field in criterion.model_fields_set:
            yield Diagnostic(
                "misplaced-key", f"`{field}` does not belong to {what}", (*path, field), at_key=True
            )


def _leaf(
    criterion: Criterion, path: KeyPath, framework: Framework, vocabulary: Iterable[str] = ()
) -> Iterator[Diagnostic]:
    yield from _misplaced(criterion, ("combine", "weights"), "a criterion that is rated", path)
    if criterion.scale is None:
        guess = (
            did_you_mean(path[-1], vocabulary)
            or "give it a `scale` to be rated on, or `criteria` to combine"
        )
        yield Diagnostic(
            "missing-key",
            f"`{path[-1]}` has neither a scale nor criteria",
            path,
            guess,
            at_key=True,
        )
        return
    if isinstance(criterion.scale, str):
        scale = framework.all_scales.get(criterion.scale)
        if scale is None:
            yield Diagnostic(
                "unknown-scale",
                f"`{criterion.scale}` is not a scale here",
                (*path, "scale"),
                did_you_mean(criterion.scale, framework.all_scales),
            )
            return
    else:
        scale = criterion.scale
        yield from _scale(scale, (*path, "scale"))
    if criterion.value is not None and "prefer" in criterion.model_fields_set:
        yield Diagnostic(
            "prefer-and-value",
            "`prefer` and `value` exclude each other",
            (*path, "prefer"),
            "the value function says which end is good: leave `prefer` out",
            at_key=True,
        )
    yield from _on_scale(criterion.value or {}, scale, (*path, "value"))
    yield from _on_scale(criterion.anchors or {}, scale, (*path, "anchors"))
