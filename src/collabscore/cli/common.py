"""Options that every command takes, and a group that loads commands when they are called.

Imports click and `errors`.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import click

from ..errors import CollabscoreError, DocumentError, likely, printable
from .output import Settings, coloured, say, show_diagnostics, summaries_of

__all__ = [
    "DONE",
    "FAULT",
    "INTERRUPTED",
    "MISUSED",
    "WRONG",
    "Commands",
    "common",
    "examples",
    "fail",
]

F = TypeVar("F", bound=Callable[..., Any])

DONE, WRONG, MISUSED, FAULT, INTERRUPTED = 0, 1, 2, 70, 130
"""Exit codes: done; documents have errors or a `--fail-on` holds; wrong usage; a fault of ours; interrupted."""


def _noting(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def note(context: click.Context, _parameter: click.Parameter, value: Any) -> None:
        settings = context.ensure_object(Settings)
        # said before the command or after its name: both count
        if name in ("quiet", "verbose"):
            setattr(settings, name, getattr(settings, name) + value)
        elif value:
            setattr(settings, name, value)

    return note


def common(command: F) -> F:
    """Add the options that every command takes."""
    for option in (
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            expose_value=False,
            callback=_noting("colour"),
            help="When to use colour. [default: auto]",
        ),
        click.option(
            "--debug",
            is_flag=True,
            expose_value=False,
            callback=_noting("debug"),
            help="Show the traceback of a fault.",
        ),
        click.option(
            "-v",
            "--verbose",
            count=True,
            expose_value=False,
            callback=_noting("verbose"),
            help="Say more.",
        ),
        click.option(
            "-q",
            "--quiet",
            count=True,
            expose_value=False,
            callback=_noting("quiet"),
            help="Say errors alone.",
        ),
    ):
        command = option(command)
    return command


def examples(*lines: str) -> str:
    """Return an epilog with lines to copy."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


class Commands(click.Group):
    """A group whose commands are loaded by name, and which says what went wrong in words.

    Parameters
    ----------
    modules : sequence of str
        Names of the modules beside this one; each holds a command of the same name.
    """

    def __init__(self, *args: Any, modules: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.modules = tuple(modules)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which one meets them."""
        return [*self.modules, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loading its module."""
        if cmd_name not in self.modules:
            return super().get_command(ctx, cmd_name)
        module = importlib.import_module(f".{cmd_name}", __package__)
        command: click.Command = getattr(module, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant, with a suggestion where there is none of that name."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            guess = likely(name, self.list_commands(ctx))
            cure = (
                f"did you mean `{guess}`?"
                if guess
                else f"choose from {', '.join(self.list_commands(ctx))}"
            )
            ctx.fail(f"there is no command `{printable(name)}`; {cure}")
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run a command and leave with its exit code."""
        main: Callable[..., Any] = super().main
        if not standalone_mode:
            return main(*args, standalone_mode=False, **extra)
        settings = Settings()
        run = partial(main, *args, standalone_mode=False, obj=settings, **extra)
        # the context carries what was asked of all commands to whoever says what went wrong
        with click.Context(self, obj=settings):
            code = _exit_code(run, settings)
        sys.exit(code)


def _exit_code(call: Callable[[], Any], settings: Settings) -> int:
    """Call, and return the exit code; what goes wrong is said on stderr."""
    try:
        result = call()
    except DocumentError as error:
        show_diagnostics(error.diagnostics, sys.stderr)
        for line in summaries_of(error.diagnostics, "the documents"):
            say(line, 0)
        return WRONG
    except click.ClickException as error:
        _show_misuse(error)
        return MISUSED
    except (
        CollabscoreError
    ) as error:  # wrong usage, an unreadable file, a library that is not installed
        fail(str(error))
        return MISUSED
    except (KeyboardInterrupt, click.Abort, EOFError):
        return INTERRUPTED
    except BrokenPipeError:
        return DONE
    except Exception as error:
        if settings.debug:
            traceback.print_exc()
        fail(f"this is a fault of collabscore, not yours: {type(error).__name__}: {error}")
        say(
            "please report it with what --debug shows; nothing was written",
            0 if not settings.debug else 9,
        )
        return FAULT
    return result if isinstance(result, int) else DONE


def fail(message: str) -> None:
    """Say on stderr, in one line, what is wrong; never silenced."""
    click.echo(
        f"{click.style('error', fg='red', bold=True)}: {printable(' '.join(message.split()))}",
        file=sys.stderr,
        color=coloured(sys.stderr, click.get_current_context().ensure_object(Settings).colour),
    )


def _show_misuse(error: click.ClickException) -> None:
    context = getattr(error, "ctx", None)
    if isinstance(
        error, click.exceptions.NoArgsIsHelpError
    ):  # nothing was asked: that is no mistake to scold
        error.show(sys.stderr)
        return
    fail(error.format_message().rstrip("."))
    if context is not None:
        say(f"help: {context.command_path} --help")
