"""Write docs/how-to/a-memo.md, a sample memo whose figures come from the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

import collabscore as cs
from collabscore.models.base import title_of
from collabscore.output.render import escape_markdown
from collabscore.output.text import plural
from collabscore.scoring.wording import reasons_of

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "how-to" / "a-memo.md"
LIST = "examples/proposed_projects.yaml"
TOP = 5


def titles(framework: cs.Framework, keys: tuple[str, ...]) -> str:
    """Return the titles of safeguards: any one of them is enough."""
    named = framework.all_safeguards
    return " or ".join(title_of(key, named[key].title).lower() for key in keys)


def questions(framework: cs.Framework, keys: tuple[str, ...]) -> str:
    """Return the questions behind unknown facts and ratings, as the framework words them."""
    elements = [framework.all_facts.get(key) or framework.nodes[key] for key in keys]
    return " ".join(element.question or f"{element.title}?" for element in elements)


def tasks(found: cs.Assessment, framework: cs.Framework) -> Iterator[tuple[str, str, str]]:
    """Yield for each rule that is not satisfied its title, what is missing and what to find out."""
    for finding in found.findings:
        missing = "; ".join(titles(framework, keys) for keys in finding.missing)
        if finding.state == "unknown":
            missing = f"if it applies: {missing}" if missing else ""
            yield finding.title, missing, questions(framework, finding.unknown)
        elif finding.state == "unmet":
            yield finding.title, missing, ""
        elif finding.state == "barred":
            yield finding.title, "a decision by a person", ""


def conditions(found: cs.Assessment, framework: cs.Framework) -> str:
    """Return the safeguards to put in place and those to keep; "none" for a verdict without any."""
    due: dict[str, None] = {}
    kept: dict[str, None] = {}
    if found.verdict != next(iter(framework.all_verdicts)):
        for finding in found.findings:
            due |= {titles(framework, keys): None for keys in finding.missing}
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
    shares = result.top_probability(TOP)
    firm = [ranking[place].title for place in np.flatnonzero(shares >= 0.9)]
    asked = "In this test every weight varied by up to a quarter, and every uncertain rating within its range. "
    if firm:
        verb = "is" if len(firm) == 1 else "are"
        yield f"{asked}{in_words(firm)} {verb} among the first {TOP} in at least 90 % of the cases."
    else:
        yield f"{asked}No proposal is among the first {TOP} in at least 90 % of the cases."
    even = [
        (ranking[place].title, ranking[place + 1].title)
        for place in range(TOP - 1)
        if result.pairwise_wins[place, place + 1] < 0.6
    ]
    for first, second in even:
        yield f"{in_words([first, second])} are nearly tied: their order should not decide anything."


def memo() -> Iterator[str]:
    """Yield the paragraphs and tables of the memo."""
    ranking = cs.score(ROOT / LIST)
    framework = ranking.framework
    tiers = [framework.all_verdicts[found.verdict] for found in ranking]
    ahead = [
        found for found, tier in zip(ranking, tiers, strict=True) if tier.ranked and tier.tier == 1
    ]
    decided = [
        found for found, tier in zip(ranking, tiers, strict=True) if tier.ranked and tier.tier != 1
    ]
    excluded = [found for found, tier in zip(ranking, tiers, strict=True) if not tier.ranked]

    yield "**Subject: proposals for joint work, first round**"
    yield (
        f"**Recommendation.** Of {plural(len(ranking), 'proposal')}, {len(ahead)} can go ahead, {len(decided)} need "
        f"a decision, and the rules exclude {len(excluded)}. "
        f"The best three are {in_words([found.title for found in ahead[:3]])}."
    )
    yield "**1. Can go ahead**"
    rows = [
        (
            str(found.rank),
            found.title,
            f"{found.score:.1f}",
            conditions(found, framework),
        )
        for found in ahead
    ]
    yield "\n".join(table(("Rank", "Proposal", "Score", "Conditions"), rows))
    yield (
        "*To do*: put this safeguard in place first. *Keep*: this safeguard is in place and must stay. Scores run "
        "from 0 to 100; higher is better."
    )
    yield "**2. A person must decide, and what to do first**"
    heads = ("Rank", "Proposal", "Rule", "Missing", "To find out")
    rows = []
    for found in decided:
        name = (str(found.rank), found.title)
        for task in tasks(found, framework):
            rows.append((*name, *task))
            name = ("", "")
    yield "\n".join(table(heads, rows))
    yield (
        "These proposals come after those of part 1, whatever their score. Once the missing papers are in place "
        "and the questions are answered, they are ranked again."
    )
    yield "**3. Excluded by the rules**"
    yield "\n".join(
        f"- {escape_markdown(found.title)}: {escape_markdown(reasons_of(found, framework)[0])}."
        for found in excluded
    )
    yield "**4. How certain this is**"
    yield " ".join(certainty(ranking))
    top = cs.next_questions(ranking).questions
    if top:
        first = top[0]
        asked = questions(framework, (first.key,))
        yield f'The most useful question to ask next is about "{ranking[first.candidate].title}": {asked}'
    yield "**5. Basis**"
    yield (
        f"Rules: `{framework.id}`, version {framework.version}, a proposal and not an official framework. List: "
        f"`{LIST}`, as of {ranking.problem.document.as_of}. The ratings are illustrative judgements. "
        "The verdicts judge the work as described, not any person or institution."
    )


def pages() -> dict[Path, str]:
    """Return the page by its path."""
    before, after = PAGE.with_suffix(".in.md").read_text(encoding="utf-8").split("<!-- memo -->\n")
    quoted = "\n>\n".join("\n".join(f"> {line}" for line in part.splitlines()) for part in memo())
    return {PAGE: f"{before.rstrip()}\n\n{quoted}\n\n{after.strip()}\n"}
