"""Frameworks and vocabularies: the whole document, and the words it gives to conditions and candidates.

Imports the other models. Axis letters: m leaf criteria, g guardrails.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from .conditions import Symbols, parse
from .criteria import Criteria, Criterion, Missing, walk, weight_of
from .expressions import Expression, References, references
from .facts import Fact, NamedList, SetFact, parents_of, walk_items
from .guardrails import (
    CompiledStep,
    Condition,
    Defaults,
    Guardrail,
    Safeguard,
    Step,
    Verdict,
    Verdicts,
    default_verdicts,
)
from .scales import Scale
from .sources import Date, Document, Id, Model, Number, Source, Sources, Text, title_of

__all__ = ["Framework", "Node", "Vocabulary", "Words"]


def _text_version(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _named_condition(value: object) -> object:
    return {"when": value} if isinstance(value, str) else value


class Words(Document):
    """The words that a vocabulary and a framework both may define, each once."""

    sources: dict[Id, Source] = Field(
        default_factory=dict, description="Documents it rests on, by id."
    )
    scales: dict[Id, Scale] = Field(
        default_factory=dict, description="Scales that criteria name, by id."
    )
    lists: dict[Id, NamedList] = Field(
        default_factory=dict, description="Lists of items that facts name, by id."
    )
    facts: dict[Id, Fact] = Field(
        default_factory=dict, description="What is the case, as against what is judged."
    )
    safeguards: dict[Id, Safeguard] = Field(
        default_factory=dict, description="What can be put in place, by id."
    )
    conditions: dict[Id, Annotated[Condition, BeforeValidator(_named_condition)]] = Field(
        default_factory=dict, description="Conditions with names, for use in others."
    )


class Vocabulary(Words):
    """Words that several frameworks share, so that they judge one candidate by the same ones."""

    collabscore: Literal["vocabulary/1"] = Field(
        description="The kind of document and its version."
    )
    id: Id = Field(description="The name by which frameworks use it.")
    title: Text | None = Field(default=None, description="Name shown to readers.")
    version: Annotated[Text, BeforeValidator(_text_version)] | None = Field(
        default=None, description="Version, as text."
    )
    as_of: Date | None = Field(default=None, description="The day up to which it is true.")
    summary: Text | None = Field(default=None, description="What it is for, in a sentence or two.")
    note: Text | None = Field(default=None, description="A remark for readers.")
    criteria: dict[Id, Criterion] = Field(
        default_factory=dict, description="Leaf criteria that frameworks may use."
    )


class Node(Model):
    """A criterion or group with everything it takes from elsewhere: its place in the tree made explicit."""

    id: Id
    path: tuple[str, ...]
    criterion: Criterion
    scale: Scale | None
    title: str
    missing: Missing
    side: Literal["gain", "risk"] | None
    share: float
    """Weight as a share among its siblings, 0 to 1; intervals by their middle."""
    overall: float
    """Product of the shares along the path from the root, 0 to 1."""
    children: tuple[str, ...] = ()


class Framework(Words):
    """A policy framework: criteria that say which first, guardrails that say whether."""

    collabscore: Literal["framework/1"] = Field(description="The kind of document and its version.")
    id: Id = Field(description="The name by which it is known.")
    title: Text | None = Field(default=None, description="Name shown to readers.")
    version: Annotated[Text, BeforeValidator(_text_version)] | None = Field(
        default=None, description="Version, as text."
    )
    as_of: Date | None = Field(default=None, description="The day up to which it is true.")
    issuer: Text | None = Field(default=None, description="Who issued it.")
    legal_force: Text | None = Field(
        default=None,
        description="For example: binding, funding condition, guidance, analysis, proposal.",
    )
    unit_of_assessment: Text | None = Field(
        default=None, description="What it judges: area, project, partner, agreement."
    )
    summary: Text | None = Field(default=None, description="What it asks, in a sentence or two.")
    source: Sources | None = Field(
        default=None, description="What the framework as a whole rests on."
    )
    note: Text | None = Field(default=None, description="A remark for readers.")
    verified: Literal["primary", "secondary", "no"] | None = Field(
        default=None, description="How far it was checked."
    )
    basis: Literal["judgement"] | None = Field(
        default=None, description="`judgement` where it is its author's own."
    )
    uses: Annotated[str | Vocabulary, Field(union_mode="left_to_right")] | None = Field(
        default=None,
        description="A shipped vocabulary, a file name beside this one, or a vocabulary in place.",
    )
    parties: dict[Id, Text] = Field(
        default_factory=dict, description="Labels of the parties: {us: United States}."
    )
    combine: (
        Annotated[
            Literal["arithmetic", "geometric", "harmonic", "minimum", "maximum", "none"] | Number,
            Field(union_mode="left_to_right"),
        ]
        | None
    ) = Field(
        default=None,
        description="How the groups make the score; `arithmetic` if left out; `none`: no total.",
    )
    missing: Missing | None = Field(
        default=None, description="What an unknown rating counts as; `average` if left out."
    )
    weights: Text | None = Field(
        default=None,
        description="Space of weights for robustness: exact, within 25%, order, any, intervals.",
    )
    criteria: Criteria | None = Field(
        default=None, description="The tree of criteria; without it, it only gates."
    )
    applies: Text | None = Field(
        default=None, description="Which candidates it is about: a condition."
    )
    standing: list[Id] = Field(
        default_factory=list, description="Safeguards asked of every project."
    )
    guardrails: dict[Id, Guardrail] = Field(
        default_factory=dict, description="Rules beside the score, by id."
    )
    verdicts: Verdicts | None = Field(default=None, description="Own verdicts, mild to severe.")
    defaults: Defaults | None = Field(
        default=None, description="Verdicts where a step does not say its own."
    )
    bands: dict[Id, Number] = Field(
        default_factory=dict, description="The score from which each band begins."
    )

    # What holds, the vocabulary included. Everything below presumes that `checking.problems` finds nothing.

    @property
    def vocabulary(self) -> Vocabulary | None:
        """The vocabulary in use, once it is loaded."""
        return self.uses if isinstance(self.uses, Vocabulary) else None

    def _merged(self, kind: str) -> dict[str, Any]:
        theirs = getattr(self.vocabulary, kind) if self.vocabulary is not None else {}
        return {**theirs, **getattr(self, kind)}

    @cached_property
    def all_sources(self) -> Mapping[str, Source]:
        """Sources by id, those of the vocabulary first."""
        return self._merged("sources")

    @cached_property
    def all_scales(self) -> Mapping[str, Scale]:
        """Scales by id, those of the vocabulary first."""
        return self._merged("scales")

    @cached_property
    def all_lists(self) -> Mapping[str, NamedList]:
        """Lists by id, those of the vocabulary first."""
        return self._merged("lists")

    @cached_property
    def all_facts(self) -> Mapping[str, Fact]:
        """Facts by id, those of the vocabulary first."""
        return self._merged("facts")

    @cached_property
    def all_safeguards(self) -> Mapping[str, Safeguard]:
        """Safeguards by id, those of the vocabulary first."""
        return self._merged("safeguards")

    @cached_property
    def all_conditions(self) -> Mapping[str, Condition]:
        """Conditions by id, those of the vocabulary first."""
        return self._merged("conditions")

    @cached_property
    def all_verdicts(self) -> Mapping[str, Verdict]:
        """Verdicts, mild to severe."""
        return self.verdicts if self.verdicts is not None else default_verdicts()

    def definition(self, key: str, criterion: Criterion) -> Criterion:
        """Return a criterion with what its namesake in the vocabulary says, where it is one of its leaves."""
        theirs = self.vocabulary.criteria.get(key) if self.vocabulary is not None else None
        if theirs is None or criterion.is_group or criterion.scale is not None:
            return criterion
        return theirs.model_copy(
            update={name: getattr(criterion, name) for name in criterion.model_fields_set}
        )

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Criteria and groups by id, every parent before its children, in the order of the document."""
        missing: dict[tuple[str, ...], Missing] = {(): self.missing or "average"}
        side: dict[tuple[str, ...], Literal["gain", "risk"] | None] = {(): None}
        overall: dict[tuple[str, ...], float] = {(): 1.0}
        totals: dict[tuple[str, ...], float] = {(): _total(self.criteria)}
        found: dict[str, Node] = {}
        for path, written in walk(self.criteria):
            parent = path[:-1]
            criterion = self.definition(path[-1], written)
            share = weight_of(criterion.weight) / totals[parent]
            missing[path] = criterion.missing or missing[parent]
            side[path] = criterion.side or side[parent]
            overall[path] = overall[parent] * share
            totals[path] = _total(criterion.criteria)
            found[path[-1]] = Node.model_construct(
                id=path[-1],
                path=path,
                criterion=criterion,
                scale=self.scale_of(criterion),
                title=title_of(path[-1], criterion.title),
                missing=missing[path],
                side=side[path],
                share=share,
                overall=overall[path],
                children=tuple(criterion.criteria or ()),
            )
        return found

    @cached_property
    def leaves(self) -> dict[str, Node]:
        """Leaf criteria by id: the columns of every table of ratings, (m,)."""
        return {key: node for key, node in self.nodes.items() if not node.criterion.is_group}

    @cached_property
    def groups(self) -> dict[str, Node]:
        """Groups by id, parents before children."""
        return {key: node for key, node in self.nodes.items() if node.criterion.is_group}

    @cached_property
    def rated_words(self) -> Mapping[str, Scale]:
        """The scale of everything that a candidate may rate: own leaves, and the vocabulary's."""
        theirs = self.vocabulary.criteria if self.vocabulary is not None else {}
        scales = {key: self.scale_of(criterion) for key, criterion in theirs.items()}
        scales |= {key: node.scale for key, node in self.leaves.items()}
        return {key: scale for key, scale in scales.items() if scale is not None}

    def scale_of(self, criterion: Criterion) -> Scale | None:
        """Return the scale of a leaf, by name or in place; None where there is none."""
        return (
            self.all_scales.get(criterion.scale)
            if isinstance(criterion.scale, str)
            else criterion.scale
        )

    def members(self, name: str) -> frozenset[str]:
        """Return the items that a list holds; one that is no part of another holds its finer items too."""
        found = self.all_lists.get(name)
        return (
            frozenset(key for key, _, _ in walk_items(found.items))
            if found is not None
            else frozenset()
        )

    def parents(self, fact: SetFact) -> Mapping[str, str | None]:
        """Return the parent of each item that a set may name, None at the top."""
        base = self.all_lists[fact.of]
        whole = self.all_lists[base.among] if base.among is not None else base
        return parents_of(whole.items)

    @cached_property
    def symbols(self) -> Symbols:
        """The words that conditions may use."""
        return Symbols(
            facts=self.all_facts,
            ratings={
                key: node.scale.named() if node.scale else {} for key, node in self.leaves.items()
            },
            groups=frozenset(self.groups),
            lists={name: self.members(name) for name in self.all_lists},
            safeguards=frozenset(self.all_safeguards),
            conditions={name: condition.when for name, condition in self.all_conditions.items()},
        )

    @cached_property
    def named_expressions(self) -> Mapping[str, Expression]:
        """Conditions by id, parsed."""
        return {name: self.symbols.named_condition(name) for name in self.all_conditions}

    @cached_property
    def applies_expression(self) -> Expression | None:
        """Which candidates it is about, parsed; None: all."""
        return parse(self.applies, self.symbols) if self.applies is not None else None

    @cached_property
    def compiled_guardrails(self) -> Mapping[str, tuple[CompiledStep, ...]]:
        """Steps of each guardrail, ready to be evaluated."""
        return {
            key: tuple(self._compiled_step(step) for step in guardrail.all_steps())
            for key, guardrail in self.guardrails.items()
        }

    def _compiled_step(self, step: Step) -> CompiledStep:
        position = list(self.all_verdicts).index
        met = self.met_verdict(step)
        return CompiledStep(
            step=step,
            when=parse(step.when, self.symbols) if step.when is not None else None,
            then=position(step.then),
            met=position(met) if met is not None else 0,
            if_unknown=position(self.unknown_verdict(step)),
        )

    @cached_property
    def deciding_expressions(self) -> tuple[Expression, ...]:
        """Conditions of the guardrails in order, then that of `applies`: all that verdicts rest on."""
        found = []
        for steps in self.compiled_guardrails.values():
            found += [step.when for step in steps if step.when is not None]
        if self.applies_expression is not None:
            found.append(self.applies_expression)
        return tuple(found)

    @cached_property
    def references(self) -> References:
        """Names that verdicts rest on."""
        return references(*self.deciding_expressions)

    def met_verdict(self, step: Step | Guardrail) -> str | None:
        """Return the verdict once the safeguards of a step are in place; None where it needs none."""
        if step.needs is None:
            return None
        default = self.defaults.met if self.defaults is not None else None
        return step.met or default or ("conditional" if self.verdicts is None else None)

    def unknown_verdict(self, step: Step) -> str:
        """Return the verdict where one cannot tell whether a step applies: as written, else at most `then`."""
        if step.if_unknown is not None:
            return step.if_unknown
        default = self.defaults.if_unknown if self.defaults is not None else None
        if default is None:
            default = "refer" if self.verdicts is None else step.then
        return min(default, step.then, key=list(self.all_verdicts).index)

    @property
    def has_total(self) -> bool:
        """Whether it makes one score of its criteria."""
        return bool(self.leaves) and self.combine != "none"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything it says, the vocabulary included, as ``sha256:<hex>``."""
        return digest_of(self)

    def __repr__(self) -> str:
        return f"<Framework: `{self.id}` {self.digest[:19]}…>"

    __str__ = __repr__


def digest_of(model: Model) -> str:
    """Return the SHA-256 of a model's content; the same for the same content, however it was written."""
    content = json.dumps(
        model.model_dump(mode="json", exclude_defaults=True), sort_keys=True, ensure_ascii=False
    )
    return "sha256:" + hashlib.sha256(content.encode()).hexdigest()


def _total(criteria: Criteria | None) -> float:
    return sum(weight_of(criterion.weight) for criterion in (criteria or {}).values())
