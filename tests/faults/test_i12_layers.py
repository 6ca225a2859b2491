"""Bad input of layers: several vocabularies, lists made of others, and profiles; issue 12."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import collabscore as cs
from collabscore.analysis.checking import check
from collabscore.documents.profiles import weights_of_shares
from collabscore.documents.templates import resolved_text
from collabscore.errors import FrameworkError, ReadingError
from collabscore.reports.framework import framework_data, framework_page

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


# profiles

PLAIN: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "plain",
    "version": "3",
    "title": "The base",
    "sources": {"charter": {"title": "Charter"}},
    "scales": {"five": FIVE},
    "criteria": {
        "gain": {"weight": 2, "criteria": {"b": {"scale": "five"}, "c": {"scale": "five"}}},
        "risk": {"scale": "five", "prefer": "low"},
        "cost": {"scale": "five", "prefer": "low", "weight": 3},
    },
    "facts": {"crit": {"kind": "flag"}, "budget": {"kind": "number"}},
    "safeguards": {"review": {}, "audit": {}},
    "standing": ["audit"],
    "guardrails": {
        "steps": {
            "steps": [
                {"when": "crit", "then": "outside"},
                {"when": "budget > 9", "needs": ["review"], "then": "refer"},
                {"when": "budget > 5", "needs": ["review"], "then": "conditional", "met": "inside"},
            ]
        },
        "large": {"when": "budget > 20", "then": "outside"},
    },
}


def profile(**keys: Any) -> dict[str, Any]:
    return {"collabscore": "framework/1", "id": "own", "based_on": "plain.yaml", **keys}


def shares_of(framework: cs.Framework) -> dict[str, float]:
    return {key: round(node.share, 6) for key, node in framework.nodes.items()}


def test_a_profile_drops_sets_and_adds(tmp_path: Path) -> None:
    own = profile(
        title="Our own",
        sources={"house": {"title": "House rules"}},
        drop=["guardrails.large", "guardrails.steps.steps.0", "criteria.gain.criteria.c"],
        set={
            "criteria.risk.weight": "50%",
            "guardrails.steps.steps.1.when": "budget > 8",
            "missing": "worst",
        },
        add={
            "facts": {"far": {"kind": "flag"}},
            "standing": ["review"],
            "criteria": {"gain": {"criteria": {"d": {"scale": "five", "weight": "75%"}}}},
            "guardrails": {
                "far": {"when": "far", "needs": ["audit"], "then": "refer", "source": "house"}
            },
        },
    )
    made = cs.load_framework(write(tmp_path, plain=PLAIN, own=own))
    assert (made.id, made.title, made.version) == ("own", "Our own", None)
    assert made.missing == "worst"
    shares = {"gain": 0.2, "risk": 0.5, "cost": 0.3, "b": 0.25, "d": 0.75}
    assert shares_of(made) == shares
    assert list(made.all_sources) == ["charter", "house"]
    assert list(made.guardrails) == ["steps", "far"]
    assert [step.when for step in made.guardrails["steps"].all_steps()] == [
        "budget > 8",
        "budget > 5",
    ]
    assert made.standing == ["audit", "review"]
    base = cs.load_framework(tmp_path / "plain.yaml")
    assert made.base is not None
    assert (made.base.digest, base.version) == (base.digest, "3")
    assert list(base.guardrails) == ["steps", "large"]
    ratings = {"b": 3, "d": 3, "risk": 3, "cost": 3}
    listed = [{"id": "x", "ratings": ratings, "facts": {"far": True}}]
    ranking = cs.score(listed, made)
    assert ranking["x"].verdict == "refer"
    record = ranking.manifest["framework"]["based_on"]
    assert record == {"id": "plain", "version": "3", "digest": base.digest}


def test_a_profile_is_the_framework_that_is_written_out(tmp_path: Path) -> None:
    own = profile(drop=["guardrails.steps"], set={"criteria.cost.weight": 5})
    criteria = {**PLAIN["criteria"], "cost": {**PLAIN["criteria"]["cost"], "weight": 5}}
    guardrails = {"large": PLAIN["guardrails"]["large"]}
    whole = {**PLAIN, "id": "own", "criteria": criteria, "guardrails": guardrails}
    del whole["version"], whole["title"]
    write(tmp_path, plain=PLAIN, own=own, whole=whole)
    made = cs.load_framework(tmp_path / "own.yaml")
    assert made.digest == cs.load_framework(tmp_path / "whole.yaml").digest
    text = resolved_text(made)
    (tmp_path / "printed.yaml").write_text(text, encoding="utf-8")
    assert cs.load_framework(tmp_path / "printed.yaml").digest == made.digest


@pytest.mark.parametrize("text", ["1e3", "0o17", "no", "NO", "012", "a: b", "x #1", "~", "=", ""])
def test_texts_of_a_framework_are_printed_as_they_were(tmp_path: Path, text: str) -> None:
    base = {**PLAIN, "scales": {"five": {**FIVE, "levels": {1: text or "é", 5: "high"}}}}
    own = profile(title=text or "Zürich")
    for name, document in (("plain", base), ("own", own)):
        # JSON, since PyYAML would write `1e3` as a number of YAML 1.2
        (tmp_path / f"{name}.yaml").write_text(json.dumps(document), encoding="utf-8")
    made = cs.load_framework(tmp_path / "own.yaml")
    (tmp_path / "printed.yaml").write_text(resolved_text(made), encoding="utf-8")
    assert cs.load_framework(tmp_path / "printed.yaml").digest == made.digest


def test_a_profile_of_a_profile(tmp_path: Path) -> None:
    own = profile(drop=["guardrails.steps.steps.0"], set={"criteria.cost.weight": 5})
    path = "guardrails.steps.steps.0.then"
    second = {**profile(set={path: "outside"}), "id": "second", "based_on": "own.yaml"}
    made = cs.load_framework(write(tmp_path, plain=PLAIN, own=own, second=second))
    step = made.guardrails["steps"].all_steps()[0]
    assert (step.when, step.then) == ("budget > 9", "outside")
    assert made.criteria is not None
    assert made.criteria["cost"].weight == 5
    record = cs.score([{"id": "x"}], made).manifest["framework"]["based_on"]
    assert (record["id"], record["based_on"]["id"]) == ("own", "plain")
    second["set"] = {path: "outsid"}
    write(tmp_path, second=second)
    (found,) = findings(tmp_path / "second.yaml")
    assert found[0] == "second.yaml: guardrails.steps.steps[0].then"
    own["set"] = {"guardrails.steps.steps.2.then": "outsid"}
    second["set"] = {}
    write(tmp_path, own=own, second=second)
    place = "own.yaml: guardrails.steps.steps[1].then"
    message = "`outsid` is not a verdict here"
    expected = (place, "unknown-verdict", message, "did you mean `outside`?")
    assert findings(tmp_path / "second.yaml") == [expected]


@pytest.mark.parametrize(
    ("keys", "place", "code", "message", "help"),
    [
        pytest.param(
            {"drop": ["guardrails.lareg"]},
            "drop[0]",
            "unknown-path",
            "`guardrails.lareg` is not in `plain` as it is written",
            "did you mean `guardrails.large`?",
            id="drop-what-is-not-there",
        ),
        pytest.param(
            {"set": {"criteria.gian.weight": 3}},
            "set.criteria.gian.weight",
            "unknown-path",
            "`criteria.gian.weight` is not in `plain` as it is written",
            "did you mean `criteria.gain.weight`?",
            id="set-what-is-not-there",
        ),
        pytest.param(
            {"set": {"criteria.gain.wieght": 3}},
            "set.criteria.gain.wieght",
            "unknown-path",
            "`criteria.gain.wieght` is not in `plain` as it is written",
            "did you mean `criteria.gain.weight`?",
            id="set-a-key-that-no-criterion-has",
        ),
        pytest.param(
            {"set": {"criteria.c.weight": 3}},
            "set.criteria.c.weight",
            "unknown-path",
            "`criteria.c.weight` is not in `plain` as it is written",
            "did you mean `criteria.gain.criteria.c.weight`?",
            id="set-without-the-group",
        ),
        pytest.param(
            {"set": {"guardrails.steps.steps.3.then": "refer"}},
            "set.guardrails.steps.steps.3.then",
            "unknown-path",
            "`guardrails.steps.steps.3.then` is not in `plain` as it is written",
            "choose from `0` to `2`",
            id="set-behind-the-last-step",
        ),
        pytest.param(
            {"set": {"guardrails.new": {"when": "crit", "then": "refer"}}},
            "set.guardrails.new",
            "unknown-path",
            "`guardrails.new` is not in `plain` as it is written",
            "choose from `steps`, `large`",
            id="set-in-place-of-add",
        ),
        pytest.param(
            {"set": {"bands.high": 50}},
            "set.bands.high",
            "unknown-path",
            "`bands.high` is not in `plain` as it is written",
            "write `bands` under `add`",
            id="set-below-what-is-left-out",
        ),
        pytest.param(
            {"set": {"id": "x"}},
            "set.id",
            "own-key",
            "`id` is not taken from `plain`: a profile has its own",
            "write `id` at the top of the profile, or leave it out",
            id="set-the-id",
        ),
        pytest.param(
            {"add": {"summary": "x"}},
            "add.summary",
            "own-key",
            "`summary` is not taken from `plain`: a profile has its own",
            "write `summary` at the top of the profile, or leave it out",
            id="add-the-summary",
        ),
        pytest.param(
            {"drop": ["criteria..gain"]},
            "drop[0]",
            "not-a-path",
            "`criteria..gain` is not a path",
            "write keys with dots between them, such as `criteria.benefit.weight`",
            id="no-path",
        ),
        pytest.param(
            {"add": {"guardrails": {"large": {"then": "refer"}}}},
            "add.guardrails.large.then",
            "already-there",
            "`guardrails.large.then` is in `plain` already",
            "give it another id, or change it with `set`",
            id="add-what-is-there",
        ),
        pytest.param(
            {"sources": {"charter": {"title": "Another"}}},
            "sources.charter.title",
            "already-there",
            "`sources.charter.title` is in `plain` already",
            "give it another id, or change it with `set`",
            id="a-source-that-is-there",
        ),
        pytest.param(
            {"drop": ["guardrails.large"], "set": {"guardrails.large.then": "refer"}},
            "set.guardrails.large.then",
            "overlapping-changes",
            "`guardrails.large.then` is inside `guardrails.large`, which is changed too",
            "make one change of both, or remove one of them",
            id="set-inside-what-is-dropped",
        ),
        pytest.param(
            {"set": {"criteria.risk.weight": 2, 'criteria."risk".weight': 3}},
            'set.criteria."risk".weight',
            "overlapping-changes",
            '`criteria."risk".weight` is changed twice',
            "keep one of them",
            id="set-twice",
        ),
        pytest.param(
            {"set": {"criteria.gain.weight": "60%", "criteria.risk.weight": "50%"}},
            "set.criteria.risk.weight",
            "impossible-shares",
            "the shares given sum to 110 %, above 100 %",
            "write other shares, or leave one out",
            id="shares-above-100",
        ),
        pytest.param(
            {"set": {"criteria.gain.weight": "60%", "criteria.risk.weight": "40%"}},
            "set.criteria.risk.weight",
            "impossible-shares",
            "the shares given sum to 100 %, which leaves no weight for `cost`",
            "write other shares, or leave one out",
            id="shares-of-100-with-a-sibling-left",
        ),
        pytest.param(
            {
                "set": {
                    "criteria.gain.criteria.b.weight": "60%",
                    "criteria.gain.criteria.c.weight": "30%",
                }
            },
            "set.criteria.gain.criteria.c.weight",
            "impossible-shares",
            "the shares given in `gain` sum to 90 %, not 100 %",
            "leave one out, or write `b: 66.7%`, `c: 33.3%`",
            id="shares-below-100-with-none-left",
        ),
        pytest.param(
            {"set": {f"criteria.{key}.weight": "33.3%" for key in ("gain", "risk", "cost")}},
            "set.criteria.cost.weight",
            "impossible-shares",
            "the shares given sum to 99.9 %, not 100 %",
            "leave one out, or write `gain: 33.4%`, `risk: 33.3%`, `cost: 33.3%`",
            id="three-thirds",
        ),
        pytest.param(
            {
                "set": {
                    "criteria.gain.weight": "50%",
                    "criteria.risk.weight": "40%",
                    "criteria.cost.weight": "0.001%",
                }
            },
            "set.criteria.cost.weight",
            "impossible-shares",
            "the shares given sum to 90.001 %, not 100 %",
            "leave one out, or write `gain: 55.59889%`, `risk: 44.4%`, `cost: 0.00111%`",
            id="a-tiny-share",
        ),
        pytest.param(
            {"drop": ["guardrails", None]},
            "drop[1]",
            "invalid-type",
            "expected text, not nothing",
            "write text, or remove this entry",
            id="an-empty-entry",
        ),
        pytest.param(
            {"add": {"criteria": {"more": {"scale": "five", "weight": "0 %"}}}},
            "add.criteria.more.weight",
            "out-of-range",
            "`0 %`: a share is above 0 %, for example 0.1%",
            "write a share above 0 and below 100, such as `12.5%`",
            id="an-added-share-of-nothing",
        ),
        pytest.param(
            {"drop": ["guardrails"], "dorp": []},
            "dorp",
            "unknown-key",
            "unknown key `dorp`",
            "did you mean `drop`?",
            id="a-key-that-profiles-have-not",
        ),
        pytest.param(
            {"guardrails": {}},
            "guardrails",
            "misplaced-key",
            "`guardrails` stands in a framework that is not based on another",
            "write `guardrails` under `add`, or change what is there with `set`",
            id="a-key-of-frameworks",
        ),
    ],
)
def test_profiles_that_cannot_be_made(
    tmp_path: Path, keys: dict[str, Any], place: str, code: str, message: str, help: str
) -> None:
    path = write(tmp_path, plain=PLAIN, own=profile(**keys))
    assert findings(path) == [(f"own.yaml: {place}", code, message, help)]


@pytest.mark.parametrize(
    ("keys", "place", "code", "line"),
    [
        pytest.param(
            {"set": {"guardrails.large.then": "refre"}},
            "own.yaml: guardrails.large.then",
            "unknown-verdict",
            "guardrails.large.then: refre",
            id="a-value-set",
        ),
        pytest.param(
            {"set": {"criteria.risk.weight": -3}},
            "own.yaml: criteria.risk.weight",
            "weight-not-positive",
            "criteria.risk.weight: -3",
            id="a-weight-set",
        ),
        pytest.param(
            {"add": {"standing": ["adit"]}},
            "own.yaml: standing[1]",
            "unknown-safeguard",
            "- adit",
            id="an-entry-added-to-a-list",
        ),
        pytest.param(
            {"add": {"guardrials": {}}},
            "own.yaml: guardrials",
            "unknown-key",
            "guardrials: {}",
            id="a-section-that-does-not-exist",
        ),
        pytest.param(
            {"add": {"facts": {"risk": {"kind": "flag"}}}},
            "own.yaml: facts.risk",
            "duplicate-id",
            "risk:",
            id="an-id-that-a-criterion-has",
        ),
        pytest.param(
            {"drop": ["safeguards.review"]},
            "plain.yaml: guardrails.steps.steps[1].needs[0]",
            "unknown-safeguard",
            "- review",
            id="what-the-base-needs-is-dropped",
        ),
    ],
)
def test_a_mistake_in_the_whole_is_shown_where_it_is_written(
    tmp_path: Path, keys: dict[str, Any], place: str, code: str, line: str
) -> None:
    path = write(tmp_path, plain=PLAIN, own=profile(**keys))
    found = check(path).diagnostics[0]
    assert found.span is not None
    assert (f"{Path(found.span.source).name}: {found.place}", found.code) == (place, code)
    assert found.span.text.strip() == line


def test_what_is_dropped_and_still_named_is_shown_in_the_profile(tmp_path: Path) -> None:
    own = profile(drop=["facts.crit"])
    (found,) = check(write(tmp_path, plain=PLAIN, own=own)).diagnostics
    assert found.message == "`crit` is not a fact, criterion, list or condition here"
    assert found.help == "drop this too, or keep `facts.crit`"
    (note,) = found.notes
    assert note.message == "`crit` is dropped here"
    assert note.span is not None
    assert (Path(note.span.source).name, note.span.text) == ("own.yaml", "- facts.crit")


@pytest.mark.parametrize(
    ("based_on", "place", "code", "message"),
    [
        pytest.param(
            {"own": "own.yaml"},
            "own.yaml: based_on",
            "circular-base",
            "`based_on` names this document itself",
            id="itself",
        ),
        pytest.param(
            {"own": "b.yaml", "b": "c.yaml", "c": "own.yaml"},
            "c.yaml: based_on",
            "circular-base",
            "`based_on` goes round in a circle: `own.yaml` -> `b.yaml` -> `c.yaml` -> `own.yaml`",
            id="a-circle-of-three",
        ),
        pytest.param(
            {"own": "b.yaml", "b": {"id": "c.yaml"}, "c": "b.yaml"},
            "c.yaml: based_on",
            "circular-base",
            "`based_on` goes round in a circle: `b.yaml` -> `c.yaml` -> `b.yaml`",
            id="a-circle-below",
        ),
        pytest.param(
            {"own": "guardrial"},
            "own.yaml: based_on",
            "unknown-document",
            "no framework `guardrial` comes with collabscore",
            id="a-misspelt-id",
        ),
        pytest.param(
            {"own": {"id": "../plain.yaml", "version": "1"}},
            "own.yaml: based_on.id",
            "path-not-allowed",
            "`based_on` takes a shipped id or a file name without a folder, not `../plain.yaml`",
            id="a-path",
        ),
        pytest.param(
            {"own": "base.yaml"},
            "own.yaml: based_on",
            "not-a-framework",
            "`based_on` takes a framework, but `base.yaml` is none",
            id="a-vocabulary",
        ),
    ],
)
def test_bases_that_cannot_be_had(
    tmp_path: Path, based_on: dict[str, Any], place: str, code: str, message: str
) -> None:
    documents = {name: {**profile(), "based_on": named} for name, named in based_on.items()}
    write(tmp_path, base=BASE, plain=PLAIN, **documents)
    ((found_place, found_code, found_message, help),) = findings(tmp_path / "own.yaml")
    assert (found_place, found_code, found_message) == (place, code, message)
    assert help


@pytest.mark.parametrize("written", [None, "", float("nan")], ids=["nothing", "blank", "nan"])
@pytest.mark.parametrize("whole", [True, False], ids=["framework", "profile"])
def test_an_empty_base_is_said_to_be_empty(written: object, whole: bool) -> None:
    document = {**(PLAIN if whole else profile(drop=["guardrails"])), "based_on": written}
    with pytest.raises(FrameworkError) as caught:
        cs.load_framework(document)
    (found,) = caught.value.diagnostics
    assert (found.path, found.code) == (("based_on",), "empty-text")
    assert found.message == "`based_on` is empty"
    assert found.help == "write the id of a framework, or a file beside this one"


@pytest.mark.parametrize("count", [3, 6, 7, 200])
def test_the_shares_that_a_refusal_proposes_are_possible(count: int) -> None:
    shares = {f"c{k}": round(100 / count, 1) - 0.1 for k in range(count)}
    with pytest.raises(ReadingError) as caught:
        weights_of_shares("", shares, {})
    help = caught.value.diagnostic.help or ""
    proposed = {key: float(share) for key, share in re.findall(r"`(\w+): ([\d.]+)%`", help)}
    assert proposed.keys() == shares.keys()
    assert weights_of_shares("", proposed, {}) == proposed


def test_a_mistake_in_the_base_is_one_of_the_base(tmp_path: Path) -> None:
    base = {**PLAIN, "bands": {"high": 120}}
    path = write(tmp_path, plain=base, own=profile(set={"criteria.risk.weight": "150%"}))
    (found,) = findings(path)
    assert found[:2] == ("plain.yaml: bands.high", "out-of-range")


def test_a_profile_for_another_version_is_warned_of(tmp_path: Path) -> None:
    own = {**profile(), "based_on": {"id": "plain.yaml", "version": "2"}}
    message = "this was written for version `2` of `plain`, not `3`"
    help = 'check what it changes, then write `version: "3"`'
    place = "own.yaml: based_on.version"
    path = write(tmp_path, plain=PLAIN, own=own)
    assert findings(path)[0] == (place, "other-base", message, help)
    own["based_on"]["version"] = "3"
    write(tmp_path, own=own)
    assert findings(path) == []


def test_check_warns_of_what_a_profile_makes_idle_and_not_of_its_base(tmp_path: Path) -> None:
    base = {**PLAIN, "sources": {"charter": {"title": "Charter"}}}
    codes = [code for _, code, _, _ in findings(write(tmp_path, plain=base))]
    assert "no-date" in codes
    own = profile(drop=["guardrails.steps.steps.0"])
    help = "use it in the `when` of a guardrail, or leave it out"
    message = "`crit` is a fact that no condition uses"
    expected = ("plain.yaml: facts.crit", "unused-fact", message, help)
    assert findings(write(tmp_path, own=own)) == [expected]


def test_keys_with_dots_are_quoted(tmp_path: Path) -> None:
    safeguards = {"review.1": {}, "it's": {}}
    base = {**PLAIN, "safeguards": {**PLAIN["safeguards"], **safeguards}}
    own = profile(drop=['safeguards."review.1"'], set={'safeguards."it\'s".title': "It is"})
    made = cs.load_framework(write(tmp_path, plain=base, own=own))
    assert list(made.safeguards) == ["review", "audit", "it's"]
    assert made.safeguards["it's"].title == "It is"
    own = profile(drop=["safeguards.'it's'"])
    (found,) = findings(write(tmp_path, own=own))
    assert found[1] == "not-a-path"


def test_the_page_of_a_profile_says_what_it_changes(tmp_path: Path) -> None:
    own = profile(
        drop=["guardrails.large"],
        set={"criteria.risk.weight": "50%", "missing": "worst"},
        add={"facts": {"far": {"kind": "flag"}}},
    )
    made = cs.load_framework(write(tmp_path, plain=PLAIN, own=own))
    lines = framework_page(made).to_text().splitlines()
    assert [line for line in lines if line.startswith(("- Set", "- Drop", "- Add"))] == [
        "- Set: criteria.risk.weight, to `50%` (`plain` does not set it)",
        "- Set: missing, to `worst` (`plain` does not set it)",
        "- Dropped: guardrails.large",
        "- Added: facts.far",
    ]
    data = framework_data(made)
    assert data["based_on"]["id"] == "plain"
    assert [change["change"] for change in data["changes"]] == ["set", "set", "dropped", "added"]


def test_what_if_of_a_profile_keeps_its_base(tmp_path: Path) -> None:
    made = cs.load_framework(write(tmp_path, plain=PLAIN, own=profile()))
    ranking = cs.score([{"id": "x"}], made, weights={"risk": "50%"})
    assert ranking.manifest["framework"]["based_on"]["id"] == "plain"


@pytest.mark.parametrize(
    ("key", "kind"), [("based_on", "framework"), ("uses", "vocabulary")], ids=["based_on", "uses"]
)
def test_files_that_lead_through_too_many_others(tmp_path: Path, key: str, kind: str) -> None:
    for k in range(30):
        document = {"collabscore": f"{kind}/1", "id": f"d{k}", key: f"d{k + 1}.yaml"}
        write(tmp_path, **{f"d{k}": document})
    message = f"`{key}` leads through more than 20 files"
    help = "let these files name fewer others below each other"
    assert findings(tmp_path / "d0.yaml") == [(f"d20.yaml: {key}", "too-deep", message, help)]
    last = {"collabscore": f"{kind}/1", "id": "d30", "criteria": {"gain": {"scale": FIVE}}}
    write(tmp_path, d30=last)
    assert check(tmp_path / "d10.yaml").ok


def test_lists_that_multiply_are_refused(tmp_path: Path) -> None:
    lists: dict[str, Any] = {"a": {"items": [f"i{k}" for k in range(5_000)]}}
    lists |= {f"b{k}": {"extends": "a", "drop": ["i0"]} for k in range(300)}
    ours = {"collabscore": "vocabulary/1", "id": "ours", "lists": lists}
    message = "the lists have more than 100,000 items in all with this one"
    help = "extend fewer lists, or shorter ones"
    found = findings(write(tmp_path, ours=ours))
    assert found == [("ours.yaml: lists.b20.extends", "too-many", message, help)]
