"""Frameworks and vocabularies: whole documents, resolved, with their conditions parsed once.

Guardrails, rules that no score can buy a way past, stand here too. Axis letters: m leaf criteria,
g guardrails, c children of a group.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from itertools import chain
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PrivateAttr

from ..arrays import Frozen, Record, frozen_property
from ..errors import KeyPath, Origin, quotable
from ..output.text import short_digest
from .answers import MOST_CLASSES, Answer, AnswerClass
from .base import (
    ALSO_ACCEPTED,
    IN_ORDER,
    MOST_COLUMNS,
    MOST_GRADES,
    MOST_ITEMS,
    MOST_ROWS,
    BoundedMap,
    Date,
    Document,
    Element,
    FrozenDict,
    FrozenList,
    FrozenMap,
    FrozenSequence,
    Id,
    Model,
    NonEmptySequence,
    Number,
    ReadingError,
    Source,
    Sources,
    Text,
    Verified,
    Word,
    after_reading,
    before_reading,
    empty_is_default,
    list_field,
    map_field,
    optional_field,
    title_of,
)
from .conditions import OF_PARTNER, PLACE, Symbols, parse
from .criteria import (
    CombineName,
    Criteria,
    Criterion,
    Missing,
    Scale,
    Side,
    criteria_path,
    walk,
    weight_of,
    weights_by_party,
)
from .expressions import (
    And,
    Answers,
    AsOf,
    Atom,
    Compare,
    Expression,
    Known,
    NumberOf,
    Overlaps,
    References,
    atoms_of,
    references,
    walk_expression,
)
from .facts import ChoiceFact, Fact
from .lists import NamedList
from .syntax import ConditionError, conditions_about, places_needed
from .tables import Cell, Grid, cells_in_words

__all__ = [
    "PARTNERS",
    "SECTIONS",
    "STATES",
    "Base",
    "Change",
    "CompiledStep",
    "Condition",
    "Contradiction",
    "Defaults",
    "DocumentHead",
    "Framework",
    "GroupNode",
    "Guardrail",
    "LeafNode",
    "Need",
    "Node",
    "Profile",
    "Safeguard",
    "SharedDefinitions",
    "Step",
    "Table",
    "TableRow",
    "Verdict",
    "Vocabulary",
    "digest_of",
]

# guardrails


class Safeguard(Element):
    """A measure that satisfies a rule."""

    consists_of: Text | None = optional_field(
        "Documents that must exist for the safeguard to be in place."
    )
    granted_by: Text | None = optional_field(
        "The office that grants it and may refuse it; never a person's name. An area does not "
        "presume it."
    )


class Condition(Element):
    """A named condition, for use in other conditions."""

    when: Text = Field(description="The condition, in the language of conditions.")


class Contradiction(Element):
    """Answers that cannot all be true, and those of them that are in doubt."""

    when: Text = Field(
        description="Condition of answers that contradict each other; no `known`, no `has`."
    )
    doubts: NonEmptySequence[Id] = Field(
        description="Facts in doubt while it holds or may hold: judged as answered and as open."
    )
    say: Text | None = optional_field("The contradiction in one sentence, for readers.")


Need: TypeAlias = tuple[str, ...]
"""Safeguards of which any one will do."""

Needs = NonEmptySequence[Annotated[Word | NonEmptySequence[Word], IN_ORDER]]
"""Ids of safeguards, or lists of ids of which any one will do, as a document writes them."""


class Step(Element):
    """One grade of a guardrail: its condition, needed safeguards and verdicts."""

    when: Text | None = optional_field("Condition under which it applies. Default: always.")
    needs: Needs | None = optional_field(
        "Needed safeguards. All are needed; of an inner list, any one."
    )
    then: Text = Field(description="Verdict if it applies and a needed safeguard is missing.")
    met: Text | None = optional_field("Verdict if all needed safeguards are in place.")
    if_unknown: Text | None = optional_field("Verdict as long as it is unknown whether it applies.")
    reason: Text | None = optional_field("Reason for the step, in one sentence.")

    @property
    def options(self) -> tuple[Need, ...]:
        """The needed safeguards."""
        needs = self.needs or ()
        return tuple((need,) if isinstance(need, str) else tuple(need) for need in needs)


def _refuse_no_cell(value: object) -> object:
    help = "write an answer, a list of answers, or `any` for every answer"
    if value is None or value == []:
        written = "an empty list" if value == [] else "an empty cell"
        raise ReadingError("empty-cell", f"{written} matches no answer", help=help)
    if isinstance(value, Mapping):
        raise ReadingError("invalid-type", f"`{quotable(value)}` is not a cell", help=help)
    return value


def _refuse_text_of_cells(value: object) -> object:
    if isinstance(value, str):
        message = f"expected a list of cells, not `{quotable(value)}`"
        help = "write a cell for each fact, in their order, in `[...]`"
        raise ReadingError("invalid-type", message, help=help)
    return value


_CellAnswer: TypeAlias = bool | int | float | Word
_Cell = Annotated[
    _CellAnswer | FrozenSequence[Annotated[_CellAnswer, IN_ORDER]],
    IN_ORDER,
    before_reading(_refuse_no_cell),
]
_Cells = Annotated[NonEmptySequence[_Cell], before_reading(_refuse_text_of_cells)]


class TableRow(Element):
    """A row of a table with more than a verdict: its cells, needed safeguards and verdicts."""

    when: _Cells = Field(
        description="A cell for each fact: an answer, a list of answers, a comparison such as "
        "`>= applied`, or `any`. Of a set, a list (any of it) or an item."
    )
    needs: Needs | None = optional_field(
        "Needed safeguards. All are needed; of an inner list, any one."
    )
    then: Text = Field(description="Verdict if it matches and a needed safeguard is missing.")
    met: Text | None = optional_field("Verdict if all needed safeguards are in place.")
    if_unknown: Text | None = optional_field("Verdict as long as it is unknown whether it matches.")
    reason: Text | None = optional_field("Reason for the row, in one sentence.")


class Table(Model):
    """Combinations of answers, each with its verdict. The first row that matches counts."""

    facts: Annotated[NonEmptySequence[Id], Field(max_length=MOST_COLUMNS)] = Field(
        description="The facts that its columns ask for."
    )
    rows: Annotated[
        NonEmptySequence[Annotated[TableRow | _Cells, IN_ORDER]], Field(max_length=MOST_ROWS)
    ] = Field(
        description="Each row a list of cells, one for each fact, and then its verdict; or "
        "`{when: [...], then: ...}` for a row with `needs` or a reason."
    )

    def cells(self) -> list[Sequence[Cell]]:
        """Return the cells of each row."""
        return [row.when if isinstance(row, TableRow) else row[:-1] for row in self.rows]

    def steps(self, reason: str | None) -> tuple[Step, ...]:
        """Return each row as a step, in words, with the reason of its guardrail if it has none."""
        steps = []
        for number, (row, cells) in enumerate(zip(self.rows, self.cells(), strict=True), 1):
            words, own = cells_in_words(cells, self.facts), reason
            given: dict[str, Any] = {}
            if isinstance(row, TableRow):
                own = row.reason or reason
                given |= {name: getattr(row, name) for name in row.model_fields_set}
            else:
                given["then"] = row[-1]
            said = f"Row {number} of the table ({words})."
            given |= {"when": words, "reason": f"{own} {said}" if own else said}
            steps.append(Step.model_construct(**given))
        return tuple(steps)


class Guardrail(Element):
    """A rule that no score overrides: one step, several under `steps`, or a `table`."""

    reason: Text | None = optional_field("Reason for the guardrail, in one sentence.")
    when: Text | None = optional_field("Condition under which it applies. Default: always.")
    needs: Needs | None = optional_field(
        "Needed safeguards. All are needed; of an inner list, any one."
    )
    then: Text | None = optional_field("Verdict if it applies and a needed safeguard is missing.")
    met: Text | None = optional_field("Verdict if all needed safeguards are in place.")
    if_unknown: Text | None = optional_field("Verdict as long as it is unknown whether it applies.")
    steps: Annotated[NonEmptySequence[Step], Field(max_length=MOST_GRADES)] | None = optional_field(
        "Grades of one rule. The most severe one that applies counts."
    )
    table: Table | None = optional_field(
        "Combinations of answers with their verdicts, in place of steps. The first row that "
        "matches counts."
    )
    refer_to: Text | None = optional_field(
        "The office or role that decides where the rule is not satisfied; never a person's name."
    )
    deadline: Text | None = optional_field("Time limit of that decision, in words.")

    def all_steps(self) -> tuple[Step, ...]:
        """Return the steps, or the rows; the step written in place, where there are none."""
        if self.table is not None:
            return self.table.steps(self.reason)
        if self.steps is not None:
            return tuple(self.steps)
        fields = ("when", "needs", "then", "met", "if_unknown")
        return (Step.model_construct(**{name: getattr(self, name) for name in fields}),)


STATES = ("clear", "met", "unknown", "unmet", "barred")
"""States of a guardrail. Of two findings with the same verdict, the later one here is shown."""


@dataclass(frozen=True)
class CompiledStep(Frozen):
    """A step ready to be evaluated: its condition parsed, its verdicts by position.

    Of a row of a table, `cells` is what its cells ask, whatever the rows above.
    """

    step: Step
    when: Expression | None
    then: int
    met: int
    if_unknown: int
    cells: And | None = None

    @property
    def is_idle(self) -> bool:
        """Whether it is a row that gives the mildest verdict, as if no row did match."""
        return self.cells is not None and self.then == 0 and self.step.needs is None

    @property
    def asks(self) -> And | None:
        """The cells of a row; None where any answers match it, and for a step."""
        return self.cells if self.cells is not None and self.cells.operands else None

    @property
    def word(self) -> str:
        """What readers know it as: a step, or a row."""
        return "step" if self.cells is None else "row"

    @frozen_property
    def severity(self) -> NDArray[np.int8]:
        """The verdict of each state, in the order of `STATES`."""
        return np.array([0, self.met, self.if_unknown, self.then, self.then], dtype=np.int8)


class Verdict(Element):
    """One of the ordered outcomes of guardrails."""

    tier: Annotated[int, Field(ge=1, le=MOST_GRADES)] = Field(
        default=1, description="Candidates are ordered by tier first: 1 before 2."
    )
    ranked: bool = Field(
        default=True, description="Whether a candidate with this verdict has a rank."
    )

    @property
    def goes_ahead(self) -> bool:
        """Whether nobody has to decide, and no rule is in the way."""
        return self.ranked and self.tier == 1


Verdicts = Annotated[
    dict[Id, Annotated[Verdict, before_reading(empty_is_default)]],
    Field(min_length=1, max_length=MOST_GRADES),
    after_reading(FrozenDict),
]


@cache
def default_verdicts() -> dict[str, Verdict]:
    """Return the verdicts of a framework that names none, mild to severe."""
    return FrozenDict(
        inside=Verdict.model_construct(title="inside the guardrails"),
        conditional=Verdict.model_construct(title="inside, with named safeguards"),
        refer=Verdict.model_construct(title="a person must decide", tier=2),
        outside=Verdict.model_construct(title="outside the guardrails", ranked=False),
    )


class Defaults(Model):
    """Default verdicts of steps."""

    met: Text | None = optional_field("Verdict if all needed safeguards are in place.")
    if_unknown: Text | None = optional_field(
        "Verdict as long as it is unknown whether a step applies; a milder `then` counts instead."
    )


# documents


def _text_version(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


ALSO_ACCEPTED[_text_version] = ({"type": "integer"},)


def _named_condition(value: object) -> object:
    return {"when": value} if isinstance(value, str) else value


ALSO_ACCEPTED[_named_condition] = ({"type": "string"},)


Version = Annotated[Text, before_reading(_text_version)]


SECTIONS = (
    "sources",
    "scales",
    "lists",
    "facts",
    "safeguards",
    "conditions",
    "contradictions",
    "criteria",
)
"""What a vocabulary defines."""


class SharedDefinitions(Document):
    """Definitions that a vocabulary and a framework both may hold."""

    uses: "Uses | None" = optional_field(
        "A shipped vocabulary, a file beside this one, a vocabulary written here, or a list of "
        "them."
    )
    sources: FrozenMap[Id, Source] = map_field("Source documents, by id.")
    scales: FrozenMap[Id, Scale] = map_field("Scales for criteria, by id.")
    lists: FrozenMap[Id, NamedList] = map_field("Lists of items for facts, by id.")
    facts: BoundedMap[Id, Fact] = map_field("Facts about a candidate, by id.")
    safeguards: FrozenMap[Id, Safeguard] = map_field("Safeguards, by id.")
    conditions: FrozenMap[Id, Annotated[Condition, before_reading(_named_condition)]] = map_field(
        "Named conditions, for use in other conditions."
    )
    contradictions: BoundedMap[Id, Contradiction] = map_field(
        "Answers that cannot all be true, by id."
    )
    parties: FrozenMap[Id, Text] = map_field(
        "The parties by id, {us: the United States}: what is `per: party` is asked for each. "
        "Default: the parties of the vocabulary."
    )

    @frozen_property
    def vocabularies(self) -> "tuple[Vocabulary, ...]":
        """The vocabularies in use, once they are loaded: each once, behind those that it uses."""
        found: list[Vocabulary] = []
        for used in self.uses if isinstance(self.uses, list) else [self.uses]:
            if isinstance(used, Vocabulary):
                found += [one for one in (*used.vocabularies, used) if one not in found]
        return tuple(found)


class Vocabulary(SharedDefinitions):
    """Criteria, facts and safeguards that several frameworks share."""

    collabscore: Literal["vocabulary/1"] = Field(description="Kind and version of the document.")
    id: Id = Field(description="Its name in frameworks that use it.")
    title: Text | None = optional_field("Name shown to readers.")
    version: Version | None = optional_field("Version, as text.")
    as_of: Date | None = optional_field("Date of the information.")
    summary: Text | None = optional_field("Its purpose, in a sentence or two.")
    note: Text | None = optional_field("A remark for readers.")
    criteria: FrozenMap[Id, Criterion] = map_field("Criteria that frameworks may use.")


Uses = Annotated[
    Word | Vocabulary | FrozenSequence[Annotated[Word | Vocabulary, IN_ORDER]], IN_ORDER
]
"""Vocabularies: their names in a document, themselves once they are loaded."""


class Node(Record):
    """A criterion or a group of the tree, with everything it takes from elsewhere."""

    id: str
    path: tuple[str, ...]
    criterion: Criterion
    title: str
    missing: Missing
    side: Side | None
    share: float
    """Weight as a share among its siblings, 0 to 1; intervals by their middle."""
    overall: float
    """Product of the shares along the path from the root, 0 to 1."""
    children: tuple[str, ...]


class LeafNode(Node):
    """A criterion that is rated."""

    scale: Scale


class GroupNode(Node):
    """A group of criteria, which combines its children."""


E = TypeVar("E", bound=Element)


def _made_for_each(
    elements: Mapping[str, E],
    ids: Mapping[str, Mapping[str, str]],
    name_of: Callable[[str], str],
    word: str,
) -> Mapping[str, E]:
    """Return elements, with one for each party or partner in place of those that have such ids."""
    found = {}
    for key, element in elements.items():
        if key not in ids:
            found[key] = element
        for one, made in ids.get(key, {}).items():
            found[made] = _made_for(element, key, name_of(one), word)
    return found


def _made_for(element: E, key: str, name: str, word: str) -> E:
    """Return a definition as it is for one party or partner: `word` in its texts is its name."""
    title = title_of(key, element.title)
    if word not in title:
        title += f" ({word})"
    texts: dict[str, Any] = {"title": _with_name(title, name, word)}
    for field in element.model_fields_set - {"title", "when"}:
        texts[field] = _with_name(getattr(element, field), name, word)
    return element.model_copy(update=texts)


def _with_name(value: object, name: str, word: str) -> object:
    """Return a text, or a mapping to texts, with a name in place of a word in braces."""
    if isinstance(value, dict):
        return FrozenDict({key: _with_name(text, name, word) for key, text in value.items()})
    if not isinstance(value, str):
        return value
    text = value.replace(word, name)
    return text[:1].upper() + text[1:] if value.startswith(word) else text


PARTNERS = "partners"
"""The id, in results, of the question which partners a candidate has."""
_PARTNERS_FACT = ChoiceFact.model_construct(
    kind="choice",
    options=FrozenDict(none=None, some=None),
    title="Partners",
    question="Which organisations take part? List them under `partners`, or write `partners: []`.",
)


_NO_SCALE = Scale.model_construct(range=(0, 1))
"""In place of a scale that is missing, which the checks report."""


class DocumentHead(Document):
    """What a framework says of itself."""

    collabscore: Literal["framework/1"] = Field(description="Kind and version of the document.")
    id: Id = Field(description="Its name in commands and results.")
    title: Text | None = optional_field("Name shown to readers.")
    version: Version | None = optional_field("Version, as text.")
    as_of: Date | None = optional_field("Date of the information.")
    issuer: Text | None = optional_field("The organisation or office that issued it.")
    legal_force: Text | None = optional_field(
        "For example: binding, funding condition, guidance, analysis, proposal."
    )
    unit_of_assessment: Text | None = optional_field(
        "Unit that it judges: area, project, partner, agreement."
    )
    summary: Text | None = optional_field("Its main requirements, in a sentence or two.")
    source: Sources | None = optional_field("Sources of the whole framework.")
    note: Text | None = optional_field("A remark for readers.")
    verified: Verified | None = optional_field("How it was checked.")
    basis: Literal["judgement"] | None = optional_field(
        "`judgement` if it is its author's own choice."
    )


class Base(Model):
    """The framework that a profile changes."""

    id: Id = Field(description="A shipped framework, or a file beside this one.")
    version: Version | None = optional_field("Its version when the profile was written.")


class Profile(DocumentHead):
    """A framework that is another one with changes; its title and the like are its own.

    A path is keys with dots between them; a key that has dots is quoted.
    """

    based_on: Annotated[Word | Base, IN_ORDER] = Field(
        description="A shipped framework, or a file beside this one, or {id, version} of it."
    )
    sources: FrozenMap[Id, Source] = map_field("Source documents beside those of the base, by id.")
    drop: FrozenSequence[Text] = list_field("Paths in the base to what the profile leaves out.")
    set: FrozenMap[Text, Any] = map_field(
        "New values by their paths in the base. A weight such as `50%` is a share of its group."
    )
    add: FrozenMap[Word, Any] = map_field("What the profile adds, as a framework has it.")


class Change(NamedTuple):
    """A change that a profile makes: something of its base is dropped or set, or added to it."""

    kind: Literal["dropped", "set", "added"]
    path: KeyPath
    before: Any = None
    after: Any = None


class Framework(DocumentHead, SharedDefinitions):
    """A policy framework: criteria that set the order, and guardrails that set the verdict."""

    combine: Annotated[Literal[CombineName, "none"] | Number, IN_ORDER] | None = optional_field(
        "Method of combining the groups. Default: `arithmetic`. `none`: no total score."
    )
    missing: Missing | None = optional_field("Treatment of an unknown rating. Default: `average`.")
    ranges: Literal["mean", "worst"] | None = optional_field(
        "Value of a range of ratings: its mean, or its worse end. Default: `mean`."
    )
    weights: Text | None = optional_field(
        "Weights allowed in robustness: exact, within 25%, order, any, intervals."
    )
    criteria: Criteria | None = optional_field(
        "The tree of criteria. Without it, the framework has guardrails and no score."
    )
    applies: Text | None = optional_field(
        "Condition for candidates to which the framework applies."
    )
    standing: FrozenSequence[Id] = list_field("Safeguards required of every project.")
    guardrails: BoundedMap[Id, Guardrail] = map_field("Rules that no score overrides, by id.")
    verdicts: Verdicts | None = optional_field("The framework's own verdicts, mild to severe.")
    defaults: Defaults | None = optional_field("Default verdicts for steps.")
    bands: FrozenMap[Id, Number] = map_field("Lowest score of each band.")

    _adopted: "Framework | None" = PrivateAttr(default=None)
    _base: "Framework | None" = PrivateAttr(default=None)
    _base_version: str | None = PrivateAttr(default=None)
    _changes: tuple[Change, ...] = PrivateAttr(default=())
    _given_weights: Mapping[str, object] = PrivateAttr(default_factory=FrozenDict)
    _day: date | None = PrivateAttr(default=None)
    _places: int = PrivateAttr(default=-1)
    _titles_of_partners: Mapping[str, str] = PrivateAttr(default_factory=FrozenDict)
    _copy_for_partners: "Framework | None" = PrivateAttr(default=None)

    @property
    def adopted(self) -> "Framework":
        """The framework as adopted: itself, unless a call changed its weights or guardrails."""
        return self if self._adopted is None else self._adopted

    @property
    def given_weights(self) -> Mapping[str, object]:
        """Weights that a call gave in place of its own, by criterion; empty for none."""
        return self._given_weights

    @property
    def base(self) -> "Framework | None":
        """The framework that it is based on, where it is a profile."""
        return self._base

    @property
    def ids(self) -> Iterator[str]:
        """Its id, and those of the frameworks that it is based on."""
        above: Framework | None = self
        while above is not None:
            yield above.id
            above = above.base

    @property
    def changes(self) -> tuple[Change, ...]:
        """What a profile changes in its base, in the order of its document."""
        return self._changes

    @property
    def base_version(self) -> str | None:
        """The version of the base for which a profile was written, if it says so."""
        return self._base_version

    def made_from(
        self, base: "Framework | None", version: str | None, changes: tuple[Change, ...]
    ) -> None:
        """Note the framework that a profile changes, the version that it names, and its changes."""
        self._base, self._base_version, self._changes = base, version, changes

    def changed_from(self, framework: "Framework", weights: Mapping[str, object]) -> None:
        """Note that a call changed another framework to this one, and the weights it gave."""
        self.remember(framework.origin)
        self.made_from(framework.base, framework.base_version, framework.changes)
        self._adopted = framework.adopted
        self._given_weights = FrozenDict({**framework.given_weights, **weights})
        self.make_room(*framework.room)

    @frozen_property
    def asks_day(self) -> bool:
        """Whether conditions compare dates with `as_of` of the list."""
        asked = map(walk_expression, self.asking_expressions)
        return self._day is not None or AsOf() in chain.from_iterable(asked)

    def on_day(self, day: date | None) -> "Framework":
        """Return the framework as it judges a list of that day, which `as_of` means then."""
        if day in (None, self._day) or not self.asks_day:
            return self
        dated = self.model_copy()
        dated.judge_at(day)
        return dated

    def judge_at(self, day: date | None) -> None:
        """Store the day that `as_of` means in conditions."""
        self._day = day
        self._copy_for_partners = None

    # Everything below includes the vocabulary, and presumes that checks find no errors.

    @property
    def vocabulary(self) -> Vocabulary | None:
        """The vocabulary in use, once it is loaded; the last of several."""
        return next(reversed(self.vocabularies), None)

    @frozen_property
    def shared(self) -> Mapping[str, Mapping[str, Any]]:
        """The definitions of the vocabularies in use, by section and id."""
        found: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
        for section, elements in found.items():
            for vocabulary in self.vocabularies:
                elements |= getattr(vocabulary, section)
        return found

    def _merged(self, kind: str) -> Mapping[str, Any]:
        return {**self.shared[kind], **getattr(self, kind)}

    def written_at(self, section: str, key: str | None = None) -> tuple[KeyPath, Origin]:
        """Return where a section, or an element of it, is defined: a path and a text."""
        written = None if key is None else self.written_for.get(key, key)
        if section == "criteria" and key in self.nodes:
            above = self.nodes[str(key)].path[:-1]
            return self.origin.of(criteria_path((*above, str(written))))
        key = written
        path = (section,) if key is None else (section, key)
        for document in (self, *self.vocabularies):
            there = document.model_fields_set if key is None else getattr(document, section)
            if (section if key is None else key) in there:
                return document.origin.of(path)
        return path, Origin()

    @frozen_property
    def all_parties(self) -> Mapping[str, str]:
        """Names of the parties by id: its own, else those of the vocabulary."""
        named = (document.parties for document in (self, *reversed(self.vocabularies)))
        return next(filter(None, named), {})

    @frozen_property
    def ids_by_party(self) -> Mapping[str, Mapping[str, str]]:
        """Facts, criteria and conditions that exist for each party: their ids by party."""
        own = ((path[-1], criterion) for path, criterion in walk(self.criteria))
        written = chain(self.shared["criteria"].items(), self._merged("facts").items(), own)
        named = [key for key, element in written if element.per == "party"]
        named += conditions_about("party", named, self._written_conditions)
        found = {}
        for key in named:
            found[key] = {party: f"{key}_{party}" for party in self.all_parties}
        return found

    @frozen_property
    def _written_conditions(self) -> Mapping[str, str]:
        return {key: condition.when for key, condition in self._merged("conditions").items()}

    @frozen_property
    def written_for(self) -> Mapping[str, str]:
        """The name as written of each id that is made for a party or a partner."""
        found: dict[str, str] = {}
        for key, ids in (*self.ids_by_party.items(), *self.ids_by_partner.items()):
            found |= dict.fromkeys(ids.values(), found.get(key, key))
        return found

    # partners: what is asked of each has an id for each place among the partners of a candidate

    @frozen_property
    def partner_facts(self) -> Mapping[str, Fact]:
        """Facts that are asked of each partner of a candidate, by id as written."""
        facts = self._merged("facts")
        return {key: fact for key, fact in facts.items() if fact.per == "partner"}

    @frozen_property
    def places_unknown(self) -> int:
        """Number of partners that a candidate without a list of partners may have, for verdicts."""
        if not self.partner_facts:
            return 0
        texts = [*self._written_conditions.values(), self.applies or ""]
        for guardrail in self.guardrails.values():
            texts += [step.when or "" for step in guardrail.all_steps()]
        return places_needed(texts)

    @frozen_property
    def ids_by_partner(self) -> Mapping[str, Mapping[str, str]]:
        """Facts and conditions that exist for each partner: their ids by place, from "1"."""
        named = list(self.partner_facts)
        named += conditions_about("partner", named, self._written_conditions)
        places = range(1, max(self._places, self.places_unknown) + 1)
        found = {}
        for key in named:
            for one in self.ids_by_party.get(key, {"": key}).values():
                found[one] = {f"{k}": f"{one}{PLACE}{k}" for k in places}
        return found

    def _for_each(self, elements: Mapping[str, E]) -> Mapping[str, E]:
        """Return elements, with one for each party and for each place of a partner."""
        by_party = self._for_each_party(elements)
        return _made_for_each(by_party, self.ids_by_partner, lambda _: "a partner", "{partner}")

    def for_partners(self, most: int, titles: Mapping[str, str]) -> "Framework":
        """Return the framework with room for so many partners; it is the same document.

        Parameters
        ----------
        most : int
            Most partners of a candidate.
        titles : mapping of partner id to title
        """
        if not self.partner_facts:
            return self
        most, titles = max(most, self._places), {**self._titles_of_partners, **titles}
        if (most, titles) == (self._places, self._titles_of_partners):
            return self
        if self._copy_for_partners is None or self._copy_for_partners.room != (most, titles):
            copied = self.model_copy()
            copied.make_room(most, titles)
            self._copy_for_partners = copied
        return self._copy_for_partners

    def make_room(self, most: int, titles: Mapping[str, str]) -> None:
        """Note how many partners a candidate may have, and the titles of all partners."""
        self._places, self._titles_of_partners = most, FrozenDict(titles)
        self._copy_for_partners = None

    @property
    def room(self) -> tuple[int, Mapping[str, str]]:
        """Most partners of a candidate, -1 before a list is known, and the titles of partners."""
        return self._places, self._titles_of_partners

    def fact_named(self, key: str) -> Fact | None:
        """Return the fact of an id in results, such as `law@acme`; None if there is none."""
        name, sign, partner = key.partition(OF_PARTNER)
        if key in self.all_facts:
            return self.all_facts[key]
        if key == PARTNERS and self.partner_facts:
            return _PARTNERS_FACT
        if not sign or name not in self.partner_facts:
            return None
        title = self.title_of_partner(partner)
        return _made_for(self.partner_facts[name], name, title, "{partner}")

    def title_of_partner(self, key: str) -> str:
        """Return the title of a partner, made from its id where it has none."""
        return title_of(key, self._titles_of_partners.get(key))

    def _for_each_party(self, elements: Mapping[str, E]) -> Mapping[str, E]:
        """Return elements, with one for each party in place of those that exist for each."""
        name_of = self.all_parties.__getitem__
        return _made_for_each(elements, self.ids_by_party, name_of, "{party}")

    @frozen_property
    def all_sources(self) -> Mapping[str, Source]:
        """Sources by id, those of the vocabulary first."""
        return self._merged("sources")

    @frozen_property
    def all_scales(self) -> Mapping[str, Scale]:
        """Scales by id, those of the vocabulary first."""
        return self._merged("scales")

    @frozen_property
    def all_lists(self) -> Mapping[str, NamedList]:
        """Lists by id, those of the vocabulary first; one made of another with all its items."""
        written = self._merged("lists")
        made: dict[str, NamedList] = {}
        size = 0
        for key in written:
            chain: dict[str, None] = {}
            above = key
            while above in written and above not in made and above not in chain:
                chain[above] = None
                above = str(written[above].extends)
            for name in reversed(chain):
                # the checks refuse more: a short text could make as many as it likes
                extended = made.get(str(written[name].extends)) if size <= MOST_ITEMS else None
                made[name] = written[name].made_of(extended)
                size += len(made[name].items)
        return {key: made[key] for key in written}

    @frozen_property
    def all_facts(self) -> Mapping[str, Fact]:
        """Facts by id, those of the vocabulary first."""
        there = {}
        for place in next(iter(self.ids_by_partner.values()), ()):
            there[f"{PLACE}{place}"] = _PARTNERS_FACT
        return {**self._for_each(self._merged("facts")), **there}

    @frozen_property
    def candidate_facts(self) -> Mapping[str, Fact]:
        """Facts that a candidate answers itself, without those of its partners."""
        return {key: fact for key, fact in self.all_facts.items() if PLACE not in key}

    @frozen_property
    def answered_facts(self) -> Mapping[str, Fact]:
        """Facts as documents answer them: those of a candidate, then those of its partners."""
        return {**self.candidate_facts, **self.partner_facts}

    @frozen_property
    def all_safeguards(self) -> Mapping[str, Safeguard]:
        """Safeguards by id, those of the vocabulary first."""
        return self._merged("safeguards")

    @frozen_property
    def all_conditions(self) -> Mapping[str, Condition]:
        """Conditions by id, those of the vocabulary first."""
        return self._for_each(self._merged("conditions"))

    @frozen_property
    def all_contradictions(self) -> Mapping[str, Contradiction]:
        """Contradictions by id, those of the vocabulary first."""
        found = {}
        for key, one in self._merged("contradictions").items():
            doubts = FrozenList(chain.from_iterable(map(self.symbols.ids_of, one.doubts)))
            found[key] = one if doubts == one.doubts else one.model_copy(update={"doubts": doubts})
        return found

    @frozen_property
    def all_verdicts(self) -> Mapping[str, Verdict]:
        """Verdicts, mild to severe."""
        return self.verdicts or default_verdicts()

    # criteria

    @frozen_property
    def shared_criteria(self) -> Mapping[str, Criterion]:
        """Leaves of the vocabulary by the ids that a framework may use, with those by party."""
        shared: Mapping[str, Criterion] = self.shared["criteria"]
        return {**shared, **self._for_each_party(shared)}

    @frozen_property
    def tree(self) -> Criteria:
        """The tree of criteria, completed by the vocabulary, with a leaf for each party."""
        return self._completed(self.criteria or {})

    def _completed(self, written: Criteria) -> Criteria:
        found: dict[str, Criterion] = {}
        for key, own in written.items():
            criterion = self.definition(key, own)
            if criterion.criteria is not None:
                below = self._completed(criterion.criteria)
                criterion = criterion.model_copy(update={"criteria": below})
            if key not in self.ids_by_party:
                found[key] = criterion
                continue
            weights = weights_by_party(criterion.weight, self.all_parties)
            for party, made in self.ids_by_party[key].items():
                one = _made_for(criterion, key, self.all_parties[party], "{party}")
                found[made] = one.model_copy(update={"weight": weights.get(party, 1)})
        return FrozenDict(found)

    def definition(self, key: str, criterion: Criterion) -> Criterion:
        """Return a criterion, completed by its namesake where that is a leaf of the vocabulary."""
        theirs = self.shared_criteria.get(key)
        if theirs is None or criterion.is_group or criterion.scale is not None:
            return criterion
        own = {name: getattr(criterion, name) for name in criterion.model_fields_set}
        return theirs.model_copy(update=own)

    def scale_of(self, criterion: Criterion) -> Scale | None:
        """Return the scale of a leaf, by name or in place; None where there is none."""
        if isinstance(criterion.scale, str):
            return self.all_scales.get(criterion.scale)
        return criterion.scale

    @frozen_property
    def nodes(self) -> Mapping[str, LeafNode | GroupNode]:
        """Criteria and groups by id, parents before children, in the order of the document."""
        whole = Criterion.model_construct(criteria=self.tree)
        root = Node("", (), whole, self.id, self.missing or "average", None, 1.0, 1.0, ())
        return {node.id: node for node in self._nodes_below(root)}

    def _nodes_below(self, parent: Node) -> Iterator[LeafNode | GroupNode]:
        children = parent.criterion.criteria or {}
        total = sum(weight_of(criterion.weight) for criterion in children.values())
        for key, criterion in children.items():
            share = weight_of(criterion.weight) / total
            common = (
                key,
                (*parent.path, key),
                criterion,
                title_of(key, criterion.title),
                criterion.missing or parent.missing,
                criterion.side or parent.side,
                share,
                parent.overall * share,
                tuple(criterion.criteria or ()),
            )
            if criterion.is_group:
                group = GroupNode(*common)
                yield group
                yield from self._nodes_below(group)
            else:
                yield LeafNode(*common, self.scale_of(criterion) or _NO_SCALE)

    @frozen_property
    def leaves(self) -> Mapping[str, LeafNode]:
        """Leaf criteria by id: the columns of every table of ratings, (m,)."""
        return {key: node for key, node in self.nodes.items() if isinstance(node, LeafNode)}

    @frozen_property
    def groups(self) -> Mapping[str, GroupNode]:
        """Groups by id, parents before children."""
        return {key: node for key, node in self.nodes.items() if isinstance(node, GroupNode)}

    def leaves_below(self, key: str) -> list[str]:
        """Return the leaves of a group ("" is the whole), or the leaf itself; none for others."""
        return self._leaves_by_node.get(key, [])

    @frozen_property
    def _leaves_by_node(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for leaf, node in self.leaves.items():
            for key in ("", *node.path):
                found.setdefault(key, []).append(leaf)
        return found

    @frozen_property
    def rating_scales(self) -> Mapping[str, Scale]:
        """The scale of everything that a candidate may rate: own leaves, and the vocabulary's."""
        scales = {}
        for key, criterion in self._for_each_party(self.shared["criteria"]).items():
            scale = self.scale_of(criterion)
            if scale is not None:
                scales[key] = scale
        return scales | {key: node.scale for key, node in self.leaves.items()}

    # lists

    @frozen_property
    def list_members(self) -> Mapping[str, frozenset[str]]:
        """Items of each list, finer ones included unless it is a part of another list."""
        return {name: listed.members for name, listed in self.all_lists.items()}

    # facts

    def answer_classes(
        self,
        key: str,
        known: Answer | None,
        most: int = MOST_CLASSES,
        more: tuple[Compare, ...] = (),
    ) -> list[AnswerClass]:
        """Return the classes of answers to a fact that its guardrails can tell apart, in order.

        `more` are comparisons besides those of the guardrails.
        """
        asked = (*self.atoms_by_fact.get(key, ()), *more)
        return self.all_facts[key].classes(asked, known, self.all_lists, most)

    def has_more_classes(self, key: str, known: Answer | None) -> bool:
        """Return whether guardrails can tell more answers to a fact apart than are tried."""
        return len(self.answer_classes(key, known, MOST_CLASSES + 1)) > MOST_CLASSES

    def ways_to_answer(
        self, key: str, asked: tuple[Any, ...], known: Answer | None
    ) -> tuple[tuple[bool, ...], ...]:
        """Return the ways in which parts of conditions can come out for the answers to a fact.

        Where there are more than `MOST_CLASSES`, one more than these are returned.
        """
        seen = self._ways_seen.setdefault((key, asked), {})
        if known not in seen:
            seen[known] = self._ways_in(self.all_facts[key], asked, known)
        return seen[known]

    def _ways_in(
        self, fact: Fact, asked: tuple[Any, ...], known: Answer | None
    ) -> tuple[tuple[bool, ...], ...]:
        if known is not None and known.settled:
            truths = [fact.truth(part, known, self.all_lists) for part in asked]
            # an area that is named alone may not decide which of its items are meant
            if all(certain == possible for certain, possible in truths):
                return (tuple(certain for certain, _ in truths),)
        classes = fact.classes(asked, known, self.all_lists, MOST_CLASSES + 1)
        return tuple(dict.fromkeys(found.truths for found in classes))

    @cached_property
    def _ways_seen(self) -> dict[Any, dict[Any, tuple[tuple[bool, ...], ...]]]:
        return {}

    # conditions and guardrails

    @frozen_property
    def symbols(self) -> Symbols:
        """The names that conditions may use."""
        return Symbols(
            facts=self.all_facts,
            ratings={key: node.scale.named() for key, node in self.leaves.items()},
            groups=frozenset(self.groups),
            lists=self.list_members,
            safeguards=frozenset(self.all_safeguards),
            conditions={name: condition.when for name, condition in self.all_conditions.items()},
            by_party=self.ids_by_party,
            wholes=frozenset(self.ids),
            has_total=self.has_total,
            as_of=self._day,
            by_partner=self.ids_by_partner,
            places_unknown=self.places_unknown,
            scale_units={
                key: node.scale.unit for key, node in self.leaves.items() if node.scale.unit
            },
        )

    @frozen_property
    def applies_expression(self) -> Expression | None:
        """Which candidates it is about, parsed; None: all."""
        return self._parsed(self.applies)

    def _parsed(self, condition: str | None) -> Expression | None:
        return None if condition is None else parse(condition, self.symbols)

    @frozen_property
    def compiled_guardrails(self) -> Mapping[str, tuple[CompiledStep, ...]]:
        """Steps of each guardrail, ready to be evaluated."""
        compiled = {}
        for key, guardrail in self.guardrails.items():
            steps = []
            for number, step in enumerate(guardrail.all_steps()):
                if key not in self.grids:
                    steps.append(self._compiled_step(step, self._parsed(step.when)))
                elif number < self.grids[key].rows:
                    when, cells = self.grids[key].condition(number), self.grids[key].own[number]
                    steps.append(self._compiled_step(step, when, cells))
            compiled[key] = tuple(steps)
        return compiled

    def _compiled_step(
        self, step: Step, when: Expression | None, cells: And | None = None
    ) -> CompiledStep:
        names = list(self.all_verdicts)
        verdicts = (step.then, self.met_verdict(step) or names[0], self.unknown_verdict(step))
        then, met, if_unknown = map(names.index, verdicts)
        found = CompiledStep(step, when, then, met, if_unknown, cells)
        # whether an idle row matches, or none, makes no difference
        return replace(found, when=None) if found.is_idle else found

    @frozen_property
    def grids(self) -> Mapping[str, Grid]:
        """The grid of each guardrail that is a table."""
        grids = {}
        for key, guardrail in self.guardrails.items():
            if guardrail.table is not None:
                grids[key] = self.grid_of(guardrail.table)
        return grids

    def grid_of(self, table: Table) -> Grid:
        """Return the grid of a table whose cells can all be read."""
        return Grid.of(table.facts, table.cells(), self.symbols, self.all_lists)

    @frozen_property
    def contradiction_expressions(self) -> Mapping[str, Expression]:
        """The condition of each contradiction, parsed."""
        found = {}
        for key, contradiction in self.all_contradictions.items():
            # one of the vocabulary may name a criterion that the framework does not use
            with suppress(ConditionError):
                found[key] = parse(contradiction.when, self.symbols)
        return found

    @frozen_property
    def live_contradictions(self) -> Mapping[str, Expression]:
        """Conditions of the contradictions that doubt a fact on which verdicts rest."""
        asked, found = set(self.references.inputs), {}
        for key, expression in self.contradiction_expressions.items():
            if not asked.isdisjoint(self.all_contradictions[key].doubts):
                found[key] = expression
        return found

    @frozen_property
    def facts_doubted(self) -> tuple[str, ...]:
        """Facts that contradictions put in doubt, each once."""
        doubts = [self.all_contradictions[key].doubts for key in self.contradiction_expressions]
        return tuple(dict.fromkeys(chain.from_iterable(doubts)))

    @frozen_property
    def deciding_expressions(self) -> tuple[Expression, ...]:
        """Conditions of the guardrails in order, then `applies`: all that verdicts rest on."""
        found = [step.when for steps in self.compiled_guardrails.values() for step in steps]
        found.append(self.applies_expression)
        return tuple(expression for expression in found if expression is not None)

    @frozen_property
    def asking_expressions(self) -> tuple[Expression, ...]:
        """The deciding expressions, and those that put the answers behind them in doubt."""
        return (*self.deciding_expressions, *self.live_contradictions.values())

    @frozen_property
    def references(self) -> References:
        """Names that verdicts rest on."""
        return references(*self.deciding_expressions)

    @frozen_property
    def facts_asked(self) -> tuple[str, ...]:
        """Facts to answer: all its own, and those of its vocabulary that it uses."""
        doubting = references(*self.live_contradictions.values())
        own = self._for_each_party(self.facts)
        used = {*self.references.inputs, *own, *doubting.inputs}
        return tuple(key for key in self.candidate_facts if key in used)

    @frozen_property
    def atoms_by_fact(self) -> Mapping[str, tuple[Atom, ...]]:
        """Parts of the asking expressions that ask for the answer to each fact, each once."""
        found: dict[str, dict[Atom, None]] = {}
        for expression in self.asking_expressions:
            for atom in atoms_of(expression):
                for part in walk_expression(atom):
                    if isinstance(part, Answers | Overlaps | NumberOf):
                        found.setdefault(part.fact, {})[atom] = None
        return {name: tuple(atoms) for name, atoms in found.items()}

    @frozen_property
    def known_asked(self) -> frozenset[str]:
        """Facts and criteria of which deciding expressions ask whether they are known."""
        parts = chain.from_iterable(map(walk_expression, self.deciding_expressions))
        return frozenset(part.name for part in parts if isinstance(part, Known))

    @frozen_property
    def safeguards_named(self) -> tuple[str, ...]:
        """Safeguards required of every project, then those that guardrails need, each once."""
        named = list(self.standing)
        for guardrail in self.guardrails.values():
            for step in guardrail.all_steps():
                named += chain.from_iterable(step.options)
        return tuple(dict.fromkeys(named))

    def is_permission(self, options: Iterable[str]) -> bool:
        """Return whether a need is met by nothing but permissions, which may be refused."""
        return all(self.all_safeguards[name].granted_by for name in options)

    @frozen_property
    def permissions(self) -> tuple[Need, ...]:
        """Needs of guardrails that are met by nothing but permissions, each once."""
        found: list[Need] = []
        for steps in self.compiled_guardrails.values():
            for step in steps:
                found += filter(self.is_permission, step.step.options)
        return tuple(dict.fromkeys(found))

    def met_verdict(self, step: Step | Guardrail | TableRow) -> str | None:
        """Return the verdict once the safeguards of a step are in place; None: it needs none."""
        if step.needs is None:
            return None
        shipped = "conditional" if self.verdicts is None else None
        return step.met or (self.defaults or Defaults.model_construct()).met or shipped

    def unknown_verdict(self, step: Step) -> str:
        """Return the verdict where a step may or may not apply; by default at most `then`."""
        if step.if_unknown is not None:
            return step.if_unknown
        shipped = "refer" if self.verdicts is None else step.then
        default = (self.defaults or Defaults.model_construct()).if_unknown or shipped
        return min(default, step.then, key=list(self.all_verdicts).index)

    def elements(self) -> Iterator[tuple[str, str, Element]]:
        """Yield the parts of a framework: its own, and those of its vocabulary that it uses.

        Yields
        ------
        kind, id, element
            A criterion as the vocabulary has it, with what the framework says of it.
        """
        whole = Element.model_construct(
            source=self.source, verified=self.verified, basis=self.basis
        )
        yield "framework", self.id, whole
        for key, node in self.nodes.items():
            yield "criterion", key, node.criterion
        for key, guardrail in self.guardrails.items():
            yield "guardrail", key, guardrail
        used = {
            "condition": self.references.conditions,
            "contradiction": self.live_contradictions,
            "fact": self.references.inputs,
            "list": self.references.lists,
            "safeguard": self.safeguards_named,
        }
        for kind, names in used.items():
            known = {*names, *self._for_each(getattr(self, f"{kind}s"))}
            for key, element in getattr(self, f"all_{kind}s").items():
                if key in known:
                    yield kind, key, element

    @property
    def has_total(self) -> bool:
        """Whether it makes one score of its criteria."""
        return bool(self.leaves) and self.combine != "none"

    @frozen_property
    def digest(self) -> str:
        """SHA-256 of its whole content, the vocabulary included, as ``sha256:<hex>``."""
        return digest_of(self)

    def __repr__(self) -> str:
        return f"<Framework: `{self.id}` {short_digest(self.digest)}>"

    __str__ = __repr__


def digest_of(model: Model) -> str:
    """Return the SHA-256 of the content of a model, however it was written."""
    plain = model.model_dump(mode="json", exclude_defaults=True)
    content = json.dumps(plain, sort_keys=True, ensure_ascii=False)
    return "sha256:" + hashlib.sha256(content.encode()).hexdigest()
