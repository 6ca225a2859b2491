"""Write docs/how-to/a-memo.md, a sample memo whose figures come from the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

import collabscore as cs
from collabscore.models.base import title_of
from collabscore.output.render import escape_markdown
from collabscore.output.text import plural

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "how-to" / "a-memo.md"
LIST = "examples/proposed_projects.yaml"
TOP = 5
WORDS = ("no", "one", "two", "three", "four", "five")
MOST = 2  # rules and safeguards of one proposal: the memo is one page


def titles(framework: cs.Framework, keys: tuple[str, ...]) -> str:
    """Return the titles of safeguards: any one of them is enough."""
    named = framework.all_safeguards
    return " or ".join(title_of(key, named[key].title).lower() for key in keys)


def questions(framework: cs.Framework, keys: tuple[str, ...]) -> str:
    """Return the questions behind unknown facts and ratings, as the framework words them."""
    elements = [framework.all_facts.get(key) or framework.nodes[key] for key in keys]
    return " ".join(element.question or f"{element.title}?" for element in elements)


def first_of(parts: list[str], most: int) -> str:
    """Return the first of some parts, each once, and the number of the others."""
    parts = list(dict.fromkeys(parts))
    more = f" (and {len(parts) - most} more)" if len(parts) > most else ""
    return "; ".join(parts[:most]) + more


def tasks(found: cs.Assessment, framework: cs.Framework) -> tuple[str, str, str]:
    """Return the rules that are not satisfied, what they need, and the questions they ask."""
    rules, needed, asked = [], [], []
    for finding in found.findings:
        if finding.state in ("clear", "met"):
            continue
        rules.append(finding.title)
        if finding.state == "barred":
            needed.append("a decision by a person")
        for keys in finding.lacking:
            planned = " (planned)" if set(keys) & set(finding.planned) else ""
            applies = f'if "{finding.title}" applies: ' if keys in finding.may_need else ""
            needed.append(f"{applies}{titles(framework, keys)}{planned}")
        asked += [questions(framework, (key,)) for key in finding.unknown]
    return first_of(rules, MOST), first_of(needed, MOST), first_of(asked, 1)


def conditions(found: cs.Assessment, framework: cs.Framework) -> str:
    """Return the safeguards to put in place and those to keep; "none" for a verdict without any."""
    due: dict[str, None] = {}
    kept: dict[str, None] = {}
    if found.verdict != next(iter(framework.all_verdicts)):
        for finding in found.findings:
            due |= {titles(framework, keys): None for keys in finding.lacking}
            kept |= {titles(framework, (key,)): None for key in finding.in_place}
    parts = [f"to do: {', '.join(due)}"] if due else []
    parts += [f"keep: {', '.join(kept)}"] if kept else []
    return "; ".join(parts) or "none"


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Return a table in Markdown."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return [*lines, *("| " + " | ".join(map(escape_markdown, row)) + " |" for row in rows)]


def in_words(names: list[str]) -> str:
    """Return titles in quotation marks, joined as in a sentence."""
    quoted = [f'"{escape_markdown(name)}"' for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def certainty(ranking: cs.Ranking) -> Iterator[str]:
    """Yield how certain the order is: places among the first, and pairs that are nearly even."""
    result = cs.robustness(ranking, draws=10_000, seed=0)
    firm = np.flatnonzero(result.top_probability(TOP) >= 0.9)
    if not len(firm):
        named = "No proposal stays"
    elif firm.tolist() == list(range(len(firm))) and len(firm) > 1:
        named = f"The first {WORDS[len(firm)]} proposals of part 1 stay"
    else:
        verb = "stays" if len(firm) == 1 else "stay"
        named = f"{in_words([ranking[int(place)].title for place in firm])} {verb}"
    yield "In a test, every weight varied by up to a quarter, and every uncertain rating within its range."
    yield f"{named} among the first {WORDS[TOP]} in at least 90 % of the cases."
    for place in range(TOP - 1):
        if result.pairwise_wins[place, place + 1] < 0.6:
            ranks = sorted({ranking[place].rank, ranking[place + 1].rank})
            named = f"rank {ranks[0]}" if len(ranks) == 1 else f"ranks {ranks[0]} and {ranks[1]}"
            yield f"The two proposals of {named} are nearly tied: their order should not decide anything."


def memo() -> Iterator[str]:
    """Yield the paragraphs and tables of the memo."""
    ranking = cs.score(ROOT / LIST)
    framework = ranking.framework
    ahead, decided, excluded = [], [], []
    for found in ranking:
        verdict = framework.all_verdicts[found.verdict]
        if not verdict.ranked:
            excluded.append(found)
        elif verdict.tier == 1:
            ahead.append(found)
        else:
            decided.append(found)

    yield f"**Subject: {ranking.problem.document.title}**"
    yield (
        f"**Recommendation.** Of {plural(len(ranking), 'proposal')}, {len(ahead)} can go ahead, {len(decided)} need "
        f"a decision, and the rules exclude {len(excluded)}. "
        f"The first in the order {'is' if ahead[0].rank != ahead[1].rank else 'are'} "
        f"{in_words([found.title for found in ahead if found.rank == 1])}."
    )
    yield "**1. Can go ahead**"
    rows = []
    for found in ahead:
        condition = conditions(found, framework)
        rows.append((str(found.rank), found.title, f"{found.score:.1f}", condition))
    yield "\n".join(table(("Rank", "Proposal", "Score", "Conditions"), rows))
    yield (
        "*To do*: a safeguard to put in place first. *Keep*: a safeguard in place that must stay. Scores run from 0 "
        "to 100; higher is better."
    )
    yield "**2. A person must decide, and what to do first**"
    heads = ("Rank", "Proposal", "Rules", "To do first", "To find out")
    rows = [(str(found.rank), found.title, *tasks(found, framework)) for found in decided]
    yield "\n".join(table(heads, rows))
    yield (
        "These proposals come after those of part 1, whatever their score. They are ranked again once the tasks are "
        "done."
    )
    yield "**3. Excluded by the rules**"
    lines = []
    for found in excluded:
        rules = [finding.title for finding in found.findings if finding.verdict == found.verdict]
        lines.append(f"- {escape_markdown(found.title)} (rule: {', '.join(rules)})")
    yield "\n".join(lines)
    yield "**4. How certain this is**"
    yield " ".join(certainty(ranking))
    top = cs.next_questions(ranking).questions
    if top:
        rank = ranking[top[0].candidate].rank
        yield f"The most useful question to ask next is the one about the proposal of rank {rank}."
    yield "**5. Basis**"
    yield (
        f"Rules: `{framework.id}`, version {framework.version}, a proposal and not an official framework. List: "
        f"`{LIST}`, as of {ranking.problem.document.as_of}. The ratings are illustrative judgements."
    )


def pages() -> dict[Path, str]:
    """Return the page by its path."""
    before, after = PAGE.with_suffix(".in.md").read_text(encoding="utf-8").split("<!-- memo -->\n")
    quoted = "\n>\n".join("\n".join(f"> {line}" for line in part.splitlines()) for part in memo())
    return {PAGE: f"{before.rstrip()}\n\n{quoted}\n\n{after.strip()}\n"}
