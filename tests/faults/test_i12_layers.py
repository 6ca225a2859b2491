"""Bad input of layers: several vocabularies, and lists made of others; issue 12."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import collabscore as cs
from collabscore.analysis.checking import check
from collabscore.errors import FrameworkError

FIVE = {"range": [1, 5], "levels": {1: "low", 5: "high"}}
BASE: dict[str, Any] = {
    "collabscore": "vocabulary/1",
    "id": "base",
    "lists": {
        "fields": {
            "items": {
                "health": "Health",
                "quantum": {"title": "Quantum", "items": ["computing", "theory"]},
                "energy": None,
            }
        },
        "watched": {"among": "fields", "items": ["theory"]},
    },
    "facts": {"about": {"kind": "set", "of": "fields"}, "animals": {"kind": "flag"}},
    "criteria": {"gain": {"scale": FIVE}},
}
OURS: dict[str, Any] = {
    "collabscore": "vocabulary/1",
    "id": "ours",
    "uses": "base.yaml",
    "lists": {
        "more": {
            "extends": "fields",
            "add": {"soil": "Soil", "quantum": {"items": ["sensing"]}},
            "drop": ["theory", "energy"],
        },
        "seen": {"extends": "watched", "add": ["health"]},
    },
    "facts": {"topic": {"kind": "set", "of": "more"}},
    "criteria": {"risk": {"scale": FIVE, "prefer": "low"}},
}
HOUSE: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "house",
    "uses": ["ours.yaml", "base.yaml"],
    "criteria": {"gain": None, "risk": {"weight": 2}},
    "guardrails": {
        "sensing": {"when": "includes(topic, sensing)", "then": "outside"},
        "seen": {"when": "overlaps(about, seen)", "then": "refer"},
    },
}


def write(folder: Path, **documents: Any) -> Path:
    """Write documents to files of their names, and return the last of them."""
    for name, document in documents.items():
        path = folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return path


def findings(path: Path) -> list[tuple[str, str, str, str | None]]:
    """Return file and line, code, message and help of each finding about a file."""
    found = []
    for one in check(path).diagnostics:
        assert one.span is not None
        place = f"{Path(one.span.source).name}: {one.place}"
        found.append((place, one.code, one.message, one.help))
    return found


# several vocabularies


def test_words_of_vocabularies_below_each_other_are_known(tmp_path: Path) -> None:
    house = cs.load_framework(write(tmp_path, base=BASE, ours=OURS, house=HOUSE))
    assert [vocabulary.id for vocabulary in house.vocabularies] == ["base", "ours"]
    assert house.list_members["more"] == {"health", "quantum", "computing", "sensing", "soil"}
    assert house.list_members["seen"] == {"theory", "health"}
    listed = {"id": "a", "ratings": {"gain": 5, "risk": 1}, "facts": {"topic": ["sensing"]}}
    assert cs.score([listed], house)["a"].verdict == "outside"
    listed["facts"] = {"topic": ["computing"], "about": ["health"]}
    assert cs.score([listed], house)["a"].verdict == "refer"


def test_a_framework_with_layers_has_one_digest_however_it_is_written(tmp_path: Path) -> None:
    house = cs.load_framework(write(tmp_path, base=BASE, ours=OURS, house=HOUSE))
    again = cs.load_framework(house.model_dump(mode="json", exclude_unset=True))
    assert again.digest == house.digest
    ours = OURS | {"facts": {"topic": {"kind": "set", "of": "more", "title": "Topic of it"}}}
    assert cs.load_framework(write(tmp_path, ours=ours, house=HOUSE)).digest != house.digest


def test_one_vocabulary_that_is_reached_twice_is_one(tmp_path: Path) -> None:
    house = HOUSE | {"uses": ["ours.yaml", "theirs.yaml", "base.yaml"]}
    theirs = {"collabscore": "vocabulary/1", "id": "theirs", "uses": ["base.yaml", "ours.yaml"]}
    path = write(tmp_path, base=BASE, ours=OURS, theirs=theirs, house=house)
    assert [one.id for one in cs.load_framework(path).vocabularies] == ["base", "ours", "theirs"]


def test_two_vocabularies_may_define_one_id_alike(tmp_path: Path) -> None:
    same = {"collabscore": "vocabulary/1", "id": "same", "criteria": BASE["criteria"]}
    house = {**HOUSE, "uses": ["base.yaml", "same.yaml"], "criteria": {"gain": None}}
    del house["guardrails"]
    path = write(tmp_path, base=BASE, same=same, house=house)
    assert list(cs.load_framework(path).leaves) == ["gain"]


def test_a_vocabulary_below_another_that_changes_is_read_again(tmp_path: Path) -> None:
    path = write(tmp_path, base=BASE, ours=OURS, house=HOUSE)
    assert "soil" in cs.load_framework(path).list_members["more"]
    base = BASE | {"lists": {**BASE["lists"], "fields": {"items": ["health", "theory", "energy"]}}}
    ours = OURS | {"lists": {**OURS["lists"], "more": {"extends": "fields", "add": ["sensing"]}}}
    write(tmp_path, base=base, ours=ours)
    members = cs.load_framework(path).list_members["more"]
    assert members == {"health", "theory", "energy", "sensing"}


@pytest.mark.parametrize(
    ("facts", "section"),
    [
        pytest.param({"animals": {"kind": "number"}}, "facts", id="one-kind-differs"),
        pytest.param({"animals": {"kind": "flag", "title": "A"}}, "facts", id="one-title-differs"),
        pytest.param({"gain": {"kind": "flag"}}, "criteria", id="a-fact-and-a-criterion"),
        pytest.param({"fields": {"kind": "flag"}}, "lists", id="a-fact-and-a-list"),
    ],
)
def test_two_vocabularies_that_disagree(
    tmp_path: Path, facts: dict[str, Any], section: str
) -> None:
    (key,) = facts
    odd = {"collabscore": "vocabulary/1", "id": "odd", "facts": facts}
    house = HOUSE | {"uses": ["ours.yaml", "odd.yaml"]}
    path = write(tmp_path, base=BASE, ours=OURS, odd=odd, house=house)
    with pytest.raises(FrameworkError) as error:
        cs.load_framework(path)
    found, *others = error.value.diagnostics
    assert not others
    assert found.code == "vocabularies-disagree"
    assert found.message == f"the vocabularies `base` and `odd` define `{key}` differently"
    assert found.help == f"rename `{key}` in one of them, or use only one of them"
    assert found.span is not None
    assert (Path(found.span.source).name, found.place) == ("house.yaml", "uses")
    spans = [note.span for note in found.notes]
    places = [(Path(span.source).name, span.text.strip()) for span in spans if span is not None]
    assert places == [("base.yaml", f"{key}:"), ("odd.yaml", f"{key}:")]
    assert [note.message for note in found.notes] == [f"`{key}` in `base`", f"`{key}` in `odd`"]


def test_a_vocabulary_redefines_nothing_of_those_that_it_uses(tmp_path: Path) -> None:
    ours = OURS | {"facts": {"animals": {"kind": "number"}, "health": {"kind": "flag"}}}
    path = write(tmp_path, base=BASE, ours=ours)
    message = "`animals` is already defined by the vocabulary `base`"
    help = "remove `animals` here to use the one of the vocabulary, or rename it"
    assert findings(path) == [("ours.yaml: facts.animals", "redefined", message, help)]


@pytest.mark.parametrize(
    ("uses", "place", "code", "message", "help"),
    [
        pytest.param(
            {"a": "b.yaml", "b": "c.yaml", "c": "a.yaml"},
            "c.yaml: uses",
            "circular-uses",
            "`uses` goes round in a circle: `a.yaml` -> `b.yaml` -> `c.yaml` -> `a.yaml`",
            "remove `uses` from one of these files",
            id="a-circle-of-three",
        ),
        pytest.param(
            {"a": ["b.yaml"], "b": ["common", "b.yaml"]},
            "b.yaml: uses[1]",
            "circular-uses",
            "`uses` names this document itself",
            "remove `uses`, or name another",
            id="below-it-one-that-uses-itself",
        ),
        pytest.param(
            {"a": ["common", "b.yaml", "comon"], "b": []},
            "a.yaml: uses[2]",
            "unknown-document",
            "no vocabulary `comon` comes with collabscore",
            "did you mean `common`?",
            id="a-name-misspelt-in-a-list",
        ),
        pytest.param(
            {"a": "b.yaml", "b": "sub/c.yaml"},
            "b.yaml: uses",
            "path-not-allowed",
            "`uses` takes a shipped id or a file name without a folder, not `sub/c.yaml`",
            "put the file beside this one, and write its name alone",
            id="a-folder-in-the-vocabulary",
        ),
        pytest.param(
            {"a": ["common", 3]},
            "a.yaml: uses[1]",
            "invalid-type",
            "expected text or keys with values, not `3`",
            "write a single text",
            id="a-number-in-the-list",
        ),
    ],
)
def test_vocabularies_that_cannot_be_had(
    tmp_path: Path, uses: dict[str, Any], place: str, code: str, message: str, help: str
) -> None:
    documents = {}
    for name, used in uses.items():
        documents[name] = {"collabscore": "vocabulary/1", "id": name, "uses": used}
    write(tmp_path, **documents)
    assert findings(tmp_path / "a.yaml") == [(place, code, message, help)]


# lists made of others


@pytest.mark.parametrize(
    ("lists", "place", "code", "message", "help"),
    [
        pytest.param(
            {"a": {"extends": "fieldz", "add": ["x"]}},
            "lists.a.extends",
            "unknown-list",
            "`fieldz` is not another list here",
            "did you mean `fields`?",
            id="a-list-that-is-none",
        ),
        pytest.param(
            {"a": {"extends": "fields", "add": ["health"]}},
            "lists.a.add.health",
            "duplicate-id",
            "`health` is already an item of `fields`",
            "remove it, or give it another id",
            id="adding-what-is-there",
        ),
        pytest.param(
            {"a": {"extends": "fields", "add": {"optics": {"items": ["theory"]}}}},
            "lists.a.add.optics.items.theory",
            "duplicate-id",
            "`theory` is already an item of `fields`",
            "remove it, or give it another id",
            id="adding-a-finer-item-that-is-there",
        ),
        pytest.param(
            {"a": {"extends": "fields", "add": {"quantum": {"title": "Q", "items": ["x"]}}}},
            "lists.a.add.quantum",
            "duplicate-id",
            "`quantum` is already an item of `fields`",
            "remove it, or give it another id",
            id="retitling-what-is-there",
        ),
        pytest.param(
            {"a": {"extends": "fields", "add": {"theory": {"items": ["x"]}}}},
            "lists.a.add.theory",
            "duplicate-id",
            "`theory` is already an item of `fields`",
            "remove it, or give it another id",
            id="nesting-below-a-finer-item",
        ),
        pytest.param(
            {"a": {"extends": "fields", "drop": ["energi"]}},
            "lists.a.drop[0]",
            "unknown-item",
            "`energi` is not an item of `fields`",
            "did you mean `energy`?",
            id="dropping-what-is-not",
        ),
        pytest.param(
            {"a": {"extends": "fields", "drop": ["energy", "energy"]}},
            "lists.a.drop[1]",
            "repeated-word",
            "`energy` is listed twice",
            "remove one of them, or give it another name",
            id="dropping-twice",
        ),
        pytest.param(
            {"a": {"extends": "fields", "items": ["x"]}},
            "lists.a.items",
            "misplaced-key",
            "`items` and `extends` cannot both be there",
            "write `add` in place of `items`",
            id="items-beside-extends",
        ),
        pytest.param(
            {"a": {"drop": ["x"]}},
            "lists.a.drop",
            "misplaced-key",
            "`drop` belongs only beside `extends`",
            "add `extends: ...` and the name of another list, or write `items`",
            id="drop-without-extends",
        ),
        pytest.param(
            {"a": {}},
            "lists.a",
            "missing-key",
            "`items` is missing",
            "add `items: ...`, or `extends: ...` and the name of another list",
            id="neither-items-nor-extends",
        ),
        pytest.param(
            {"a": {"extends": "watched", "add": ["soil"]}},
            "lists.a.add.soil",
            "unknown-item",
            "`soil` is not an item of `fields`",
            "choose from `computing`, `energy`, `health`, `quantum`, `theory`",
            id="among-is-kept",
        ),
        pytest.param(
            {"a": {"extends": "fields", "among": "watched"}},
            "lists.a.among",
            "nested-among",
            "`watched` is itself a selection from `fields`",
            "write `among: fields`",
            id="among-a-selection",
        ),
        pytest.param(
            {"a": {"extends": "a"}},
            "lists.a.extends",
            "circular-list",
            "`extends` goes round in a circle: a -> a",
            "remove one of these `extends`",
            id="itself",
        ),
    ],
)
def test_lists_that_cannot_be_made(
    tmp_path: Path, lists: dict[str, Any], place: str, code: str, message: str, help: str
) -> None:
    ours = {"collabscore": "vocabulary/1", "id": "ours", "uses": "base.yaml", "lists": lists}
    path = write(tmp_path, base=BASE, ours=ours)
    assert findings(path) == [(f"ours.yaml: {place}", code, message, help)]


def test_a_circle_of_lists_is_told_at_each(tmp_path: Path) -> None:
    lists = {"a": {"extends": "b"}, "b": {"extends": "c"}, "c": {"extends": "b"}}
    path = write(tmp_path, ours={"collabscore": "vocabulary/1", "id": "ours", "lists": lists})
    messages = [message for _, _, message, _ in findings(path)]
    circles = ["a -> b -> c -> b", "b -> c -> b", "c -> b -> c"]
    assert messages == [f"`extends` goes round in a circle: {one}" for one in circles]


def test_an_area_of_which_everything_is_dropped_stays(tmp_path: Path) -> None:
    lists = {"a": {"extends": "fields", "drop": ["computing", "theory"]}, "b": {"extends": "a"}}
    ours = {"collabscore": "vocabulary/1", "id": "ours", "uses": "base.yaml", "lists": lists}
    house = {**HOUSE, "uses": "ours.yaml", "criteria": {"gain": None}, "guardrails": {}}
    members = cs.load_framework(write(tmp_path, base=BASE, ours=ours, house=house)).list_members
    assert members["a"] == members["b"] == {"health", "quantum", "energy"}
