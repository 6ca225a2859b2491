"""Mutated documents through every command, in this process: nothing may crash, hang or be lost.

    python tests/fuzzing/fuzz.py --count 20000 --conditions 100000 --seed 1

A framework, its vocabulary, lists, cases and stored results are broken by mutations of their trees and of their texts:
small ones that have a bit of everything, or generated ones. Each is given to every command that takes it, and so are
command lines with any options. The run ends with a table: how many documents of a kind were read, and every fault
found, with the seed of the document that shows it.

A fault is an exit code other than 0, 1 and 2; a traceback; more than five seconds; a failure without a word; a finding
without its line; an error without a cure; a report that passes where the command fails; JSON, CSV or XML that its own
readers refuse; a path that nobody named; a document that `check` passes and `score` refuses.
A condition is faulty if it is neither accepted nor refused with a column and a cure, or if it cannot be judged.
"""

from __future__ import annotations

import argparse
import copy
import csv
import io
import json
import math
import os
import re
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
from xml.etree import ElementTree

import click
import yaml

import collabscore as cs
from collabscore.cli.main import cli

sys.path.append(str(Path(__file__).parents[1]))

from reference import generate

SECONDS = 5
"""Of CPU time, whatever else the machine does meanwhile: a command that takes longer hangs."""
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
contradictions:
  early: {when: stage == basic and crit, doubts: [crit, stage], say: Basic work is not critical.}
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
    facts: {stage: {value: development, until: 2025-12}}
    safeguards: [{id: review, status: planned, note: soon, until: 2026-03-31}]
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

Tree = Any
"""A document as plain data."""

HELPERS = {
    "original.yaml": CANDIDATES,
    "minimal.yaml": "collabscore: framework/1\nid: minimal\ncriteria: {gain: {scale: {range: [1, 5]}}}\n",
}
RESULTS = {
    "result.json": ("score", "list.yaml"),
    "drawn.json": ("robustness", "list.yaml", "--draws", "20"),
    "moved.json": ("sensitivity", "list.yaml"),
}
"""Stored results, and the commands that print them."""

LEAVES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 3, 2**63, 10**400, 1e308, -1.7e308, 5e-324, float("nan"), float("inf"), 0.1,
    "", " ", "a", "4", "3,5", "3-5", "80%", "n/a", "?", "unknown", "worst", "-", "é", "e\u0301", "\u200b", "\u202e",
    "a\u0085b", "a\nb", "a\tb", "\x00", "\ud800", "\ufffe", "::error ::x", "${x}", "<b>", "`", "|", "=1+1",
    "gain", "risk and", "gain >= ", "not not crit", "((((crit", "crit and crit", "known(gain)", "score >= 50",
    "2024-02-30", "2024-13", "javascript:x", "http://", "../small.yaml", "/dev/null", "~", "x" * 3000,
    [], {}, [[]], [None], [1, 5], [5, 1], ["review"], {"a": 1}, {"id": "flu"}, {"range": [0, 0]}, [[0, 0]],
)  # fmt: skip
"""What a leaf of a document may become."""

PIECES = (
    "&a ", "*a", "<<: *a", "!!str ", "!!binary ", "? ", "---\n", "...\n", "%YAML 1.1\n", "# ", "|-\n ", ">\n", "\u0301",
    "1_000", "0x1F", "1e999", ".inf", "12:30:45", "\ufeff", "\\ud800", "\\u0000", "NaN", "-Infinity", "//", "}\n{",
)  # fmt: skip
"""What is put into a text: signs of YAML and JSON, and what other readers take for numbers."""

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
    stdin, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(Path("list.yaml").read_bytes()))
    signal.signal(signal.SIGPROF, _raise_hang)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
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
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdin = stdin
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


def change_tree(tree: Tree, other: Tree, rng: Random) -> Tree:
    """Return a copy of a document with one value, key or item changed, or one of another document added."""
    tree = copy.deepcopy(tree)
    holder, key = place_in(tree, rng)
    change = rng.choice([change_leaf, change_leaf, change_value, change_order, graft, move])
    change(holder, key, rng, other if change is graft else tree)
    return tree


def place_in(tree: Tree, rng: Random) -> tuple[Any, Any]:
    """Return any mapping or list of a document, with one of its keys or positions."""
    *path, key = rng.choice(list(nodes(tree)))
    return value_at(tree, tuple(path)), key


def change_leaf(holder: Any, key: Any, rng: Random, _: Tree) -> None:
    """Put something odd in place of a value."""
    holder[key] = copy.deepcopy(rng.choice(LEAVES))


def change_value(holder: Any, key: Any, rng: Random, _: Tree) -> None:
    """Change a value: another number, a letter more, or the value deep in lists."""
    value = holder[key]
    if isinstance(value, int | float) and abs(value) < 1e300:
        value = float(value)
        near = (math.nextafter(value, math.inf), round(value, 1), -value, 1 - value, value + 1)
        holder[key] = rng.choice([*near, value * 10.0 ** rng.randint(-320, 308), str(holder[key])])
    elif isinstance(value, str) and rng.random() < 0.8:
        holder[key] = changed_key(value, rng)
    else:
        wrapped = ([value], {"value": value}, {str(key): value}, {"id": value}, [value, value])
        holder[key] = rng.choice(wrapped)
        for _ in range(rng.choice([0, 0, 0, 60])):
            holder[key] = [holder[key]]


def change_order(holder: Any, key: Any, rng: Random, _: Tree) -> None:
    """Remove, repeat or rename an entry, or shuffle all of them."""
    how = rng.choice(["delete", "twice", "shuffle", "key"])
    value = holder[key]
    if how == "delete":
        del holder[key]
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(value))
        if how == "shuffle":
            rng.shuffle(holder)
    elif how == "shuffle":
        entries = list(holder.items())
        rng.shuffle(entries)
        holder.clear()
        holder.update(entries)
    else:
        del holder[key]
        holder[changed_key(str(key), rng)] = value


def graft(holder: Any, key: Any, rng: Random, other: Tree) -> None:
    """Take over an entry of another document: in place of a value, or beside it under its own key."""
    if not isinstance(other, dict | list) or not other:
        return
    giver, name = place_in(other, rng)
    if isinstance(holder, dict):
        holder[rng.choice([key, name])] = copy.deepcopy(giver[name])
        if isinstance(giver, dict) and rng.random() < 0.2:
            holder.update(copy.deepcopy(giver))
    else:
        holder[key] = copy.deepcopy(giver[name])


def move(holder: Any, key: Any, rng: Random, tree: Tree) -> None:
    """Put a value of the document in place of another: a copy, or the same one, which YAML writes as an alias."""
    value = value_at(tree, rng.choice(list(nodes(tree))))
    is_above = any(value_at(value, path) is holder for path in ((), *nodes(value)))
    holder[key] = copy.deepcopy(value) if is_above or rng.random() < 0.5 else value


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
        return text[:place] + rng.choice([*CHARACTERS, *PIECES]) + text[place:]
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


def as_text(tree: Tree, rng: Random) -> str:
    """Write a tree as YAML or JSON, with or without escapes."""
    if rng.random() < 0.5:
        indent = rng.choice([None, 1])
        return json.dumps(tree, ensure_ascii=rng.random() < 0.5, indent=indent, default=str)
    try:
        return str(
            yaml.dump(
                tree, Dumper=yaml.CSafeDumper, allow_unicode=rng.random() < 0.5, sort_keys=False
            )
        )
    except (ValueError, yaml.YAMLError):
        return json.dumps(tree, default=str)


def as_lines(entries: Tree) -> str:
    """Write entries as JSON Lines."""
    listed = entries if isinstance(entries, list) else [entries]
    return "".join(f"{json.dumps(entry, default=str)}\n" for entry in listed)


def tree_of(name: str, text: str) -> Tree:
    """Read a document that is sound."""
    if name.endswith(".jsonl"):
        return [json.loads(line) for line in text.splitlines()]
    return json.loads(text) if text.startswith("{") else yaml.load(text, yaml.CSafeLoader)


def mutated(name: str, documents: dict[str, str], rng: Random) -> bytes:
    """Return a document with one to three changes."""
    text = documents[name]
    if rng.random() < 0.7:
        tree = tree_of(name, text)
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            if not isinstance(tree, dict | list) or not tree:
                break
            other = rng.choice(list(documents))
            tree = change_tree(tree, tree_of(other, documents[other]), rng)
        text = as_lines(tree) if name.endswith(".jsonl") else as_text(tree, rng)
    else:
        for _ in range(rng.choice([1, 1, 2, 3])):
            text = change_text(text, rng)
    return text.encode(rng.choice(["utf-8"] * 9 + ["utf-16"]), "surrogatepass")


def sound_documents(rng: Random) -> dict[str, str]:
    """Return documents that fit together, by name: the small ones, or generated ones."""
    documents = {"small.yaml": FRAMEWORK, "words.yaml": VOCABULARY, "list.yaml": CANDIDATES}
    documents["small.cases.yaml"] = CASES
    listed = yaml.safe_load(CANDIDATES)["candidates"]
    if rng.random() < 0.5:
        framework, vocabulary = generate.with_vocabulary(rng, generate.any_framework(rng))
        listed = generate.candidates(rng, framework, 3, vocabulary)
        header = {"collabscore": "candidates/1", "framework": "small.yaml"}
        cases = [{"id": one["id"], "candidate": _case(one), "expect": {}} for one in listed]
        documents["small.yaml"] = as_text({**framework, "uses": "words.yaml"}, rng)
        documents["words.yaml"] = as_text(vocabulary, rng)
        documents["list.yaml"] = as_text({**header, "candidates": listed}, rng)
        told = {"collabscore": "cases/1", "framework": "small.yaml", "cases": cases}
        documents["small.cases.yaml"] = as_text(told, rng)
    documents["list.jsonl"] = as_lines(listed)
    return documents


def _case(candidate: Tree) -> Tree:
    return {key: value for key, value in candidate.items() if key in ("ratings", "facts")}


# -- commands ---------------------------------------------------------------------------------------------------------

RANKING = (
    ("score", "list.yaml"),
    ("score", "list.yaml", "-v", "--format", "html"),
    ("explain", "list.yaml", "{id}"),
    ("explain", "list.yaml", "{id}", "--full", "--versus", "{id}", "--format", "json"),
    ("robustness", "list.yaml", "--draws", "20"),
    ("robustness", "list.yaml", "--draws", "20", "--facts", "drawn", "--format", "csv"),
    ("sensitivity", "list.yaml"),
    ("next", "list.yaml", "--draws", "8"),
    ("what-if", "list.yaml", "--set", "{id}.{input}={answer}", "--weight", "{node}=50%"),
    ("compare", "list.yaml", "-f", "small.yaml", "-f", "minimal.yaml"),
    ("diff", "list.yaml", "original.yaml"),
    ("panel", "list.yaml", "original.yaml", "--draws", "8"),
    ("diff", "--old-framework", "minimal.yaml", "--new-framework", "small.yaml", "list.yaml"),
)
OTHERS = (
    ("test", "small.yaml"),
    ("frameworks", "show", "small.yaml"),
    ("prove", "small.yaml", "--time-limit", "2"),
    ("new", "fresh.yaml", "-f", "small.yaml", "--force"),
)
COMMANDS = {
    "list.yaml": RANKING,
    "list.jsonl": (
        ("score", "list.jsonl", "-f", "small.yaml"),
        ("diff", "list.jsonl", "list.yaml"),
    ),
    "small.cases.yaml": OTHERS[:1],
    **dict.fromkeys(
        RESULTS, (("diff", "{mutated}", "list.yaml"), ("diff", "result.json", "{mutated}"))
    ),
}
"""The commands that read a document; all of them read a framework and a vocabulary."""

FORMS = {
    **dict.fromkeys(("CANDIDATES", "OLD", "NEW", "FILE..."), "{document}"),
    **dict.fromkeys(("FRAMEWORK", "FRAMEWORK...", "ID_OR_FILE", "[OTHER]"), "{framework}"),
    **dict.fromkeys(("OLD NEW | LIST...", "LIST LIST..."), "{document}"),
    "COLUMN": "{input}",
    "LABEL": "{id}",
    "THEIRS=OURS": "{verdict}={verdict}",
    "SECONDS": "{count}",
    **dict.fromkeys(("ID", "[ID]"), "{id}"),
    **dict.fromkeys(("N", "K", "M"), "{count}"),
    "ID,ID,...": "{id},{id}",
    "NAME=SHARE%": "{node}={share}",
    "ID.NAME=VALUE": "{id}.{input}={answer}",
    "ID+=NAME": "{id}{sign}{safeguard}",
    "VERDICT": "{verdict}",
    "GUARDRAIL": "{guardrail}",
    "CHOICE": "{choice}",
    "SPACE": "{space}",
    "TAG": "{tag}",
    "P": "{precision}",
    "DATE": "{date}",
    "[NAME]": "{schema}",
    "FILE": "{written}",
}
"""What an option takes, by the word for it in the help of its command."""

VALUES: dict[str, list[str]] = {
    "document": ["list.yaml", "list.yaml", "list.jsonl", "-", "original.yaml", *RESULTS, "small.yaml", "words.yaml"],
    "framework": ["small.yaml", "small.yaml", "minimal.yaml", "words.yaml", "list.yaml", "none.yaml", "guardrail"],
    "count": ["1", "2", "3", "8", "20", "20", "0", "-1", "1.5", "x"],
    "share": ["50%", "10%", "0%", "100%", "99.9999999%", "50", "1e-9%", "nan%", "%", "-5%"],
    "answer": ["2", "4", "yes", "no", "unknown", "1-3", "[1, 3]", "applied", "[soil]", "{low: 1, high: 3}", "", "1e400"],
    "sign": ["+=", "-=", "=", "+"],
    "choice": ["missing", "combine", "guardrail:misuse", "unknown", "drawn", "x"],
    "space": ["exact", "any", "ranked", "10%", "reach=any", "top=ranked", "50%", "0%", "reach=200%", "a-b", "=", "x=any"],
    "tag": ["energy", "x", ""],
    "date": ["2026", "2025-12-31", "2027-02", "9999", "1000", "2026-02-30", "soon", ""],
    "verdict": ["inside", "refer", "outside", "conditional", "not_applicable", "x"],
    "precision": ["0.5", "0.1", "0", "-1", "nan", "1e-3"],
    "schema": ["framework", "candidates", "cases", "ranking", "x"],
    "written": ["out.txt", "none/out.txt", ".", "list.yaml", "-", ""],
}  # fmt: skip
"""What stands in these forms, beside the names of the documents."""

LEFT_OUT = {"--debug", "--help", "--precision"}


def words_of(documents: dict[str, str]) -> dict[str, list[str]]:
    """Return the words for options, with the names of these documents."""
    trees = {name: tree_of(name, text) for name, text in documents.items()}
    framework, vocabulary = trees["small.yaml"], trees["words.yaml"]

    def names(section: str) -> list[str]:
        return [*framework.get(section, {}), *vocabulary.get(section, {}), "x"]

    nodes = [name for name, _ in generate.entries(framework.get("criteria", {}))]
    return {
        **VALUES,
        "id": [str(entry["id"]) for entry in trees["list.jsonl"]] + ["x"],
        "node": [*nodes, "x"],
        "input": [*nodes, *names("facts")],
        "safeguard": names("safeguards"),
        "guardrail": names("guardrails"),
    }


def filled(form: str, words: dict[str, list[str]], rng: Random) -> str:
    """Return a form with a word in place of each name."""
    return re.sub(r"{(\w+)}", lambda found: rng.choice(words[found[1]]), form)


def any_command(words: dict[str, list[str]], rng: Random) -> list[str]:
    """Return a command line with some of the options that its command has."""
    command: click.Command = cli
    line: list[str] = []
    while isinstance(command, click.Group):
        context = click.Context(command)
        line.append(rng.choice(command.list_commands(context)))
        found = command.get_command(context, line[-1])
        assert found is not None
        command = found
    for given in command.params:
        if isinstance(given, click.Argument):
            least = int(given.required)
            line += [
                any_value(given, words, rng) for _ in range(rng.randint(least, abs(given.nargs)))
            ]
        elif rng.random() < 0.2 and LEFT_OUT.isdisjoint(given.opts):
            line.append(rng.choice(given.opts))
            if not (given.is_flag or given.count):
                line.append(any_value(given, words, rng))
    return line


def any_value(given: click.Parameter, words: dict[str, list[str]], rng: Random) -> str:
    """Return a value for an option or argument, at times a misspelt one."""
    if isinstance(given.type, click.Choice):
        return rng.choice([*map(str, given.type.choices), str(given.type.choices[0])])
    if given.metavar == "CONDITION":
        return any_condition(rng)
    value = filled(FORMS[given.metavar], words, rng)
    # a misspelt name of a file could lead out of the folder
    return value if given.metavar == "FILE" or rng.random() < 0.9 else change_text(value, rng)


def faults_of(ran: Ran, line: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a run of a command by itself."""
    if ran.code == 124 or ran.seconds > SECONDS:
        yield "hang", f"{ran.seconds:.1f} s"
    elif ran.code not in EXITS:
        yield f"exit {ran.code}", last_line(ran.err)
    elif "Traceback" in ran.err:
        yield "traceback", last_line(ran.err)
    elif ran.code and not ran.out.strip() and not ran.err.strip():
        yield "not a word", f"exit {ran.code}"
    elif found := re.search(
        r"object at 0x|<class |np\.float|" + re.escape(str(Path.cwd())), ran.out + ran.err
    ):
        yield "words of Python or a path", f"{found[0]}: {last_line(ran.err or ran.out)}"
    elif ran.code != 2 and ran.out.strip():
        try:
            read_back(ran.out, line)
        except (ValueError, csv.Error, ElementTree.ParseError) as error:
            yield "unreadable output", f"{error}: {ran.out[:80]}"


def read_back(out: str, line: tuple[str, ...]) -> None:
    """Read what was printed, as a program would; raise if it is not of its form."""
    form = line[line.index("--format") + 1] if "--format" in line[:-1] else ""
    if form == "json":
        json.loads(out, parse_constant=_refuse_constant)
    elif form == "junit":
        ElementTree.fromstring(out)
    elif form == "csv":
        widths = {len(row) for row in csv.reader(io.StringIO(out, newline=""), strict=True)}
        if len(widths) > 1:
            raise ValueError(f"rows of {widths} cells")


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def last_line(text: str) -> str:
    """Return the end of what was printed, in a line."""
    return " | ".join(text.strip().splitlines()[-3:])[:300]


def check_faults(name: str) -> Iterator[tuple[str, str, str]]:
    """Check the document, and yield findings without a line and reports that do not fit the exit code."""
    line = ("check", name, "--format", "json", *(("-f", "small.yaml") if "jsonl" in name else ()))
    ran = run(*line)
    for kind, detail in faults_of(ran, line):
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


def examine(seed: int) -> tuple[str, bool, list[Fault]]:
    """Break one document, run every command on it, and return its name, whether it is read, and the faults."""
    rng = Random(seed)
    documents = sound_documents(rng)
    words = words_of(documents)
    for name, text in documents.items():
        Path(name).write_bytes(text.encode("utf-8", "surrogatepass"))
    name = rng.choice(["small.yaml", "small.yaml", "list.yaml", "list.yaml", *documents, *RESULTS])
    if name in RESULTS:
        documents[name] = run(*RESULTS[name], "--format", "json").out
    if documents[name]:  # a framework without scores has no robustness
        Path(name).write_bytes(mutated(name, documents, rng))
    faults: list[Fault] = []
    for kind, command, detail in check_faults(name) if name not in RESULTS else ():
        faults.append(Fault(kind, seed, name, command, detail))
    passes = name not in RESULTS
    for checked in ("small.yaml", "list.yaml"):
        passes = passes and run("check", checked).code == 0
    words["mutated"] = [name]
    lines = [
        [filled(part, words, rng) for part in line]
        for line in COMMANDS.get(name, (*RANKING, *OTHERS))
    ]
    lines += [any_command(words, rng) for _ in range(4)]
    for line in lines:
        ran = run(*line)
        for kind, detail in faults_of(ran, tuple(line)):
            faults.append(Fault(kind, seed, name, " ".join(line), detail))
        if passes and line == ["score", "list.yaml"] and ran.code != 0:
            faults.append(Fault("passed, then refused", seed, name, "score", last_line(ran.err)))
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
            for name, text in HELPERS.items():
                Path(name).write_text(text, encoding="utf-8")
            for seed in seeds:
                if until():
                    break
                name, passes, found = examine(seed)
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
    signal.signal(signal.SIGPROF, _raise_hang)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        cs.score(listed, broken)
    except cs.DocumentError as error:
        for found in error.diagnostics:
            if not found.path or not (found.help or found.notes):
                return [Fault("no place or cure", seed, text, "condition", found.message)]
    except BaseException as error:  # the finding itself
        return [Fault(type(error).__name__, seed, text, "condition", str(error)[:200])]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
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
