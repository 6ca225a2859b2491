"""Templates: a list of candidates to fill in, a framework to adapt, and examples."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any, NamedTuple, TypeAlias

from ..errors import UsageError, printable
from ..models.base import clean_data, title_of
from ..models.criteria import Criterion
from ..models.framework import DocumentHead, Framework, GroupNode, LeafNode, Vocabulary
from ..output.text import capitalised, listed
from .heads import Head
from .loading import load_vocabulary, shipped_path
from .writing import WIDTH, yaml_text

__all__ = [
    "EXAMPLES",
    "FIRST_CHANGES",
    "NewCandidate",
    "Question",
    "candidates_template",
    "direction_of",
    "framework_template",
    "numbered_candidates",
    "questions_of",
    "resolved_text",
    "schema_file",
]


NewCandidate: TypeAlias = tuple[str, str | None]
"""Id and title of a candidate to fill in."""


class Question(NamedTuple):
    """A rating, an answer or a safeguard that templates ask for.

    Parameters
    ----------
    head : Head
    title : str
    text : str
        The question; of a safeguard what it consists of. It may be empty.
    answers : tuple of (str, str)
        Words or numbers that may be the answer, each with a remark, where they are listed.
    """

    head: Head
    title: str
    text: str
    answers: tuple[tuple[str, str], ...] = ()


def questions_of(framework: Framework) -> list[Question]:
    """Return what a framework asks of each candidate: ratings, facts, then safeguards."""
    return [
        *map(_question_of_leaf, framework.leaves.values()),
        *(_question_of_fact(key, framework) for key in framework.facts_asked),
        *(_question_of_safeguard(key, framework) for key in framework.safeguards_named),
    ]


def _question_of_leaf(node: LeafNode) -> Question:
    levels, anchors = node.scale.levels or {}, node.criterion.anchors or {}
    answers = []
    for point in sorted({*levels, *anchors}):
        words = ": ".join(filter(None, (levels.get(point), anchors.get(point))))
        answers.append((f"{point:g}", f" = {words}"))
    head, text = Head("ratings", node.id), node.criterion.question or ""
    return Question(head, node.title, text, tuple(answers))


def _question_of_fact(key: str, framework: Framework) -> Question:
    fact = framework.all_facts[key]
    answers = tuple(fact.listed(framework.all_lists))
    return Question(Head("facts", key), title_of(key, fact.title), fact.question or "", answers)


def _question_of_safeguard(key: str, framework: Framework) -> Question:
    safeguard = framework.all_safeguards[key]
    title = title_of(key, safeguard.title)
    marks = ["required of every project"] if key in framework.standing else []
    if safeguard.granted_by:
        marks.append(f"granted by {safeguard.granted_by}")
    if marks:
        title += f" ({'; '.join(marks)})"
    return Question(Head("safeguards", key), title, safeguard.consists_of or "")


def numbered_candidates(count: int) -> list[NewCandidate]:
    """Return so many candidates with ids and titles to replace."""
    return [(f"candidate-{k}", f"Name of candidate {k}") for k in range(1, count + 1)]


def candidates_template(
    framework: Framework,
    named: str | None = None,
    *,
    schema: str | None = None,
    candidates: Sequence[NewCandidate] = (("first-candidate", "Name of the first candidate"),),
    short: bool = False,
) -> str:
    """Return a list of candidates to fill in: all ratings and facts `unknown`, with questions.

    The questions are beside the first candidate; the others have only the possible answers.

    Parameters
    ----------
    framework : Framework
        The candidates are described in its terms.
    named : str, optional
        The name of the framework in the list: a shipped id, or a file beside the list. Left out
        where neither holds; the reader is told to name it in the call.
    schema : str, optional
        The file beside the list by which editors complete and check it; see `schema_file`.
    candidates : sequence of pairs of id and title
    short : bool
        Whether the first candidate has only the possible answers, too.

    Returns
    -------
    str
        YAML that loads as it is.
    """
    lines = [] if schema is None else [_modeline(schema)]
    lines += _head_lines(framework, named, schema, short)
    for number, (name, title) in enumerate(candidates):
        if number:
            lines.append("")
        lines.append(f"  - id: {_quote_scalar(name)}")
        if title is not None:
            lines.append(f"    title: {_quote_scalar(title)}")
        if number or short:
            lines += _short_lines(framework)
        else:
            lines += _full_lines(framework)
    if not short:
        lines += ["", "# For the next candidate, copy all lines from `- id:` onward."]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _full_lines(framework: Framework) -> Iterator[str]:
    """Yield the entries of a candidate, each with its question and possible answers."""
    yield from _OPTIONAL_KEYS.splitlines()
    if framework.leaves:
        yield ""
        yield "    ratings:"
    for node in framework.nodes.values():
        yield from _criterion_lines(node)
    if framework.all_facts:
        yield from _facts_lines(framework)
    if framework.partner_facts:
        yield from _partners_lines(framework)
    if framework.safeguards_named:
        yield from _safeguards_lines(framework)


def _short_lines(framework: Framework) -> Iterator[str]:
    """Yield the entries of a candidate, each in one line with its possible answers."""
    if framework.leaves:
        yield "    ratings:"
    for key, node in framework.leaves.items():
        yield _short_entry(key, _points_of(node))
    used = framework.facts_asked
    if used:
        yield "    facts:"
    for key in used:
        fact = framework.all_facts[key]
        words = [word for word, _ in fact.listed(framework.all_lists)]
        yield _short_entry(key, ", ".join(words) or fact.how_to_answer())
    if framework.partner_facts:
        answers = ", ".join(f"{_quote_scalar(key)}: unknown" for key in framework.partner_facts)
        yield f"    # partners: [{{id: first-partner, facts: {{{answers}}}}}]"
    if framework.safeguards_named:
        yield "    safeguards: []"


def _short_entry(key: str, answers: str) -> str:
    entry = f"      {_quote_scalar(key)}: unknown  # "
    return entry + textwrap.shorten(printable(answers), WIDTH - len(entry), placeholder=" ...")


def _points_of(node: LeafNode) -> str:
    """Return the levels of a scale, or its ends."""
    low, high = node.scale.range
    levels = [f"{point:g} {name}" for point, name in sorted((node.scale.levels or {}).items())]
    words = ", ".join(levels) or f"{low:g} to {high:g} {node.scale.unit or ''}".rstrip()
    if node.criterion.value is not None:  # a value function has no direction
        return words
    return f"{words} ({direction_of(node.criterion)})"


def schema_file(name: str) -> str:
    """Return the name of the schema for editors beside a list.

    Examples
    --------
    >>> schema_file("projects.yaml")
    'projects.schema.json'
    >>> schema_file("my list.yaml")
    'my-list.schema.json'
    """
    # editors read the name in a comment, up to a blank
    stem = re.sub(r"\s+", "-", PurePath(name).stem)
    return f"{stem}.schema.json"


def _modeline(schema: str) -> str:
    """Return the line by which editors find the schema of a document, beside it."""
    return f"# yaml-language-server: $schema=./{schema}"


def _head_lines(
    framework: Framework, named: str | None, schema: str | None, short: bool
) -> Iterator[str]:
    if not short:
        title = title_of(framework.id, framework.title)
        yield from _comment_lines(f"Candidates for: {title}{_version_of(framework)}")
        if schema is not None:
            command = f"collabscore schema candidates -f {named or 'FRAMEWORK'} -o {schema}"
            yield from _comment_lines(f"After a change of the framework, for editors: {command}")
        yield "#"
        yield from _comment_lines(_HOW_TO_FILL_IN)
    yield "collabscore: candidates/1"
    if named is not None:
        yield f"framework: {_quote_scalar(named)}"
    else:
        yield from _comment_lines(_FRAMEWORK_ELSEWHERE)
    if short:
        yield "unit: project"
        if framework.safeguards_named:
            yield from _comment_lines(f"{_HOW_SHORT}{', '.join(framework.safeguards_named)}")
    else:
        yield _UNIT
    if framework.asks_day:
        yield "as_of: 2025-06-30  # change this date: rules compare answers with it"
    elif not short:
        yield "# as_of: 2025-06-30  # date of the information"
    if not short:
        yield from _SOURCES.splitlines()
    yield ""
    yield "candidates:"


def _version_of(framework: Framework) -> str:
    return f", version {framework.version}" if framework.version else ""


def _criterion_lines(node: LeafNode | GroupNode) -> Iterator[str]:
    yield ""
    share = f"{100 * node.overall:.3g} % of the weight"
    if not isinstance(node, LeafNode):
        yield from _comment_lines(f"{node.title}: {share}", 6)
        return
    asked, scale = _question_of_leaf(node), node.scale
    yield from _comment_lines(f"{asked.title} ({share}; {direction_of(node.criterion)})", 6)
    if asked.text:
        yield from _comment_lines(asked.text, 6, 2)
    low, high = scale.range
    yield from _comment_lines(f"from {low:g} to {high:g} {scale.unit or ''}", 6, 2)
    for point, words in asked.answers:
        yield from _comment_lines(point + words, 6, 4)
    yield f"      {_quote_scalar(node.id)}: unknown"


def _facts_lines(framework: Framework) -> Iterator[str]:
    used = framework.facts_asked
    yield ""
    yield "    facts:" if used else "    # facts:"
    for key in used:
        asked = _question_of_fact(key, framework)
        yield ""
        yield from _comment_lines(": ".join(filter(None, (asked.title, asked.text))), 6)
        yield from _comment_lines(framework.all_facts[key].how_to_answer(), 6, 2)
        for word, remark in asked.answers:
            yield from _comment_lines(f"{_quote_scalar(word)}{remark}", 6, 4)
        yield f"      {_quote_scalar(key)}: unknown"
    others = [key for key in framework.candidate_facts if key not in used]
    if others:
        yield ""
        yield from _comment_lines(_OTHER_FACTS, 6)
        yield from _comment_lines(", ".join(others), 6)


def _partners_lines(framework: Framework) -> Iterator[str]:
    """Yield the question for partners and what is asked of each, to be filled in."""
    yield ""
    yield from _comment_lines(_HOW_PARTNERS, 4)
    yield "    # partners:"
    yield "    #   - id: first-partner"
    yield "    #     facts:"
    for key, fact in framework.partner_facts.items():
        words = [word for word, _ in fact.listed(framework.all_lists)]
        answers = printable(", ".join(words) or fact.how_to_answer())
        yield f"    #       {_quote_scalar(key)}: unknown  # {answers}"


def _safeguards_lines(framework: Framework) -> Iterator[str]:
    yield ""
    yield from _comment_lines(_HOW_SAFEGUARDS, 4)
    yield from _comment_lines(_HOW_PLANNED, 4)
    yield "    # safeguards:"
    for key in framework.safeguards_named:
        yield f"    #   - {_quote_scalar(key)}"
        asked = _question_of_safeguard(key, framework)
        text = ": ".join(filter(None, (asked.title, asked.text)))
        for line in _wrap_printable(text, WIDTH - 14):
            yield f"    #       # {line}"


_HOW_TO_FILL_IN = (
    "Replace `unknown` where you know the answer. Leave it where nobody knows: an unknown fact "
    "never counts as a good answer. A rating is a number, the name of a level, a range "
    "[low, high], or {low: 2, value: 3, high: 4}. If one of several answers is the case, write "
    "{one_of: [...]}. To give evidence, write {value: ..., evidence: [id of a source], "
    "note: ...}. Describe areas and conduct, never persons."
)
_FRAMEWORK_ELSEWHERE = (
    "To name the framework here, copy it beside this file. Else use -f in each command."
)
_UNIT = "unit: project  # or `area`: a field of work, which has no safeguards of its own yet"
_SOURCES = """\
# sources:
#   report-1: {title: Title of a document, issuer: Its issuer, date: 2025-06-30, url: Its public \
address}"""
_OPTIONAL_KEYS = """\
    # summary: A description in a sentence or two.
    # tags: [words, for, selecting]"""
_OTHER_FACTS = "Facts of the vocabulary that this framework does not use:"
_HOW_SAFEGUARDS = (
    "Safeguards in place: remove the `# ` from the next line and from each safeguard that exists."
)
_HOW_PARTNERS = (
    "Partner organisations, never persons: remove the `# ` below and fill in. Write "
    "`partners: []` if there are none."
)
_HOW_SHORT = "List the safeguards in place under `safeguards`, in brackets: "
_HOW_PLANNED = (
    "A planned safeguard is {id: ..., status: planned}. It is shown, but does not count yet. One "
    "for a limited time is {id: ..., until: 2026-12-31}; the list then needs `as_of`."
)


def direction_of(leaf: Criterion) -> str:
    """Return the good end of the scale of a criterion, or what each rating scores."""
    if leaf.value is None:
        return "lower is better" if leaf.prefer == "low" else "higher is better"
    at: dict[float, list[str]] = {}
    for point, worth in sorted(leaf.value.items()):
        at.setdefault(worth, []).append(f"{point:g}")
    points = [f"{worth:g} at {listed(ratings)}" for worth, ratings in at.items()]
    return f"points, of 100: {'; '.join(points)}"


def framework_template(text: str, framework: Framework, id: str | None = None) -> str:
    """Return the text of a framework with an id of its own and a word on how to adapt it.

    Parameters
    ----------
    text : str
        YAML of the framework.
    framework : Framework
        What the text says, loaded.
    id : str, optional
        The new id; ``my-<id>`` if left out.

    Returns
    -------
    str
        YAML that loads as it is, in a folder where what it `uses` can be found.

    Raises
    ------
    UsageError
        If the text has no line that begins with `id:`, as JSON has none.
    """
    own_id = f"my-{framework.id}" if id is None else id
    body = re.sub(r"\A(?:#\s*yaml-language-server:.*\n)?", "", text.removeprefix("\ufeff"))
    line = f"id: {_quote_scalar(own_id)}  # choose your own"
    adapted, count = re.subn(r"^id:.*$", lambda _: line, body, count=1, flags=re.MULTILINE)
    if not count:
        raise UsageError(
            f"`{framework.id}` cannot be adapted: its text has no line that begins with `id:`"
        )
    origin = f"Adapted from `{framework.id}`{_version_of(framework)}, {framework.digest}."
    command = "collabscore schema framework -o framework-1.json (beside this file)"
    header = [_modeline("framework-1.json"), *_comment_lines(origin)]
    header += _comment_lines(f"For completion in an editor: {command}")
    header += ["#", *_comment_lines(_HOW_TO_ADAPT), ""]
    return "\n".join(header) + adapted


def resolved_text(framework: Framework) -> str:
    """Return a framework as a YAML document that loads to the same scores, wherever it is saved.

    A profile has everything that its base has. A vocabulary that is not shipped is written out.
    """
    head = [f"# Framework `{framework.id}`, {framework.digest}."]
    if framework.base is not None:
        base = framework.base
        head.append(f"# Resolved: based on `{base.id}`{_version_of(base)}, {base.digest}.")
    data = _with_shipped_names(framework)
    return "\n".join([*head, "", yaml_text(data)])


def _with_shipped_names(document: Framework | Vocabulary) -> dict[str, Any]:
    """Return the plain data of a document, with the ids of shipped vocabularies in their place."""
    data = document.model_dump(exclude_unset=True)
    written = document.uses if isinstance(document.uses, list) else [document.uses]
    uses: list[Any] = []
    for used in written:
        if isinstance(used, Vocabulary):
            is_shipped = shipped_path(used.id, "vocabulary") is not None
            is_same = is_shipped and load_vocabulary(used.id) == used
            uses.append(used.id if is_same else _with_shipped_names(used))
    if uses:
        data["uses"] = uses if isinstance(document.uses, list) else uses[0]
    found: dict[str, Any] = clean_data(data)
    head = {key: found[key] for key in (*DocumentHead.model_fields, "uses") if key in found}
    return {**head, **found}


FIRST_CHANGES = "change at least id, title, issuer, summary and source"
"""What the author of an adapted framework does first: `check` warns where it is not done."""

_HOW_TO_ADAPT = (
    f"{capitalised(FIRST_CHANGES)}. Then change the criteria (ratings), the facts (questions) and "
    "the guardrails (rules that no score overrides). Mark your own choices with "
    "`basis: judgement`, and cite a source for the rest. To see the keys of an element: "
    "collabscore schema guardrail. To check the file: collabscore check FILE"
)


def _comment_lines(text: str, indent: int = 0, inner: int = 0) -> Iterator[str]:
    """Yield a text as comment lines, all but the first hanging; no line escapes from them."""
    margin = f"{' ' * indent}# {' ' * inner}"
    hanging = margin
    if inner:
        hanging += "  "
    for line in _wrap_printable(text, WIDTH - len(margin)):
        yield margin + line
        margin = hanging


def _wrap_printable(text: str, width: int) -> list[str]:
    plain = printable(" ".join(text.split()))
    width = max(40, width)
    lines = textwrap.wrap(plain, width, break_long_words=False, break_on_hyphens=False)
    return lines or [""]


_PLAIN_SCALAR = re.compile(r"[^\W\d][\w.-]*(?: [\w.-]+)*")
_SPECIAL = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "unknown"}


def _quote_scalar(text: str) -> str:
    """Return a text as YAML reads it back, quoted where it could be taken for something else."""
    if _PLAIN_SCALAR.fullmatch(text) and text.casefold() not in _SPECIAL:
        return text
    quoted = ""
    for char in text:
        if char in '"\\':
            char = f"\\{char}"
        elif not char.isprintable():
            char = f"\\U{ord(char):08X}"
        quoted += char
    return f'"{quoted}"'


# elements of the language

EXAMPLES = {
    "profile": """\
collabscore: framework/1
id: minister
based_on: {id: guardrail, version: "2025.1"}
drop: [guardrails.declared_race]
set:
  criteria.mutual_interest.weight: 50%
  guardrails.misuse.steps.0.reason: The work is meant for harm.
add:
  facts: {budget: {kind: number, unit: million USD}}
  guardrails: {large_budget: {when: budget > 5, then: refer}}
""",
    "base": """\
collabscore: framework/1
id: office
based_on: {id: guardrail, version: "2025.1"}
set: {criteria.complementarity.weight: 40%}
""",
    "criterion": """\
criteria:
  mutual_interest:
    title: Mutual interest
    side: gain
    criteria:
      global_challenge:
        question: How directly does this address a problem that neither side can solve alone?
        weight: 3
        scale: {range: [1, 5]}
        anchors: {1: no link to a shared problem, 5: a named part of the answer}
  dual_use: {side: risk, scale: {range: [1, 5]}, prefer: low, missing: worst}
""",
    "scale": """\
scales:
  five_point: {range: [1, 5], levels: {1: very low, 3: moderate, 5: very high}}
  share: {range: [0, 100], unit: "%"}
""",
    "fact": """\
facts:
  open_data: {kind: flag, question: "Are the data open to both sides?"}
  stage: {kind: level, levels: {basic: no practical purpose, applied: a practical purpose}}
  channel: {kind: choice, options: [funder, company], several: true}
  budget: {kind: number, unit: million USD, minimum: 0}
  fields: {kind: set, of: technologies}
lists:
  technologies: {items: [quantum, climate]}
""",
    "list": """\
lists:
  technologies:
    items:
      quantum: {title: Quantum, items: {quantum_computing: Quantum computing}}
      climate: Climate
  critical: {among: technologies, items: [quantum]}
""",
    "item": """\
lists:
  technologies:
    items:
      quantum: {title: Quantum, items: {quantum_computing: Quantum computing}}
      climate:
""",
    "safeguard": """\
safeguards:
  data_agreement: {title: Data agreement, consists_of: a signed text on \
permitted uses of the data}
  export_licence: {granted_by: the export control office}
""",
    "condition": """\
facts:
  personal_data: {kind: level, levels: [none, aggregate, individual]}
conditions:
  data_on_people: personal_data >= individual
""",
    "guardrail": """\
facts:
  harmful: {kind: flag}
  data_on_people: {kind: flag}
safeguards:
  data_agreement: {}
guardrails:
  harm: {when: harmful, then: outside, reason: Work meant for harm serves no mutual interest.}
  personal_data:
    when: data_on_people
    needs: [data_agreement]
    then: refer
    met: conditional
    refer_to: data protection office
""",
    "step": """\
facts:
  harmful: {kind: level, levels: [none, remote, intended]}
safeguards:
  review: {}
guardrails:
  misuse:
    steps:
      - {when: harmful == intended, then: outside}
      - {when: harmful >= remote, needs: [review], then: refer}
""",
    "table": """\
facts:
  partner: {kind: choice, options: [university, company, agency]}
  stage: {kind: level, levels: [basic, applied, deployment]}
guardrails:
  partner_and_stage:
    table:
      facts: [partner, stage]
      rows:
        - [university, basic, inside]
        - [agency, any, outside]
        - [any, any, refer]
""",
    "row": """\
facts:
  partner: {kind: choice, options: [university, company, agency]}
  stage: {kind: level, levels: [basic, applied, deployment]}
safeguards:
  review: {}
guardrails:
  partner_and_stage:
    table:
      facts: [partner, stage]
      rows:
        - {when: [[company, agency], ">= applied"], then: refer, needs: [review], met: conditional}
        - [any, any, inside]
""",
    "verdict": """\
verdicts:
  green: {title: go ahead}
  yellow: {title: a person must decide, tier: 2}
  red: {title: do not proceed, ranked: false}
defaults: {met: green, if_unknown: yellow}
""",
    "defaults": """\
defaults: {met: inside, if_unknown: refer}
""",
    "source": """\
sources:
  accord: {title: An accord on cooperation, issuer: An office, date: 2024-12-13, verified: primary}
""",
    "citation": """\
sources:
  accord: {title: An accord on cooperation}
source: {id: accord, clause: article 3}
""",
    "candidate": """\
- id: influenza
  title: Influenza surveillance
  ratings: {global_challenge: 5, dual_use: {low: 1, value: 2, high: 4}}
  facts: {stage: {one_of: [basic, applied]}, open_data: yes}
  safeguards: [data_agreement]
  tags: [health]
""",
    "rating": """\
- id: influenza
  ratings:
    global_challenge: 5
    benefit: very high
    competition: [2, 4]
    strengths: unknown
    dual_use: {low: 1, value: 2, high: 4, note: from the review}
""",
    "answer": """\
- id: influenza
  facts:
    open_data: yes
    stage: {one_of: [basic, applied]}
    channel: {all_of: [funder, company]}
    budget: {low: 1, high: 2}
    fields: {at_least: [quantum]}
    personal_data: unknown
""",
    "placed": """\
- id: influenza
  safeguards: [data_agreement, {id: ethics_review, status: planned}]
""",
    "partner": """\
- id: influenza
  partners: [{id: acme, title: Acme Institute, facts: {listed: no}}]
""",
    "case": """\
- id: open-data
  candidate: {facts: {harmful: no}}
  expect: {verdict: inside}
""",
    "expectation": """\
- id: harmful-purpose
  candidate: {facts: {harmful: yes}}
  expect: {verdict: outside, findings: {harm: barred}}
""",
    "given": """\
given: {facts: {harmful: no}, safeguards: [data_agreement]}
cases:
  - {id: open-data, candidate: {facts: {stage: basic}}, expect: {verdict: inside}}
""",
    "claim": """\
claims:
  - {id: harm-is-out, always: {when: harmful, verdict: outside}}
  - {id: no-harm-is-in, never: {when: not harmful, at_least: refer}}
cases:
  - {id: open-data, candidate: {facts: {harmful: no}}, expect: {verdict: inside}}
""",
}
"""Examples of the elements of the language, in YAML, by name."""
