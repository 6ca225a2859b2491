"""Documents cannot be changed, and their copies are derived anew."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel

import collabscore as cs
from collabscore.models.base import (
    Element,
    FrozenDict,
    FrozenList,
    Model,
    Source,
    citations,
    title_of,
    verification,
)
from collabscore.models.candidates import Candidates
from collabscore.models.framework import Framework

CHANGES: dict[str, Callable[[Any], object]] = {
    "setitem": lambda held: held.__setitem__(0, None),
    "delitem": lambda held: held.__delitem__(0),
    "clear": lambda held: held.clear(),
    "pop": lambda held: held.pop(0),
    "popitem": lambda held: held.popitem(),
    "setdefault": lambda held: held.setdefault("x", None),
    "update": lambda held: held.update(x=None),
    "or": lambda held: held.__ior__({}),
    "append": lambda held: held.append(None),
    "extend": lambda held: held.extend([]),
    "insert": lambda held: held.insert(0, None),
    "remove": lambda held: held.remove(None),
    "reverse": lambda held: held.reverse(),
    "sort": lambda held: held.sort(),
    "add": lambda held: held.__iadd__([]),
    "multiply": lambda held: held.__imul__(2),
}
OF_LISTS = ("append", "extend", "insert", "remove", "reverse", "sort", "add", "multiply")
OF_BOTH = ("setitem", "delitem", "clear", "pop")
COPIES: dict[str, Callable[[Any], Any]] = {
    "itself": lambda document: document,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "model_copy": lambda document: document.model_copy(),
    "deep model_copy": lambda document: document.model_copy(deep=True),
    "pickle": lambda document: pickle.loads(pickle.dumps(document)),
}


def held_by(value: object) -> Iterator[dict[Any, Any] | list[Any]]:
    """Yield every mapping and list in the fields of a document."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from held_by(getattr(value, name))
    elif isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from held_by(inner)


def derived_by(framework: Framework) -> Iterator[dict[Any, Any]]:
    """Yield every mapping that a framework derives from its fields."""
    for name in dir(Framework):
        if not name.startswith(("_", "model_")):
            value = getattr(framework, name)
            if isinstance(value, dict):
                yield value


def list_of_candidates() -> Candidates:
    entry = {
        "id": "flu",
        "ratings": {"dual_use": [1, 3], "global_challenge": {"value": 5, "evidence": ["a"]}},
        "facts": {"stage": ["basic", "applied"], "fields": {"at_least": ["quantum"]}},
        "safeguards": ["misuse_review"],
        "tags": ["health"],
    }
    listed = {
        "collabscore": "candidates/1",
        "candidates": [entry],
        "sources": {"a": {"title": "A"}},
    }
    return cs.load_candidates(listed, "guardrail")


@pytest.mark.parametrize("way", COPIES)
def test_nothing_in_a_document_can_be_changed(way: str) -> None:
    for document in (cs.load_framework("guardrail"), list_of_candidates()):
        before = document.model_dump(mode="json")
        held = list(held_by(COPIES[way](document)))
        assert len(held) > 5
        for value in held:
            assert isinstance(value, FrozenDict | FrozenList)
            changes = set(CHANGES) - set(OF_LISTS)
            if isinstance(value, list):
                changes = {*OF_LISTS, *OF_BOTH}
            for change in changes:
                with pytest.raises(TypeError, match="cannot be changed"):
                    CHANGES[change](value)
        assert document.model_dump(mode="json") == before


@pytest.mark.parametrize("way", COPIES)
def test_what_a_framework_derives_cannot_be_changed(way: str) -> None:
    framework = COPIES[way](cs.load_framework("guardrail"))
    derived = list(derived_by(framework))
    assert len(derived) >= 12
    assert all(isinstance(value, FrozenDict) for value in derived)


def test_a_shared_vocabulary_stays_the_same_for_later_frameworks() -> None:
    items = cs.load_framework("guardrail").all_lists["critical_and_emerging"].items
    with pytest.raises(TypeError, match="cannot be changed"):
        items.pop("quantum")
    assert "quantum" in cs.load_framework("guardrail").all_lists["critical_and_emerging"].items


@pytest.mark.parametrize("way", COPIES)
def test_copies_equal_what_they_copy(way: str) -> None:
    for document in (cs.load_framework("guardrail"), list_of_candidates()):
        copied = COPIES[way](document)
        assert copied == document
        assert copied.model_dump_json() == document.model_dump_json()


@pytest.mark.parametrize("way", COPIES)
def test_a_changed_copy_derives_everything_anew(way: str) -> None:
    framework = cs.load_framework("guardrail")
    used = (framework.digest, framework.nodes, framework.compiled_guardrails, framework.symbols)
    assert all(used)
    changed = COPIES[way](framework).model_copy(update={"id": "other", "missing": "omit"})
    assert changed.digest != framework.digest
    assert {node.missing for node in changed.leaves.values()} == {"omit"}
    assert changed.nodes["global_challenge"].missing == "omit"
    assert "omit" not in {node.missing for node in framework.leaves.values()}


def test_a_copy_with_other_guardrails_is_judged_by_them() -> None:
    framework = cs.load_framework("guardrail")
    assert framework.compiled_guardrails
    assert framework.deciding_expressions
    bare = framework.model_copy(update={"guardrails": {}, "applies": None})
    assert (dict(bare.compiled_guardrails), bare.deciding_expressions) == ({}, ())


def test_a_framework_that_was_used_survives_pickling() -> None:
    framework = cs.load_framework("guardrail")
    listed = [{"id": "flu", "ratings": {"global_challenge": 5}, "facts": {"stage": "basic"}}]
    before = cs.score(listed, framework).to_json()
    again = pickle.loads(pickle.dumps(framework))
    assert cs.score(listed, again).to_json() == before


def test_what_is_set_by_default_cannot_be_changed() -> None:
    bare = Framework.model_validate({"collabscore": "framework/1", "id": "bare"})
    assert all(isinstance(value, FrozenDict | FrozenList) for value in held_by(bare))
    with pytest.raises(TypeError, match="cannot be changed"):
        bare.all_verdicts.pop("outside")  # type: ignore[attr-defined]


def test_frozen_containers_are_read_like_others() -> None:
    mapping, listed = FrozenDict(a=1), FrozenList([1, 2])
    assert mapping == {"a": 1}
    assert mapping | {"b": 2} == {"a": 1, "b": 2}
    assert [*listed, 3] == [1, 2, 3]
    assert copy.deepcopy(mapping) == mapping
    assert issubclass(Framework, Model)


def test_how_far_an_element_is_verified() -> None:
    sources = {"a": Source(title="A", verified="primary"), "b": Source(title="B")}
    assert verification(Element(source=["a", {"id": "b"}]), sources) == "no"  # type: ignore[list-item]
    assert verification(Element(source="a"), sources) == "primary"
    assert verification(Element(source="b", verified="secondary"), sources) == "secondary"
    assert verification(Element(), sources) is None
    assert citations(None) == ()
    assert (title_of("__"), title_of("two_words"), title_of("x", "Title")) == (
        "__",
        "Two words",
        "Title",
    )


@pytest.mark.parametrize("id", ["guardrail", "eu-2024"])
def test_equal_documents_are_one_key(id: str) -> None:
    one, other = cs.load_framework(id), cs.load_framework(id)
    assert {one: 1}[other] == 1
    assert len({one, other, cs.load_framework("sta-2024")}) == 2
