"""The commands `compare`, one list by several frameworks, and `diff`, two runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import click

from ..analysis import comparison, difference, impact
from ..api import score
from ..documents.loading import PlainDocument, read_document
from ..errors import DocumentError, UsageError
from .main import command
from .options import (
    FRAMEWORK_FORM,
    ROW_FORMS,
    AtLeast,
    Target,
    as_of_option,
    candidates_argument,
    emit,
    frameworks_option,
    ignore_option,
    list_without,
    named_as_option,
    note_reading,
    read_weights,
    refuse_two_inputs,
    result_options,
    weight_option,
)
from .terminal import say


@command(
    "compare",
    "collabscore compare projects.yaml",
    "collabscore compare projects.yaml -f guardrail -f ca-strac",
    "collabscore compare projects.yaml -f sta-2024 -f eu-2024 -o comparison.html",
    "collabscore compare projects.yaml -f sta-2024 -f eu-2024 --format json"
    " | jq '.disagreements[0]'",
)
@candidates_argument
@frameworks_option(
    f"Judge by this framework: {FRAMEWORK_FORM}; give two or more. [default: those that the list "
    "names]"
)
@weight_option
@as_of_option
@ignore_option
@click.option(
    "--disagreements",
    type=AtLeast(0),
    default=5,
    show_default=True,
    metavar="N",
    help="Explain at most N disagreements; JSON has all.",
)
@result_options(brief=True)
def compare(
    candidates: str,
    frameworks: tuple[str, ...],
    given_weights: tuple[str, ...],
    as_of: str | None,
    ignore_columns: tuple[str, ...],
    disagreements: int,
    target: Target,
) -> None:
    """Compare the verdicts and ranks of several frameworks.

    CANDIDATES is a file of YAML, JSON, CSV, Excel, Parquet or Arrow, or `-` for standard input. The
    table shows the verdicts and ranks side by side, in the order of the first framework. Then come
    the guardrails and facts behind each disagreement.
    """
    refuse_two_inputs([candidates, *frameworks], "give the others as files")
    with named_as_option("weights", "given_weights"):
        weights = read_weights(given_weights)
        source = list_without(candidates, ignore_columns)
        result = comparison.compare(source, frameworks or None, weights=weights, as_of=as_of)
    note_reading(result.rankings[0].problem.document)
    for ranking in result.rankings:
        judge = ranking.framework
        say(f"read {len(ranking):,} candidates; judged by `{judge.id}`, {judge.digest}", at=2)
    shown = (
        result
        if target.form in ("json", *ROW_FORMS)
        else result.page(detail=target.detail, disagreements=disagreements)
    )
    emit(shown, target)


@command(
    "diff",
    "collabscore diff projects-may.yaml projects-june.yaml",
    "collabscore diff may.json june.json",
    "collabscore diff --old-framework house.yaml --new-framework stricter.yaml 2024.yaml 2025.yaml",
)
@click.argument("lists", nargs=-1, metavar="OLD NEW | LIST...")
@click.option(
    "-f",
    "--framework",
    metavar="FRAMEWORK",
    help=f"Judge both lists by this framework: {FRAMEWORK_FORM}.",
)
@click.option("--old-framework", metavar="FRAMEWORK", help="Judge the old list by this framework.")
@click.option(
    "--new-framework",
    metavar="FRAMEWORK",
    help="Judge the new list by this framework. With both options: judge all lists by both.",
)
@weight_option
@as_of_option
@ignore_option
@result_options(brief=True)
def diff(
    lists: tuple[str, ...],
    framework: str | None,
    old_framework: str | None,
    new_framework: str | None,
    given_weights: tuple[str, ...],
    as_of: str | None,
    ignore_columns: tuple[str, ...],
    target: Target,
) -> None:
    """Show changes between two runs, or the impact of a framework.

    OLD and NEW are two lists of candidates, or two JSON results of `collabscore score`. With
    lists, each change of a score is divided among ratings, weights, criteria and other inputs.
    The parts sum to the whole change.

    With --old-framework and --new-framework, both frameworks judge all candidates of every LIST.
    The result counts the changed verdicts by clause.
    """
    refuse_two_inputs([*lists, framework, old_framework, new_framework], "give the others as files")
    if framework and (old_framework or new_framework):
        raise UsageError("-f is for both: leave it out with --old-framework and --new-framework")
    if old_framework and new_framework:
        with _framework_behind("--old-framework` or `--new-framework"):
            given = partial(list_without, columns=ignore_columns)
            found = _impact_on(
                [*map(given, lists)], old_framework, new_framework, given_weights, as_of
            )
        emit(found, target)
        return
    if len(lists) != 2:
        message = f"give two lists or two results, not {len(lists)}"
        help = "to judge any number of lists: add --old-framework and --new-framework"
        raise UsageError(message, help=help)
    missing = _missing_option(old_framework, new_framework)
    with named_as_option("weights", "given_weights"), _framework_behind(missing):
        weights = read_weights(given_weights)
        options = (weights, as_of, ignore_columns)
        before = _result_of(lists[0], framework or old_framework, *options)
        after = _result_of(lists[1], framework or new_framework, *options)
    emit(difference.diff(before, after), target)


def _missing_option(old_framework: str | None, new_framework: str | None) -> str:
    """Return the option that would give the framework that is missing."""
    if old_framework:
        return "--new-framework"
    return "--old-framework" if new_framework else "-f"


@contextmanager
def _framework_behind(option: str) -> Iterator[None]:
    """Name the option behind which a framework stands that is given in place of a list."""
    try:
        yield
    except DocumentError as error:
        found = []
        for one in error.diagnostics:
            help = one.help and one.help.replace("behind `-f`", f"behind `{option}`")
            found.append(replace(one, help=help))
        raise type(error)(found) from None


def _impact_on(
    lists: Sequence[str | PlainDocument],
    old_framework: str,
    new_framework: str,
    given_weights: tuple[str, ...],
    as_of: str | None,
) -> impact.Impact:
    """Return what a changed framework would do to the candidates of lists."""
    if not lists:
        raise UsageError("give one or more lists of past candidates")
    if given_weights:
        help = "write the weights into a framework, and give it as --new-framework"
        raise UsageError("--weight is for two runs by one framework", help=help)
    found = impact.impact(lists, old_framework, new_framework, as_of=as_of)
    for part in found.lists:
        note_reading(part.problem.document)
    return found


def _result_of(
    source: str,
    framework: str | None,
    weights: dict[str, object],
    as_of: str | None,
    ignore_columns: Sequence[str],
) -> Any:
    """Return a stored result as it is, and a list scored."""
    document = read_document(source).ignoring(ignore_columns)
    if not str(document.get("collabscore")).startswith("ranking/"):
        ranking = score(document, framework, weights=weights, as_of=as_of)
        note_reading(ranking.problem.document)
        return ranking
    for given, option in ((weights, "--weight"), (framework, "-f"), (as_of, "--as-of")):
        if given:
            raise UsageError(f"`{source}` is a result: leave {option} out, or give the list")
    return document
