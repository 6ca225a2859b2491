"""The command `collabscore`: loads a command when it is called; options of all, and exit codes."""

from __future__ import annotations

import functools
import importlib
import inspect
import io
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn

import click

from ..documents.loading import files_read
from ..errors import CollabscoreError, DocumentError, UsageError, likely, refusal_of_system
from .terminal import (
    Settings,
    discard_output,
    fail,
    say,
    say_diagnostics,
    say_reading,
    summaries_of,
)

__all__ = [
    "DONE",
    "FAULT",
    "INTERRUPTED",
    "MISUSED",
    "WRONG",
    "Command",
    "Commands",
    "cli",
    "command",
]

DONE, WRONG, MISUSED, FAULT, INTERRUPTED = 0, 1, 2, 70, 130
"""Exit codes: done; documents have errors or a `--fail-on` holds; wrong usage; internal error;
interrupted."""


def command(
    name: str, *examples: str, **attributes: Any
) -> Callable[[Callable[..., Any]], click.Command]:
    """Return a decorator that makes a command with examples and the options of all commands.

    An error about a keyword names the option that gives it.
    """

    def build(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def call(**given: Any) -> Any:
            try:
                return function(**given)
            except UsageError as error:
                error.keyword = _option_for(error.keyword, built)
                raise

        make: Callable[..., Command] = click.command(name, **{"cls": Command, **attributes})
        built = make(call)
        built.examples = examples
        built.params += _SETTINGS
        return built

    return build


def _option_for(keyword: str, command: click.Command) -> str:
    """Return the option that gives a keyword of a call; empty where none does."""
    for option in command.params:
        if isinstance(option, click.Option) and option.name in (keyword, f"{keyword}s"):
            return option.opts[0]
    return ""


def _keep_setting(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    chosen, name = context.ensure_object(Settings), str(parameter.name)
    if name in ("quiet", "verbose"):  # given before the command or after its name: both count
        value += getattr(chosen, name)
    if value:
        setattr(chosen, name, value)


_setting = partial(click.Option, callback=_keep_setting, expose_value=False)
_SETTINGS = [
    _setting(["-q", "--quiet"], count=True, help="Show errors only, whatever -v says."),
    _setting(["-v", "--verbose"], count=True, help="Show more detail."),
    _setting(["--debug"], is_flag=True, help="Show the traceback of an internal error."),
    _setting(
        ["--color", "colour"],
        type=click.Choice(["auto", "always", "never"]),
        help="When to use colour. [default: auto]",
    ),
]


class Command(click.Command):
    """A command whose help leads with examples, and which refuses an option given twice."""

    examples: tuple[str, ...] = ()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line; of an option that takes one value, one is given."""
        if args:
            try:
                _, _, order = self.make_parser(ctx).parse_args(args=list(args))
            except click.NoSuchOption as error:
                meant = self._options_meant(ctx, error.option_name)
                guess = f" Did you mean {' or '.join(meant)}?" if meant else ""
                ctx.fail(f"No such option '{error.option_name}'.{guess}")
            for option, count in Counter(order).items():
                if count > 1 and isinstance(option, click.Option) and _takes_one(option):
                    ctx.fail(_given_twice(option, self.name))
        return super().parse_args(ctx, args)

    def _options_meant(self, ctx: click.Context, name: str) -> list[str]:
        """Return the options that begin like an unknown one, else the one most like it."""
        known: list[str] = []
        for option in self.get_params(ctx):
            known += [word for word in option.opts if word.startswith("--")]
        longer = [word for word in known if word.startswith(name)]
        guess = likely(name, known)
        return [f"'{word}'" for word in longer or ([guess] if guess else [])]

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write usage, purpose, examples, then the rest."""
        first, _, rest = (self.help or "").partition("\n\n")
        self.format_usage(ctx, formatter)
        _write_text(formatter, first)
        self.format_examples(formatter)
        if rest:
            _write_text(formatter, rest)
        self.format_options(ctx, formatter)

    def format_examples(self, formatter: click.HelpFormatter) -> None:
        """Write lines to copy, each whole."""
        formatter.write_paragraph()
        formatter.write("Examples:\n")
        for line in self.examples:
            formatter.write(f"  {line}\n")


def _write_text(formatter: click.HelpFormatter, text: str) -> None:
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(inspect.cleandoc(text))


def _takes_one(option: click.Option) -> bool:
    return not (option.is_flag or option.multiple or option.count)


def _given_twice(option: click.Option, command: str | None) -> str:
    message = f"`{option.opts[0]}` is given more than once; give it once"
    if option.name == "framework" and command not in ("new", "compare"):
        message += ", or judge by several frameworks with `collabscore compare`"
    return message


class Commands(Command, click.Group):
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
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, then the options."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)

    def short_help_text(self, ctx: click.Context) -> str:
        """Return the help of a call without arguments: purpose, examples and commands."""
        formatter = ctx.make_formatter()
        self.format_usage(ctx, formatter)
        _write_text(formatter, (self.help or "").partition("\n\n")[0])
        self.format_examples(formatter)
        self.format_commands(ctx, formatter)
        formatter.write_paragraph()
        formatter.write(f"More: {ctx.command_path} --help, {ctx.command_path} COMMAND --help\n")
        return formatter.getvalue().rstrip("\n")

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant, with a suggestion if there is none of that name."""
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-"):
            guess = likely(name, known)
            help = f"did you mean `{guess}`?" if guess else f"choose from {', '.join(known)}"
            ctx.fail(f"there is no command `{name}`; {help}")
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run a command and leave with its exit code."""
        chosen = Settings()
        files_read.set(set())
        for name in ("stdout", "stderr"):
            if getattr(sys, name) is None:  # closed before the start
                setattr(sys, name, io.TextIOBase())
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
        say_diagnostics(error.diagnostics)
        say_reading(error.source, error.remarks)
        say(*summaries_of(error.diagnostics, "the documents"), at=0)
        return WRONG
    except (click.ClickException, CollabscoreError) as error:
        _show_misuse(error)
        return MISUSED
    except (KeyboardInterrupt, click.Abort, EOFError):
        return INTERRUPTED
    except (OSError, MemoryError) as error:
        # mostly of click, which prints help by itself
        discard_output(sys.stdout)
        if isinstance(error, BrokenPipeError):
            return DONE
        fail(str(refusal_of_system("cannot read or write", error)))
        return MISUSED
    except Exception as error:
        if chosen.debug:
            sys.excepthook(type(error), error, error.__traceback__)
        fail(f"this is an internal error of collabscore: {type(error).__name__}: {error}")
        if not chosen.debug:
            say("please report it with the output of --debug; nothing was written", at=0)
        return FAULT
    return result or DONE


def _show_misuse(error: click.ClickException | CollabscoreError) -> None:
    """Print wrong usage, an unreadable file or a missing library; help where nothing was given."""
    if isinstance(error, CollabscoreError):
        fail(str(error))
        return
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        if error.ctx is not None and isinstance(error.ctx.command, Commands):
            say(*error.ctx.command.short_help_text(error.ctx).split("\n"), at=0)
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
        "convert": "documents",
        "check": "check",
        "score": "score",
        "explain": "explain",
        "robustness": "robustness",
        "sensitivity": "robustness",
        "next": "explain",
        "what-if": "what_if",
        "compare": "compare",
        "diff": "compare",
        "panel": "panel",
        "test": "check",
        "prove": "prove",
        "frameworks": "documents",
        "schema": "documents",
    },
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="collabscore", message="%(prog)s %(version)s")
def cli() -> None:
    """Score and rank candidates for international cooperation by a policy framework.

    Guardrails decide whether a candidate may go ahead; scores decide the order. Results go to
    standard output, messages to standard error.

    Exit codes: 0 done; 1 errors in the documents, or --fail-on applies; 2 wrong usage or an
    unreadable file; 70 internal error; 130 interrupted.
    """
