"""C4 and I10: whatever a keyword is given, a call answers, or errs with its place and a cure."""

from __future__ import annotations

import datetime
import inspect
import json
import math
import random
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import collabscore as cs

EXAMPLES = Path(__file__).parents[2] / "examples"
CASES = Path(__file__).parents[2] / "frameworks/cases/guardrail.yaml"
NAN = math.nan

FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "house",
    "lists": {"fields": {"items": ["health", "quantum"]}},
    "scales": {"five": {"range": [1, 5], "levels": {1: "low", 5: "high"}}},
    "criteria": {
        "gain": {"scale": "five", "weight": 2},
        "risk": {"criteria": {"misuse": {"scale": "five"}, "cost": {"scale": "five"}}},
    },
    "facts": {
        "crit": {"kind": "flag"},
        "stage": {"kind": "level", "levels": ["basic", "applied", "development"]},
        "lead": {"kind": "choice", "options": ["health", "energy"]},
        "budget": {"kind": "number", "minimum": 0, "maximum": 100},
        "about": {"kind": "set", "of": "fields"},
    },
    "safeguards": {"review": {}},
    "guardrails": {"g1": {"when": "crit", "needs": ["review"], "then": "outside"}},
}
OTHER = {**FRAMEWORK, "id": "other", "guardrails": {}}
LISTED: list[dict[str, Any]] = [
    {"id": "flu", "ratings": {"gain": 4, "misuse": [1, 3], "cost": 2}, "tags": ["health"]},
    {"id": "chips", "ratings": {"gain": 3, "cost": 4}, "facts": {"crit": "no", "budget": 5}},
    {"id": "ocean", "ratings": {"gain": [2, 5], "misuse": 1}, "facts": {"crit": "unknown"}},
]
JUDGE = cs.load_framework(FRAMEWORK)
RANKING = cs.score(LISTED, JUDGE)


class Strange:
    """An object that no call can mean."""


ODD: dict[str, Any] = {
    "None": None,
    "True": True,
    "zero": 0,
    "negative": -1,
    "number": 3,
    "C4-1e3": 1e3,
    "C4-quarter": 0.25,
    "nan": NAN,
    "infinite": math.inf,
    "huge": 10**400,
    "fraction": Fraction(1, 3),
    "complex": 1 + 2j,
    "no-text": "",
    "text": "zz",
    "number-as-text": "3",
    "nul": "a\0b",
    "C4-file": "x.yaml",
    "bytes": b"x",
    "no-list": [],
    "list-of-text": ["zz"],
    "list-of-numbers": [3],
    "nested": [[["zz"]]],
    "no-mapping": {},
    "mapping": {"zz": 3},
    "numbers-as-keys": {3: "zz"},
    "mapping-of-lists": {"flu": ["zz"]},
    "mapping-of-mappings": {"flu": {"zz": None}},
    "mapping-of-numbers": {"flu": 3},
    "set": {1, 2},
    "object": Strange(),
    "class": Strange,
    "function": lambda: 1,
    "float-of-numpy": np.float64(2.5),
    "int-of-numpy": np.int64(2),
    "bool-of-numpy": np.True_,
    "text-of-numpy": np.str_("zz"),
    "array": np.array([1, 2]),
    "array-of-objects": np.array([None, "zz"], dtype=object),
    "array-without-dimension": np.array(3),
    "masked": np.ma.masked,
    "NA": pd.NA,
    "series": pd.Series([1, None]),
    "data-frame": pd.DataFrame({"zz": [1, 2]}),
    "polars": pl.DataFrame({"zz": [1, 2]}),
    "date": datetime.date(2026, 1, 1),
    "path": Path("no/such/file.yaml"),
    "ranking": RANKING,
    "framework": JUDGE,
    "C4-assessment": RANKING["flu"],
    "list": LISTED,
}
STORED = json.loads(RANKING.to_json())
CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "load_result": (cs.load_result, {"source": STORED, "candidates": LISTED, "framework": JUDGE}),
    "to_arrow": (cs.to_arrow, {"result": RANKING}),
    "to_excel": (cs.to_excel, {"result": RANKING}),
    "to_pandas": (cs.to_pandas, {"result": RANKING}),
    "to_polars": (cs.to_polars, {"result": RANKING}),
    "score": (cs.score, {"candidates": LISTED, "framework": JUDGE}),
    "explain": (cs.explain, {"ranking": RANKING, "candidate": "flu"}),
    "robustness": (cs.robustness, {"ranking": RANKING, "draws": 8}),
    "sensitivity": (cs.sensitivity, {"ranking": RANKING, "draws": 8}),
    "next_questions": (cs.next_questions, {"ranking": RANKING, "draws": 8}),
    "extreme_ranks": (cs.extreme_ranks, {"ranking": RANKING}),
    "what_if": (cs.what_if, {"ranking": RANKING, "weights": {"gain": 3}}),
    "diff": (cs.diff, {"old": RANKING, "new": RANKING}),
    "compare": (cs.compare, {"candidates": LISTED, "frameworks": [FRAMEWORK, OTHER]}),
    "impact": (cs.impact, {"lists": [LISTED], "old": FRAMEWORK, "new": OTHER}),
    "panel": (cs.panel, {"lists": [LISTED, LISTED], "framework": JUDGE, "draws": 8}),
    "prove": (cs.prove, {"framework": FRAMEWORK}),
    "run_cases": (cs.run_cases, {"framework": "guardrail"}),
    "load_candidates": (cs.load_candidates, {"source": LISTED, "framework": JUDGE}),
    "write_candidates": (
        cs.write_candidates,
        {"candidates": LISTED, "path": Path(tempfile.mkdtemp()) / "list.csv", "framework": JUDGE},
    ),
    "load_cases": (cs.load_cases, {"source": CASES, "framework": "guardrail"}),
    "load_framework": (cs.load_framework, {"source": FRAMEWORK}),
    "load_vocabulary": (cs.load_vocabulary, {"source": "common"}),
    "from_columns": (cs.Problem.from_columns, {"framework": JUDGE, "columns": {"gain": [1, 2]}}),
    "select": (RANKING.select, {}),
    "extreme_ranks.ahead_of": (cs.extreme_ranks(RANKING).ahead_of, {"candidate": "flu"}),
    "robustness.sentence": (cs.robustness(RANKING, draws=8).sentence, {"candidate": "flu"}),
    "sensitivity.tornado": (cs.sensitivity(RANKING, draws=8).tornado, {"candidate": "flu"}),
    "page": (RANKING.page, {}),
}


def keywords() -> Iterator[tuple[str, str]]:
    for name, (function, _) in CALLS.items():
        for keyword in inspect.signature(function).parameters:
            yield name, keyword


of_each_keyword = pytest.mark.parametrize(("name", "keyword"), list(keywords()))


def test_every_public_function_is_called() -> None:
    public = {name for name in cs.__all__ if inspect.isfunction(getattr(cs, name))}
    assert public <= CALLS.keys()


def faults_of(error: cs.CollabscoreError) -> list[str]:
    """Return what is missing in an error, or is Python's own."""
    text = str(error)
    found = [word for word in (" object at 0x", "Traceback", "NoneType", "<class") if word in text]
    if isinstance(error, cs.DocumentError):
        assert error.diagnostics
        for one in error.diagnostics:
            found += [] if one.place or "collabscore" in one.message else [f"no place: {one}"]
            found += [] if one.help or one.notes else [f"no cure: {one}"]
    elif isinstance(error, cs.UsageError):
        # the name of a file is its place
        is_placed = error.keyword or isinstance(error, cs.UnreadableFileError)
        found += [] if is_placed else [f"no place: {text}"]
        found += [] if error.help else [f"no cure: {text}"]
    return found


def faults_of_call(function: Callable[..., Any], given: dict[str, Any]) -> list[str] | None:
    """Return what is missing in the error of a call; None where it answers."""
    try:
        function(**given)
    except cs.CollabscoreError as error:
        return faults_of(error)
    return None


@of_each_keyword
def test_a_call_answers_or_errs_with_its_place_and_a_cure(name: str, keyword: str) -> None:
    function, given = CALLS[name]
    refused = 0
    for label, value in ODD.items():
        faults = faults_of_call(function, {**given, keyword: value})
        assert not faults, label
        refused += faults is not None
    assert refused >= 30  # most of them have no meaning


@of_each_keyword
def test_iterators_are_used_once_or_refused(name: str, keyword: str) -> None:
    function, given = CALLS[name]
    for values in (["zz"], [3, None], []):
        assert not faults_of_call(function, {**given, keyword: iter(values)})


# what has one meaning is accepted


def test_numbers_that_are_whole_are_counts() -> None:
    expected = cs.robustness(RANKING, draws=1000, seed=3, top=2).to_json()
    for draws, seed, top in (
        (1e3, 3.0, np.int64(2)),
        (np.float64(1000), np.uint8(3), np.array(2)),
        (np.int32(1000), Fraction(3).numerator, 2.0),
    ):
        found = cs.robustness(RANKING, draws=draws, seed=seed, top=top)  # type: ignore[arg-type]
        assert found.to_json() == expected


def test_assessments_and_scalars_of_numpy_name_candidates() -> None:
    expected = cs.explain(RANKING, "flu", versus="chips").to_json()
    pairs = ((RANKING["flu"], RANKING["chips"]), (np.str_("flu"), np.array(["chips"])[0]))
    for candidate, versus in pairs:
        assert cs.explain(RANKING, candidate, versus=versus).to_json() == expected
    assert cs.what_if(RANKING, ratings={np.str_("flu"): {"gain": np.int64(5)}}).rows


def test_frameworks_are_named_in_every_form() -> None:
    expected = cs.compare(LISTED, [FRAMEWORK, OTHER]).to_json()
    for frameworks in (
        (FRAMEWORK, OTHER),
        iter([FRAMEWORK, OTHER]),
        {1: FRAMEWORK, 2: OTHER}.values(),
    ):
        assert cs.compare(LISTED, frameworks).to_json() == expected  # type: ignore[arg-type]
    for listed in (tuple(LISTED), iter(LISTED), np.array(LISTED, dtype=object), pd.Series(LISTED)):
        assert cs.compare(listed, [FRAMEWORK, OTHER]).to_json() == expected


def test_names_in_every_form() -> None:
    expected = RANKING.select(tag="health").ids
    for tags in (
        ["health"],
        ("health",),
        {"health"},
        iter(["health"]),
        np.array(["health"]),
        np.str_("health"),
    ):
        assert RANKING.select(tag=tags).ids == expected == ("flu",)  # type: ignore[arg-type]


EXACT: dict[str, tuple[Callable[[], object], str]] = {
    "C4-robustness-of-a-file": (
        lambda: cs.robustness("x.yaml"),  # type: ignore[arg-type]
        "ranking: `'x.yaml'` is not a ranking; give the result of `score(candidates, framework)`",
    ),
    "C4-weights": (
        lambda: cs.robustness(RANKING, weights=0.25),  # type: ignore[arg-type]
        "weights: `0.25` is not a choice of weights; did you mean `within 25%`?",
    ),
    "weights-of-a-group": (
        lambda: cs.robustness(RANKING, weights={"risk": 3}),  # type: ignore[dict-item]
        "weights: `3` is not a choice of weights; choose from `exact`, `within 25%`, `order`, `any`, `intervals`",
    ),
    "weights-of-no-group": (
        lambda: cs.robustness(RANKING, weights={"rsik": "any"}),
        "weights: `rsik` is not a group of criteria of `house`; did you mean `risk`?",
    ),
    "C4-seed": (
        lambda: cs.robustness(RANKING, seed=None),  # type: ignore[arg-type]
        "seed: `None` is not a whole number; give 0 or more",
    ),
    "draws": (
        lambda: cs.sensitivity(RANKING, draws=2.5),  # type: ignore[arg-type]
        "draws: `2.5` is not a whole number; give one from 1 to 10,000,000",
    ),
    "draws-as-text": (
        lambda: cs.next_questions(RANKING, draws="1000"),  # type: ignore[arg-type]
        "draws: `'1000'` is not a whole number; give one from 1 to 1,000,000",
    ),
    "top-too-large": (
        lambda: cs.sensitivity(RANKING, top=4),
        "top: `4` is out of range; give one from 1 to 3, the number of candidates",
    ),
    "top-as-a-list": (
        lambda: RANKING.select(top=[1, 2]),  # type: ignore[arg-type]
        "top: `[1, 2]` is not a whole number; give 1 or more",
    ),
    "given-weights": (
        lambda: cs.score(LISTED, JUDGE, weights=0.25),  # type: ignore[arg-type]
        "weights: `0.25` is not a mapping of weights; give {criterion or group: weight}, such as {...: 2} or {...: '50%'}",
    ),
    "given-weights-that-are-false": (
        lambda: cs.score(LISTED, JUDGE, weights=0),  # type: ignore[arg-type]
        "weights: `0` is not a mapping of weights; give {criterion or group: weight}, such as {...: 2} or {...: '50%'}",
    ),
    "candidate": (
        lambda: cs.explain(RANKING, 3),  # type: ignore[arg-type]
        "candidate: `3` is not the id of a candidate; choose from `chips`, `flu`, `ocean`",
    ),
    "versus": (
        lambda: cs.explain(RANKING, "flu", versus="chip"),
        "versus: there is no candidate `chip`; did you mean `chips`?",
    ),
    "framework": (
        lambda: cs.load_framework(3),  # type: ignore[arg-type]
        "framework: `3` is not a file or a document; give the name of a file, or its content as a mapping",
    ),
    "no-framework": (
        lambda: cs.score(LISTED),
        "framework: no framework is named; name one, or add `framework: guardrail` to the list",
    ),
    "frameworks": (
        lambda: cs.compare(LISTED, 3),  # type: ignore[arg-type]
        "frameworks: `3` is not a framework; give a shipped id, a file, its content, or a list of them",
    ),
    "one-framework": (
        lambda: cs.compare(LISTED, JUDGE),  # type: ignore[arg-type]
        "frameworks: a comparison needs two frameworks or more; name each, such as `guardrail` and `ca-strac`",
    ),
    "candidates": (
        lambda: cs.score(3, JUDGE),  # type: ignore[arg-type]
        "candidates: `3` is not a list of candidates; give a file, its content, a list, or a data frame",
    ),
    "facts": (
        lambda: cs.robustness(RANKING, facts="draw"),
        "facts: `'draw'` is not a way to treat unknown facts; choose from `unknown`, `drawn`",
    ),
    "progress": (
        lambda: cs.robustness(RANKING, progress=lambda: None),  # type: ignore[arg-type]
        "progress: `function` is not a function of two numbers; give a function of (done, total)",
    ),
    "tag": (
        lambda: RANKING.select(tag=3),  # type: ignore[arg-type]
        "tag: `3` is not a name or a list of names; give names as text",
    ),
    "where": (
        lambda: RANKING.select(where=3),  # type: ignore[arg-type]
        "where: `3` is not a condition; write it as text, such as `score >= 50`",
    ),
    "ratings": (
        lambda: cs.what_if(RANKING, ratings={3: {"gain": 1}}),  # type: ignore[dict-item]
        "ratings: `3` is not the id of a candidate; choose from `chips`, `flu`, `ocean`",
    ),
    "detail": (
        lambda: RANKING.page(detail=3),  # type: ignore[arg-type]
        "detail: `3` is not a level of detail; choose from `brief`, `default`, `verbose`",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("call", "expected"), EXACT.values(), ids=EXACT)
def test_a_wrong_value_is_refused_at_its_keyword(call: Callable[[], object], expected: str) -> None:
    with pytest.raises(cs.UsageError) as caught:
        call()
    assert str(caught.value) == expected


# documents and results as sequences


@pytest.mark.parametrize(
    ("load", "known", "near"),
    [
        (lambda: cs.load_candidates(LISTED, JUDGE), "flu", "fluu"),
        (lambda: cs.load_cases(CASES, "guardrail"), "climate-record", "climate-recrd"),
    ],
    ids=["candidates", "cases"],
)
def test_documents_are_sequences_of_their_entries(
    load: Callable[[], Any], known: str, near: str
) -> None:
    listed, word = load(), "case" if "climate" in known else "candidate"
    ids = [entry.id for entry in listed]
    assert len(ids) == len(listed)
    assert listed[known].id == known == listed[ids.index(known)].id
    assert [entry.id for entry in listed[:2]] == ids[:2]
    assert [entry.id for entry in reversed(listed)] == ids[::-1]
    assert listed[-1].id == ids[-1]
    assert known in listed
    assert listed[known] in listed
    assert near not in listed
    assert 3 not in listed
    assert [] not in listed
    with pytest.raises(KeyError) as caught:
        listed[near]
    assert str(caught.value) == f"there is no {word} `{near}`; did you mean `{known}`?"
    assert isinstance(caught.value, cs.UsageError)
    with pytest.raises(cs.UsageError, match=f"there is no {word} `zzzzz`; choose from `"):
        listed["zzzzz"]
    with pytest.raises(IndexError):
        listed[len(ids)]


RESULTS: dict[str, Callable[[], Any]] = {
    "score": lambda: RANKING,
    "robustness": lambda: cs.robustness(RANKING, draws=8),
    "sensitivity": lambda: cs.sensitivity(RANKING, draws=8),
    "extreme_ranks": lambda: cs.extreme_ranks(RANKING),
    "next_questions": lambda: cs.next_questions(RANKING, draws=64),
    "what_if": lambda: cs.what_if(RANKING, ratings={"flu": {"gain": 1}}),
    "diff": lambda: cs.diff(RANKING, cs.score(LISTED, OTHER)),
    "compare": lambda: cs.compare(LISTED, [FRAMEWORK, OTHER]),
    "run_cases": lambda: cs.run_cases("guardrail", CASES),
    "explain": lambda: cs.explain(RANKING, "flu"),
    "tornado": lambda: cs.sensitivity(RANKING, draws=8).tornado("flu"),
}


@pytest.mark.parametrize("make", RESULTS.values(), ids=RESULTS)
def test_results_are_iterated_as_often_as_they_are_long(make: Callable[[], Any]) -> None:
    """C4: `for ... in sensitivity` failed oddly."""
    result = make()
    rows = list(result)
    assert len(rows) == len(result)
    assert list(result) == rows
    assert "zz" not in result
    assert [] not in result
    assert None not in result


def test_results_hold_their_candidates() -> None:
    for name in ("score", "robustness", "extreme_ranks", "what_if", "diff"):
        assert "flu" in RESULTS[name](), name
    assert "house" in RESULTS["compare"]()
    assert RESULTS["compare"]()["house"].ids == RANKING.ids
    assert RANKING["flu"] in RANKING
    for found, near in (
        (RESULTS["compare"](), "hose"),
        (RESULTS["diff"](), "fluu"),
        (RANKING, "fluu"),
    ):
        with pytest.raises(KeyError, match="did you mean `"):
            found[near]


# I10: random errors of arrays, data frames and calls

ODD_CELLS: dict[str, list[Any]] = {
    "gain": [9, -1.5, "hihg", "4", math.inf, True, 2j, b"4", {}, {3}, Strange(), [5, 1], [1, 2, 3, 4], [2, "x"]],
    "stage": ["aplied", "", 7, 1.5, True, b"basic", {}, [], ["basic", "zz"], Strange(), datetime.date(2026, 1, 1)],
    "crit": ["yess", 3, -7, b"yes", {}, Strange(), [], ["no", 4]],
    "lead": ["helth", 2.5, False, [3], (), Strange()],
    "budget": [-1, 101.5, "5", math.inf, False, [9, 3], [1, 2, 3], {}, 10**400, Strange(), [1, None]],
    "about": ["health", ["helth"], [3], 7, {}, Strange(), [["health"]], {3}],
    "review": ["maybe", 2, -3, {}, [], Strange(), b"yes"],
}  # fmt: skip
FINE_CELLS: dict[str, list[Any]] = {
    "gain": [3, 1.5, None, "high", (2, 4), NAN],
    "stage": ["basic", None, "unknown", ["basic", "applied"]],
    "crit": ["yes", None, "no"],
    "lead": ["health", None],
    "budget": [5, 99.5, None, (1, 2)],
    "about": [["health"], (), None, {"quantum"}],
    "review": ["yes", "no", None],
}


def as_objects(cells: list[Any]) -> Any:
    """Return an array that holds the cells as they are."""
    array = np.empty(len(cells), dtype=object)
    for row, cell in enumerate(cells):
        array[row] = cell
    return array


FORMS: tuple[Callable[[list[Any]], Any], ...] = (
    list,
    tuple,
    as_objects,
    lambda cells: pd.Series(as_objects(cells)),
    lambda cells: pl.Series(cells, dtype=pl.Object),
    lambda cells: np.ma.array(as_objects(cells), mask=[False] * len(cells)),
)


def wrong_cell(rng: random.Random) -> tuple[dict[str, Any], str]:
    """Return a call with one wrong cell among columns that are fine, and its place."""
    n = rng.randint(1, 8)
    data: dict[str, list[Any]] = {}
    for name, fine in FINE_CELLS.items():
        data[name] = [rng.choice(fine) for _ in range(n)]
    name, row = rng.choice(list(ODD_CELLS)), rng.randrange(n)
    if name in ("gain", "budget", "stage") and rng.random() < 0.5:
        data[name] = [FINE_CELLS[name][0]] * n
    data[name][row] = rng.choice(ODD_CELLS[name])
    columns = {key: rng.choice(FORMS)(cells) for key, cells in data.items()}
    given: dict[str, Any] = {"safeguards": {"review": columns.pop("review")}}
    given["columns"] = columns
    if rng.random() < 0.2:
        given["columns"] = pd.DataFrame({key: as_objects(data[key]) for key in columns})
    argument = "safeguards" if name == "review" else "columns"
    return given, f"{argument}.{name}[{row}]"


def wrong_column(rng: random.Random) -> tuple[dict[str, Any], str]:
    """Return a call with one wrong column, and its place."""
    n = rng.randint(1, 8)
    columns: dict[str, Any] = {"gain": [3] * n, "stage": ["basic"] * n}
    name = rng.choice(["gain", "stage", "crit", "budget", "about"])
    place = f"columns.{name}"
    no_column = [{1: 3}, {1, 2}, "3" * n, b"3" * n, 3, None, iter([3] * n), np.array(3), Strange()]
    no_column += [np.zeros(n, dtype="i4,i4"), {"a": 3}.values(), pd.NA]
    too_long = [[3] * (n + 1), np.full((n + 2, 2), 3.0), pd.Series([3] * (n + 1)), range(n + 3)]
    kind = rng.choice(["no column", "too long", "shape"])
    columns[name] = rng.choice(no_column)
    if kind == "too long":
        columns[name] = rng.choice(too_long)
        # columns are held against the first of them
        place = "columns.stage" if name == "gain" else place
    elif kind == "shape" and name in ("gain", "budget"):
        columns[name] = np.full((n, rng.choice([1, 4, 5])), 3.0)
    return {"columns": columns}, place


def wrong_argument(rng: random.Random) -> tuple[dict[str, Any], str]:
    """Return a call with one wrong argument beside its columns, and its place."""
    n = rng.randint(2, 8)
    row = rng.randrange(n)
    names: list[Any] = [f"c{k}" for k in range(n)]
    names[row] = rng.choice([3, None, "", " c", "c\n", "c\u200b", b"c", "x" * 201, ["c"]])
    misspelt = rng.choice(["gian", "stge", "", 3, None, "review"])
    twice = [f"c{k}" for k in range(n)] + ["c0"]
    given, place = rng.choice(
        [
            ({"ids": names}, f"ids[{row}]"),
            ({"ids": rng.choice(FORMS)(names)}, f"ids[{row}]"),
            ({"ids": twice[1:]}, "ids")
            if n == 1
            else ({"ids": [*twice[:-2], "c0"]}, f"ids[{n - 1}]"),
            ({"ids": names[:1]}, "ids"),
            ({"titles": names[:-1]}, "titles"),
            ({"titles": {"c0": "One"}}, "titles"),
            ({"unit": rng.choice(["areas", "", "Project", None])}, "unit"),
            ({"unit": ["area"] * (n - 1) + ["are"]}, f"unit[{n - 1}]"),
            ({"safeguards": {"reviw": [True] * n}}, "safeguards.reviw"),
            ({"safeguards": ["review"]}, "safeguards"),
            ({"columns": {"gain": [3] * n, misspelt: [3] * n}}, "columns"),
            ({"columns": [("gain", [3])]}, "columns"),
            ({"columns": pd.DataFrame([[3, 4]], columns=["gain", "gain"])}, "columns"),
            ({"framework": rng.choice(["gaurdrail", 3, None, [], Strange()])}, "framework"),
        ]
    )
    return {"columns": {"gain": [3] * n}, **given}, place


def places_of(error: cs.CollabscoreError) -> list[str]:
    if isinstance(error, cs.DocumentError):
        return [one.place for one in error.diagnostics]
    assert isinstance(error, cs.UsageError)
    return [error.keyword]


@pytest.mark.parametrize("make", [wrong_cell, wrong_column, wrong_argument])
def test_random_errors_of_columns_have_their_place_and_a_cure(
    make: Callable[[random.Random], tuple[dict[str, Any], str]],
) -> None:
    """I10: nearly all errors of arrays had neither."""
    rng, placed, cured, count = random.Random(20261128), 0, 0, 200
    for _ in range(count):
        given, place = make(rng)
        with pytest.raises(cs.CollabscoreError) as caught:
            cs.Problem.from_columns(**{"framework": JUDGE, **given})
        (found,) = places_of(caught.value)
        placed += found.startswith(place)
        cured += faults_of(caught.value) == []
        assert found.startswith(place), (given, str(caught.value))
    assert (placed, cured) == (count, count)
