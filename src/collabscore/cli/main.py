"""The command `collabscore`: loads a command when it is called; options of all, and exit codes."""

from __future__ import annotations

import functools
import importlib
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn

import click

from ..errors import CollabscoreError, DocumentError, UsageError, likely, printable
from .terminal import Settings, fail, say, show_diagnostics, summaries_of

__all__ = [
    "DONE",
    "FAULT",
    "INTERRUPTED",
    "MISUSED",
    "WRONG",
    "Commands",
    "cli",
    "command",
    "run",
]

DONE, WRONG, MISUSED, FAULT, INTERRUPTED = 0, 1, 2, 70, 130
"""Exit codes: done; documents have errors or a `--fail-on` holds; wrong usage; internal error;
interrupted."""


def command(
    name: str, *examples: str, **attributes: Any
) -> Callable[[Callable[..., Any]], click.Command]:
    """Return a decorator that makes a command with lines to copy and the options of all.

    What is wrong with a keyword is said of the option that gives it.
    """
    epilog = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in examples)

    def build(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def call(**given: Any) -> Any:
            try:
                return function(**given)
            except UsageError as error:
                for option in built.params:
                    if option.name == error.keyword:
                        raise UsageError(f"{option.opts[0]}: {error.message}") from error
                raise

        make: Callable[..., click.Command] = click.command(name, epilog=epilog, **attributes)
        built = make(call)
        built.params += _SETTINGS
        return built

    return build


def _keep_setting(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    chosen, name = context.ensure_object(Settings), str(parameter.name)
    if name in ("quiet", "verbose"):  # given before the command or after its name: both count
        value += getattr(chosen, name)
    if value:
        setattr(chosen, name, value)


_setting = partial(click.Option, callback=_keep_setting, expose_value=False)
_SETTINGS = [
    _setting(["-q", "--quiet"], count=True, help="Say errors alone."),
    _setting(["-v", "--verbose"], count=True, help="Say more."),
    _setting(["--debug"], is_flag=True, help="Show the traceback of a fault."),
    _setting(
        ["--color", "colour"],
        type=click.Choice(["auto", "always", "never"]),
        help="When to use colour. [default: auto]",
    ),
]


class Commands(click.Group):
    """A group whose commands may be in modules loaded by need, and which reports errors in words.

    Parameters
    ----------
    modules : mapping of str to str
        The module beside this one for each command, which is a function of the same name.
    """

    def __init__(self, *args: Any, modules: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.modules = modules or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a reader meets them."""
        return [*self.modules, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loading its module."""
        if cmd_name not in self.modules:
            return super().get_command(ctx, cmd_name)
        module = importlib.import_module(f".{self.modules[cmd_name]}", __package__)
        command: click.Command = getattr(module, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant, with a suggestion if there is none of that name."""
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-"):
            guess = likely(name, known)
            help = f"did you mean `{guess}`?" if guess else f"choose from {', '.join(known)}"
            ctx.fail(f"there is no command `{printable(name)}`; {help}")
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run a command and leave with its exit code."""
        chosen = Settings()
        run = partial(super().main, *args, standalone_mode=False, obj=chosen, **extra)
        # errors are reported as the options of the command say
        with click.Context(self, obj=chosen):
            code = _exit_code(run, chosen)
        sys.exit(code)


def _exit_code(call: Callable[[], Any], chosen: Settings) -> int:
    """Call, report an error on stderr, and return the exit code."""
    try:
        result: int | None = call()
    except DocumentError as error:
        show_diagnostics(error.diagnostics, sys.stderr)
        for line in summaries_of(error.diagnostics, "the documents"):
            say(line, 0)
        return WRONG
    except (click.ClickException, CollabscoreError) as error:
        _show_misuse(error)
        return MISUSED
    except (KeyboardInterrupt, click.Abort, EOFError):
        return INTERRUPTED
    except BrokenPipeError:
        return DONE
    except Exception as error:
        if chosen.debug:
            traceback.print_exc()
        fail(f"this is a fault of collabscore, not yours: {type(error).__name__}: {error}")
        if not chosen.debug:
            say("please report it with what --debug shows; nothing was written", 0)
        return FAULT
    return result or DONE


def _show_misuse(error: click.ClickException | CollabscoreError) -> None:
    """Print wrong usage, an unreadable file or a missing library; help where nothing was given."""
    if isinstance(error, CollabscoreError):
        fail(str(error))
        return
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show(sys.stderr)
        return
    fail(error.format_message().rstrip("."))
    context = getattr(error, "ctx", None)
    if context is not None:
        say(f"help: {context.command_path} --help")


@command(
    "collabscore",
    "collabscore new projects.yaml -f guardrail",
    "collabscore check projects.yaml",
    "collabscore score projects.yaml",
    cls=Commands,
    modules={
        "new": "documents",
        "check": "check",
        "score": "score",
        "explain": "explain",
        "robustness": "robustness",
        "sensitivity": "robustness",
        "next": "explain",
        "compare": "compare",
        "diff": "compare",
        "test": "check",
        "frameworks": "documents",
        "schema": "documents",
    },
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
