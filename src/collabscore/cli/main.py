"""The command `collabscore`: parses, calls, prints; each command is imported when it is called."""

from __future__ import annotations

import click

from .group import Commands, command

__all__ = ["cli", "run"]


@command(
    "collabscore",
    "collabscore new projects.yaml -f guardrail",
    "collabscore check projects.yaml",
    "collabscore score projects.yaml",
    cls=Commands,
    modules=(
        "new",
        "check",
        "score",
        "explain",
        "robustness",
        "sensitivity",
        "next",
        "compare",
        "diff",
        "test",
        "frameworks",
        "schema",
    ),
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="collabscore", message="%(prog)s %(version)s")
def cli() -> None:
    """Score and rank candidates of international cooperation against a declared policy framework.

    Guardrails decide whether, points in which order. Results go to stdout, all else to stderr.

    Exit codes: 0 done; 1 the documents have errors or a --fail-on holds; 2 wrong usage or an
    unreadable file; 70 a fault of collabscore; 130 interrupted.
    """


def run() -> None:
    """Run the command; the entry point of the installed script."""
    cli.main(prog_name="collabscore")
