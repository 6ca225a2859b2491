"""Put into a page the output of its own commands and of its own Python, run in order.

In a page:

- A block below ``<!-- file: NAME -->`` is saved under that name, in a folder of the page.
- A block ```` ```console ```` holds commands (lines that begin with ``$ collabscore``), each above
  its output. ``| head -n 12`` keeps the first lines; ``| sed -n '/FROM/,/TO/p'`` keeps a part.
- A block ```` ```text ```` directly below a block ```` ```python ```` is the output of that block.

All of a page runs in its folder, where ``examples`` and ``frameworks`` are those of the project.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from click.testing import CliRunner

from collabscore.cli.main import cli

ROOT = Path(__file__).parents[1]

_BLOCK = re.compile(
    r"(?P<file><!-- file: (?P<name>[\w.-]+) -->\n+)?"
    r"^```(?P<language>\w*)\n(?P<body>.*?)^```$"
    r"(?P<below>\n+```text\n.*?^```$)?",
    re.DOTALL | re.MULTILINE,
)


def renewed(page: str) -> str:
    """Return a page with the output that its commands and its Python print now."""
    namespace: dict[str, object] = {}

    def replaced(block: re.Match[str]) -> str:
        body, language = block["body"], block["language"]
        if block["name"]:
            Path(block["name"]).write_text(body, encoding="utf-8")
        if language == "console":
            shown = f"```console\n{with_outputs(body)}```"
            return shown + (block["below"] or "")
        if language == "python" and not block["name"]:
            printed = run_python(body, namespace)
            if block["below"]:
                return f"```python\n{body}```\n\n```text\n{printed.rstrip()}\n```"
        return block[0]

    with folder_of_a_page():
        return _BLOCK.sub(replaced, page)


@contextlib.contextmanager
def folder_of_a_page() -> Iterator[Path]:
    """Work in a new folder that holds the examples and the frameworks of the project."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("examples", "frameworks"):
            (Path(folder) / name).symlink_to(ROOT / name)
        os.chdir(folder)
        try:
            yield Path(folder)
        finally:
            os.chdir(here)


def with_outputs(body: str) -> str:
    """Return the commands of a block, each above its output."""
    commands = [line for line in body.splitlines() if line.startswith("$ ")]
    parts = [f"{command}\n{output_of(command.removeprefix('$ '))}" for command in commands]
    return "\n".join(parts)


def printed_by(arguments: Sequence[str], *, color: bool = False) -> str:
    """Return what a command prints where there is no terminal, whatever `COLUMNS` says here."""
    found = CliRunner(env={"COLUMNS": None}).invoke(cli, arguments, color=color)
    return found.output


def output_of(line: str) -> str:
    """Return the output of a command line, ended by a line break if there is any."""
    command, *filters = [part.strip() for part in line.split(" | ")]
    program, *arguments = shlex.split(command)
    assert program == "collabscore", line
    lines = printed_by(arguments).strip("\n").splitlines()
    for kept in filters:
        lines = filtered(lines, kept)
    text = "\n".join(lines)
    return f"{text}\n" if text else ""


def filtered(lines: list[str], by: str) -> list[str]:
    """Return the lines that ``head -n N`` or ``sed -n '/FROM/,/TO/p'`` would keep."""
    program, _, argument = shlex.split(by)
    if program == "head":
        return lines[: int(argument)]
    assert program == "sed", by
    found = re.fullmatch(r"/(.+)/,/(.+)/p", argument)
    assert found is not None, by
    first = next(i for i, line in enumerate(lines) if re.search(found[1], line))
    rest = [i for i, line in enumerate(lines) if i > first and re.search(found[2], line)]
    last = rest[0] if rest else len(lines) - 1
    return lines[first : last + 1]


def run_python(code: str, namespace: dict[str, object]) -> str:
    """Run a block of Python in the names of the blocks before it; return what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "page", "exec"), namespace)  # noqa: S102 - the page says so: its blocks run
    return printed.getvalue()
