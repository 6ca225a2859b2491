"""Part C3: stored results given to `diff`: each mistake is a finding with a place and a cure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import collabscore as cs
from unit.changed import changed_at

from .conftest import BOTH, CANDIDATES, OTHER, SMALL, Desk

Path = tuple[str | int, ...]


@pytest.fixture
def stored(desk: Desk) -> dict[str, Any]:
    assert desk.run("score", "list.yaml", "-o", "old.json").code == 0
    return dict(json.loads((desk.folder / "old.json").read_text()))


def first(key: str) -> Path:
    return ("candidates", 0, key)


WRONG: dict[str, tuple[Path, object, str, str]] = {
    "candidates-null": (("candidates",), None, "expected a list, not nothing", "candidates"),
    "score-text": (first("score"), "75", "expected a number, not `75`", "candidates[b].score"),
    "no-id": (first("id"), ..., "`id` is missing", "candidates[0]"),
    "framework-null": (("framework",), None, "expected keys with values, not nothing", "framework"),
    "twice": (first("id"), "a", "the id `a` is used twice", "candidates[a].id"),
    "verdict": (
        first("verdict"),
        "zzz",
        "`zzz` does not follow from the findings",
        "candidates[b].verdict",
    ),
    "rank-text": (first("rank"), "1", "expected a number, not `1`", "candidates[b].rank"),
    # siblings
    "rank-zero": (first("rank"), 0, "`0` is out of range: at least 1", "candidates[b].rank"),
    "rank-true": (first("rank"), True, "expected a number, not `true`", "candidates[b].rank"),
    "score-high": (
        first("score"),
        101,
        "`101` is out of range: at most 100",
        "candidates[b].score",
    ),
    "verdict-null": (
        first("verdict"),
        None,
        "`null` does not follow from the findings",
        "candidates[b].verdict",
    ),
    "findings-null": (
        first("findings"),
        None,
        "expected a list, not nothing",
        "candidates[b].findings",
    ),
    "state": (
        ("candidates", 0, "findings", 0, "state"),
        "fine",
        "`fine` is not a valid choice for `state`",
        "candidates[b].findings[0].state",
    ),
    "digest": (
        ("manifest", "framework", "digest"),
        7,
        "expected text, not `7`",
        "manifest.framework.digest",
    ),
    "manifest": (("manifest",), ..., "`manifest` is missing", ""),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_part_of_a_stored_result_is_a_finding(
    desk: Desk, stored: dict[str, Any], fault: str
) -> None:
    path, value, message, place = WRONG[fault]
    wrong = changed_at(stored, path, value)
    desk.write("new.json", json.dumps(wrong, indent=1))
    done = desk.run("diff", "old.json", "new.json")
    assert (done.code, done.out) == (1, "")
    assert message in done.err
    assert "--> new.json:" in done.err
    assert "= help: " in done.err
    if place:
        assert f"({place})" in done.err
    # the same in Python, without a text to point into
    with pytest.raises(cs.DocumentError) as refused:
        cs.diff(stored, wrong)
    assert all(finding.help for finding in refused.value.diagnostics)
    assert message in str(refused.value)
    assert place in [finding.place for finding in refused.value.diagnostics]


def test_a_guardrail_with_two_findings(desk: Desk, stored: dict[str, Any]) -> None:
    findings = stored["candidates"][0]["findings"]
    wrong = changed_at(stored, first("findings"), findings * 2)
    with pytest.raises(cs.DocumentError, match="the guardrail `g1` has 2 findings"):
        cs.diff(wrong, stored)


@pytest.mark.parametrize("kind", ["robustness/1", "ranking/2", None, ["ranking/1"]])
def test_a_result_of_another_kind(stored: dict[str, Any], kind: object) -> None:
    with pytest.raises(cs.DocumentError, match="new: this is not a result of `collabscore score`"):
        cs.diff(stored, changed_at(stored, ("collabscore",), kind))


def test_a_result_of_a_later_version_may_have_more_keys(stored: dict[str, Any]) -> None:
    later = changed_at(changed_at(stored, ("more",), 1), first("more"), [1])
    assert not any(row.moved for row in cs.diff(stored, later).candidates)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--weight", "gain=20%"), "leave --weight out"),
        (("-f", "small.yaml"), "leave -f out"),
        (("--old-framework", "small.yaml"), "leave -f out"),
    ],
)
def test_a_result_is_not_judged_anew(
    desk: Desk, stored: dict[str, Any], options: tuple[str, ...], words: str
) -> None:
    done = desk.run("diff", "old.json", "list.yaml", *options)
    assert done.code == 2
    assert "`old.json` is a result" in done.err
    assert words in done.err


def leaves(data: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every key and entry."""
    entries = enumerate(data) if isinstance(data, list) else data.items()
    for key, value in entries:
        yield (*path, key)
        if isinstance(value, list | dict):
            yield from leaves(value, (*path, key))


REPLACEMENTS = (
    None,
    "zzz",
    "",
    "7",
    7,
    -1,
    0.5,
    1e300,
    True,
    [],
    ["x"],
    [None],
    {},
    {"id": 1},
    ...,
)


@pytest.mark.parametrize(
    ("text", "judge"), [(CANDIDATES, SMALL), (BOTH, OTHER)], ids=["one", "two"]
)
def test_every_part_of_a_result_replaced_by_every_kind_of_value(
    desk: Desk, text: str, judge: str
) -> None:
    """No replacement breaks `diff`: it refuses the result with a help, or gives a whole page."""
    desk.write("some.yaml", text)
    desk.write("judge.yaml", judge)
    stored = json.loads(cs.score("some.yaml", "judge.yaml").to_json())
    refused = 0
    for path in leaves(stored):
        for value in REPLACEMENTS:
            wrong = changed_at(stored, path, value)
            try:
                found = cs.diff(stored, wrong)
            except cs.DocumentError as error:
                refused += 1
                unhelped = [one for one in error.diagnostics if not one.help]
                assert not unhelped, (path, value)
                continue
            assert found.to_json(), (path, value)
            assert found.to_text(), (path, value)
    assert refused > 300
