from __future__ import annotations

import copy
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import collabscore as cs
from collabscore.errors import (
    CollabscoreError,
    Diagnostic,
    Note,
    Origin,
    Span,
    choose_from,
    did_you_mean,
    label_of,
    likely,
    optional,
    whole_number,
)

SPAN = Span("x.yaml", 3, 5, 9, "  a: wrong")
FOUND = (
    Diagnostic("off-scale", "`9` is off the scale", ("ratings", "a"), span=SPAN),
    Diagnostic(
        "duplicate-id",
        "the id `a` is used twice",
        (0, "id"),
        notes=(Note("first used here", SPAN),),
    ),
)
ERRORS: list[CollabscoreError] = [
    cs.DocumentError(FOUND),
    cs.FrameworkError(FOUND),
    cs.CandidateError(iter(FOUND)),
    cs.UsageError("no framework is named"),
    cs.UsageError("`x` is not a verdict", "verdict"),
    cs.UnreadableFileError("cannot read `x`"),
    cs.MissingExtraError("altair", "charts"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_survives_pickling_and_copying(error: CollabscoreError) -> None:
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(again) is type(error)
        assert str(again) == str(error) != ""
        assert vars(again) == vars(error)


def test_an_error_of_a_document_passes_between_processes(tmp_path: Path) -> None:
    file = tmp_path / "list.yaml"
    file.write_text("- {id: a, ratings: {global: 1}}\n")
    # a pool that gives up, where one of multiprocessing waits for ever for a worker that cannot start
    with (
        ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool,
        pytest.raises(cs.CandidateError, match=r"list\.yaml:1:21") as caught,
    ):
        pool.submit(cs.load_candidates, str(file), "guardrail").result(timeout=60)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["unknown-criterion"]


def test_a_diagnostic_moves_with_its_notes_in_the_same_document() -> None:
    notes = (Note("here", path=("b", 0)), Note("there", path=("facts",), origin=Origin("x")))
    moved = Diagnostic("c", "m", ("a", 0), notes=notes).moved(lambda path: path[1:])
    assert moved.path == (0,)
    assert [note.path for note in moved.notes] == [(0,), ("facts",)]


def test_the_label_of_a_path_has_the_ids_of_the_document() -> None:
    data = {"cases": [{"id": "a", "order": [1]}, {"id": 3}]}
    assert label_of(("cases", 0, "order", 0), data) == "cases[a].order[0]"
    assert label_of(("cases", 1, "x", 1.5), data) == "cases[1].x.1.5"
    assert label_of((0, "id")) == "[0].id"


def test_choices_and_likely_words() -> None:
    assert choose_from([]) is None
    assert choose_from("abc", most=2) == "choose from `a`, `b` and 1 more"
    assert did_you_mean("wieght", ["weight"]) == "did you mean `weight`?"
    assert did_you_mean("zzz", ["weight"]) == "choose from `weight`"
    assert likely("Weigth", ["weight", "scale"]) == "weight"


def test_a_library_that_is_not_installed_and_one_that_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(cs.MissingExtraError, match="collabscore\\[charts\\]"):
        optional("no_such_library_here.part", "charts")
    (tmp_path / "broken_library_here.py").write_text("import no_such_library_here")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_library_here") as caught:
        optional("broken_library_here", "charts")
    assert not isinstance(caught.value, CollabscoreError)


def test_an_extra_that_is_missing_says_how_to_install_it() -> None:
    error = cs.MissingExtraError("altair", "charts")
    assert isinstance(error, ImportError)
    assert "pip install 'collabscore[charts]'" in str(error)


def test_excerpts_of_long_lines_and_wide_letters() -> None:
    long = Span("x", 3, 400, 405, "a" * 399 + "WRONG" + "b" * 400)
    lines = str(Diagnostic("c", "m", ("k",), span=long)).splitlines()
    assert len(lines[3]) < 180
    assert lines[3].index("WRONG") == lines[4].index("^")
    assert lines[4].strip(" |") == "^^^^^"
    wide = str(Diagnostic("c", "m", (), span=Span("x", 1, 3, 5, "日本流感")))
    assert wide.splitlines()[-1].endswith("    ^^^^")
    noted = Diagnostic("c", "m", ("a", 0, "b"), notes=(Note("elsewhere"),), help="mend it")
    assert str(noted).splitlines() == [
        "error[c]: m",
        " --> a[0].b",
        " = note: elsewhere",
        " = help: mend it",
    ]
    assert replace(noted, label="place").place == "place"
    assert likely("zzz", ["a"]) is None
    assert (
        str(Diagnostic("c", "m\x1b[31m", (), span=Span("x", 1, 1, 2, "\x1b[2J"))).count("\x1b[2J")
        == 0
    )


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        (True, "True"),
        (False, "False"),
        (None, "None"),
        ("", "''"),
        ("3", "'3'"),
        (2.5, "2.5"),
        (float("nan"), "nan"),
        (np.bool_(True), "True"),
        ([1], "[1]"),
        (print, "builtin_function_or_method"),
    ],
)
def test_an_option_that_is_no_whole_number_has_its_place_and_cure(
    value: object, quoted: str
) -> None:
    with pytest.raises(cs.UsageError) as caught:
        whole_number("top", value, 1)
    assert str(caught.value) == f"top: `{quoted}` is not a whole number; give 1 or more"


@pytest.mark.parametrize("value", [0, -7, 10**30, np.int64(-3), 6.0])
def test_a_whole_number_out_of_its_range_is_quoted(value: Any) -> None:
    with pytest.raises(cs.UsageError) as caught:
        whole_number("top", value, 1, 5)
    assert str(caught.value) == f"top: `{int(value)}` is out of range; give one from 1 to 5"


@pytest.mark.parametrize(
    "value", [0, 10**30, np.int64(3), np.uint8(3), 1e3, np.float64(2), np.array(4)]
)
def test_whole_numbers_of_any_type_are_options(value: Any) -> None:
    assert whole_number("seed", value, 0) == value
    assert type(whole_number("seed", value, 0)) is int
