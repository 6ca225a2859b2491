"""The command `new`: a commented document to begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ..documents.loading import load_framework, read_document, shipped, shipped_path
from ..documents.templates import candidates_template, framework_template
from ..documents.yaml_reader import decoded
from ..errors import UsageError, choose_from, printable
from .group import command
from .terminal import say, write

__all__ = ["new"]


@command(
    "new",
    "collabscore new projects.yaml -f guardrail",
    "collabscore new house.yaml --from guardrail",
    "collabscore new - -f house.yaml | less",
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
def new(file: str, framework: str | None, model: str | None, force: bool) -> None:
    """Write a commented file to fill in.

    With -f a list of candidates, every question beside its answer; with --from a framework to
    adapt. FILE is what to write; `-` prints it.
    """
    if file != "-" and Path(file).exists() and not force:
        raise UsageError(f"`{file}` is there already: say --force to write over it")
    target = None if file == "-" else Path(file)
    match framework, model:
        case str(), None:
            text, *after = _candidates_document(framework, target)
        case None, str():
            text, *after = _framework_document(model, target)
        case None, None:
            offer = choose_from(shipped())
            raise UsageError(f"say -f for candidates, or --from for a framework; {offer}")
        case _:
            raise UsageError("-f writes candidates and --from a framework: say one of them")
    write(text, file)
    if target is not None:
        say("\n".join(after))


def _candidates_document(framework: str, target: Path | None) -> Iterator[str]:
    """Yield a list of candidates to fill in, then the messages that follow."""
    loaded = load_framework(framework)
    named = _name_in_list(framework, target)
    yield candidates_template(loaded, named)
    yield f"wrote {target}: fill it in"
    judge = "" if named is not None else f" -f {printable(framework)}"
    yield f"next: collabscore check {target}{judge}"


def _name_in_list(framework: str, target: Path | None) -> str | None:
    """Return how a list names a framework: a shipped id, or a file beside it; None if it cannot."""
    if shipped_path(framework) is not None:
        return framework
    if target is None or framework == "-":
        return None
    file = Path(framework)
    return file.name if file.resolve().parent == target.resolve().parent else None


def _framework_document(model: str, target: Path | None) -> Iterator[str]:
    """Yield a framework to adapt, then the messages that follow."""
    source = shipped_path(model) or model
    if source == model != "-" and not Path(model).exists():
        load_framework(model)  # reports what is wrong with the name
    document = read_document(source)
    loaded = load_framework(document)
    yield framework_template(decoded(document.origin.text, document.origin.source), loaded)
    yield f"wrote {target}: change at least its id, title and issuer"
    uses = document.get("uses")
    in_folder = document.origin.folder is not None and loaded.vocabulary is not None
    if in_folder and isinstance(uses, str) and target is not None and not _finds(target, uses):
        yield f"note: it uses `{uses}`, which must stand beside it"
    yield f"next: collabscore check {target}"


def _finds(target: Path, vocabulary: str) -> bool:
    """Whether a document finds a vocabulary by its name: it is shipped, or stands beside it."""
    if shipped_path(vocabulary, "vocabulary") is not None:
        return True
    return (target.resolve().parent / vocabulary).exists()
