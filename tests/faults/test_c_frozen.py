"""A6 and C5: models and results cannot be changed, in copies and pickles neither, nor by settings."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

import collabscore as cs
from collabscore import errors
from collabscore.documents.loading import shipped
from collabscore.models.base import ReadingError
from collabscore.models.syntax import ConditionError

EXAMPLES = Path(__file__).parents[2] / "examples"
AREAS = str(EXAMPLES / "proposed_projects.yaml")

COPIES: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda one: pickle.loads(pickle.dumps(one)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}
of_each_copy = pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)


@cache
def ranking() -> cs.Ranking:
    return cs.score(AREAS, "guardrail")


MAKE: dict[str, Callable[[], Any]] = {
    "score": ranking,
    "robustness": lambda: cs.robustness(ranking(), draws=64),
    "sensitivity": lambda: cs.sensitivity(ranking(), draws=32),
    "extreme_ranks": lambda: cs.extreme_ranks(ranking()),
    "explain": lambda: cs.explain(ranking(), ranking().ids[0], versus=ranking().ids[3]),
    "next_questions": lambda: cs.next_questions(ranking(), draws=32),
    "diff": lambda: cs.diff(ranking(), cs.score(AREAS, "guardrail-security-first")),
    "compare": lambda: cs.compare(AREAS, ["guardrail", "guardrail-security-first"]),
    "what_if": lambda: cs.what_if(ranking(), weights={"mutual_interest": 3}),
    "run_cases": lambda: cs.run_cases("guardrail"),
}
result_of = cache(lambda name: MAKE[name]())
of_each_result = pytest.mark.parametrize("name", MAKE)


def looked_at(result: Any) -> Any:
    """Return a result after all its public properties were derived."""
    for kind in type(result).__mro__:
        for name, member in vars(kind).items():
            is_derived = isinstance(member, property | cached_property)
            if is_derived and kind.__module__.startswith("collabscore"):
                getattr(result, name)
    return result


def parts_of(thing: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """Yield everything that can be reached by names without underscore, each with its path."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    yield path, thing
    if isinstance(thing, Mapping):
        for key, entry in thing.items():
            yield from parts_of(entry, f"{path}[{key!r}]", seen)
    elif isinstance(thing, list | tuple | frozenset):
        for position, entry in enumerate(thing):
            yield from parts_of(entry, f"{path}[{position}]", seen)
    if type(thing).__module__.startswith("collabscore") and hasattr(thing, "__dict__"):
        for name, entry in list(vars(thing).items()):
            if not name.startswith("_"):
                yield from parts_of(entry, f"{path}.{name}", seen)


def changeable(thing: Any) -> list[str]:
    """Return the paths of what could be changed."""
    return [
        path
        for path, part in parts_of(thing, "", set())
        if type(part) in (dict, list, set)
        or (isinstance(part, np.ndarray) and part.flags.writeable)
    ]


@of_each_result
def test_nothing_in_a_result_can_be_changed(name: str) -> None:
    assert changeable(looked_at(result_of(name))) == []


@pytest.mark.parametrize(
    "copied", [COPIES["pickle"], COPIES["deepcopy"]], ids=["pickle", "deepcopy"]
)
@of_each_result
def test_copies_of_results_are_the_same_and_frozen(name: str, copied: Callable[[Any], Any]) -> None:
    """C5: read-only arrays became writable."""
    result = looked_at(result_of(name))
    again = copied(result)
    assert type(again) is type(result)
    assert changeable(looked_at(again)) == []
    assert again.to_json() == result.to_json()


@of_each_copy
def test_copies_of_problems_and_their_columns_are_frozen(copied: Callable[[Any], Any]) -> None:
    columns = {
        "global_challenge": np.array([[1.0, 2.0], [3.0, 3.0]]),
        "strengths": [4, None],
        "stage": ["basic", None],
    }
    flags = {"written_agreement": [True, False]}
    framework = cs.load_framework("guardrail")
    problem = cs.Problem.from_columns(
        framework, columns, unit=["area", "project"], safeguards=flags
    )
    again = copied(problem)
    assert changeable(problem) == changeable(again) == []
    assert cs.score(again).to_json() == cs.score(problem).to_json()
    # a column without intervals is one and the same array
    assert again.ratings["strengths"].points_only


@pytest.mark.parametrize("kind", ["framework", "vocabulary"])
def test_nothing_in_a_shipped_document_can_be_changed(kind: str) -> None:
    load = {"framework": cs.load_framework, "vocabulary": cs.load_vocabulary}[kind]
    for name in shipped(kind):
        assert changeable(looked_at(load(name))) == []


@of_each_copy
def test_copies_of_documents_are_the_same_and_frozen(copied: Callable[[Any], Any]) -> None:
    framework = looked_at(cs.load_framework("guardrail"))
    documents: list[BaseModel] = [
        framework,
        framework.vocabulary,
        cs.load_candidates(AREAS, framework),
        cs.load_cases(Path(__file__).parents[2] / "frameworks/cases/guardrail.yaml", framework),
    ]
    for document in documents:
        again = copied(document)
        assert again == document
        assert changeable(looked_at(again)) == []
        assert again.origin == document.origin  # type: ignore[attr-defined]
    again = copied(framework)
    assert again.digest == framework.digest
    assert list(again.nodes) == list(framework.nodes)
    # what is derived is derived anew, and pickles stay small
    assert len(pickle.dumps(framework)) == len(pickle.dumps(cs.load_framework("guardrail")))


CHANGES: dict[str, Callable[[Any], object]] = {
    "A6-pop": lambda lists: next(iter(lists.values())).items.pop("quantum", None),
    "set": lambda lists: lists.__setitem__("mine", None),
    "delete": lambda lists: lists.__delitem__(next(iter(lists))),
    "update": lambda lists: lists.update(mine=None),
    "or": lambda lists: lists.__ior__({"mine": None}),
    "clear": lambda lists: lists.clear(),
    "setdefault": lambda lists: lists.setdefault("mine"),
    "popitem": lambda lists: lists.popitem(),
    "attribute": lambda lists: setattr(next(iter(lists.values())), "items", {}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_framework_loaded_later_is_the_same(change: Callable[[Any], object]) -> None:
    first = cs.load_framework("guardrail")
    before = first.digest
    assert first.vocabulary is not None
    with pytest.raises((TypeError, ValueError)):
        change(first.vocabulary.lists)
    with pytest.raises((TypeError, ValueError)):
        change(first.all_lists)
    assert cs.load_framework("guardrail").digest == before


UPDATES: dict[str, dict[str, Any]] = {
    "A6": {"id": "other", "missing": "omit"},
    "criteria": {"criteria": None},
    "weights": {"weights": "any"},
    "guardrails": {"guardrails": {}},
    "combine": {"combine": "geometric"},
}


@pytest.mark.parametrize("deep", [False, True], ids=["shallow", "deep"])
@pytest.mark.parametrize("update", UPDATES.values(), ids=UPDATES)
def test_a_copy_with_changes_derives_everything_anew(update: dict[str, Any], deep: bool) -> None:
    framework = looked_at(cs.load_framework("guardrail"))
    changed = framework.model_copy(update=update, deep=deep)
    plain = {**framework.model_dump(mode="json", exclude_unset=True), **update}
    fresh = cs.load_framework({key: value for key, value in plain.items() if value is not None})
    assert changed.digest == fresh.digest != framework.digest
    assert {key: node.missing for key, node in changed.nodes.items()} == {
        key: node.missing for key, node in fresh.nodes.items()
    }
    assert list(changed.compiled_guardrails) == list(fresh.compiled_guardrails)


def test_a_copy_without_changes_has_the_same_digest() -> None:
    framework = cs.load_framework("guardrail")
    for again in (framework.model_copy(), framework.model_copy(deep=True)):
        assert again.digest == framework.digest
        assert again == framework


# errors

FOUND = errors.Diagnostic("off-scale", "`9` is off the scale", ("gain", 3), "use 5")
ERRORS: list[Exception] = [
    cs.DocumentError([FOUND]),
    cs.FrameworkError(iter([FOUND, FOUND])),
    cs.CandidateError([]),
    cs.CollabscoreError("plain"),
    cs.UsageError("`x` is not a verdict"),
    cs.UsageError("`x` is not a verdict", "verdict"),
    cs.UsageError("`x` is not a verdict", "verdict", "did you mean `y`?"),
    cs.UnreadableFileError("cannot read `x`"),
    errors.UnknownIdError("there is no candidate `x`", help="did you mean `y`?"),
    errors.NoFrameworkError("no framework is named"),
    cs.MissingExtraError("altair", "charts"),
    ReadingError("invalid-fact", "`x` is not an answer", ("low",), "use `y`"),
    ConditionError(FOUND, elsewhere=True),
]


@of_each_copy
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_errors_are_the_same_after_copying(error: Any, copied: Callable[[Any], Any]) -> None:
    error.add_note("in a pool")
    again = copied(error)
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_every_error_of_the_package_is_among_them() -> None:
    defined = {
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    assert defined == {type(error) for error in ERRORS} - {ConditionError}


# settings of numpy


def framework_of(combine: Any) -> dict[str, Any]:
    leaf = {"scale": {"range": [0, 100]}}
    group = {"combine": combine, "criteria": {"x": leaf, "y": {**leaf, "missing": "worst"}}}
    return {
        "collabscore": "framework/1",
        "id": "house",
        "combine": combine,
        "criteria": {"group": group, "z": {**leaf, "prefer": "low", "weight": [1, 3]}},
        "facts": {"crit": {"kind": "flag"}},
        "guardrails": {"g1": {"when": "crit and score(group) >= 20", "then": "outside"}},
        "bands": {"good": 50},
    }


LISTED = [
    {"id": "a", "ratings": {"x": 0, "y": 1e-300, "z": 100}},
    {"id": "b", "ratings": {"x": [1, 100], "z": 1e-200}, "facts": {"crit": "no"}},
    {"id": "c", "ratings": {"x": 100, "y": 99, "z": [0, 1]}, "facts": {"crit": True}},
    {"id": "d", "ratings": {}},
]


@pytest.mark.parametrize(
    "combine", ["arithmetic", "geometric", "harmonic", "minimum", 0.5, -200, 300]
)
def test_numpy_may_be_set_to_raise(combine: Any) -> None:
    """C5: `explain(versus=)` failed where the caller has numpy raise errors."""
    framework = framework_of(combine)
    with np.errstate(all="raise"):
        found = cs.score(LISTED, framework)
        other = cs.score(LISTED, framework, weights={"x": 5})
        results = [
            found,
            cs.robustness(found, draws=32, weights="any", facts="drawn"),
            cs.sensitivity(found, draws=16),
            cs.next_questions(found, draws=16),
            cs.what_if(found, ratings={"a": {"x": 50}}, weights={"x": 1e6}),
            cs.diff(found, other),
            cs.compare(LISTED, [framework, {**framework_of("maximum"), "id": "other"}]),
            *(cs.explain(found, one, versus=two) for one, two in ("ab", "bc", "ca", "dc")),
        ]
        if combine == "arithmetic":
            results.append(cs.extreme_ranks(found))
        pages = [(result.to_json(), result.to_text(), result.to_html()) for result in results]
        assert np.geterr() == dict.fromkeys(("divide", "over", "under", "invalid"), "raise")
    assert pages == [(result.to_json(), result.to_text(), result.to_html()) for result in results]


# documents that code makes or changes

ONE = {"gain": {"scale": {"range": [0, 10]}}}
BY_HAND = {"collabscore": "framework/1", "id": "hand", "criteria": ONE}
WRONG_RULE = {"g": {"when": "gian > 3", "then": "refer"}}


def with_keys(load: Callable[[str], Any], source: str, **keys: object) -> Any:
    return load(source).model_copy(update=keys)


MADE: dict[str, tuple[Callable[[], Any], str, str]] = {
    "C-condition": (
        lambda: cs.Framework(**BY_HAND, guardrails=WRONG_RULE),
        "`gian` is not a fact, criterion, list or condition here",
        "guardrails.g.when",
    ),
    "C-copy-id": (
        lambda: with_keys(cs.load_framework, "guardrail", id=5),
        "expected text, not `5`",
        "id",
    ),
    "C-copy-criteria": (
        lambda: with_keys(cs.load_framework, "guardrail", criteria={"gain": {}}),
        "`gain` has neither a scale nor criteria",
        "criteria.gain",
    ),
    "C-copy-rules": (
        lambda: with_keys(cs.load_framework, "guardrail", guardrails=WRONG_RULE),
        "`gian` is not a fact, criterion, list or condition here",
        "guardrails.g.when",
    ),
    "C-not-validated": (
        lambda: cs.Framework.model_construct(**BY_HAND | {"criteria": {"gain": {"scale": "ten"}}}),
        "`ten` is not a scale here",
        "criteria.gain.scale",
    ),
    "C-vocabulary": (
        lambda: cs.Framework(
            **BY_HAND,
            uses=with_keys(cs.load_vocabulary, "common", conditions={"c": {"when": "nope"}}),
        ),
        "`nope` is not a fact, criterion, list or condition here",
        "uses.conditions.c.when",
    ),
}


@pytest.mark.parametrize("fault", MADE)
def test_a_framework_that_code_makes_is_checked_when_it_is_used(fault: str) -> None:
    make, message, label = MADE[fault]
    framework = make()
    for use in (
        cs.load_framework,
        lambda made: cs.score([{"id": "a"}], made),
        lambda made: cs.compare([{"id": "a"}], ["guardrail", made]),
        lambda made: cs.Problem.from_columns(made, {"gain": [3]}, ids=["a"]),
        cs.run_cases,
    ):
        with pytest.raises(cs.FrameworkError) as caught:
            use(framework)
        found = {one.label: one for one in caught.value.diagnostics}
        assert message in found[label].message
        assert found[label].help


def test_a_list_that_code_changes_is_checked_when_it_is_used() -> None:
    listed = cs.load_candidates([{"id": "a"}], "guardrail")
    wrong = (
        [{"id": 5}],
        [cs.Candidate(id="a", ratings={"global_chalenge": 1})],
        [cs.Candidate(id="a").model_copy(update={"ratings": {"global_challenge": 99}})],
        5,
    )
    for candidates in wrong:
        changed = listed.model_copy(update={"candidates": candidates})
        with pytest.raises(cs.CandidateError) as caught:
            cs.score(changed, "guardrail")
        assert all(one.label and one.help for one in caught.value.diagnostics)
    assert cs.score(listed.model_copy(update={"title": "Others"}), "guardrail").ids == ("a",)


def test_a_copy_has_no_other_keys() -> None:
    framework = cs.load_framework("guardrail")
    for document in (framework, cs.Candidate(id="a"), framework.nodes["mutual_interest"].criterion):
        with pytest.raises(cs.UsageError, match="update: there is no key `tilte`; did you mean"):
            document.model_copy(update={"tilte": "Others"})


@of_each_copy
def test_a_loaded_framework_is_not_checked_again(copied: Callable[[Any], Any]) -> None:
    framework = cs.load_framework("guardrail")
    for one in (framework, copied(framework), framework.model_copy()):
        assert cs.load_framework(one) is one
    assert cs.load_framework(cs.Framework(**BY_HAND)).id == "hand"
    renamed = cs.load_framework(framework.model_copy(update={"title": "Another"}))
    assert (renamed.title, renamed.criteria) == ("Another", framework.criteria)
