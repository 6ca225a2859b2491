"""The command `what-if`: the order by changed inputs, beside the present one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import click

from ..analysis import what_if as changes
from ..documents.reader import read_yaml
from ..errors import DocumentError, UsageError, refusal_of_name
from ..scoring.ranking import Ranking
from .main import command
from .options import (
    Target,
    as_of_option,
    candidates_argument,
    emit,
    framework_option,
    ignore_option,
    named_as_option,
    read_weights,
    result_options,
    scored,
    selection_options,
    weight_option,
)


@command(
    "what-if",
    "collabscore what-if projects.yaml --set ice-cores.dual_use=2",
    "collabscore what-if projects.yaml --weight mutual_interest=50%",
    "collabscore what-if projects.yaml --safeguard ice-cores+=ethics_review",
    "collabscore what-if projects.yaml --drop-guardrail misuse -o what-if.html",
)
@candidates_argument
@framework_option
@click.option(
    "--set",
    "answers",
    multiple=True,
    metavar="ID.NAME=VALUE",
    help="Change a rating or a fact of a candidate: flu.access=mutual, flu.dual_use=[2,3]; "
    "repeatable.",
)
@weight_option
@click.option(
    "--safeguard",
    "safeguards",
    multiple=True,
    metavar="ID+=NAME",
    help="Add a safeguard to a candidate (+=) or remove one (-=); flu+=audit:planned adds a "
    "planned one; repeatable.",
)
@click.option(
    "--drop-guardrail",
    "drop_guardrails",
    multiple=True,
    metavar="GUARDRAIL",
    help="Judge without this guardrail; repeatable.",
)
@as_of_option
@ignore_option
@selection_options("--top", "Show only the first N of the new order, and ties with the last.")
@result_options(brief=True)
def what_if(
    candidates: str,
    framework: str | None,
    answers: tuple[str, ...],
    given_weights: tuple[str, ...],
    safeguards: tuple[str, ...],
    drop_guardrails: tuple[str, ...],
    as_of: str | None,
    ignore_columns: tuple[str, ...],
    selection: dict[str, Any],
    target: Target,
) -> None:
    """Show the order under other answers, weights or rules.

    CANDIDATES is a file of YAML, JSON, CSV, Excel, Parquet or Arrow, or `-` for standard input. The
    list and the framework stay as they are. The output shows the new order beside the present one,
    and why each candidate moves.
    """
    if not (answers or given_weights or safeguards or drop_guardrails):
        raise UsageError("nothing to change: give --set, --weight, --safeguard or --drop-guardrail")
    ranking = scored(candidates, framework, as_of=as_of, ignore_columns=ignore_columns)
    ratings, facts = _answers_by_kind(ranking, answers)
    moves = _safeguard_moves(ranking, safeguards)
    with named_as_option("weights", "given_weights"):
        result = changes.what_if(
            ranking,
            weights=read_weights(given_weights),
            ratings=ratings,
            facts=facts,
            safeguards=moves,
            drop_guardrails=drop_guardrails,
        )
    emit(result.select(**selection), target)


Answers = dict[str, dict[str, Any]]


def _answers_by_kind(ranking: Ranking, texts: Iterable[str]) -> tuple[Answers, Answers]:
    """Return the ratings and the facts that are set, by candidate."""
    framework = ranking.framework
    ratings: Answers = {}
    facts: Answers = {}
    for text in texts:
        candidate, name, value = _parts_of_answer(text)
        ranking.place_of(candidate, "answers")
        kind = facts if framework.fact_named(name) else ratings
        if name not in framework.nodes and kind is ratings:
            known = [*framework.leaves, *framework.candidate_facts]
            message = f"`{name}` is no criterion or fact of `{framework.id}`"
            raise refusal_of_name(message, name, known, "answers")
        if name in kind.get(candidate, {}):
            raise UsageError(f"`{candidate}.{name}` is set twice", "answers")
        kind.setdefault(candidate, {})[name] = _value_of(text, value)
    return ratings, facts


def _parts_of_answer(text: str) -> tuple[str, str, str]:
    """Return the candidate, the criterion or fact, and the value of an answer that is set."""
    subject, sign, value = text.partition("=")
    candidate, dot, name = subject.rpartition(".")
    candidate, name = candidate.strip(), name.strip()
    if not (sign and dot and candidate and name):
        form = f"`{text}` is not of the form ID.NAME=VALUE"
        raise UsageError(f"{form}, as in flu.dual_use=2", "answers")
    return candidate, name, value


def _value_of(text: str, value: str) -> Any:
    """Return a value as a document would hold it."""
    if not value.strip():
        message = f"`{text}` has no value; write `unknown` for an unknown one"
        raise UsageError(message, "answers")
    try:
        return read_yaml(value.strip(), "")
    except DocumentError as error:
        message = error.diagnostics[0].message
        raise UsageError(f"`{text}`: {message}", "answers") from None


_MOVE = re.compile(r"(?P<id>.+?)\s*(?P<sign>[+-])=\s*(?P<name>[^:]+?)(?P<planned>:planned)?")


def _safeguard_moves(ranking: Ranking, texts: Iterable[str]) -> dict[str, dict[str, list[Any]]]:
    """Return the safeguards that are added and removed, by candidate."""
    moves: dict[str, dict[str, list[Any]]] = {}
    for text in texts:
        found = _MOVE.fullmatch(text.strip())
        if found is None or (found["sign"] == "-" and found["planned"]):
            form = f"`{text}` is not of the form ID+=NAME, ID-=NAME or ID+=NAME:planned"
            raise UsageError(form, "safeguards")
        ranking.place_of(found["id"], "safeguards")
        entry: Any = found["name"]
        if found["planned"]:
            entry = {"id": entry, "status": "planned"}
        kind = "add" if found["sign"] == "+" else "remove"
        moves.setdefault(found["id"], {}).setdefault(kind, []).append(entry)
    return moves
