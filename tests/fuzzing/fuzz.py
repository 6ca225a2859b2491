"""Mutated documents through every command, in this process: nothing may crash, hang or be lost.

    python tests/fuzzing/fuzz.py --count 20000 --conditions 100000 --seed 1

A small framework, vocabulary, list, cases and stored results are broken by mutations of their trees and of their
texts. Each is given to every command that takes it. The run ends with a table: how many documents of a kind were
read, and every fault found, with the seed of the document that shows it.

A fault is an exit code other than 0, 1 and 2; a traceback; more than five seconds; a finding without its line; an
error without a cure; a report that passes where the command fails; a document that `check` passes and `score` refuses.
A condition is faulty if it is neither accepted nor refused with a column and a cure, or if it cannot be judged.
"""

from __future__ import annotations

import argparse
import copy
import io
import json
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import yaml

import collabscore as cs
from collabscore.cli.main import cli

SECONDS = 5
EXITS = {0, 1, 2}

FRAMEWORK = """\
collabscore: framework/1
id: small
title: A small framework
version: "1"
issuer: A made-up office
summary: Made up for a test.
sources: {rules: {title: Rules, url: "https://example.org/rules", verified: primary}}
uses: words.yaml
missing: worst
scales:
  five: {range: [1, 5], levels: {1: low, 2: some, 3: middle, 4: much, 5: high}}
criteria:
  gain: {scale: {range: [1, 5]}, weight: 2}
  risk: {scale: {range: [1, 5]}, weight: 1, prefer: low, question: "How great is the risk?"}
  reach:
    weight: 3
    criteria:
      near: {scale: five}
      far: {scale: {range: [0, 100]}, value: {0: 0, 20: 70, 100: 100}}
conditions:
  stage_is_late: {when: stage >= applied}
guardrails:
  misuse:
    title: Misuse
    source: rules
    when: crit and stage_is_late
    needs: [review]
    then: outside
    met: conditional
  money:
    title: Money
    when: budget > 1000 or overlaps(field, {quantum})
    then: refer
  doubt: {when: risk >= 4, then: refer}
facts:
  crit: {kind: flag, question: "Is it critical?"}
  stage: {kind: level, levels: [basic, applied, development]}
  budget: {kind: number, minimum: 0, maximum: 100000}
  field: {kind: set, of: fields}
safeguards:
  review: {title: Review}
bands: {strong: 60, weak: 0}
"""

VOCABULARY = """\
collabscore: vocabulary/1
id: words
title: Words
lists:
  fields:
    items:
      quantum: Quantum
      earth: {title: Earth, items: {soil: Soil, ice: Ice}}
"""

CANDIDATES = """\
collabscore: candidates/1
title: A list
as_of: 2026-01-01
framework: small.yaml
unit: project
sources:
  report: {title: A report, url: "https://example.org/a", date: 2025-03, verified: primary}
candidates:
  - id: flu
    title: Influenza
    ratings: {gain: 4, risk: [1, 3], near: much, far: {low: 10, value: 30, high: 50, evidence: [report]}}
    facts: {crit: false, stage: basic, budget: 300, field: [soil]}
  - id: grid
    title: "Grid: models"
    tags: [energy]
    ratings: {gain: 2, risk: 4, near: 3, far: unknown}
    facts: {crit: true, stage: applied, budget: unknown}
    safeguards: [review]
  - id: codes
    title: Codes
    ratings: {gain: [2, 5], risk: 1, near: high}
    facts: {stage: development}
    safeguards: [{id: review, status: planned, note: soon}]
"""

CASES = """\
collabscore: cases/1
framework: small.yaml
cases:
  - id: clean
    candidate:
      ratings: {gain: 5, risk: 1, near: 5, far: 100}
      facts: {crit: false, stage: basic, budget: 1, field: []}
    expect: {verdict: inside}
  - id: critical
    candidate:
      ratings: {gain: 5, risk: 1, near: 5, far: 100}
      facts: {crit: true, stage: applied, budget: 1, field: []}
    expect: {verdict: outside}
"""

DOCUMENTS = {
    "small.yaml": FRAMEWORK,
    "words.yaml": VOCABULARY,
    "list.yaml": CANDIDATES,
    "small.cases.yaml": CASES,
}

LEAVES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 3, 2**63, 10**400, 1e308, -1.7e308, 5e-324, float("nan"), float("inf"), 0.1,
    "", " ", "a", "4", "3,5", "3-5", "80%", "n/a", "?", "unknown", "worst", "-", "é", "e\u0301", "\u200b", "\u202e",
    "a\u0085b", "a\nb", "a\tb", "\x00", "\ud800", "\ufffe", "::error ::x", "${x}", "<b>", "`", "|", "=1+1",
    "gain", "risk and", "gain >= ", "not not crit", "((((crit", "crit and crit", "known(gain)", "score >= 50",
    "2024-02-30", "2024-13", "javascript:x", "http://", "../small.yaml", "/dev/null", "~", "x" * 3000,
    [], {}, [[]], [None], [1, 5], [5, 1], ["review"], {"a": 1}, {"id": "flu"}, {"range": [0, 0]}, [[0, 0]],
)  # fmt: skip
"""What a leaf of a document may become."""

CHARACTERS = "\t\r\n :-#'\"[]{},&*!|>%@`\x00\x85\u2028\ufeff\ud7ff\U0001f600é\u0301 0a"


class Fault(NamedTuple):
    """What went wrong, and how to see it again."""

    kind: str
    seed: int
    document: str
    command: str
    detail: str


class Ran(NamedTuple):
    """One run of a command."""

    code: int
    out: str
    err: str
    seconds: float


class HangError(BaseException):
    """A command took too long; no `except Exception` may catch it."""


def _raise_hang(*_: Any) -> None:
    raise HangError


def run(*arguments: str) -> Ran:
    """Run a command in this process; 124 is the exit code of one that takes too long."""
    out, err = io.StringIO(), io.StringIO()
    started = time.process_time()
    code = 0
    signal.signal(signal.SIGALRM, _raise_hang)
    signal.alarm(SECONDS)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            cli.main(args=list(arguments), prog_name="collabscore")
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    except HangError:
        code = 124
    except BaseException as error:  # the finding itself
        err.write(f"Traceback {type(error).__name__}: {error}")
        code = 70
    finally:
        signal.alarm(0)
    return Ran(code, out.getvalue(), err.getvalue(), time.process_time() - started)


# -- mutations --------------------------------------------------------------------------------------------------------


def nodes(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value below the root."""
    children: list[tuple[Any, Any]] = []
    if isinstance(tree, dict):
        children = list(tree.items())
    elif isinstance(tree, list):
        children = list(enumerate(tree))
    for key, value in children:
        yield (*path, key)
        yield from nodes(value, (*path, key))


def change_tree(tree: Any, rng: Random) -> Any:
    """Return a copy of a document with one value, key or item changed."""
    tree = copy.deepcopy(tree)
    path = rng.choice(list(nodes(tree)))
    holder = tree
    for key in path[:-1]:
        holder = holder[key]
    key = path[-1]
    how = rng.choice(["leaf", "leaf", "leaf", "delete", "twice", "wrap", "move", "key", "deep"])
    if how == "leaf":
        holder[key] = copy.deepcopy(rng.choice(LEAVES))
    elif how == "delete":
        del holder[key]
    elif how == "twice" and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif how == "wrap":
        holder[key] = rng.choice([[holder[key]], {"value": holder[key]}, {str(key): holder[key]}])
    elif how == "move":
        other = rng.choice(list(nodes(tree)))
        holder[key] = copy.deepcopy(value_at(tree, other))
    elif how == "key" and isinstance(holder, dict):
        value = holder.pop(key)
        holder[changed_key(str(key), rng)] = value
    else:
        for _ in range(rng.choice([3, 60])):
            holder[key] = [holder[key]]
    return tree


def value_at(tree: Any, path: tuple[Any, ...]) -> Any:
    """Return the value at a path."""
    for key in path:
        tree = tree[key]
    return tree


def changed_key(key: str, rng: Random) -> Any:
    """Return a key that is misspelt, or something odd in its place."""
    place = rng.randrange(len(key) + 1)
    letter = rng.choice(CHARACTERS)
    odd = rng.choice([5, True, None, "", "id", "title", "\u200b", "a\n::error::"])
    return rng.choice([key[:place] + letter + key[place:], key[:-1], key.upper(), odd])


def change_text(text: str, rng: Random) -> str:
    """Return a text with a letter, a line or a piece changed."""
    place = rng.randrange(len(text) + 1)
    lines = text.split("\n")
    line = rng.randrange(len(lines))
    how = rng.choice(["insert", "insert", "remove", "cut", "swap", "repeat", "indent", "drop"])
    if how == "insert":
        return text[:place] + rng.choice(CHARACTERS) + text[place:]
    if how == "remove":
        return text[:place] + text[place + rng.randint(1, 4) :]
    if how == "cut":
        return text[:place]
    if how == "swap":
        other = rng.randrange(len(lines))
        lines[line], lines[other] = lines[other], lines[line]
    elif how == "repeat":
        lines.insert(line, lines[line])
    elif how == "indent":
        lines[line] = rng.choice(["  ", "\t", " "]) + lines[line]
    else:
        del lines[line]
    return "\n".join(lines)


def as_text(tree: Any, rng: Random) -> str:
    """Write a tree as YAML or JSON, with or without escapes."""
    if rng.random() < 0.5:
        indent = rng.choice([None, 1])
        return json.dumps(tree, ensure_ascii=rng.random() < 0.5, indent=indent, default=str)
    try:
        return str(yaml.safe_dump(tree, allow_unicode=rng.random() < 0.5, sort_keys=False))
    except (ValueError, yaml.YAMLError):
        return json.dumps(tree, default=str)


def mutated(text: str, rng: Random) -> bytes:
    """Return a document with one to three changes."""
    if rng.random() < 0.7:
        tree = json.loads(text) if text.startswith("{") else yaml.safe_load(text)
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            if not isinstance(tree, (dict, list)) or not tree:
                break
            tree = change_tree(tree, rng)
        text = as_text(tree, rng)
    else:
        for _ in range(rng.choice([1, 1, 2, 3])):
            text = change_text(text, rng)
    return text.encode(rng.choice(["utf-8"] * 9 + ["utf-16"]), "surrogatepass")


# -- commands ---------------------------------------------------------------------------------------------------------

RANKING = (
    ("score", "list.yaml"),
    ("score", "list.yaml", "-v", "--format", "html"),
    ("explain", "list.yaml", "flu"),
    ("explain", "list.yaml", "grid", "--full", "--versus", "flu", "--format", "json"),
    ("robustness", "list.yaml", "--draws", "20"),
    ("robustness", "list.yaml", "--draws", "20", "--facts", "drawn", "--format", "csv"),
    ("sensitivity", "list.yaml"),
    ("next", "list.yaml", "--draws", "8"),
    ("what-if", "list.yaml", "--set", "flu.gain=2", "--weight", "gain=50%"),
    ("compare", "list.yaml", "-f", "small.yaml", "-f", "minimal.yaml"),
    ("diff", "list.yaml", "original.yaml"),
)
CHECKS = (("check", "list.yaml"), ("check", "small.yaml"), ("check", "words.yaml"))
OTHERS = (
    ("test", "small.yaml"),
    ("frameworks", "show", "small.yaml"),
    ("new", "fresh.yaml", "-f", "small.yaml", "--force"),
)
STORED = (("diff", "result.json", "list.yaml"), ("diff", "other.json", "result.json"))


def commands_for(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the commands that read a document of this name."""
    if name == "result.json":
        return STORED
    if name == "small.cases.yaml":
        return (*OTHERS[:1], ("check", name))
    if name == "list.yaml":
        return RANKING
    return (*RANKING, *OTHERS)


def prepare() -> dict[str, str]:
    """Write the documents into the working folder, and return what may be mutated."""
    minimal = "collabscore: framework/1\nid: minimal\ncriteria: {gain: {scale: {range: [1, 5]}}}\n"
    for name, text in {**DOCUMENTS, "original.yaml": CANDIDATES, "minimal.yaml": minimal}.items():
        Path(name).write_text(text, encoding="utf-8")
    for arguments in (*RANKING, *CHECKS, *OTHERS):
        ran = run(*arguments)
        if ran.code != 0:
            raise SystemExit(f"the documents themselves fail: {' '.join(arguments)}: {ran.err}")
    stored = run("score", "list.yaml", "--format", "json").out
    Path("other.json").write_text(stored, encoding="utf-8")
    return {**DOCUMENTS, "result.json": stored}


def faults_of(ran: Ran) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a run by itself."""
    if ran.code == 124 or ran.seconds > SECONDS:
        yield "hang", f"{ran.seconds:.1f} s"
    elif ran.code not in EXITS:
        yield f"exit {ran.code}", last_line(ran.err)
    elif "Traceback" in ran.err:
        yield "traceback", last_line(ran.err)


def last_line(text: str) -> str:
    """Return the end of what was printed, in a line."""
    return " | ".join(text.strip().splitlines()[-3:])[:300]


def check_faults(name: str) -> Iterator[tuple[str, str, str]]:
    """Check the document, and yield findings without a line and reports that do not fit the exit code."""
    ran = run("check", name, "--format", "json")
    for kind, detail in faults_of(ran):
        yield kind, f"check {name}", detail
    if ran.code not in EXITS:
        return
    try:
        report = json.loads(ran.out)
    except ValueError:
        if ran.code == 0:
            yield "no report", f"check {name}", last_line(ran.err)
        return
    for file in report["files"]:
        for found in file["diagnostics"]:
            if not (found["span"] or {}).get("line"):
                yield "no place", f"check {name}", str(found)[:300]
            if found["severity"] == "error" and not (found["help"] or found["notes"]):
                yield "no cure", f"check {name}", f"{found['code']}: {found['message']}"[:300]
        if ran.code == 0 and not file["ok"]:
            yield "report and exit code differ", f"check {name}", str(file)[:300]
    if ran.code == 1 and all(file["ok"] for file in report["files"]):
        yield "report and exit code differ", f"check {name}", last_line(ran.err)


def examine(seed: int, originals: dict[str, str]) -> tuple[str, bool, list[Fault]]:
    """Break one document, run every command on it, and return its name, whether it is read, and the faults."""
    rng = Random(seed)
    name = rng.choice(["small.yaml", "small.yaml", "list.yaml", "list.yaml", *originals])
    Path(name).write_bytes(mutated(originals[name], rng))
    faults: list[Fault] = []
    passes = False
    try:
        if name != "result.json":
            for kind, command, detail in check_faults(name):
                faults.append(Fault(kind, seed, name, command, detail))
            checks = [("check", "small.yaml"), ("check", "list.yaml")]
            passes = all(run(*arguments).code == 0 for arguments in checks)
        for arguments in commands_for(name):
            ran = run(*arguments)
            for kind, detail in faults_of(ran):
                faults.append(Fault(kind, seed, name, " ".join(arguments), detail))
            if passes and arguments[0] == "score" and ran.code != 0:
                detail = last_line(ran.err)
                faults.append(Fault("passed, then refused", seed, name, "score", detail))
    finally:
        Path(name).write_text(originals[name], encoding="utf-8")
    return name, passes, faults


def search(
    seeds: range, until: Callable[[], bool] = lambda: False
) -> tuple[Counter[str], list[Fault]]:
    """Examine a document for each seed in a folder of its own; return the numbers by kind, and the faults."""
    counts: Counter[str] = Counter()
    faults: list[Fault] = []
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            originals = prepare()
            for seed in seeds:
                if until():
                    break
                name, passes, found = examine(seed, originals)
                counts[name] += 1
                counts["passed check"] += passes
                faults += found
        finally:
            os.chdir(home)
    return counts, faults


# -- conditions -------------------------------------------------------------------------------------------------------

WORDS = (
    "gain", "risk", "reach", "near", "crit", "stage", "budget", "field", "fields", "stage_is_late", "basic", "applied",
    "high", "quantum", "soil", "and", "or", "not", "in", "(", ")", "{", "}", ",", ">=", "<=", ">", "<", "==", "!=", "=",
    "known(", "overlaps(", "includes(", "has(", "count(", "score(", "score", "review", "3", "1000", "0.5", "-1", "1e400",
    "5,000", "'soil'", '"', "’", " ", "​", "é", "é", "AND", "&&", "lambda", "True", "None", "if", "[", "]",
    ".", ":", "#", "\n", "\x00", "😀",
)  # fmt: skip
SOUND = (
    "crit",
    "not crit",
    "stage >= applied",
    "budget > 1000",
    "risk >= 4",
    "near == high",
    "overlaps(field, {quantum, soil})",
    "known(budget)",
    "has(review)",
    "stage_is_late",
)


def any_condition(rng: Random) -> str:
    """Return a text that may be a condition: sound ones joined, or words in any order, at times changed."""
    if rng.random() < 0.6:
        parts = rng.choices(SOUND, k=rng.choice([1, 2, 3, 8]))
        text = rng.choice([" and ", " or "]).join(
            rng.choice(["{}", "({})"]).format(p) for p in parts
        )
    else:
        text = " ".join(rng.choices(WORDS, k=rng.randint(1, 9)))
    return change_text(text, rng) if rng.random() < 0.4 else text


def examine_condition(
    seed: int, framework: dict[str, Any], listed: list[dict[str, Any]]
) -> list[Fault]:
    """Read a condition in a framework and judge candidates by it; return what is wrong."""
    text = any_condition(Random(seed))
    broken = {**framework, "guardrails": {"only": {"when": text, "then": "refer"}}}
    signal.signal(signal.SIGALRM, _raise_hang)
    signal.alarm(SECONDS)
    try:
        cs.score(listed, broken)
    except cs.DocumentError as error:
        for found in error.diagnostics:
            if not found.path or not (found.help or found.notes):
                return [Fault("no place or cure", seed, text, "condition", found.message)]
    except BaseException as error:  # the finding itself
        return [Fault(type(error).__name__, seed, text, "condition", str(error)[:200])]
    finally:
        signal.alarm(0)
    return []


def search_conditions(seeds: range) -> list[Fault]:
    """Examine a condition for each seed and return the faults."""
    framework = yaml.safe_load(FRAMEWORK)
    framework["uses"] = yaml.safe_load(VOCABULARY)
    listed = yaml.safe_load(CANDIDATES)["candidates"]
    for entry in listed:
        entry["ratings"].pop("far", None)
    faults: list[Fault] = []
    for seed in seeds:
        faults += examine_condition(seed, framework, listed)
    return faults


def main() -> int:
    """Search as the command line says, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=1000, help="documents")
    parser.add_argument("--conditions", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    started = time.monotonic()
    first = chosen.seed * 10**9
    counts, faults = search(range(first, first + chosen.count))
    faults += search_conditions(range(first, first + chosen.conditions))
    for fault in faults:
        print(
            f"{fault.kind}: seed {fault.seed}, {fault.document!a}, {fault.command}: {fault.detail!a}"
        )
    print(f"{dict(counts)}, {chosen.conditions} conditions; {time.monotonic() - started:.0f} s")
    print(f"{len(faults)} faults: {dict(Counter(fault.kind for fault in faults))}")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
