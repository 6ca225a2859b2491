"""Growth of every command with the size of its documents: exponents of CPU time and of memory.

Documents of one small policy grow in one dimension at a time: candidates, criteria, facts and so
on. Each command reads them in a process of its own, at two sizes. The exponent is the
logarithm of the ratio of two times, divided by that of the two sizes, over the time for the
smallest documents: 1 is linear, 2 is quadratic.

Run it with ``python benchmarks/bench_growth.py`` for a quick look at a tenth of the full sizes, and
with ``--full`` for the table of the last decade; ``--only WORD`` for some commands or dimensions.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import math
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from collabscore.cli.main import cli

MOST, MOST_QUICK = 1.2, 1.5
"""The exponent above which a line is marked; n log n has less over the last decade. A quick look
measures a tenth of a second, and marks what is clearly more."""
LEAST_SECONDS, LEAST_MEGABYTES = 0.15, 40.0
"""Growth below which nothing is said, and the smaller size is not run: it is noise."""
RUNS = 3
"""How often a line is measured before it is marked; the least counts."""
SCALE = {"range": [1, 5]}
FLAG = {"kind": "flag"}


# documents


@dataclass
class Documents:
    """A framework, and the candidates that it judges, as plain data."""

    framework: dict[str, Any]
    candidates: list[dict[str, Any]]


def small(candidates: int = 5, criteria: int = 4) -> Documents:
    """Return documents of every kind of content, with so many candidates and criteria."""
    framework = {
        "collabscore": "framework/1",
        "id": "house",
        "criteria": {f"c{k}": {"scale": SCALE, "weight": 1 + k % 7} for k in range(criteria)},
        "facts": {"known_use": FLAG, "budget": {"kind": "number"}},
        "safeguards": {"review": {"title": "Review"}},
        "guardrails": {
            "use": {"when": "known_use", "needs": ["review"], "then": "refer"},
            "money": {"when": "budget > 50", "then": "outside"},
        },
    }
    listed = []
    for k in range(max(candidates, 3)):
        ratings: dict[str, Any] = {}
        for j in range(criteria):
            ratings[f"c{j}"] = 1 + (7 * k + 3 * j + k * k // 5) % 401 / 100
        ratings["c1"] = [1 + k % 3, 3 + k % 3]
        facts: dict[str, Any] = {"known_use": ["yes", "no"][k % 2]}
        if k % 3:
            facts["budget"] = k % 60
        listed.append({"id": f"p{k}", "ratings": ratings, "facts": facts})
    return Documents(framework, listed)


def of_candidates(n: int) -> Documents:
    """Grow in candidates."""
    return small(candidates=n)


def of_criteria(n: int) -> Documents:
    """Grow in criteria, ten in each group."""
    documents = small(criteria=max(n, 4))
    leaves = list(documents.framework["criteria"].items())
    groups = {}
    for k in range(0, len(leaves), 10):
        groups[f"g{k}"] = {"criteria": dict(leaves[k : k + 10])}
    documents.framework["criteria"] = groups
    return documents


def of_criteria_in_a_group(n: int) -> Documents:
    """Grow in criteria without groups."""
    return small(criteria=max(n, 4))


def of_lists(n: int) -> Documents:
    """Grow in the items of lists: items of a set, tags, sources of evidence, bands."""
    documents = small()
    framework, first = documents.framework, documents.candidates[0]
    names = [f"a{k}" for k in range(max(n, 2))]
    framework["lists"] = {
        "areas": {"items": names},
        "half": {"among": "areas", "items": names[::2]},
    }
    framework["facts"]["touched"] = {"kind": "set", "of": "areas"}
    framework["guardrails"]["area"] = {"when": "overlaps(touched, half)", "then": "refer"}
    framework["bands"] = {name: 100 * k / len(names) for k, name in enumerate(names)}
    first["facts"]["touched"] = {"value": names, "note": "All of them"}
    first["tags"] = names
    documents.candidates[1]["facts"]["touched"] = {"at_least": names[1::2]}
    return documents


def of_facts(n: int) -> Documents:
    """Grow in facts, which one guardrail counts; half of the answers are unknown."""
    documents = small()
    for k in range(n):
        documents.framework["facts"][f"f{k}"] = FLAG
    for k in range(0, n, 200):
        named = ", ".join(f"f{j}" for j in range(k, min(k + 200, n)))
        documents.framework["guardrails"][f"g{k}"] = {
            "when": f"count({named}) >= 150",
            "then": "refer",
        }
    for row, entry in enumerate(documents.candidates):
        entry["facts"] |= {f"f{k}": "no" for k in range(n) if (k + row) % 2}
    return documents


def of_guardrails(n: int) -> Documents:
    """Grow in guardrails, each with a fact of its own."""
    documents = small()
    for k in range(n):
        documents.framework["facts"][f"f{k}"] = FLAG
        documents.framework["guardrails"][f"g{k}"] = {
            "when": f"f{k} and c0 >= 2",
            "needs": ["review"],
            "then": ["refer", "outside"][k % 2],
        }
    for row, entry in enumerate(documents.candidates):
        entry["facts"] |= {f"f{k}": ["yes", "no"][(k + row) % 2] for k in range(n) if k % 3}
    return documents


def of_conditions(n: int) -> Documents:
    """Grow in named conditions."""
    documents = small()
    documents.framework["conditions"] = {f"n{k}": f"budget > {k} or known_use" for k in range(n)}
    for k in range(0, n, 100):
        named = " and ".join(f"n{j}" for j in range(k, min(k + 100, n)))
        documents.framework["guardrails"][f"g{k}"] = {"when": named, "then": "refer"}
    return documents


def of_words(n: int) -> Documents:
    """Grow in the letters of texts of many words."""
    documents = small()
    text = ("international work on a subject of science " * (n // 43 + 1))[: max(n, 3)].strip()
    documents.framework["guardrails"]["use"] |= {"title": text, "reason": text}
    documents.candidates[0] |= {"title": text, "note": text}
    return documents


def of_letters(n: int) -> Documents:
    """Grow in the letters of a single word."""
    documents = small()
    documents.framework["guardrails"]["use"] |= {"title": "x" * max(n, 3), "reason": "y" * n + "z"}
    documents.candidates[0] |= {"title": "w" * max(n, 3), "note": "v" * n + "z"}
    return documents


def of_condition_letters(n: int) -> Documents:
    """Grow in the letters of a condition."""
    documents = small()
    terms = " or ".join(f"budget == {k}" for k in range(max(n // 19, 1)))
    documents.framework["guardrails"]["money"]["when"] = terms
    return documents


def of_options(n: int) -> Documents:
    """Grow in the keys of mappings: sources, options of a choice, and items of a list."""
    documents = small()
    documents.framework["sources"] = {f"s{k}": {"title": "A", "date": "2025"} for k in range(n)}
    documents.framework["lists"] = {"areas": {"items": [f"a{k}" for k in range(max(n, 2))]}}
    documents.framework["facts"]["areas_touched"] = {"kind": "set", "of": "areas"}
    documents.framework["facts"]["lead"] = {
        "kind": "choice",
        "options": [f"o{k}" for k in range(max(n, 2))],
    }
    documents.framework["guardrails"]["area"] = {
        "when": "overlaps(areas_touched, [a0, a1]) or lead == o1",
        "then": "refer",
    }
    for entry in documents.candidates[1:]:
        entry["facts"] |= {"areas_touched": ["a1"], "lead": "o0"}
    return documents


def of_safeguards(n: int) -> Documents:
    """Grow in safeguards, which one guardrail needs."""
    documents = small()
    documents.framework["safeguards"] |= {f"s{k}": {"title": f"Paper {k}"} for k in range(n)}
    named = list(documents.framework["safeguards"])
    documents.framework["guardrails"]["use"]["needs"] = named
    documents.candidates[0]["safeguards"] = named[::2]
    return documents


def of_parts(n: int) -> Documents:
    """Grow in candidates, each a part of the one before."""
    documents = small(candidates=n)
    for k, entry in enumerate(documents.candidates[1:]):
        entry["part_of"] = f"p{k}"
    return documents


def of_errors(n: int) -> Documents:
    """Grow in misspelt ratings and answers."""
    documents = small(candidates=n)
    for entry in documents.candidates:
        entry["ratings"][f"{entry['id']}c1"] = 3
        entry["facts"]["known_use"] = "perhaps"
    return documents


def of_framework_errors(n: int) -> Documents:
    """Grow in guardrails with misspelt names."""
    documents = of_guardrails(n)
    for k, guardrail in enumerate(documents.framework["guardrails"].values()):
        word = f"g{k:_}"  # four digits could be a year, which is looked into
        guardrail |= {"when": f"{word}x", "needs": [f"{word}y"], "then": f"{word}z"}
    return documents


def of_rows(size: int) -> Documents:
    """Return documents with a table of so many rows."""
    made = small()
    names, levels = ["t0", "t1", "t2"], [f"l{k}" for k in range(20)]
    made.framework["facts"] |= {name: {"kind": "level", "levels": levels} for name in names}
    rows: list[list[str]] = []
    for k in range(size - 1):
        cells = [f"l{k % 20}", f"l{k // 20 % 20}", f">= l{k % 7}"]
        rows.append([*cells, ("inside", "refer", "outside")[k % 3]])
    rows.append(["any", "any", "any", "refer"])
    made.framework["guardrails"]["table"] = {"table": {"facts": names, "rows": rows}}
    for k, candidate in enumerate(made.candidates):
        candidate["facts"] |= {"t0": levels[k % 20], "t1": levels[k * 7 % 20]}
    return made


def of_terms(size: int) -> Documents:
    documents = small()
    names = [f"n{k}" for k in range(size)]
    documents.framework["facts"] |= {name: {"kind": "number", "minimum": 0} for name in names}
    rule = {"when": f"{' + '.join(names)} >= {size / 2}", "then": "refer"}
    documents.framework["guardrails"]["sum"] = rule
    for place, candidate in enumerate(documents.candidates):
        candidate["facts"] |= dict.fromkeys(names[place:], 0.5)
    return documents


def of_partners(size: int) -> Documents:
    """Return documents whose candidates have so many partners, some with open answers."""
    documents = small()
    flag = {"kind": "flag", "per": "partner"}
    documents.framework["facts"] |= {"listed": flag, "owned": flag}
    rules = {
        "listed": {"when": "any_partner(listed and owned)", "then": "outside"},
        "owned": {"when": "partners_where(owned) >= 3", "then": "refer"},
    }
    documents.framework["guardrails"] |= rules
    for place, candidate in enumerate(documents.candidates):
        partners = []
        for k in range(size):
            facts = {"listed": (k + place) % 7 == 0} | ({"owned": False} if k % 9 else {})
            partners.append({"id": f"o{k}", "facts": facts})
        candidate["partners"] = partners
    return documents


DIMENSIONS: dict[str, tuple[int, Callable[[int], Documents]]] = {
    "candidates": (10_000, of_candidates),
    "criteria": (500, of_criteria),
    "criteria in a group": (500, of_criteria_in_a_group),
    "lists": (10_000, of_lists),
    "facts": (2_000, of_facts),
    "guardrails": (2_000, of_guardrails),
    "rows of a table": (250, of_rows),
    "conditions": (2_000, of_conditions),
    "safeguards": (2_000, of_safeguards),
    "words": (100_000, of_words),
    "letters": (100_000, of_letters),
    "letters of a condition": (10_000, of_condition_letters),
    "keys": (20_000, of_options),
    "parts of parts": (10_000, of_parts),
    "terms of a sum": (1_000, of_terms),
    "partners": (100, of_partners),
}
FOR_CHECKS: dict[str, tuple[int, Callable[[int], Documents]]] = {
    "errors": (10_000, of_errors),
    "errors of a framework": (2_000, of_framework_errors),
}
"""The sizes at the end of the last decade, and the documents of a size; for `check` and `score`
alone where only these are concerned."""

COMMANDS: dict[str, str] = {
    "check": "check list.json house.yaml",
    "score": "score list.json",
    "score --width 40": "score list.json --width 40",
    "score -o x.html": "score list.json -o out.html",
    "score --format json": "score list.json --format json",
    "score --format csv": "score list.json --format csv",
    "explain": "explain list.json p1",
    "explain --full html": "explain list.json p0 --full --format html",
    "explain --versus": "explain list.json p1 --versus p2",
    "explain --format json": "explain list.json p1 --format json",
    "what-if": "what-if list.json --set p1.c0=2 --weight c0=20%",
    "robustness": "robustness list.json --draws 200",
    "robustness json": "robustness list.json --draws 200 --format json",
    "sensitivity": "sensitivity list.json",
    "sensitivity json": "sensitivity list.json --format json",
    "sensitivity ID": "sensitivity list.json p1",
    "sensitivity --variance": "sensitivity list.json --variance",
    "next": "next list.json --draws 256",
    "next json": "next list.json --draws 256 --format json",
    "compare": "compare list.json -f house.yaml -f other.json",
    "compare json": "compare list.json -f house.yaml -f other.json --format json",
    "diff": "diff list.json later.json",
    "diff json": "diff list.json later.json --format json",
    "diff of results": "diff result.json result.json",
    "test": "test house.yaml --cases cases.json",
    "new": "new - -f house.yaml",
    "new --from": "new base.yaml --from house.yaml --force",
}


def write_files(documents: Documents, folder: Path) -> int:
    """Write the documents that the commands read, and return the exit code."""
    framework = documents.framework
    header = {"collabscore": "candidates/1", "framework": "house.yaml"}
    later = [dict(entry) for entry in documents.candidates]
    for entry in later[::2]:
        entry["ratings"] = entry["ratings"] | {"c0": 3}
    other = framework | {"id": "other"}
    other["guardrails"] = framework["guardrails"] | {"more": {"when": "c0 >= 4", "then": "refer"}}
    cases = []
    for entry in documents.candidates:
        case = {key: entry[key] for key in entry if key not in ("id", "part_of")}
        cases.append({"id": entry["id"], "candidate": case, "expect": {"verdict": "refer"}})
    files = {
        "house.yaml": framework,
        "other.json": other,
        "list.json": header | {"candidates": documents.candidates},
        "later.json": header | {"candidates": later},
        "cases.json": {
            "collabscore": "cases/1",
            "framework": "house.yaml",
            "cases": cases,
        },
    }
    for name, content in files.items():
        text = json.dumps(content, indent=0)
        if name.endswith("yaml"):
            text = yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False, width=2**30)
        (folder / name).write_text(text, encoding="utf-8")
    return 0


# measuring


class Use(NamedTuple):
    """What a run of a command took."""

    seconds: float
    megabytes: float
    code: int


class Line(NamedTuple):
    """A command, its use at two sizes (at the larger alone, if nothing grows), and its exponents."""

    name: str
    uses: list[Use]
    time: float | None
    memory: float | None

    @property
    def worst(self) -> float:
        """The greater exponent."""
        return max(self.time or 0.0, self.memory or 0.0)


def run_command(arguments: list[str], folder: Path) -> int:
    """Run a command in this process, and return its exit code."""
    os.chdir(folder)
    gc.disable()  # as the program does, which ends when a command has run
    try:
        cli.main(arguments, prog_name="collabscore")
    except SystemExit as ending:
        return int(ending.code or 0)
    return 0


def load_all() -> Use:
    """Load what the commands load, by running each once, and return the use of a small list."""
    with tempfile.TemporaryDirectory() as root, Path(os.devnull).open("w") as nowhere:
        folder = folder_of(small, 5, Path(root))
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            for line in COMMANDS.values():
                code = run_command(line.split(), folder)
                if code not in (0, 1):
                    raise SystemExit(f"exit {code}: {line}")
        os.chdir("/")
        return use_of(COMMANDS["explain"].split(), folder, 60)


def use_of(arguments: list[str], folder: Path, limit: int) -> Use:
    """Run a command in a process of its own, which ends after `limit` seconds of CPU time."""
    return use_of_action(lambda: run_command(arguments, folder), limit)


def use_of_action(action: Callable[[], int], limit: int) -> Use:
    """Do something in a process of its own: what it leaves in memory weighs on no other."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        code = 70
        with contextlib.suppress(BaseException):
            code = action()
        os._exit(code)
    _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return Use(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, code)


def folder_of(make: Callable[[int], Documents], size: int, root: Path) -> Path:
    """Write the documents of a size, and a stored result of them, and return their folder."""
    folder = root / f"{make.__name__}-{size}"
    folder.mkdir()
    use_of_action(lambda: write_files(make(size), folder), 600)
    use_of([*COMMANDS["score --format json"].split(), "-o", "result.json"], folder, 600)
    return folder


def exponent(small: float, large: float, ratio: float, least: float) -> float | None:
    """Return the exponent of growth between two sizes; None where nothing grows."""
    if large < least:
        return None
    return math.log(large / max(small, least / 4)) / math.log(ratio)


def rows_of(
    dimension: tuple[int, Callable[[int], Documents]],
    names: list[str],
    base: Use,
    full: bool,
    limit: int,
) -> Iterator[Line]:
    """Yield each command, its use at two sizes, and its exponents of time and memory."""
    top, make = dimension
    sizes = (top // 10, top) if full else (top // 30, top // 10)
    most = MOST if full else MOST_QUICK
    with tempfile.TemporaryDirectory() as root:
        folders = [folder_of(make, size, Path(root)) for size in sizes]
        for name in names:
            large = use_of(COMMANDS[name].split(), folders[1], limit)
            if not grows(large, base):
                yield Line(name, [large], None, None)
                continue
            uses = [Use(math.inf, math.inf, 0), large]
            for run in range(RUNS):
                for k, folder in enumerate(folders):
                    again = use_of(COMMANDS[name].split(), folder, limit) if run or not k else large
                    uses[k] = Use(*map(min, uses[k][:2], again), again.code)
                line = Line(name, uses, *exponents(uses, base, sizes[1] / sizes[0]))
                if line.worst <= most:  # what is slow by chance is not slow twice more
                    break
            yield line


def grows(large: Use, base: Use) -> bool:
    """Return whether the larger size takes so much that the smaller one is worth a run."""
    seconds, megabytes = large.seconds - base.seconds, large.megabytes - base.megabytes
    return seconds >= LEAST_SECONDS or megabytes >= LEAST_MEGABYTES


def exponents(uses: list[Use], base: Use, ratio: float) -> Iterator[float | None]:
    """Yield the exponents of time and memory between two sizes."""
    for least, start, *sizes in zip((LEAST_SECONDS, LEAST_MEGABYTES), base, *uses, strict=False):
        yield exponent(*(max(size - start, 0.0) for size in sizes), ratio, least)


def in_words(value: float | None) -> str:
    """Return an exponent for the table; a point where nothing grows."""
    return "." if value is None else f"{value:.2f}"


def main() -> None:
    """Print a line for each command and dimension."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="the sizes of the last decade")
    parser.add_argument("--only", default="", help="commands or dimensions with this word")
    parser.add_argument("--limit", type=int, default=60, help="seconds of CPU for a run")
    given = parser.parse_args()
    started = time.perf_counter()
    marked = measured = 0
    most = MOST if given.full else MOST_QUICK
    base = load_all()
    print(f"{'dimension':24}{'command':26}{'seconds':>22}{'MB':>8}{'time':>7}{'memory':>8}")
    for dimension, entry in (DIMENSIONS | FOR_CHECKS).items():
        names = ["check", "score"] if dimension in FOR_CHECKS else list(COMMANDS)
        if given.only not in dimension:
            names = [name for name in names if given.only in name]
        for line in rows_of(entry, names, base, given.full, given.limit):
            # half of the cases expect another verdict
            right = (0, 1) if dimension in FOR_CHECKS or line.name == "test" else (0,)
            bad = [use.code for use in line.uses if use.code not in right]
            remark = f"  exit {bad[0]}" if bad else ""
            if line.worst > most or bad:
                remark += "  <--"
                marked += 1
            measured += 1
            seconds = " ".join(f"{use.seconds:.2f}" for use in (base, *line.uses))
            grown = f"{in_words(line.time):>7}{in_words(line.memory):>8}"
            megabytes = line.uses[-1].megabytes
            print(
                f"{dimension:24}{line.name:26}{seconds:>22}{megabytes:8.0f}{grown}{remark}",
                flush=True,
            )
    print(
        f"{measured} lines, {marked} marked (exponent above {most:g}, or an error), in "
        f"{time.perf_counter() - started:.0f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
