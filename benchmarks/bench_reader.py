"""Reading YAML against its floors: libyaml's bare events, and PyYAML's own C loader.

Run with plain Python: `python benchmarks/bench_reader.py [--proposals 10000] [--rounds 5]`. The text is the same
on every machine; the rounds are interleaved, so that a busy machine slows all of them alike.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import time
from collections.abc import Callable

import yaml
from yaml.cyaml import CParser

from collabscore.documents.json_reader import read_json, read_json_lines
from collabscore.documents.positions import Positions
from collabscore.documents.yaml_reader import read_yaml

_CRITERIA = (
    "global_challenge benefit_us benefit_cn shared_facilities data_complementarity talent_complementarity "
    "dual_use competition supply_chain_exposure public_trust reversibility cost_of_absence"
).split()
_LEVELS = ("very low", "low", "moderate", "high", "very high")
_STAGES = ("basic", "applied", "development", "deployment")
_FIELDS = ("biotechnologies", "climate", "quantum", "energy_storage", "oceans", "semiconductors")
_SAFEGUARDS = ("data_protection_agreement", "ethics_review", "federated_analysis", "publication_plan")
_WORDS = (
    "shared observation of river deltas joint field trials open data on air quality early warning for influenza "
    "strains drought tolerant crops ocean drilling grid storage tests seismic arrays permafrost cores"
).split()


def proposals_text(number: int) -> str:
    """Return a list of candidates as a person would write it: block style, short flows, a few notes."""
    rng = random.Random(20250630)
    lines = ["collabscore: candidates/1", "framework: guardrail", "unit: project", "candidates:"]
    for k in range(number):
        lines += _proposal(rng, k)
    return "\n".join(lines) + "\n"


def _proposal(rng: random.Random, k: int) -> list[str]:
    title = " ".join(rng.sample(_WORDS, 6))
    lines = [f"  - id: proposal-{k:05d}", f"    title: {title.capitalize()}", "    ratings:"]
    lines += [f"      {criterion}: {_rating(rng)}" for criterion in _CRITERIA]
    lines += [
        "    facts:",
        f"      stage: [{', '.join(rng.sample(_STAGES, 2))}]",
        f"      fields: [{', '.join(rng.sample(_FIELDS, 2))}]",
        "      personal_data: {value: aggregate, evidence: [who-giss]}",
        f"      reciprocal_data_access: {rng.choice(('yes', 'no', 'unknown'))}",
        f"      budget: {rng.randint(1, 900) / 10}",
        f"    safeguards: [{rng.choice(_SAFEGUARDS)}, {{id: ethics_review, status: planned}}]",
        f"    tags: [{rng.choice(_WORDS)}]",
    ]
    return lines


def _rating(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.60:
        return str(rng.randint(1, 5))
    if kind < 0.75:
        return rng.choice(_LEVELS)
    if kind < 0.85:
        low = rng.randint(1, 4)
        return f"[{low}, {low + 1}]"
    if kind < 0.95:
        return f"{{low: 1, value: {rng.randint(1, 4)}, high: 4, evidence: [who-giss]}}"
    return "unknown"


def bare_events(text: str) -> int:
    parser = CParser(text)
    get_event, count = parser.get_event, 0
    while not isinstance(get_event(), yaml.StreamEndEvent):
        count += 1
    return count


def _seconds(action: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    result = action()
    elapsed_s = time.perf_counter() - start
    del result
    return elapsed_s


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--proposals", type=int, default=10_000)
    arguments.add_argument("--rounds", type=int, default=5)
    chosen = arguments.parse_args()
    text = proposals_text(chosen.proposals)
    data = read_yaml(text, "bench.yaml")
    json_text = json.dumps(data)
    json_lines = "\n".join(json.dumps(record) for record in data["candidates"])
    actions: dict[str, Callable[[], object]] = {
        "yaml.load(CSafeLoader)": lambda: yaml.load(text, Loader=yaml.CSafeLoader),
        "bare events": lambda: bare_events(text),
        "read_yaml": lambda: read_yaml(text, "bench.yaml"),
        "Positions": lambda: Positions(text, "bench.yaml").value(("candidates", 0)),
        "json.loads": lambda: json.loads(json_text),
        "read_json": lambda: read_json(json_text, "bench.json"),
        "read_json_lines": lambda: read_json_lines(json_lines, "bench.jsonl"),
    }
    rounds = [{name: _seconds(action) for name, action in actions.items()} for _ in range(chosen.rounds)]
    medians = {name: statistics.median(each[name] for each in rounds) for name in actions}
    print(f"{len(text) / 1e6:.2f} MB of YAML, {bare_events(text):,} events, medians of {chosen.rounds} rounds")
    for name, elapsed_s in medians.items():
        of_loader = statistics.median(each[name] / each["yaml.load(CSafeLoader)"] for each in rounds)
        of_events = statistics.median(each[name] / each["bare events"] for each in rounds)
        print(f"{name:24} {elapsed_s:8.3f} s  {of_loader:7.3f} of the loader  {of_events:7.2f} of bare events")


if __name__ == "__main__":
    main()
