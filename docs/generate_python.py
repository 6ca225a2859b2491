"""Write docs/reference/python.md, "From Python", from the docstrings of every public name."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from page_outputs import renewed
from pydantic import BaseModel

import collabscore as cs
from collabscore.output import Result

PAGE = Path(__file__).parent / "reference" / "python.md"

SECTIONS = {
    "Score a list": ("score", "what_if"),
    "Read documents": ("load_candidates", "load_framework", "load_vocabulary", "load_cases"),
    "Write documents": ("write_candidates",),
    "Explain and test a ranking": (
        "explain",
        "robustness",
        "extreme_ranks",
        "sensitivity",
        "next_questions",
    ),
    "Compare": ("compare", "diff", "impact", "panel", "run_cases", "prove"),
    "Data frames, workbooks and stored results": (
        "to_pandas",
        "to_polars",
        "to_arrow",
        "to_excel",
        "load_result",
    ),
    "A ranking and its parts": ("Ranking", "Assessment", "Finding"),
    "Other results": (
        "Explanation",
        "Robustness",
        "ExtremeRanks",
        "Sensitivity",
        "Questions",
        "Comparison",
        "Difference",
        "Impact",
        "Panel",
        "WhatIf",
        "PolicyTest",
        "Proof",
        "StoredResult",
    ),
    "Documents": ("Framework", "Vocabulary", "Candidates", "Candidate", "Problem"),
    "Tables": ("Table",),
    "Errors": (
        "CollabscoreError",
        "DocumentError",
        "FrameworkError",
        "CandidateError",
        "UsageError",
        "UnreadableFileError",
        "MissingExtraError",
        "Diagnostic",
    ),
}

_TITLED = re.compile(r"^(\w[\w ]*)\n-+$", re.MULTILINE)


def split_docstring(text: str) -> dict[str, str]:
    """Return the sections of a numpydoc docstring; the text before the first has the key ""."""
    parts = _TITLED.split(text)
    return {"": parts[0].strip()} | dict(
        zip(parts[1::2], (part.strip("\n") for part in parts[2::2]), strict=True)
    )


def in_markdown(text: str) -> str:
    """Return prose of a docstring as one paragraph a blank line, with code in single backticks."""
    text = text.replace("``", "`")
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))
    return "\n\n".join(part for part in paragraphs if part)


def items(text: str) -> Iterator[str]:
    """Yield each parameter, return value or error of a section as an item of a list."""
    for part in re.split(r"\n(?=\S)", text.strip("\n")):
        head, _, body = part.partition("\n")
        names, colon, kind = head.partition(" : ")
        described = in_markdown(inspect.cleandoc(body)).replace("\n\n", " ")
        line = f"- `{names}`" + (f" ({kind.replace('``', '`')})" if colon else "")
        yield f"{line}: {described}" if described else line


def described(text: str | None) -> Iterator[str]:
    """Yield a docstring in Markdown, block by block."""
    if not text:
        return
    sections = split_docstring(inspect.cleandoc(text))
    summary = sections.pop("")
    if ">>>" in summary:
        summary, _, rest = summary.partition(">>>")
        sections["Examples"] = f">>>{rest}"
    prose, verbatim, code = summary.partition("::\n")
    yield in_markdown(prose + (":" if verbatim else ""))
    if verbatim:
        yield f"```text\n{inspect.cleandoc(code)}\n```"
    for title, body in sections.items():
        if title == "Examples":
            yield f"```pycon\n{body.strip()}\n```"
        elif title in ("Notes", "References", "See Also"):
            yield in_markdown(body)
        else:
            shown = "Fields" if title == "Attributes" else title
            yield f"{shown}:\n\n" + "\n".join(items(body))


def first_sentence(text: str | None) -> str:
    """Return the first paragraph of a docstring in one line."""
    return in_markdown(inspect.cleandoc(text or "").split("\n\n")[0])


def signature(function: Any, name: str) -> str:
    """Return a call as one writes it: names and defaults, without types."""
    parts = []
    star = False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in ("self", "cls"):
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            parts.append("*")
            star = True
        shown = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        star = star or parameter.kind is parameter.VAR_POSITIONAL
        text = shown + parameter.name
        if parameter.default is not parameter.empty:
            text += f"={parameter.default!r}"
        parts.append(text)
    return f"{name}({', '.join(parts)})"


def members(owner: type, *, without: type | None = None) -> Iterator[str]:
    """Yield the public properties and methods of a class, each in a line."""
    skipped = set(dir(without)) if without else set()
    for name in sorted(dir(owner)):
        if name.startswith("_") or name in skipped:
            continue
        home = next(base for base in owner.__mro__ if name in vars(base))
        member = vars(home)[name]
        if not home.__module__.startswith("collabscore"):
            continue
        if isinstance(member, (property, cached_property)):
            function = member.fget if isinstance(member, property) else member.func
            yield f"- `.{name}`: {first_sentence(function.__doc__)}"
        elif inspect.isfunction(member):
            yield f"- `.{signature(member, name)}`: {first_sentence(member.__doc__)}"
        elif isinstance(member, classmethod):
            called = signature(member.__func__, name)
            yield f"- `{owner.__name__}.{called}`: {first_sentence(member.__func__.__doc__)}"


def entry(name: str) -> Iterator[str]:
    """Yield the blocks that describe one public name."""
    thing = getattr(cs, name)
    yield f"### `{name}`"
    if not isinstance(thing, type):
        yield f"```text\n{signature(thing, f'cs.{name}')}\n```"
        yield from described(thing.__doc__)
        return
    yield from described(thing.__doc__)
    if issubclass(thing, BaseModel):
        yield "Its keys: [Documents, key by key](yaml.md)."
    base = BaseModel if issubclass(thing, BaseModel) else None
    base = Result if issubclass(thing, Result) and thing is not Result else base
    base = Exception if issubclass(thing, Exception) else base
    listed = "\n".join(members(thing, without=base))
    if listed:
        yield listed
    if issubclass(thing, Result):
        yield "Also the members of [every result](#every-result)."


def text() -> str:
    """Return the page."""
    head = renewed(PAGE.with_suffix(".in.md").read_text(encoding="utf-8")).rstrip()
    blocks = [head, "## Every result", *described(Result.__doc__), "\n".join(members(Result))]
    for title, names in SECTIONS.items():
        blocks.append(f"## {title}")
        for name in names:
            blocks += entry(name)
    return "\n\n".join(block for block in blocks if block) + "\n"


def pages() -> dict[Path, str]:
    """Return the page by its path."""
    return {PAGE: text()}
