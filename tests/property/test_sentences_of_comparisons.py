"""Sentences and figures of `compare` and `diff`, read as a reader would and recomputed.

Everything is recomputed in plain Python from the generated lists and from the rankings by each
framework alone: 1,000 lists by several frameworks, and 1,000 pairs of runs.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from typing import Any

import pytest

import collabscore as cs
from collabscore.analysis.comparison import Comparison, compare
from collabscore.analysis.difference import Difference, diff
from collabscore.models.framework import Framework
from collabscore.output import Bullets, Heading, Notes, Page, Paragraph, Table
from collabscore.output.blocks import cell_text

LISTS = 1_000
BATCH = 250
POOL = 30

Listed = list[dict[str, Any]]

STAGES = ["basic", "applied", "deployed"]
KEYS = ("gain", "skill", "risk")
WORDS: dict[str, Any] = {
    "collabscore": "vocabulary/1",
    "id": "words",
    "scales": {"five": {"range": [1, 5]}},
    "criteria": {key: {"scale": "five", "title": key.title()} for key in KEYS},
    "facts": {
        "wet": {"kind": "flag", "title": "Wet work"},
        "stage": {"kind": "level", "title": "Stage", "levels": STAGES},
    },
    "safeguards": {"review": {}, "terms": {}},
}
WORDS["criteria"]["risk"]["prefer"] = "low"
OWN_VERDICTS = {
    "green": {"title": "Go ahead"},
    "amber": {"title": "Wait"},
    "yellow": {"title": "Ask", "tier": 2},
    "red": {"title": "Stop", "ranked": False},
}


def made_framework(rng: random.Random, name: str) -> dict[str, Any]:
    own = rng.random() < 0.3
    words = list(OWN_VERDICTS) if own else ["inside", "conditional", "refer", "outside"]
    criteria: dict[str, Any] = {}
    for key in KEYS[: rng.choice([0, 1, 2, 3, 3])]:
        criteria[key] = {"weight": rng.choice([1, 2, 3, 0.3])}
    guardrails: dict[str, Any] = {}
    for k in range(rng.randint(0, 3)):
        conditions = ["wet", "stage >= applied", "stage >= deployed", "wet and stage >= applied"]
        if "gain" in criteria:
            conditions.append("gain < 3")
        step: dict[str, Any] = {"when": rng.choice(conditions), "then": rng.choice(words[2:])}
        if rng.random() < 0.5:
            step |= {"needs": [rng.choice(["review", "terms"])], "met": words[1]}
        guardrails[f"g{k}"] = {"title": f"Rule {k} of {name}", **step}
    made: dict[str, Any] = {
        "collabscore": "framework/1",
        "id": name,
        "version": rng.choice(["1", "2.5"]),
        "uses": WORDS,
        "criteria": criteria,
        "guardrails": guardrails,
    }
    if own:
        made |= {"verdicts": OWN_VERDICTS, "defaults": {"met": "amber", "if_unknown": "yellow"}}
    if rng.random() < 0.3:
        made["applies"] = rng.choice(["stage >= applied", "not wet"])
    if not criteria:
        del made["criteria"]
    if not guardrails:
        made["guardrails"]["wet"] = {"when": "wet", "then": words[3]}
    return made


@cache
def pool() -> list[Framework]:
    """Return frameworks of different ids, loaded once."""
    return [cs.load_framework(pool_document(k)) for k in range(POOL)]


def pool_document(index: int) -> dict[str, Any]:
    return made_framework(random.Random(index), f"f{index}")


def made_list(rng: random.Random, least: int = 1, most: int = 11) -> Listed:
    listed = []
    for k in range(rng.randint(least, most)):
        ratings: dict[str, Any] = {}
        for key in KEYS:
            kind = rng.random()
            if kind < 0.8:
                ratings[key] = rng.randint(1, 5)
            elif kind < 0.9:
                ratings[key] = sorted(rng.sample(range(1, 6), 2))
        facts: dict[str, Any] = {}
        if rng.random() < 0.8:
            facts["wet"] = rng.random() < 0.4
        if rng.random() < 0.8:
            facts["stage"] = rng.choice(STAGES)
        placed = [name for name in ("review", "terms") if rng.random() < 0.4]
        entry = {"id": f"c{k}", "title": f"Project {k}", "ratings": ratings, "facts": facts}
        listed.append({**entry, "safeguards": placed})
    return listed


def number_in(pattern: str, text: str) -> int | None:
    found = re.search(pattern, text)
    return None if found is None else int(found[1].replace(",", ""))


def paragraphs(page: Page) -> list[str]:
    return [block.text for block in page.blocks if isinstance(block, Paragraph)]


def after_heading(page: Page, words: str) -> Iterator[Any]:
    """Yield the blocks between one heading and the next."""
    is_below = False
    for block in page.blocks:
        if isinstance(block, Heading):
            is_below = block.text == words
        elif is_below:
            yield block


def rows_of(table: Table) -> Iterator[dict[str, str]]:
    """Yield the printed cells of each row, by column."""
    for row in table.rows:
        cells = zip(table.columns, row, strict=True)
        yield {column.key: cell_text(column, cell) for column, cell in cells}


# compare


MEANINGS = (
    "goes ahead",
    "goes ahead with conditions",
    "a person decides",
    "does not go ahead",
    "not applicable",
)
SHAPES = "●◆▲✕○?"
NOT_JUDGED = 5


def meaning(verdict: str | None, framework: Framework) -> int:
    """Return the meaning of a verdict, mild to severe; 4 for not applicable."""
    if verdict is None:
        return 4
    definition = framework.all_verdicts[verdict]
    if not definition.ranked:
        return 3
    if definition.tier > 1:
        return 2
    return 0 if verdict == next(iter(framework.all_verdicts)) else 1


def printed_verdict(verdict: str | None, framework: Framework) -> str:
    place = meaning(verdict, framework)
    if verdict is None:
        return "○ not applicable"
    word = framework.all_verdicts[verdict].title if framework.verdicts else verdict
    return f"{SHAPES[place]} {word}"


def plain_verdict(document: dict[str, Any], answers: dict[str, Any], placed: list[str]) -> int:
    """Return the place of the verdict on a candidate of which all is known."""
    words = list(document.get("verdicts", ["inside", "conditional", "refer", "outside"]))
    worst = 0
    for rule in document["guardrails"].values():
        if not holds_plainly(rule["when"], answers):
            continue
        is_met = "needs" in rule and set(rule["needs"]) <= set(placed)
        worst = max(worst, words.index(rule["met"] if is_met else rule["then"]))
    return worst


def holds_plainly(condition: str, answers: dict[str, Any]) -> bool:
    for part in condition.split(" and "):
        if part == "gain < 3":
            holds = answers["gain"] < 3
        elif part == "wet":
            holds = answers["wet"]
        else:
            holds = STAGES.index(answers["stage"]) >= STAGES.index(part.removeprefix("stage >= "))
        if not holds:
            return False
    return True


def possible_verdicts(document: dict[str, Any], entry: dict[str, Any]) -> set[int]:
    """Return the verdicts that the unknown answers of a candidate allow, by trying them all."""
    facts, gain = entry["facts"], entry["ratings"].get("gain", [1, 5])
    low, high = gain if isinstance(gain, list) else [gain, gain]
    found = set()
    for wet in [facts["wet"]] if "wet" in facts else [False, True]:
        for stage in [facts["stage"]] if "stage" in facts else STAGES:
            for rating in range(low, high + 1):
                answers = {"wet": wet, "stage": stage, "gain": rating}
                found.add(plain_verdict(document, answers, entry["safeguards"]))
    return found


def plain_counts(document: dict[str, Any], entry: dict[str, Any]) -> tuple[int, int]:
    """Return how many answers a framework needs of a candidate, and how many are missing."""
    conditions = [rule["when"] for rule in document["guardrails"].values()]
    text = " ".join([*conditions, document.get("applies", "")])
    needed = [("ratings", key) for key in document.get("criteria", ())]
    needed += [("facts", name) for name in ("wet", "stage") if name in text]
    missing = 0
    for kind, key in needed:
        answer = entry[kind].get(key, [1, 5])
        # a range over the whole scale says nothing, and no range settles a condition
        is_range = isinstance(answer, list)
        missing += answer == [1, 5] or (is_range and key == "gain" and "gain" in text)
    return len(needed), missing


class Judged:
    """One list and its ranking by each of several frameworks."""

    def __init__(self, listed: Listed, rankings: tuple[cs.Ranking, ...]) -> None:
        self.listed = {entry["id"]: entry for entry in listed}
        frameworks = [ranking.framework for ranking in rankings]
        self.frameworks = {framework.id: framework for framework in frameworks}
        self.rankings = {ranking.framework.id: ranking for ranking in rankings}
        self.verdicts: dict[str, dict[str, str | None]] = {}
        self.ranks: dict[str, dict[str, int | None]] = {}
        self.counts: dict[str, dict[str, tuple[int, int]]] = {}
        self.codes: dict[str, list[int]] = {entry["id"]: [] for entry in listed}
        for framework in frameworks:
            found = {each.id: each for each in self.rankings[framework.id]}
            self.verdicts[framework.id] = {key: each.verdict for key, each in found.items()}
            self.ranks[framework.id] = {key: each.rank for key, each in found.items()}
            document = pool_document(int(framework.id.removeprefix("f")))
            words, counts = list(framework.all_verdicts), {}
            for key, each in found.items():
                code = meaning(each.verdict, framework)
                counts[key] = plain_counts(document, self.listed[key])
                if each.verdict is not None:
                    possible = possible_verdicts(document, self.listed[key])
                    given = words.index(each.verdict)
                    if given > min(possible) or given == 0 < max(possible):
                        code = NOT_JUDGED
                self.codes[key].append(code)
            self.counts[framework.id] = counts

    def applying(self, key: str) -> list[int]:
        return [code for code in self.codes[key] if code < 4]

    @property
    def compared(self) -> list[str]:
        return [key for key in self.listed if len(self.applying(key)) >= 2]

    @property
    def disputed(self) -> list[str]:
        return [key for key in self.compared if len(set(self.applying(key))) > 1]

    def code(self, framework: str, key: str) -> int:
        return self.codes[key][list(self.frameworks).index(framework)]

    def are_judged(self, frameworks: tuple[str, str]) -> Iterator[str]:
        """Yield the candidates that all of several frameworks judge."""
        for key in self.listed:
            if max(self.code(name, key) for name in frameworks) < 4:
                yield key

    def cell(self, framework: str, key: str) -> str:
        """Return a cell of the table of verdicts."""
        if self.code(framework, key) != NOT_JUDGED:
            return self.mark(framework, key)
        _, missing = self.counts[framework][key]
        return f"? {missing} unknown" if missing else "? not judged"

    def mark(self, framework: str, key: str) -> str:
        if self.code(framework, key) == NOT_JUDGED:
            return "? not judged"
        return printed_verdict(self.verdicts[framework][key], self.frameworks[framework])


def check_agreement(sentences: str, judged: Judged) -> None:
    compared, disputed = len(judged.compared), len(judged.disputed)
    n = len(judged.listed)
    if not compared:
        assert f"same one of {n} candidate{'s' * (n != 1)}: nothing to compare." in sentences
        return
    agreed = compared - disputed
    whole = re.match(
        r"The frameworks (agree|disagree) on (all [\d,]+|the one) candidate", sentences
    )
    if whole is not None:
        count = compared if whole[2] == "the one" else int(whole[2].removeprefix("all "))
        assert (count == 1) is (whole[2] == "the one")
        assert count == compared == (agreed if whole[1] == "agree" else disputed)
    else:
        assert number_in(r"agree on ([\d,]+) candidate", sentences) == agreed > 0
        assert number_in(r"and disagree on ([\d,]+)\.", sentences) == disputed > 0
    alone = number_in(r"([\d,]+) candidates? (?:is|are) judged by fewer than two", sentences) or 0
    assert alone == n - compared
    ahead = []
    for key in judged.compared:
        if NOT_JUDGED not in judged.codes[key] and max(judged.applying(key)) <= 1:
            ahead.append(key)
    if "No candidate is known to go ahead" in sentences:
        assert not ahead
    else:
        words = sentences.rpartition("By all frameworks, ")[2].removesuffix(" can go ahead.")
        named = re.findall(r'"Project (\d+)"', words)
        if named:
            assert sorted(named) == sorted(key.removeprefix("c") for key in ahead)
        else:
            assert int(words.split()[0]) == len(ahead) > 3


def plain_tau_b(one: list[int], other: list[int]) -> float:
    alike = ties_one = ties_other = pairs = 0
    for i, k in combinations(range(len(one)), 2):
        a = (one[i] > one[k]) - (one[i] < one[k])
        b = (other[i] > other[k]) - (other[i] < other[k])
        alike += a * b
        ties_one += a == 0
        ties_other += b == 0
        pairs += 1
    scale = math.sqrt((pairs - ties_one) * (pairs - ties_other))
    return alike / scale if scale else math.nan


def check_pairs(table: Table, judged: Judged) -> None:
    pairs = list(combinations(judged.frameworks, 2))
    for (first, second), row in zip(pairs, rows_of(table), strict=True):
        assert row["pair"] == f"{first} and {second}"
        places = [list(judged.frameworks).index(name) for name in (first, second)]
        codes = [tuple(code[place] for place in places) for code in judged.codes.values()]
        both = [(one, other) for one, other in codes if max(one, other) < 4]
        assert int(row["judged"]) == len(both)
        apply = [pair for pair in codes if 4 not in pair]
        assert int(row["not_judged"]) == len(apply) - len(both)
        assert int(row["same"]) == sum(one == other for one, other in both)
        assert int(row["first_milder"]) == sum(one < other for one, other in both)
        assert int(row["second_milder"]) == sum(one > other for one, other in both)
        if row.get("ranked", "–") != "–":
            keys = judged.are_judged((first, second))
            ranks = [(judged.ranks[first][key], judged.ranks[second][key]) for key in keys]
            ranked = [(one, other) for one, other in ranks if one and other]
            assert int(row["ranked"]) == len(ranked)
            tau = plain_tau_b([one for one, _ in ranked], [other for _, other in ranked])
            assert row["tau_b"] == (
                "–" if math.isnan(tau) else f"{tau:.2f}".replace("-0.00", "0.00")
            )


def check_moves(table: Table, judged: Judged) -> None:
    keys = {f"Project {key.removeprefix('c')}": key for key in judged.listed}
    pair = ("", "")
    for place, row in enumerate(rows_of(table)):
        if place in table.sections:
            names, _, counted = table.sections[place].partition(": ")
            first, second = names.split(" and ")
            pair = (first, second)
            listed = judged.are_judged(pair)
            both = [(judged.ranks[first][key], judged.ranks[second][key]) for key in listed]
            gaps = [one - other for one, other in both if one and other and one != other]
            farthest = sorted(map(abs, gaps), reverse=True)
            shown = min(len(gaps), 5)
            assert counted == ("" if shown == len(gaps) else f"{shown} of {len(gaps)}")
            left = farthest[:shown]
        key = keys[row["title"]]
        ranks = [judged.ranks[name][key] for name in pair]
        assert [int(row["first"]), int(row["second"])] == ranks
        by = (ranks[0] or 0) - (ranks[1] or 0)
        assert abs(by) == left.pop(0)
        places = "1 place" if abs(by) == 1 else f"{abs(by)} places"
        assert row["by"] == f"{places} {'higher' if by > 0 else 'lower'}"


def keys_in(line: str, judged: Judged) -> tuple[int, list[str]]:
    """Return how many candidates a line claims, and the ids of those it names."""
    names = re.findall(r"Project (\d+)", line)
    claimed = number_in(r"^([\d,]+) candidates: ", line) or 1
    more = number_in(r"and ([\d,]+) more$", line) or 0
    assert claimed == len(names) + more
    return claimed, [f"c{name}" for name in names]


def answers_to(title: str, key: str, judged: Judged) -> str:
    facts = judged.listed[key]["facts"]
    if title == "wet work":
        return {True: "yes", False: "no", None: "unknown"}[facts.get("wet")]
    return str(facts.get("stage", "unknown"))


def check_reason(items: list[str], judged: Judged, held: set[str]) -> None:
    heading, candidates, *lines = items
    claimed, named = keys_in(candidates, judged)
    for marks, framework in re.findall(r"([●◆▲✕] [^:,]+?) by (f\d+(?: and f\d+)*)", heading):
        for name in framework.split(" and "):
            for key in named:
                assert judged.mark(name, key) == marks
                assert meaning(judged.verdicts[name][key], judged.frameworks[name]) == max(
                    judged.applying(key)
                )
    held.update(named)
    others = [line for line in lines if re.match(r"f\d+: ", line)]
    for name, words in re.findall(r"(f\d+): (.*?)(?=; f\d+: |$)", "; ".join(others)):
        counts = Counter(judged.mark(name, key) for key in named)
        if " for " in words:
            claims = {m: int(c) for m, c in re.findall(r"([●◆▲✕○?] .+?) for (\d+)", words)}
            assert sum(claims.values()) == claimed
            assert all(claims[mark] >= count for mark, count in counts.items())
        else:
            assert set(counts) == {words}
    if claimed == len(named):
        for line in lines:
            if line.startswith("Facts"):
                check_facts(line.partition(". ")[0], named, judged)


def check_facts(line: str, named: list[str], judged: Judged) -> None:
    """Check the answers of the named candidates, and how many of them gave each."""
    facts = re.findall(r"(wet work|stage): ([^;]+)", line)
    assert facts or re.search(r": (gain|score)", line)
    for title, answers in facts:
        known = Counter(answers_to(title, key, judged) for key in named)
        counted = re.findall(r"([a-z ]+) \((\d+)\)", answers)
        for answer, count in counted:
            assert known[answer.strip()] >= int(count)
        if not counted:
            assert set(known) == {answers}


def check_legend(page: Page, judged: Judged) -> None:
    marks = set()
    for name in judged.frameworks:
        marks |= {judged.mark(name, key) for key in judged.listed}
    for block in page.blocks:
        if isinstance(block, Notes) and block.lines and block.lines[0][0] in "●◆▲✕○":
            said = dict(entry.split(": ") for entry in block.lines[0].split("; "))
            for mark, words in said.items():
                assert MEANINGS[SHAPES.index(mark[0])] == words
            assert {mark for mark in marks if mark[0] not in "○?"} == {
                mark for mark in said if mark[0] != "○"
            }


def check_reasons(page: Page, found: Comparison, judged: Judged) -> None:
    """Check which candidates the reasons cover, and each reason."""
    blocks = list(after_heading(page, "Why they disagree"))
    lists = [block for block in blocks if isinstance(block, Bullets)]
    held: set[str] = set()
    whole = True
    for block in lists:
        items = [item.text for item in block]
        whole &= " more" not in items[1]
        check_reason(items, judged, held)
    assert held <= set(judged.disputed)
    assert bool(lists) is bool(judged.disputed)
    counted = [block.text for block in blocks if isinstance(block, Paragraph)]
    if not counted:
        assert len(lists) == len(found.disagreements)
        assert not whole or held == set(judged.disputed)
        return
    assert number_in(r"^([\d,]+) of", counted[0]) == len(lists)
    assert number_in(r"of ([\d,]+) reasons", counted[0]) == len(found.disagreements)
    covered = re.search(r"cover (?:all|(\d+) of the) (\d+) candidates", counted[0])
    assert covered is not None
    assert int(covered[2]) == len(judged.disputed)
    if whole:
        assert int(covered[1] or covered[2]) == len(held)


def check_silence(page: Page, judged: Judged) -> None:
    """Check how many answers each framework misses, and how many candidates it judges."""
    tables = [block for block in page.blocks if isinstance(block, Table)]
    if "needed" not in [column.key for column in tables[0].columns]:
        for name, counts in judged.counts.items():
            assert not any(missing for _, missing in counts.values())
            assert all(judged.code(name, key) != NOT_JUDGED for key in judged.listed)
        return
    for row in rows_of(tables[0]):
        counts = judged.counts[row["framework"]].values()
        assert int(row["needed"]) == sum(needed for needed, _ in counts)
        assert int(row["missing"]) == sum(missing for _, missing in counts)
        codes = [judged.code(row["framework"], key) for key in judged.listed]
        assert int(row["judged"]) == sum(code < 4 for code in codes)
        assert int(row["not_judged"]) == codes.count(NOT_JUDGED)


def check_comparison(seed: int) -> None:
    rng = random.Random(seed)
    frameworks = rng.sample(pool(), rng.choice([2, 2, 3]))
    listed = made_list(rng)
    found = compare(listed, frameworks)
    judged = Judged(listed, found.rankings)
    detail = rng.choice(["default", "default", "verbose"])
    page = found.page(detail=detail, disagreements=rng.choice([1, 2, 5, 5, None]))
    check_agreement(paragraphs(page)[0], judged)
    check_silence(page, judged)
    check_legend(page, judged)
    check_reasons(page, found, judged)
    for row, printed in zip(found.rows, rows_of(found.table()), strict=True):
        for name in judged.frameworks:
            assert printed[f"verdict_{name}"] == judged.cell(name, row.id)
            found_here = row.by[name]
            assert (found_here.needed, found_here.missing) == judged.counts[name][row.id]
            place = judged.code(name, row.id)
            assert found_here.answer == (*MEANINGS, "not judged")[place]
            rank = judged.ranks[name][row.id]
            assert printed.get(f"rank_{name}", "–") == str(rank or "–")
        if printed["agree"] != "–":
            assert (printed["agree"] == "no") is (row.id in judged.disputed)
    pairs, *_ = after_heading(page, "How much they agree")
    check_pairs(pairs, judged)
    for table in list(after_heading(page, "Largest differences in rank"))[:1]:
        check_moves(table, judged)


@pytest.mark.parametrize("start", range(0, LISTS, BATCH))
def test_sentences_of_a_comparison(start: int) -> None:
    for seed in range(start, start + BATCH):
        try:
            check_comparison(seed)
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise


# diff


@cache
def heavier(index: int) -> Framework:
    """Return a framework of the pool with other weights, and sometimes another rule."""
    rng = random.Random(index)
    changed = pool_document(index)
    for entry in changed.get("criteria", {}).values():
        entry["weight"] = rng.choice([1, 2, 3, 5])
    if rng.random() < 0.3:
        changed["guardrails"].popitem()
    return cs.load_framework(changed)


def changed_list(rng: random.Random, listed: Listed) -> Listed:
    """Return the list with some candidates changed, gone, or new, perhaps in another order."""
    other = made_list(rng, 8, 8)
    kinds = rng.sample(["ratings", "facts", "safeguards"], rng.randint(0, 3))
    changed = []
    for entry, new in zip(listed, other, strict=False):
        part = {kind: new[kind] for kind in kinds if rng.random() < 0.4}
        if rng.random() < 0.95:
            changed.append({**entry, **part})
    if rng.random() < 0.3:
        changed.append({**other[-1], "id": "c99", "title": "Project 99"})
    return changed or listed


class Runs:
    """Two runs, each scored on its own, and the candidates of both."""

    def __init__(self, old: Listed, new: Listed, before: Framework, after: Framework) -> None:
        self.old = {entry["id"]: entry for entry in old}
        self.new = {entry["id"]: entry for entry in new}
        self.frameworks = before, after
        self.before, self.after = cs.score(old, before), cs.score(new, after)
        self.was = {each.id: each for each in self.before}
        self.now = {each.id: each for each in self.after}
        self.keys = list(dict.fromkeys((*self.was, *self.now)))

    def changed(self, key: str, name: str) -> bool:
        if key not in self.was or key not in self.now:
            return False
        one, other = getattr(self.was[key], name), getattr(self.now[key], name)
        if name == "score" and one is not None and other is not None:
            return bool(abs(one - other) > 1e-9)
        return bool(one != other)

    def moved(self, key: str) -> bool:
        if key not in self.was or key not in self.now:
            return True
        return any(self.changed(key, name) for name in ("verdict", "rank", "score"))


def key_of(title: str) -> str:
    return f"c{title.removeprefix('Project ')}"


def check_outcome(sentences: str, runs: Runs) -> None:
    moved = [key for key in runs.keys if runs.moved(key)]
    n = len(runs.keys)
    if not moved:
        assert (
            sentences == f"None of {n} candidate{'s' * (n != 1)} changed in verdict, rank or score."
        )
        return
    if sentences.startswith("All"):
        assert number_in(r"^All (\d+) candidates changed", sentences) == n == len(moved) > 1
    else:
        who = re.match(r"(\d+) of (\d+) candidates? changed", sentences)
        assert who is not None
        assert (int(who[1]), int(who[2])) == (len(moved), n)
    for word in ("verdict", "rank", "score"):
        count = number_in(rf"(\d+) in {word}", sentences) or 0
        assert count == sum(runs.changed(key, word) for key in runs.keys)
    assert (number_in(r"(\d+) added", sentences) or 0) == len(set(runs.now) - set(runs.was))
    assert (number_in(r"(\d+) removed", sentences) or 0) == len(set(runs.was) - set(runs.now))
    turned = [key for key in moved if runs.changed(key, "verdict")]
    assert ("No verdict changed." in sentences) is (not turned)
    named = re.findall(r'"(Project \d+)": (.+?)(?=; "|\.$)', sentences)
    assert len(named) == (len(turned) if len(turned) <= 3 else 0)
    for title, words in named:
        assert words == printed_change(key_of(title), runs)


def printed_change(key: str, runs: Runs) -> str:
    marks = []
    for found, framework in zip((runs.was, runs.now), runs.frameworks, strict=True):
        if key in found:
            marks.append(printed_verdict(found[key].verdict, framework))
    return " → ".join(dict.fromkeys(marks)).replace("○ not applicable", "–")


def printed_move(key: str, runs: Runs) -> str:
    if key not in runs.was or key not in runs.now:
        return "added" if key in runs.now else "removed"
    one, other = runs.was[key].rank, runs.now[key].rank
    if one == other:
        return "–"
    if one is None or other is None:
        return "ranked" if one is None else "unranked"
    by = abs(one - other)
    return f"{by} place{'s' * (by != 1)} {'up' if other < one else 'down'}"


def check_rows(table: Table, runs: Runs) -> None:
    rows = list(rows_of(table))
    assert [key_of(row["title"]) for row in rows] == [
        key for key in dict.fromkeys((*runs.now, *runs.was)) if runs.moved(key)
    ]
    for row in rows:
        key = key_of(row["title"])
        now = runs.now.get(key)
        score = None if now is None else now.score
        # a column that nobody has anything in is left out
        assert row.get("ranks", "–") == str((now and now.rank) or "–")
        assert row.get("scores", "–") == ("–" if score is None else f"{score:.1f}")
        assert row.get("moved", "–") == printed_move(key, runs)
        assert row["verdicts"] == printed_change(key, runs)


def figure_of(text: str) -> float:
    """Return a number with its sign, which every number but 0 has."""
    assert re.fullmatch(r"[+-]\d+\.\d|0\.0", text)
    return float(text)


def plain_value(key: str, rating: Any) -> float:
    return (5 - rating) / 4 if key == "risk" else (rating - 1) / 4


def check_effects(blocks: list[Any], runs: Runs) -> None:
    """Check that effects sum to the change, and one by one where they can be seen apart."""
    table = next(block for block in blocks if isinstance(block, Table))
    scored = [key for key in runs.now if runs.changed(key, "score")]
    scored = [key for key in scored if None not in (runs.was[key].score, runs.now[key].score)]
    more = 0
    for block in blocks:
        if isinstance(block, Paragraph):
            more += number_in(r"^(\d+) more", block.text) or 0
            kind = re.search(r"One kind of change explains all of them: (\w+)\.", block.text)
            if kind is not None:
                check_single_kind(kind[1], scored, runs)
    assert len(table.rows) + more == len(scored)
    for row in rows_of(table):
        key = key_of(row["title"])
        change = figure_of(row["change"])
        points = (runs.now[key].score or 0.0) - (runs.was[key].score or 0.0)
        assert change == pytest.approx(round(points, 1), abs=0.0501)
        kinds = [figure_of(row[kind]) for kind in row if kind in ("ratings", "weights", "criteria")]
        if kinds:
            assert sum(kinds) == pytest.approx(change, abs=1e-6)
        named = re.findall(r"(Gain|Skill|Risk) ([^,]+)", row["largest"])
        effects = {name.lower(): figure_of(text) for name, text in named}
        assert " more" not in row["largest"]
        assert sum(effects.values()) == pytest.approx(change, abs=1e-6)
        sizes = [abs(effect) for effect in effects.values()]
        assert all(one >= other - 0.11 for one, other in pairwise(sizes))
        if runs.frameworks[0].digest == runs.frameworks[1].digest:
            check_ratings(key, effects, runs)


def check_ratings(key: str, effects: dict[str, float], runs: Runs) -> None:
    """Check the effect of each criterion whose two ratings are numbers: share times values."""
    old, new = runs.old[key]["ratings"], runs.new[key]["ratings"]
    for name, node in runs.frameworks[0].leaves.items():
        one, other = old.get(name), new.get(name)
        if isinstance(one, int) and isinstance(other, int):
            effect = 100 * node.overall * (plain_value(name, other) - plain_value(name, one))
            assert effects.get(name, 0.0) == pytest.approx(effect, abs=0.1001)


def check_single_kind(kind: str, scored: list[str], runs: Runs) -> None:
    """Check that this kind of change alone gives the new scores."""
    listed, framework = list(runs.old.values()), runs.frameworks[0]
    if kind == "ratings":
        listed = [{**runs.old[key], "ratings": runs.new[key]["ratings"]} for key in scored]
    else:
        framework = runs.frameworks[1]
    alone = {each.id: each.score for each in cs.score(listed, framework)}
    for key in scored:
        assert alone[key] == pytest.approx(runs.now[key].score)


def check_answers(blocks: list[Any], runs: Runs, *, verbose: bool) -> None:
    """Check the changed answers that are named, those that are counted, and the findings."""
    bullets = next((block for block in blocks if isinstance(block, Bullets)), ())
    for item in bullets:
        title, _, words = item.text.partition(": ")
        key = key_of(title)
        old, new = runs.old[key], runs.new[key]
        changed = 0
        for kind in ("ratings", "facts"):
            changed += sum(old[kind].get(k) != new[kind].get(k) for k in {*old[kind], *new[kind]})
        changed += len({*old["safeguards"]} ^ {*new["safeguards"]})
        entries = words.split("; ")
        named = [
            entry
            for entry in entries
            if re.match(r"(Gain|Skill|Risk|Wet work|Stage|Review|Terms): ", entry)
        ]
        counted = sum(number_in(r"^(\d+) more change", entry) or 0 for entry in entries)
        assert len(named) + counted == changed
        assert verbose or len(named) <= 3
        for entry in named:
            word, was, now = re.fullmatch(r"(.+?): (.+) → (.+)", entry).groups()  # type: ignore[union-attr]
            if word in ("Gain", "Skill", "Risk"):
                for said, entries_of in ((was, old), (now, new)):
                    assert said == str(entries_of["ratings"].get(word.lower(), "unknown"))
        check_findings([entry for entry in entries if entry.startswith('"')], key, runs, verbose)


def check_findings(entries: list[str], key: str, runs: Runs, verbose: bool) -> None:
    words = {"clear": "does not apply", "met": "satisfied", "unmet": "safeguards missing"}
    words |= {"barred": "applies", "unknown": "unknown"}
    expected = []
    states = [
        {each.guardrail: each.state for each in found[key].findings}
        for found in (runs.was, runs.now)
    ]
    for name in dict.fromkeys((*states[0], *states[1])):
        one, other = (words.get(each.get(name, ""), "not asked") for each in states)
        if one != other:
            guardrails = runs.frameworks[0].guardrails | runs.frameworks[1].guardrails
            title = guardrails[name].title or name.title()
            expected.append(f'"{title}": {one} → {other}')
    if verbose or runs.changed(key, "verdict"):
        assert entries == expected
    else:
        assert not entries


def check_weights(blocks: list[Any], runs: Runs) -> None:
    before, after = runs.frameworks
    for item in next((block for block in blocks if isinstance(block, Bullets)), ()):
        found = re.fullmatch(r"weight of (\w+): ([\d.]+) % → ([\d.]+) %", item.text)
        if found is not None:
            shares = [
                float(f"{100 * each.nodes[found[1].lower()].share:.3g}") for each in (before, after)
            ]
            assert [float(found[2]), float(found[3])] == shares


def check_places(result: Difference, runs: Runs) -> None:
    """Check that the effects on the place sum to its change among the candidates of both runs."""
    shared = [key for key in runs.new if key in runs.old]
    places = []
    for listed, framework in zip((runs.old, runs.new), runs.frameworks, strict=True):
        ranking = cs.score([listed[key] for key in shared], framework)
        places.append({each.id: each.rank or place for place, each in enumerate(ranking, 1)})
    for block in after_heading(result.page(detail="verbose"), "Changed answers and findings"):
        for item in block if isinstance(block, Bullets) else ():
            title, _, words = item.text.partition(": ")
            said = words.partition("effect on the rank, in places: ")[2]
            moves = re.findall(r"([\d.]+) (up|down)", said)
            if moves:
                total = sum(float(by) * (1 if way == "down" else -1) for by, way in moves)
                key = key_of(title)
                assert total == pytest.approx(places[1][key] - places[0][key], abs=0.31)


def check_difference(seed: int) -> None:
    rng = random.Random(seed)
    index = rng.randrange(POOL)
    before = pool()[index]
    after = heavier(index) if rng.random() < 0.4 else before
    old = made_list(rng, 1, 7)
    runs = Runs(old, changed_list(rng, old), before, after)
    result = diff(runs.before, runs.after)
    verbose = rng.random() < 0.3
    page = result.page(detail="verbose" if verbose else "default")
    check_outcome(paragraphs(page)[0], runs)
    check_rows(result.table(), runs)
    scores = list(after_heading(page, "Why the scores changed"))
    if scores:
        check_effects(scores, runs)
    check_answers(list(after_heading(page, "Changed answers and findings")), runs, verbose=verbose)
    check_weights(list(after_heading(page, "Changes of the framework")), runs)
    for block in page.blocks:
        for line in block.lines if isinstance(block, Notes) else ():
            if line.startswith("Changed without effect: "):
                for title in line.partition(": ")[2].rstrip(".").split(", "):
                    assert not runs.moved(key_of(title))
                    assert runs.old[key_of(title)] != runs.new[key_of(title)]
    if verbose:
        check_places(result, runs)


@pytest.mark.parametrize("start", range(0, LISTS, BATCH))
def test_sentences_of_a_difference(start: int) -> None:
    for seed in range(start, start + BATCH):
        try:
            check_difference(seed)
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
