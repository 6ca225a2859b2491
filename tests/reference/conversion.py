"""Generated lists, converted there and back: the same list, and the writer names no loss.

`python tests/reference/conversion.py 1000` converts as many, a line for each that differs.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import collabscore as cs
from collabscore.documents.writing import WRITERS
from reference import generate
from reference.table_forms import count_differences

DOCUMENTS = (".yaml", ".yml", ".json", ".jsonl", ".ndjson")


def any_list(rng: random.Random) -> cs.Candidates:
    """Return a list with everything that a list may hold: its own sources, details, partners, odd texts."""
    document = generate.any_framework(rng)
    entries = generate.candidates(rng, document, rng.randint(1, 6))
    document.setdefault("facts", {})["offices"] = {"kind": "flag", "per": "partner"}
    data: dict[str, Any] = {"collabscore": "candidates/1", "candidates": entries}
    data |= some_keys_of_lists(rng)
    for place, entry in enumerate(entries):
        if rng.random() < 0.3:
            entry["partners"] = rng.choice([[], [{"id": "acme; co", "facts": {"offices": True}}]])
        if rng.random() < 0.3:
            entry["note"] = rng.choice(ODD_TEXTS)
        if place and rng.random() < 0.2:
            entry["part_of"] = entries[0]["id"]
        for section in ("ratings", "facts"):
            for key, answer in entry.get(section, {}).items():
                is_range = section == "ratings" and isinstance(answer, list)
                if rng.random() < 0.2 and not is_range:
                    entry[section][key] = with_details(rng, answer, data)
    return cs.load_candidates(data, document)


ODD_TEXTS = [
    "=1+1",
    "'=1+1",
    "-",
    "a; b",
    "[x]",
    "{x}",
    'a "b"\nc',
    "3-5",
    "007",
    "unknown",
    "-2,5",
]


def some_keys_of_lists(rng: random.Random) -> dict[str, Any]:
    source = {"title": "A report, 2025", "issuer": "An office", "url": "https://example.org/a?b=c"}
    keys: dict[str, Any] = {
        "title": rng.choice(ODD_TEXTS),
        "summary": "Two lines.\nAnd another.",
        "note": rng.choice(ODD_TEXTS),
        "as_of": rng.choice(["2025", "2025-06", "2025-06-30"]),
        "unit": "area",
        "sources": {"r-1": source, "r-2": {"title": "B"}},
    }
    return {key: value for key, value in keys.items() if rng.random() < 0.4}


def with_details(rng: random.Random, answer: Any, data: dict[str, Any]) -> dict[str, Any]:
    details = dict(answer) if isinstance(answer, dict) else {"value": answer}
    details["note"] = rng.choice(ODD_TEXTS)
    details["by"] = "An office"
    details["date"] = "2024-12"
    if "as_of" in data:
        details["until"] = "2030-01-31"
    if "sources" in data:
        details["evidence"] = rng.choice([["r-1"], [{"id": "r-1", "clause": "p. 3; 4"}, "r-1"]])
    return details


def content_of(candidates: cs.Candidates, *, is_table: bool) -> Any:
    """Return a list as plain data; of tables without what they do not tell apart.

    An unknown answer is a blank cell, and 3.0 is 3.
    """
    data = candidates.model_dump(mode="json", exclude_defaults=True)
    if not is_table:
        return data
    for entry in data["candidates"]:
        for section in ("ratings", "facts"):
            answers = {key: plain(value) for key, value in entry.get(section, {}).items()}
            entry[section] = {key: value for key, value in answers.items() if value is not None}
    return data


def plain(part: Any) -> Any:
    if isinstance(part, dict):
        found = {key: plain(value) for key, value in part.items()}
        found = {key: value for key, value in found.items() if value is not None}
        return found or None
    if isinstance(part, list):
        return [plain(value) for value in part]
    if isinstance(part, float) and part.is_integer():
        return int(part)
    return None if part == "unknown" else part


def differences(seed: int, folder: Path) -> Iterator[str]:
    """Yield each form in which the list of a seed is not the same, or in which a loss is named."""
    rng = random.Random(seed)
    candidates = any_list(rng)
    for suffix in WRITERS:
        file = folder / f"list{suffix}"
        lost = cs.write_candidates(candidates, file)
        is_table = suffix not in DOCUMENTS
        try:
            back = cs.load_candidates(file, candidates.frameworks)
        except cs.CollabscoreError as error:
            yield f"{seed} {suffix}: {error}"
            continue
        wanted, found = (content_of(one, is_table=is_table) for one in (candidates, back))
        if wanted != found and not lost:
            yield f"{seed} {suffix}: {first_difference(wanted, found)}"
        elif lost:
            yield f"{seed} {suffix}: lost {lost}"


def first_difference(one: Any, other: Any, path: str = "") -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [key for key in {**one, **other} if one.get(key) != other.get(key)]
        return first_difference(one.get(keys[0]), other.get(keys[0]), f"{path}.{keys[0]}")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        k = next(k for k in range(len(one)) if one[k] != other[k])
        return first_difference(one[k], other[k], f"{path}[{k}]")
    return f"{path}: {one!r} is {other!r}"


if __name__ == "__main__":
    sys.exit(bool(count_differences(differences, *map(int, sys.argv[1:]))))
