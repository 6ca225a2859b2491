"""The command `prove`: what a framework says of every candidate."""

from __future__ import annotations

from typing import Any

import click

from ..analysis import proof
from ..documents.writing import yaml_text
from ..errors import UsageError
from .main import DONE, WRONG, command
from .options import Target, emit, refuse_two_inputs, result_options
from .terminal import progress_bar, say, write


@command(
    "prove",
    "collabscore prove guardrail",
    "collabscore prove house.yaml --cases cases/strict.yaml --examples examples.yaml",
    "collabscore prove guardrail-security-first guardrail",
    "collabscore prove house.yaml sta-2024 --verdict green=inside --verdict red=outside",
)
@click.argument("framework", metavar="FRAMEWORK")
@click.argument("other", metavar="[OTHER]", required=False)
@click.option(
    "--cases",
    metavar="FILE",
    help="Check the claims in this file. [default: the cases beside the framework]",
)
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    metavar="THEIRS=OURS",
    help="Count a verdict of OTHER as one of FRAMEWORK; repeatable.",
)
@click.option(
    "--time-limit",
    type=float,
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Time for all statements together.",
)
@click.option(
    "--examples", metavar="FILE", help="Write the candidates of all examples to this file."
)
@result_options(brief=True)
def prove(
    framework: str,
    other: str | None,
    cases: str | None,
    verdicts: tuple[str, ...],
    time_limit: float,
    examples: str | None,
    target: Target,
) -> int:
    """Prove what a framework says of every candidate.

    FRAMEWORK is a file or a shipped id. Each statement is proved for all candidates, or refuted by
    one of them. `collabscore score` confirms each such candidate. With OTHER: whether FRAMEWORK is
    at least as severe for every candidate, and the reverse. The exit code is 1 if a claim is not
    proved.
    """
    refuse_two_inputs([framework, other, cases], "give the others as files")
    mapping = _mapping_in(verdicts) if verdicts else None
    options: dict[str, Any] = {"cases": cases, "verdicts": mapping, "time_limit": time_limit}
    with progress_bar("proving") as progress:
        result = proof.prove(framework, other, progress=progress, **options)
    for kind, seconds in result.seconds.items():
        say(f"{kind}: {len(result.of_kind(kind))} statements, {seconds:.2f} s", at=2)
    if examples is not None:
        write(yaml_text(result.examples), examples, is_data=True)
    emit(result, target)
    return WRONG if result.failures else DONE


def _mapping_in(texts: tuple[str, ...]) -> dict[str, str]:
    """Return the verdict of the first framework for each one of the second."""
    mapping: dict[str, str] = {}
    for text in texts:
        theirs, sign, ours = (part.strip() for part in text.partition("="))
        if not (theirs and sign and ours):
            raise UsageError(f"`{text}` is not of the form THEIRS=OURS", "verdicts")
        if theirs in mapping:
            raise UsageError(f"`{theirs}` is given twice", "verdicts", "give it once")
        mapping[theirs] = ours
    return mapping
