"""Freeze what the commands compute for generated frameworks and lists, to compare it after a change of structure.

    python tests/net/freeze.py write FOLDER           the JSON of every command, a file for each run
    python tests/net/freeze.py compare BEFORE AFTER   print each value that differs

Write the first folder with the code of before (a checkout of an earlier commit, with its `src` on `PYTHONPATH`)
and the second with the code of now. The documents depend on the number of a pair alone, so both see the same ones.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1]))

from collabscore.cli.main import cli
from reference import generate

PAIRS = 300
CANDIDATES = 5
KEPT = 20


def documents(number: int) -> tuple[Any, list[Any], list[Any]]:
    """Return a framework and two lists for it; every second framework has a vocabulary of its own."""
    rng = Random(number)
    framework = generate.any_framework(rng)
    vocabulary = None
    if number % 2 and framework.get("criteria"):
        framework, vocabulary = generate.with_vocabulary(rng, framework)
    lists = [
        generate.candidates(rng, framework, CANDIDATES, vocabulary=vocabulary) for _ in range(2)
    ]
    if vocabulary is not None:
        framework = {**framework, "uses": vocabulary}
    return framework, lists[0], lists[1]


def commands(first: str, last: str) -> dict[str, list[str]]:
    """Return the arguments of each run, by its name; the files stand in the working folder."""
    judged = ["list.json", "-f", "framework.json", "--format", "json"]
    return {
        "check_framework": ["check", "framework.json", "--format", "json"],
        "check_list": ["check", "list.json", "-f", "framework.json", "--format", "json"],
        "score": ["score", *judged],
        "robustness": ["robustness", *judged, "--draws", "300"],
        "robustness_any": ["robustness", *judged, "--draws", "300", "--weights", "any"],
        "sensitivity": ["sensitivity", *judged],
        "next": ["next", *judged, "--draws", "64"],
        "explain_first": ["explain", "list.json", first, *judged[1:]],
        "explain_versus": ["explain", "list.json", last, "--versus", first, *judged[1:]],
        "diff": ["diff", "list.json", "other.json", *judged[1:]],
    }


def run(arguments: list[str]) -> dict[str, Any]:
    """Run one command and return its exit code and what it printed, parsed where it is JSON."""
    found = CliRunner().invoke(cli, arguments)
    try:
        printed = json.loads(found.stdout)
    except ValueError:
        printed = found.stdout
    return {"exit": found.exit_code, "out": printed}


def write(folder: Path) -> None:
    """Run everything and write a file for each pair."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        for number in range(PAIRS):
            framework, one, other = documents(number)
            for name, document in (("framework", framework), ("list", one), ("other", other)):
                Path(f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
            runs = commands(one[0]["id"], one[-1]["id"])
            results = {name: run(arguments) for name, arguments in runs.items()}
            target = folder / f"{number:03}.json"
            target.write_text(json.dumps(results, indent=1), encoding="utf-8")


def differences(old: Any, new: Any, path: str) -> list[str]:
    """Return a line for each value that differs."""
    if isinstance(old, dict) and isinstance(new, dict):
        found = []
        for key in [*old, *(key for key in new if key not in old)]:
            if key in old and key in new:
                found += differences(old[key], new[key], f"{path}.{key}")
            else:
                found.append(f"{path}.{key}: only {'before' if key in old else 'after'}")
        return found
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        found = []
        for place, (one, other) in enumerate(zip(old, new, strict=True)):
            found += differences(one, other, f"{path}[{place}]")
        return found
    return [] if old == new else [f"{path}: {str(old)[:70]} -> {str(new)[:70]}"]


def compare(before: Path, after: Path) -> int:
    """Print what differs, a run a line, and return the number of runs that differ."""
    wrong = 0
    for path in sorted(before.glob("*.json")):
        old = json.loads(path.read_text(encoding="utf-8"))
        new = json.loads((after / path.name).read_text(encoding="utf-8"))
        for name, result in old.items():
            found = differences(result, new.get(name), "")
            if found:
                wrong += 1
                print(f"{path.stem} {name}: {len(found)} differ; {'; '.join(found[:KEPT])}")
    print(f"{wrong} runs differ")
    return wrong


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", folder]:
            write(Path(folder).resolve())
        case ["compare", before, after]:
            sys.exit(bool(compare(Path(before), Path(after))))
        case _:
            sys.exit(__doc__)
