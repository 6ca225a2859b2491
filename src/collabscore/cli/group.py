"""A group that loads commands when they are called, the options of all of them, and exit codes."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NoReturn, TypeVar

import click

from ..errors import CollabscoreError, DocumentError, likely, printable
from .terminal import Settings, fail, say, show_diagnostics, summaries_of

__all__ = [
    "DONE",
    "FAULT",
    "INTERRUPTED",
    "MISUSED",
    "WRONG",
    "Commands",
    "add_options",
    "command",
]

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

DONE, WRONG, MISUSED, FAULT, INTERRUPTED = 0, 1, 2, 70, 130
"""Exit codes: done; documents have errors or a `--fail-on` holds; wrong usage; internal error;
interrupted."""


def add_options(*options: Callable[[CommandT], CommandT]) -> Callable[[CommandT], CommandT]:
    """Return a decorator that adds several options, the first one shown first."""

    def add(command: CommandT) -> CommandT:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def command(
    name: str, *examples: str, **attributes: Any
) -> Callable[[Callable[..., Any]], click.Command]:
    """Return a decorator that makes a command with lines to copy and the options of all."""
    epilog = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in examples)

    def build(function: Callable[..., Any]) -> click.Command:
        make: Callable[..., click.Command] = click.command(name, epilog=epilog, **attributes)
        built = make(function)
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
    """A group whose commands are loaded by name, and which reports errors in words.

    Parameters
    ----------
    modules : sequence of str
        Names of the modules beside this one; each holds a command of the same name.
    """

    def __init__(self, *args: Any, modules: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.modules = tuple(modules)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a reader meets them."""
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
