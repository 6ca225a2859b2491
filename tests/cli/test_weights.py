"""The option `--weights`: every command that draws or varies weights understands GROUP=SPACE."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Command

FRAMEWORK = """\
collabscore: framework/1
id: t
criteria:
  a: {criteria: {a1: {scale: {range: [0, 1]}}, a2: {scale: {range: [0, 1]}}}}
  b: {scale: {range: [0, 1]}}
"""
LIST = """\
collabscore: candidates/1
framework: t.yaml
candidates:
  - {id: x, ratings: {a1: 1, a2: 0, b: 0.3}}
  - {id: y, ratings: {a1: 0, a2: 1, b: [0, 1]}}
"""
COMMANDS = (
    ("robustness", "--draws", "256"),
    ("robustness", "--exact"),
    ("sensitivity",),
    ("next", "--draws", "256"),
)


@pytest.fixture
def tree(folder: Path) -> Path:
    (folder / "t.yaml").write_text(FRAMEWORK)
    (folder / "list.yaml").write_text(LIST)
    return folder


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_space_for_one_group(collabscore: Command, tree: Path, command: tuple[str, ...]) -> None:
    name, *options = command
    given = ("--weights", "exact", "--weights", "a=within 10%")
    result = collabscore(name, "list.yaml", *options, *given, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert document["options"]["weights"] == {"": "exact", "a": "within 10%"}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("spaces", "message"),
    [
        (("any", "order"), "`any` and `order` both apply to all groups"),
        (("a=any", "a=order"), "the group `a` is named twice; name each group once"),
        (("z=any",), "`z` is not a group of criteria of `t`"),
        (("a=ani",), "`ani` does not say how far weights may vary; did you mean `any`?"),
    ],
)
def test_spaces_that_cannot_be_read(
    collabscore: Command,
    tree: Path,
    command: tuple[str, ...],
    spaces: tuple[str, ...],
    message: str,
) -> None:
    name, *options = command
    if name == "sensitivity":
        options.append("--variance")
    given = [part for space in spaces for part in ("--weights", space)]
    result = collabscore(name, "list.yaml", *options, *given)
    assert result.exit_code == 2
    assert message in result.stderr
