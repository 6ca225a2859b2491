"""The command `new`: a commented document to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from ..documents.loading import (
    PlainDocument,
    load_framework,
    read_document,
    shipped,
    shipped_path,
)
from ..documents.templates import candidates_template, framework_template
from ..documents.yaml_reader import decoded
from ..errors import UsageError, choose_from, printable
from ..models.framework import Framework
from .group import common, examples
from .terminal import say, write

__all__ = ["new"]


@click.command(
    name="new",
    epilog=examples(
        "collabscore new projects.yaml -f guardrail",
        "collabscore new house.yaml --from guardrail",
        "collabscore new - -f house.yaml | less",
    ),
)
@click.argument("file", metavar="FILE")
@click.option(
    "-f",
    "--framework",
    metavar="FRAMEWORK",
    help="Write candidates to fill in for this one: a shipped id, or a file.",
)
@click.option(
    "--from",
    "model",
    metavar="FRAMEWORK",
    help="Write a framework adapted from this one: a shipped id, or a file.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@common
def new(file: str, framework: str | None, model: str | None, force: bool) -> None:
    """Write a commented file to fill in.

    With -f a list of candidates, every question beside its answer; with --from a framework to adapt. FILE is what to
    write; `-` prints it.
    """
    target = None if file == "-" else Path(file)
    if target is not None and target.exists() and not force:
        raise UsageError(f"`{file}` is there already: say --force to write over it")
    if framework is not None and model is None:
        text, after = _candidates_document(framework, target)
    elif model is not None and framework is None:
        text, after = _framework_document(model, target)
    elif framework is not None:
        raise UsageError("-f writes candidates and --from a framework: say one of them")
    else:
        offer = choose_from(shipped())
        raise UsageError(f"say -f for candidates, or --from for a framework; {offer}")
    write(text, file)
    if target is not None:
        for line in after:
            say(line)


def _candidates_document(framework: str, target: Path | None) -> tuple[str, list[str]]:
    """Return a list of candidates to fill in, and the messages that follow."""
    loaded = load_framework(framework)
    named = _name_in_list(framework, target)
    judge = "" if named is not None else f" -f {printable(framework)}"
    text = candidates_template(loaded, named)
    return text, [f"wrote {target}: fill it in", f"next: collabscore check {target}{judge}"]


def _name_in_list(framework: str, target: Path | None) -> str | None:
    """Return how a list can name a framework: a shipped id, or a file in the same folder; None otherwise."""
    if shipped_path(framework) is not None:
        return framework
    if target is None or framework == "-":
        return None
    file = Path(framework)
    return file.name if file.resolve().parent == target.resolve().parent else None


def _framework_document(model: str, target: Path | None) -> tuple[str, list[str]]:
    """Return a framework to adapt, and the messages that follow."""
    source = shipped_path(model)
    if source is None and model != "-" and not Path(model).exists():
        load_framework(model)  # reports what is wrong with the name
    document = read_document(source if source is not None else model)
    loaded = load_framework(document)
    assert document.origin is not None
    text = framework_template(decoded(document.origin.text, document.origin.source), loaded)
    after = [f"wrote {target}: change at least its id, title and issuer"]
    vocabulary = _missing_vocabulary(document, loaded, target)
    if vocabulary is not None:
        after.append(f"note: it uses `{vocabulary}`, which must stand beside it")
    return text, [*after, f"next: collabscore check {target}"]


def _missing_vocabulary(
    document: PlainDocument, loaded: Framework, target: Path | None
) -> str | None:
    """Return the file that the framework uses, if the copy will not find it."""
    uses = document.get("uses")
    if loaded.vocabulary is None or not isinstance(uses, str) or target is None:
        return None
    if document.origin is None or document.origin.folder is None:
        return None
    if shipped_path(uses, "vocabulary") is not None or (target.resolve().parent / uses).exists():
        return None
    return uses
