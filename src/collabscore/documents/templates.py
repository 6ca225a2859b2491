"""Documents to begin with: a list of candidates that asks the right questions, a framework to adapt.

Imports the models. Pure functions: a framework or its text in, text out.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from ..errors import UsageError, printable
from ..models.base import title_of
from ..models.facts import ChoiceFact, Fact, FlagFact, LevelFact, NumberFact, SetFact
from ..models.framework import Framework, LeafNode, Node
from ..models.guardrails import Safeguard

__all__ = ["candidates_template", "framework_template"]

_WIDTH = 110

# An editor looks for the schema beside the file: a bare name holds wherever both are put, and asks no host.
_MODELINE = "# yaml-language-server: $schema={kind}-1.json"
_HOW_SCHEMA = (
    "For completion in an editor: collabscore schema {kind} -o {kind}-1.json (beside this file)"
)


def candidates_template(framework: Framework, named: str | None = None) -> str:
    """Return a list of one candidate to fill in: every rating and fact `unknown`, its question beside it.

    Parameters
    ----------
    framework : Framework
        By whose words the candidates are described.
    named : str, optional
        How the list names it: a shipped id, or the name of a file beside the list. Left out where neither holds;
        the reader is told to name it in the call.

    Returns
    -------
    str
        YAML that loads as it is.
    """
    return "\n".join(line.rstrip() for line in _candidates(framework, named)) + "\n"


def _candidates(framework: Framework, named: str | None) -> Iterator[str]:
    title = title_of(framework.id, framework.title)
    yield _MODELINE.format(kind="candidates")
    yield from _comment(
        f"Candidates for: {title}" + (f", version {framework.version}" if framework.version else "")
    )
    yield from _comment(_HOW_SCHEMA.format(kind="candidates"))
    yield "#"
    yield from _comment(
        "Put what you know in place of `unknown`, and leave it where nobody knows: unknown is never taken for fine. "
        "A rating is a number, the name of a level, [low, high] for anywhere between, or {low: 2, value: 3, high: 4}; "
        "a fact may list several possible answers. What backs an answer goes beside it: "
        "{value: ..., evidence: [id of a source], note: ...}. Describe areas and conduct, never persons."
    )
    yield "collabscore: candidates/1"
    if named is not None:
        yield f"framework: {_scalar(named)}"
    else:
        yield from _comment(
            "The framework is a file elsewhere: name it with -f in each call, or put it beside this file."
        )
    yield "unit: project  # or `area`: a field of work, for which safeguards are still to be put in place"
    yield "# sources:"
    yield "#   report-1: {title: Title of a document, issuer: Its issuer, date: 2025-06-30, url: Its public address}"
    yield ""
    yield "candidates:"
    yield "  - id: first-candidate"
    yield "    title: Name of the first candidate"
    yield "    # summary: What it is, in a sentence or two."
    yield "    # tags: [words, to, select, by]"
    if framework.leaves:
        yield ""
        yield "    ratings:"
        for node in framework.nodes.values():
            yield from _criterion(node)
    yield from _facts(framework)
    yield from _safeguards(framework)
    yield ""
    yield "# For the next candidate, copy the lines from `- id:` on."


def _criterion(node: Node) -> Iterator[str]:
    share = f"{100 * node.overall:.3g} % of the weight"
    if not isinstance(node, LeafNode):
        yield ""
        yield from _comment(f"{node.title}: {share}", 6)
        return
    yield ""
    yield from _comment(f"{node.title} ({share}; {_direction(node)})", 6)
    if node.criterion.question:
        yield from _comment(node.criterion.question, 6, 2)
    low, high = node.scale.range
    yield from _comment(
        f"from {low:g} to {high:g}" + (f" {node.scale.unit}" if node.scale.unit else ""), 6, 2
    )
    levels, anchors = node.scale.levels or {}, node.criterion.anchors or {}
    for point in sorted({*levels, *anchors}):
        words = ": ".join(word for word in (levels.get(point), anchors.get(point)) if word)
        yield from _comment(f"{point:g} = {words}", 6, 4)
    yield f"      {_scalar(node.id)}: unknown"


def _direction(node: LeafNode) -> str:
    if node.criterion.value is not None:
        points = ", ".join(
            f"{point:g} is worth {worth:g}" for point, worth in sorted(node.criterion.value.items())
        )
        return f"of 100 points, {points}"
    return "low is good" if node.criterion.prefer == "low" else "high is good"


def _facts(framework: Framework) -> Iterator[str]:
    # what a framework defines itself it wants to know; of a vocabulary's facts only some
    used = {*framework.references.inputs, *framework.facts} & set(framework.all_facts)
    if not framework.all_facts:
        return
    yield ""
    if not used:
        yield "    # facts:"
    else:
        yield "    facts:"
    for key, fact in framework.all_facts.items():
        if key in used:
            yield ""
            yield from _fact(key, fact, framework)
            yield f"      {_scalar(key)}: unknown"
    others = [key for key in framework.all_facts if key not in used]
    if others:
        yield ""
        yield from _comment(
            "Facts that other frameworks of this vocabulary ask for, and this one does not:", 6
        )
        yield from _comment(", ".join(others), 6)


def _fact(key: str, fact: Fact, framework: Framework) -> Iterator[str]:
    title = title_of(key, fact.title)
    yield from _comment(f"{title}: {fact.question}" if fact.question else title, 6)
    if isinstance(fact, FlagFact):
        yield from _comment("yes or no", 6, 2)
    elif isinstance(fact, LevelFact):
        yield from _comment(
            "one of these, in ascending order; or a list of those that are possible", 6, 2
        )
        yield from _answers(fact.levels.items())
    elif isinstance(fact, ChoiceFact):
        yield from _comment("one of these; or a list of those that are possible", 6, 2)
        yield from _answers(fact.options.items())
    elif isinstance(fact, NumberFact):
        yield from _comment(_number(fact), 6, 2)
    else:
        yield from _items(fact, framework)


def _answers(answers: Iterable[tuple[str, str | None]]) -> Iterator[str]:
    for word, meaning in answers:
        yield from _comment(f"{_scalar(word)} = {meaning}" if meaning else _scalar(word), 6, 4)


def _number(fact: NumberFact) -> str:
    ends = [
        f"{words} {end:g}"
        for words, end in (("at least", fact.minimum), ("at most", fact.maximum))
        if end is not None
    ]
    unit = f", in {fact.unit}" if fact.unit else ""
    return f"a number{unit}" + (f", {' and '.join(ends)}" if ends else "") + "; or [low, high]"


def _items(fact: SetFact, framework: Framework) -> Iterator[str]:
    yield from _comment(
        "a list, [] if it is known to be none, {at_least: [...]} if there may be more; items, finer ones in brackets:",
        6,
        2,
    )
    for key, item in framework.all_lists[fact.of].items.items():
        finer = f" [{', '.join(item.items)}]" if item.items else ""
        name = (
            f" ({item.title})"
            if item.title and item.title.casefold() != key.replace("_", " ")
            else ""
        )
        yield from _comment(f"{key}{name}{finer}", 6, 4)


def _safeguards(framework: Framework) -> Iterator[str]:
    named = framework.safeguards_named
    if not named:
        return
    yield ""
    yield from _comment(
        "Safeguards in place: take the `# ` away from the next line and from each one that holds.",
        4,
    )
    yield from _comment(
        "What is only planned: {id: ..., status: planned}; it is said, and does not count yet.", 4
    )
    yield "    # safeguards:"
    for key in named:
        yield f"    #   - {_scalar(key)}"
        for line in _wrapped(
            _meaning(key, framework.all_safeguards[key], key in framework.standing), _WIDTH - 14
        ):
            yield f"    #       # {line}"


def _meaning(key: str, safeguard: Safeguard, standing: bool) -> str:
    words = title_of(key, safeguard.title)
    asked = " (asked of every project)" if standing else ""
    return f"{words}{asked}" + (f": {safeguard.consists_of}" if safeguard.consists_of else "")


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
    own = id if id is not None else f"my-{framework.id}"
    body = re.sub(r"\A(?:#\s*yaml-language-server:.*\n)?", "", text.removeprefix("\ufeff"))
    line = f"id: {_scalar(own)}  # choose your own"
    adapted, count = re.subn(r"^id:.*$", lambda _: line, body, count=1, flags=re.MULTILINE)
    if not count:
        raise UsageError(
            f"`{framework.id}` cannot be adapted: its text has no line that begins with `id:`"
        )
    version = f", version {framework.version}" if framework.version else ""
    header = [
        _MODELINE.format(kind="framework"),
        *_comment(f"Adapted from `{framework.id}`{version}, {framework.digest}."),
        *_comment(_HOW_SCHEMA.format(kind="framework")),
        "#",
        *_comment(
            "Change first: id, title, version, as_of, issuer and legal_force. Then what is rated (criteria), what must "
            "be known (facts) and what no score buys a way past (guardrails). Mark what is your own choice with "
            "`basis: judgement`, and cite a source for the rest. See what an element may say with: "
            "collabscore schema guardrail. Check it with: collabscore check FILE"
        ),
        "",
    ]
    return "\n".join(header) + adapted


def _comment(text: str, indent: int = 0, inner: int = 0) -> list[str]:
    """Return a text as comment lines, further lines hanging; a line of a document never escapes from them."""
    lines = _wrapped(text, _WIDTH - indent - inner - 2)
    hanging = inner + 2 if inner else 0
    return [
        " " * indent + "# " + " " * (hanging if k else inner) + line for k, line in enumerate(lines)
    ]


def _wrapped(text: str, width: int) -> Sequence[str]:
    plain = printable(" ".join(text.split()))
    return textwrap.wrap(plain, max(40, width), break_long_words=False, break_on_hyphens=False) or [
        ""
    ]


_PLAIN = re.compile(r"[^\W\d][\w.-]*(?: [\w.-]+)*")
_SPECIAL = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "unknown"}


def _scalar(text: str) -> str:
    """Return a text as YAML reads it back, quoted where it could be taken for something else."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _SPECIAL:
        return text
    quoted = "".join(
        f"\\{char}" if char in '"\\' else char if char.isprintable() else f"\\U{ord(char):08X}"
        for char in text
    )
    return f'"{quoted}"'


# elements of the language

EXAMPLES = {
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
  stage: {kind: level, levels: {basic: no practical end in view, applied: one in view}}
  lead_field: {kind: choice, options: [health, climate]}
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
  data_agreement: {title: Agreement on data, consists_of: a signed text that says who may use which data}
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
    "verdict": """\
verdicts:
  green: {title: go ahead}
  yellow: {title: a person must decide, tier: 2}
  red: {title: not to be taken up, ranked: false}
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
  facts: {stage: [basic, applied], open_data: yes}
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
    dual_use: {low: 1, value: 2, high: 4, note: as the review has it}
""",
    "answer": """\
- id: influenza
  facts:
    open_data: yes
    stage: [basic, applied]
    budget: {low: 1, high: 2}
    fields: {at_least: [quantum]}
    personal_data: unknown
""",
    "placed": """\
- id: influenza
  safeguards: [data_agreement, {id: ethics_review, status: planned}]
""",
}
"""Elements of the language as they stand in a document, in YAML, by their names."""
