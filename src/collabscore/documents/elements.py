"""Elements of documents in words: what each may hold, and a small example.

Imports pydantic and the models.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from ..errors import UsageError, choose_from, likely
from ..models.base import Citation, Source
from ..models.candidates import Candidate, FactDetail, PlacedSafeguard, RatingDetail
from ..models.criteria import Criterion, Scale
from ..models.facts import (
    ChoiceFact,
    FlagFact,
    Item,
    Leaf,
    LevelFact,
    NamedList,
    NumberFact,
    SetFact,
)
from ..models.guardrails import Condition, Defaults, Guardrail, Safeguard, Step, Verdict

__all__ = ["ELEMENTS", "Described", "Element", "Field", "describe", "summary_of", "unknown_element"]


@dataclass(frozen=True)
class Element:
    """An element of the language.

    Parameters
    ----------
    models : tuple of model types
        Its forms; most have one.
    example : str
        YAML, as it stands in a document.
    about : str, optional
        What it is; what its only form says, if left out.
    """

    models: tuple[type[BaseModel], ...]
    example: str
    about: str | None = None

    @property
    def summary(self) -> str:
        """What it is, in a sentence."""
        return self.about or summary_of(self.models[0])


ELEMENTS: dict[str, Element] = {
    "criterion": Element(
        (Criterion,),
        """\
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
    ),
    "scale": Element(
        (Scale,),
        """\
scales:
  five_point: {range: [1, 5], levels: {1: very low, 3: moderate, 5: very high}}
  share: {range: [0, 100], unit: "%"}
""",
    ),
    "fact": Element(
        (FlagFact, LevelFact, ChoiceFact, NumberFact, SetFact),
        """\
facts:
  open_data: {kind: flag, question: "Are the data open to both sides?"}
  stage: {kind: level, levels: {basic: no practical end in view, applied: one in view}}
  lead_field: {kind: choice, options: [health, climate]}
  budget: {kind: number, unit: million USD, minimum: 0}
  fields: {kind: set, of: technologies}
lists:
  technologies: {items: [quantum, climate]}
""",
        "What is the case, as against what is judged: one of five kinds.",
    ),
    "list": Element(
        (NamedList,),
        """\
lists:
  technologies:
    items:
      quantum: {title: Quantum, items: {quantum_computing: Quantum computing}}
      climate: Climate
  critical: {among: technologies, items: [quantum]}
""",
    ),
    "item": Element(
        (Item, Leaf),
        """\
lists:
  technologies:
    items:
      quantum: {title: Quantum, items: {quantum_computing: Quantum computing}}
      climate:
""",
    ),
    "safeguard": Element(
        (Safeguard,),
        """\
safeguards:
  data_agreement: {title: Agreement on data, consists_of: a signed text that says who may use which data}
""",
    ),
    "condition": Element(
        (Condition,),
        """\
facts:
  personal_data: {kind: level, levels: [none, aggregate, individual]}
conditions:
  data_on_people: personal_data >= individual
""",
    ),
    "guardrail": Element(
        (Guardrail,),
        """\
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
    ),
    "step": Element(
        (Step,),
        """\
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
    ),
    "verdict": Element(
        (Verdict,),
        """\
verdicts:
  green: {title: go ahead}
  yellow: {title: a person must decide, tier: 2}
  red: {title: not to be taken up, ranked: false}
defaults: {met: green, if_unknown: yellow}
""",
    ),
    "defaults": Element(
        (Defaults,),
        """\
defaults: {met: inside, if_unknown: refer}
""",
    ),
    "source": Element(
        (Source,),
        """\
sources:
  accord: {title: An accord on cooperation, issuer: An office, date: 2024-12-13, verified: primary}
""",
    ),
    "citation": Element(
        (Citation,),
        """\
sources:
  accord: {title: An accord on cooperation}
source: {id: accord, clause: article 3}
""",
    ),
    "candidate": Element(
        (Candidate,),
        """\
- id: influenza
  title: Influenza surveillance
  ratings: {global_challenge: 5, dual_use: {low: 1, value: 2, high: 4}}
  facts: {stage: [basic, applied], open_data: yes}
  safeguards: [data_agreement]
  tags: [health]
""",
    ),
    "rating": Element(
        (RatingDetail,),
        """\
- id: influenza
  ratings:
    global_challenge: 5
    benefit: very high
    competition: [2, 4]
    strengths: unknown
    dual_use: {low: 1, value: 2, high: 4, note: as the review has it}
""",
    ),
    "answer": Element(
        (FactDetail,),
        """\
- id: influenza
  facts:
    open_data: yes
    stage: [basic, applied]
    budget: {low: 1, high: 2}
    fields: {at_least: [quantum]}
    personal_data: unknown
""",
    ),
    "placed": Element(
        (PlacedSafeguard,),
        """\
- id: influenza
  safeguards: [data_agreement, {id: ethics_review, status: planned}]
""",
    ),
}
"""Elements by the names that readers use."""


@dataclass(frozen=True)
class Field:
    """A key of an element: what it may hold, and what it is for."""

    key: str
    form: str
    needed: bool
    default: object
    description: str


@dataclass(frozen=True)
class Described:
    """An element in words: each of its forms with its keys, and an example."""

    name: str
    forms: tuple[tuple[str, tuple[Field, ...]], ...]
    example: str


def describe(name: str) -> Described:
    """Return an element of the language in words.

    Raises
    ------
    UsageError
        If there is no such element.

    Examples
    --------
    >>> describe("scale").forms[0][1][0].form
    '[number, number]'
    """
    if name not in ELEMENTS:
        raise UsageError(unknown_element(name, list(ELEMENTS)))
    element = ELEMENTS[name]
    forms = tuple((summary_of(model), tuple(_fields(model))) for model in element.models)
    return Described(name, forms, element.example)


def unknown_element(name: str, known: list[str]) -> str:
    """Return the message for a name that is no element, with the likely one."""
    guess = likely(name, known)
    return f"there is no element `{name}`; " + (
        f"did you mean `{guess}`?" if guess else str(choose_from(known, 99))
    )


def summary_of(model: type[BaseModel]) -> str:
    """Return what a model is, in a sentence."""
    return (model.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")


def _fields(model: type[BaseModel]) -> Iterator[Field]:
    """Yield the keys of a model, its own before those that every element has."""
    own = [key for key in model.model_fields if key in model.__annotations__]
    for key in [*own, *(key for key in model.model_fields if key not in own)]:
        field = model.model_fields[key]
        default = (
            None if field.is_required() or field.default_factory is not None else field.default
        )
        yield Field(
            key, _form(field.annotation), field.is_required(), default, field.description or ""
        )


_PLAIN = {
    str: "text",
    int: "number",
    float: "number",
    bool: "true or false",
    type(None): "",
    Any: "anything",
}


def _form(kind: Any) -> str:
    """Return what a type allows, in words."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _form(args[0])
    if origin is Literal:
        return " | ".join(str(word) for word in args)
    if origin in (Union, types.UnionType):
        return " | ".join(dict.fromkeys(form for arg in args if (form := _form(arg))))
    if origin is list:
        inner = _form(args[0])
        return f"list of ({inner})" if " | " in inner else f"list of {inner}"
    if origin is tuple:
        return f"[{', '.join(_form(arg) for arg in args)}]"
    if origin is dict:
        key = "number" if _form(args[0]) == "number" else "id"
        return f"{{{key}: {_form(args[1])}}}"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _element_name(kind)
    return _PLAIN.get(kind, "text")


def _element_name(model: type[BaseModel]) -> str:
    for name, element in ELEMENTS.items():
        if model in element.models:
            return name
    return model.__name__.lower()
