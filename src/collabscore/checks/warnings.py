"""Warnings: parts of a document that are valid, but have no effect or no meaning.

Among them are texts about a person's identity. They are found by plain lists of words, kept short
so that alarms are rare and true. Texts are read sentence by sentence, since a sentence may also
exclude such a question. Only `check` gives warnings, and none of them changes a score.
"""

from __future__ import annotations

import math
import operator
import re
import string
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise, product
from typing import Any, TypeAlias

import numpy as np

from ..errors import Diagnostic, KeyPath, Note
from ..kernels.logic import Truth
from ..models.answers import FactDetail, NumberRange, stretches, truths_in
from ..models.base import UNKNOWN, Element, Model, Source, days_of
from ..models.candidates import Candidate, Candidates, PlacedSafeguard
from ..models.conditions import PLACE
from ..models.criteria import (
    Criteria,
    Criterion,
    RatingDetail,
    Scale,
    criteria_path,
    power_of,
    walk,
    weight_of,
)
from ..models.expressions import (
    And,
    Answers,
    Atom,
    Compare,
    Constant,
    Expression,
    Has,
    Known,
    Named,
    Not,
    NumberOf,
    Or,
    Overlaps,
    Points,
    Quantity,
    RatingOf,
    Sum,
    atoms_of,
    evaluate,
    parts_of,
    references,
)
from ..models.facts import SetFact
from ..models.framework import (
    CompiledStep,
    Framework,
    Guardrail,
    Node,
    SharedDefinitions,
    Vocabulary,
)
from ..models.tables import Grid
from ..output.text import plural
from .candidates import backed_entries
from .completeness import without_metadata
from .framework import names_in, walk_models

__all__ = [
    "LEAST_MOVE",
    "MOST_COMBINATIONS",
    "about_persons",
    "are_persons",
    "asked_of_persons",
    "candidate_warnings",
    "framework_warnings",
    "possible_truth_values",
    "vocabulary_warnings",
]

_UNDATED = r"\b(?:undated|not dated|no date|without (?:a )?date|date (?:is )?unknown)\b"
_SIGNS = "check its `and`, `or` and `not`, and the levels and numbers in it"

LEAST_MOVE = 0.5
"""Points of the score, 0 to 100, below which a criterion is said not to matter."""


def framework_warnings(framework: Framework) -> list[Diagnostic]:
    """Return the warnings about a framework that has no errors, its vocabulary loaded."""
    theirs, written_for = framework.shared_criteria, framework.written_for
    written = {ids[-1]: criterion for ids, criterion in walk(framework.criteria)}
    found = [*_undated_sources(framework.sources), *_other_base(framework)]
    for key, node in framework.leaves.items():
        if key not in theirs or written[written_for.get(key, key)].scale is not None:
            # the framework's own
            found += _without_meaning(node.criterion, node.scale, criteria_path(node.path))
    found += _tiny_weights(framework)
    found += _nearly_per_cent(framework)
    found += _unordered_bands(framework.bands)
    found += _unused_names(framework)
    found += _idle_conditions(framework)
    for key, grid in framework.grids.items():
        found += _odd_rows(key, grid, framework)
    found += _unclear_comparisons(framework)
    found += _mixed_units(framework)
    found += _safeguards_held_against(framework)
    found += _unused_verdicts(framework)
    found += _unused_referrals(framework)
    found += about_persons(framework)
    return found


def _other_base(framework: Framework) -> Iterator[Diagnostic]:
    """Yield the warning that a profile was written for another version of its base."""
    base, written = framework.base, framework.base_version
    if base is None or written in (None, base.version):
        return
    message = f"this was written for version `{written}` of `{base.id}`, not `{base.version}`"
    help = f'check what it changes, then write `version: "{base.version}"`'
    if base.version is None:
        message = f"this was written for version `{written}` of `{base.id}`, which has no version"
        help = "check what it changes, then remove `version`"
    yield _warn("other-base", message, ("based_on", "version"), help)


def vocabulary_warnings(vocabulary: Vocabulary) -> list[Diagnostic]:
    """Return the warnings about a vocabulary that has no errors."""
    found = [*_undated_sources(vocabulary.sources)]
    for key, criterion in vocabulary.criteria.items():
        scale = criterion.scale
        if isinstance(scale, str):
            scale = vocabulary.scales.get(scale)
        found += _without_meaning(criterion, scale, ("criteria", key))
    found += about_persons(vocabulary)
    return found


def candidate_warnings(candidates: Candidates) -> list[Diagnostic]:
    """Return the warnings about a list of candidates that has no errors."""
    found = [*_whole_scales(candidates), *_expiring_entries(candidates)]
    return [*found, *_odd_in_areas(candidates), *about_persons(candidates)]


def _warn(
    code: str, message: str, path: KeyPath, help: str, *notes: Note, at_key: bool = False
) -> Diagnostic:
    return Diagnostic(code, message, path, help, "warning", at_key, notes=notes)


# sources, criteria, bands


def _undated_sources(sources: Mapping[str, Source]) -> Iterator[Diagnostic]:
    """Yield the sources without a date of issue that do not say that none is shown."""
    for key, source in sources.items():
        if source.date is None and not re.search(_UNDATED, source.note or "", re.IGNORECASE):
            help = (
                "add `date`, the date of issue; if the source shows none, add `note: No date "
                "shown.`"
            )
            message = f"the source `{key}` has no date"
            yield _warn("no-date", message, ("sources", key), help, at_key=True)


def _without_meaning(leaf: Criterion, scale: Scale | None, path: KeyPath) -> Iterator[Diagnostic]:
    """Yield a leaf whose ratings nothing explains."""
    if scale is None or leaf.anchors or scale.levels or scale.unit is not None:
        return
    low, high = scale.range
    message = (
        f"ratings of `{path[-1]}` have no meaning in words: it has no anchors, and its scale "
        "has no levels"
    )
    help = f"add `anchors: {{{low}: ..., {high}: ...}}`, or `levels` or a `unit` to the scale"
    yield _warn("no-anchors", message, path, help, at_key=True)


def _tiny_weights(framework: Framework) -> Iterator[Diagnostic]:
    """Yield the leaves that hardly move the score, or without a total that of their group."""
    for node in framework.leaves.values():
        move = _most_move(node, framework)
        if move < LEAST_MOVE:
            moved = f"the score of `{node.path[0]}`" if framework.combine == "none" else "the score"
            message = (
                f"from worst to best, `{node.id}` can change {moved} by at most "
                f"{_rounded_up(move)} points; below {LEAST_MOVE:g} it hardly matters"
            )
            help = "increase its weight, or leave it out"
            yield _warn("tiny-weight", message, criteria_path(node.path), help, at_key=True)


def _nearly_per_cent(framework: Framework) -> Iterator[Diagnostic]:
    """Yield the groups whose weights look like shares, in per cent or of 1, with a wrong sum."""
    groups: dict[KeyPath, Criteria] = {("criteria",): framework.tree}
    for node in framework.groups.values():
        groups[*criteria_path(node.path), "criteria"] = node.criterion.criteria or {}
    for path, children in groups.items():
        weights = [weight_of(framework.nodes[key].criterion.weight) for key in children]
        total = sum(weights)
        whole = 100 if total > 2 * len(weights) else 1
        if 0.015 < abs(total / whole - 1) <= 0.2 and total != len(weights):
            shares = [f"`{key}` {framework.nodes[key].share:.1%}" for key in children]
            message = f"the weights sum to {total:g}, so the shares are {', '.join(shares[:4])}"
            help = f"if they are meant as shares, change them until they sum to {whole}"
            yield _warn("weights-sum", message, path, help, at_key=True)


def _rounded_up(points: float) -> str:
    """Return an upper bound of points with two digits, itself an upper bound."""
    # a bound of 0.1 that floats hold as 0.1000000001 remains 0.1
    return f"{math.ceil(100 * points - 1e-6) / 100:g}"


def _most_move(node: Node, framework: Framework) -> float:
    """Return an upper bound of the points, 0 to 100, by which a leaf can move the score.

    A mean of power p >= 1 rises by `w**(1/p)` at most where a child of weight w rises by 1, being
    `(sum w v**p)**(1/p)` with all others at 0; for sums the bound is exact. Below 1 a bad child can
    pull down its group whatever its weight, and the bound is infinite.
    """
    values = (node.criterion.value or {0: 0, 1: 100}).values()
    move = float(max(values) - min(values))
    combine = framework.combine
    for key in node.path:
        if combine != "none":
            power = power_of(combine)
            if power < 1:
                return math.inf
            move *= framework.nodes[key].share ** (1 / power)
        combine = framework.nodes[key].criterion.combine
    return move


def _unordered_bands(bands: Mapping[str, float]) -> Iterator[Diagnostic]:
    begins = list(bands.values())
    if begins in (sorted(begins), sorted(begins, reverse=True)):
        return
    falling = sorted(bands, key=lambda key: -bands[key])
    order = ", ".join(f"{key}: {bands[key]:g}" for key in falling)
    message = (
        "the bands are neither in rising nor in falling order; readers may misread where a band "
        "ends"
    )
    help = f"write `bands: {{{order}}}`"
    yield _warn("bands-out-of-order", message, ("bands",), help, at_key=True)


# names that nothing uses

# for each kind of name: the kind in words, what does not use it, and what would
_USES = {
    "scales": ("scale", "no criterion uses", "use it in the `scale` of a criterion"),
    "lists": (
        "list",
        "neither a fact nor a condition uses",
        "use it in a condition, or in the `of` of a set",
    ),
    "facts": ("fact", "no condition uses", "use it in the `when` of a guardrail"),
    "safeguards": (
        "safeguard",
        "no guardrail needs",
        "use it under `needs` or `standing`, or in `has(...)`",
    ),
    "conditions": (
        "condition",
        "no guardrail or condition uses",
        "use it in the `when` of a guardrail",
    ),
}


def _unused_names(framework: Framework) -> Iterator[Diagnostic]:
    """Yield the names that a framework defines and nothing in it uses, without its vocabulary's."""
    symbols, written_for = framework.symbols, framework.written_for
    conditions = [*chain.from_iterable(map(symbols.expressions_of, framework.conditions))]
    conditions += framework.contradiction_expressions.values()
    named = references(*conditions, *framework.deciding_expressions).names()
    asked = {written_for.get(key, key) for key in named}
    scales = {str(criterion.scale) for _, criterion in walk(framework.criteria)}
    lists = {fact.of for fact in framework.facts.values() if isinstance(fact, SetFact)}
    for listed in framework.lists.values():
        lists |= {str(listed.among), str(listed.extends)}
    used = {
        "scales": scales,
        "lists": asked | lists,
        "facts": asked,
        "safeguards": asked.union(framework.safeguards_named),
        "conditions": asked,
    }
    for section, (kind, idle, use) in _USES.items():
        for key in getattr(framework, section):
            if key not in used[section]:
                message, help = f"`{key}` is a {kind} that {idle}", f"{use}, or leave it out"
                yield _warn(f"unused-{kind}", message, (section, key), help, at_key=True)


# conditions, steps and verdicts that can make no difference


def _idle_conditions(framework: Framework) -> Iterator[Diagnostic]:
    """Yield the conditions that never or always hold, and the steps that others cover."""
    if framework.applies_expression is not None:
        worths = possible_truth_values(framework.applies_expression, framework)
        never = "this framework applies to no candidate"
        always = "this framework applies to every candidate, so `applies` has no effect"
        help = "leave `applies` out, or exclude some candidates"
        yield from _settled(worths, _SCOPE, never, always, help)
    for key in framework.contradictions:
        worths = possible_truth_values(framework.contradiction_expressions[key], framework)
        never = "these answers never contradict each other: no answers make the condition true"
        always = "these answers always contradict each other: every answer makes it true"
        yield from _settled(worths, ("contradictions", key, "when"), never, always, _SIGNS)
    for key, guardrail in framework.guardrails.items():
        places, steps = _places_of_steps(key, guardrail), framework.compiled_guardrails[key]
        for place, step in zip(places, steps, strict=False):
            if step.step.if_unknown is not None and step.if_unknown == 0:
                given = f"`if_unknown: {step.step.if_unknown}`"
                message = f"{given} lets a missing fact pass as if it were fine"
                help = "leave it out, so that the result asks for the missing fact"
                yield _warn("unknown-is-fine", message, (*place, "if_unknown"), help)
        if guardrail.table is None:
            yield from _idle_steps(steps, places, framework)


def _places_of_steps(key: str, guardrail: Guardrail) -> list[KeyPath]:
    """Return where the steps of a guardrail are written, or the rows of its table."""
    if guardrail.table is not None:
        return [("guardrails", key, "table", "rows", k) for k in range(len(guardrail.table.rows))]
    if guardrail.steps is None:
        return [("guardrails", key)]
    return [("guardrails", key, "steps", k) for k in range(len(guardrail.steps))]


def _settled(
    worths: Collection[int], path: KeyPath, never: str, always: str, help: str
) -> Iterator[Diagnostic]:
    """Yield the finding that a condition has one truth value, whatever is answered."""
    if 2 not in worths:
        yield _warn("never-holds", never, path, _SIGNS)
    elif worths == {2}:
        yield _warn("always-holds", always, path, help)


def _idle_steps(
    steps: tuple[CompiledStep, ...], places: list[KeyPath], framework: Framework
) -> Iterator[Diagnostic]:
    never = "this can never apply: no answers make the condition true"
    always = "this always applies: every answer makes the condition true"
    live: dict[int, CompiledStep] = {}
    for k, step in enumerate(steps):
        if step.when is None:
            continue
        worths = possible_truth_values(step.when, framework)
        help = _SIGNS
        if step.step.needs is not None:
            help = "leave `when` out: the safeguards are always needed"
        yield from _settled(worths, (*places[k], "when"), never, always, help)
        if 2 in worths:
            live[k] = step
    for k, step in live.items():
        for other, covering in live.items():
            if other != k and _covers(covering, step, other < k, framework):
                verdict = covering.step.then
                elsewhere = f"if it applies, step {other + 1} already gives `{verdict}`"
                message = f"this step has no effect: {elsewhere}"
                help = f"leave it out, narrow step {other + 1}, or set a more severe verdict here"
                note = Note("the other step", path=places[other])
                yield _warn("covered-step", message, places[k], help, note)
                break


def _covers(above: CompiledStep, below: CompiledStep, is_first: bool, framework: Framework) -> bool:
    """Return whether a step makes no difference beside one `above`, which no safeguard meets."""
    if above.step.needs is not None or above.then < below.then:
        return False
    if above.if_unknown < below.if_unknown:
        return False  # where one cannot tell, the other still decides
    if not _implies(below.when, above.when, framework):
        return False
    # of two steps that say the same the first one stays
    same = above.then == below.then and below.step.needs is None
    return is_first or not (same and _implies(above.when, below.when, framework))


def _implies(one: Expression | None, other: Expression | None, framework: Framework) -> bool:
    """Return whether a condition is true in no case in which the other is not."""
    assert one is not None
    assert other is not None
    return 2 not in possible_truth_values(And((one, Not(other))), framework)


def _odd_rows(key: str, grid: Grid, framework: Framework) -> Iterator[Diagnostic]:
    """Yield the rows of a table without effect, and those whose verdict is likely an oversight."""
    places = _places_of_steps(key, framework.guardrails[key])
    steps, counting = framework.compiled_guardrails[key], grid.rows_that_count()
    if not grid.is_checked:
        unseen, help = "rows without effect", "divide it into several guardrails"
        if grid.columns_asked(grid.rows - 1):
            unseen, help = f"gaps and {unseen}", f"{help}, or end it with a row of `any`"
        message = f"this table has too many combinations of answers to look for {unseen}"
        yield _warn("table-not-checked", message, places[0][:-2], help, at_key=True)
    if all(step.is_idle for step in steps):
        message = f"every row gives `{steps[0].step.then}`, so this table changes no verdict"
        help = "give a row a more severe verdict, or leave the table out"
        yield _warn("never-holds", message, places[0][:-2], help, at_key=True)
    for row, place in enumerate(places):
        if row not in counting:
            message, help = "this row has no effect: rows above it match first", "leave it out"
            yield _warn("covered-step", message, place, help)
        elif grid.columns_asked(row):
            yield from _overlap_above(row, steps, grid, places)
    if grid.is_checked:
        yield from _not_compared(grid, places, framework)
        yield from _milder_rows(grid, steps, places, framework)


def _overlap_above(
    row: int, steps: Sequence[CompiledStep], grid: Grid, places: Sequence[KeyPath]
) -> Iterator[Diagnostic]:
    """Yield the first row above with which one shares answers, and not its verdict."""
    for other in np.flatnonzero(grid.overlaps[row, :row]).tolist():
        verdict, count = steps[row].step.then, steps[other].step.then
        if verdict != count:
            message = (
                f"this row gives `{verdict}`, but for some of its answers row {other + 1} counts, "
                f"which gives `{count}`"
            )
            help = "narrow one of the two rows, or let them give one verdict"
            note = Note("the other row", path=places[other])
            yield _warn("table-overlap", message, places[row], help, note)
            return


def _not_compared(
    grid: Grid, places: Sequence[KeyPath], framework: Framework
) -> Iterator[Diagnostic]:
    """Yield a table whose rows are too many to be compared by what is worse."""
    facts = [framework.all_facts[column.fact] for column in grid.columns]
    if grid.first_rows() is None and any(fact.good_to_bad for fact in facts):
        message = "this table has too many combinations of answers to compare rows by `worse`"
        help = "divide it into several guardrails"
        yield _warn("table-not-checked", message, places[0][:-2], help, at_key=True)


def _milder_rows(
    grid: Grid, steps: Sequence[CompiledStep], places: Sequence[KeyPath], framework: Framework
) -> Iterator[Diagnostic]:
    """Yield the rows that are milder than one with better answers, by `worse` of the facts."""
    rows = grid.first_rows()
    if rows is None:
        return
    warned: set[int] = set()
    severity: Any = np.array([step.then for step in steps])
    for axis, column in enumerate(grid.columns):
        order = grid.good_to_bad(axis, framework.all_facts[column.fact])
        ranked: Any = rows.take(order, axis=axis)
        for k, (good, bad) in enumerate(pairwise(order)):
            better, worse = ranked.take(k, axis=axis), ranked.take(k + 1, axis=axis)
            at = np.flatnonzero(severity[worse] < severity[better])[:1]
            for one, other in zip(worse.take(at).tolist(), better.take(at).tolist(), strict=True):
                if one not in warned:
                    labels = f"`{column.fact}` {column.labels[good]}, not {column.labels[bad]}"
                    message = (
                        f"this row gives `{steps[one].step.then}`, and row {other + 1} the more "
                        f"severe `{steps[other].step.then}` for a better answer: {labels}"
                    )
                    help = f"check both verdicts, or `worse` of `{column.fact}`"
                    note = Note("the other row", path=places[other])
                    yield _warn("table-not-monotone", message, places[one], help, note)
                warned.add(one)


def _unclear_comparisons(framework: Framework) -> Iterator[Diagnostic]:
    """Yield the comparisons of several answers that may be meant of all of them, not of any."""
    for path, condition in _conditions_by_place(framework):
        facts = _compared_under_not(condition, framework)
        if path == _SCOPE:
            atoms = atoms_of(condition)
            compared = [atom.fact for atom in atoms if isinstance(atom, Answers)]
            facts = filter(framework.symbols.several.__contains__, compared)
        for fact in dict.fromkeys(facts):
            message = (
                f"a comparison of `{fact}` holds if any of its answers fits; with `not` or `!=`, "
                "if none does"
            )
            help = (
                f"write `within({fact}, [...])` to ask about all answers, or "
                f"`overlaps({fact}, [...])` to ask about any"
            )
            yield _warn("several-answers", message, path, help)


_SCOPE = ("applies",)


def _conditions_by_place(framework: Framework) -> Iterator[tuple[KeyPath, Expression]]:
    """Yield all conditions of a framework, without its vocabulary's, with their places."""
    for key in framework.conditions:
        for condition in framework.symbols.expressions_of(key):
            yield ("conditions", key), condition
    for key in framework.contradictions:
        yield ("contradictions", key, "when"), framework.contradiction_expressions[key]
    yield from _conditions_of_steps(framework)
    if framework.applies_expression is not None:
        yield _SCOPE, framework.applies_expression


def _mixed_units(framework: Framework) -> Iterator[Diagnostic]:
    """Yield the sums and comparisons of numbers in different units.

    Numbers with different factors, as in `ours + 1.1 * theirs`, are taken to be converted.
    """
    told: set[tuple[KeyPath, str]] = set()
    for place, condition in _conditions_by_place(framework):
        for message in _mixed_in(condition, framework):
            if (place, message) not in told:
                told.add((place, message))
                help = "give both in one unit, or multiply one by the rate between the units"
                yield _warn("mixed-units", message, place, help)


def _mixed_in(part: Expression | Quantity, framework: Framework) -> Iterator[str]:
    """Yield in words which numbers in different units a part of a condition puts together."""
    if isinstance(part, Named) and _is_own(part, framework):
        return  # which is checked at its own place
    if isinstance(part, Compare):
        terms: list[tuple[float, Quantity]] = [(1, part.left), (1, part.right)]
        if isinstance(part.left, Sum):
            terms = [*zip(map(abs, part.left.factors), part.left.parts, strict=True)]
        yield from _mixed_among(terms, framework)
    for inner in parts_of(part):
        yield from _mixed_in(inner, framework)


def _mixed_among(terms: Sequence[tuple[float, Quantity]], framework: Framework) -> Iterator[str]:
    """Yield the pairs of numbers with one factor and different units; dates have none."""
    facts, units = framework.all_facts, framework.symbols.units
    by_factor: dict[float, str] = {}
    for factor, quantity in terms:
        if isinstance(quantity, NumberOf):
            fact = facts.get(quantity.fact)
            if fact is None or fact.in_days:
                return
            name = quantity.fact
        elif isinstance(quantity, RatingOf):
            name = quantity.criterion
        else:
            continue
        first = by_factor.setdefault(factor, name)
        if units.get(first) != units.get(name):
            told = []
            for one in (first, name):
                unit = f"is in {units[one]}" if one in units else "has no unit"
                told.append(f"`{one.partition(PLACE)[0]}` {unit}")
            yield " and ".join(told)


def _is_own(condition: Named, framework: Framework) -> bool:
    """Return whether a framework, and not its vocabulary, defines a condition."""
    name = condition.name
    return framework.written_for.get(name, name) in framework.conditions


def _compared_under_not(
    part: Expression | Quantity, framework: Framework, negated: bool = False
) -> Iterator[str]:
    """Yield the facts with several answers that a negated part of a condition compares."""
    if isinstance(part, Named) and not negated and _is_own(part, framework):
        return  # which is checked at its own place
    if isinstance(part, Answers) and negated and part.fact in framework.symbols.several:
        yield part.fact
    for inner in parts_of(part):
        yield from _compared_under_not(inner, framework, negated != isinstance(part, Not))


def _conditions_of_steps(framework: Framework) -> Iterator[tuple[KeyPath, Expression]]:
    """Yield the condition of each step of the guardrails, with its place."""
    for key, steps in framework.compiled_guardrails.items():
        places = _places_of_steps(key, framework.guardrails[key])
        for place, step in zip(places, steps, strict=False):
            if step.asks is not None:
                yield place, step.asks
            elif step.cells is None and step.when is not None:
                yield (*place, "when"), step.when


def _safeguards_held_against(framework: Framework) -> Iterator[Diagnostic]:
    """Yield the rules that apply because a safeguard is in place: leaving it out would pay."""
    for path, when in _conditions_of_steps(framework):
        for name in dict.fromkeys(_grounds_in_place(when)):
            message = f"this rule applies because `{name}` is in place: leaving it out would pay"
            help = f"write `not has({name})`, or list `{name}` under `needs`"
            yield _warn("safeguard-against", message, path, help)


def _grounds_in_place(part: Expression | Quantity, negated: bool = False) -> Iterator[str]:
    """Yield the safeguards whose presence helps to make a condition true."""
    if isinstance(part, Has) and not negated:
        yield part.safeguard
    if isinstance(part, Compare):
        return  # a number of conditions may be at least or at most something
    for inner in parts_of(part):
        yield from _grounds_in_place(inner, negated != isinstance(part, Not))


def _unused_verdicts(framework: Framework) -> Iterator[Diagnostic]:
    """Yield the verdicts that a framework names and never gives."""
    if framework.verdicts is None:
        return
    given = {next(iter(framework.verdicts))}  # where nothing is triggered
    for guardrail in framework.guardrails.values():
        for step in guardrail.all_steps():
            given |= {step.then, framework.met_verdict(step) or step.then}
            if step.when is not None:
                given.add(framework.unknown_verdict(step))
    for key in framework.verdicts:
        if key not in given:
            message = f"no step can give the verdict `{key}`"
            help = "leave it out, or use it in `then`, `met` or `if_unknown` of a step"
            yield _warn("unused-verdict", message, ("verdicts", key), help, at_key=True)


def _unused_referrals(framework: Framework) -> Iterator[Diagnostic]:
    """Yield where a guardrail names who decides, and all of its verdicts go ahead."""
    goes_ahead = [verdict.goes_ahead for verdict in framework.all_verdicts.values()]
    for key, steps in framework.compiled_guardrails.items():
        given = {verdict for step in steps for verdict in step.severity.tolist()}
        if not all(goes_ahead[verdict] for verdict in given):
            continue
        for name in ("refer_to", "deadline"):
            if getattr(framework.guardrails[key], name) is not None:
                message = f"`{name}` is never shown: no verdict of `{key}` needs a decision"
                help = "leave it out, or use a verdict of tier 2 or later in a step"
                yield _warn("unused-referral", message, ("guardrails", key, name), help)


# answers that say nothing, or not for long


def _whole_scales(candidates: Candidates) -> Iterator[Diagnostic]:
    """Yield the ratings over a whole scale, which count as unknown."""
    scales: dict[str, Scale] = {}
    for framework in candidates.frameworks:
        scales |= framework.rating_scales
    for k, candidate in enumerate(candidates.candidates):
        for key, raw in candidate.ratings.items():
            is_detail = isinstance(raw, RatingDetail) and raw.low is not None
            if (isinstance(raw, list) or is_detail) and scales[key].read(raw) is None:
                low, high = scales[key].range
                message = f"`{key}` from {low} to {high} is the whole scale: it counts as unknown"
                help = "write `unknown`, or give a narrower range"
                yield _warn("whole-scale", message, ("candidates", k, "ratings", key), help)


_SOON = 90
"""Days before the last one at which it is said that an entry expires."""


def _expiring_entries(candidates: Candidates) -> Iterator[Diagnostic]:
    """Yield the ratings, facts and safeguards that have expired, or soon will."""
    day = candidates.day
    for k, candidate in enumerate(candidates.candidates):
        for path, entry in backed_entries(candidate, ("candidates", k)):
            is_placed = isinstance(entry, PlacedSafeguard)
            is_given = is_placed or without_metadata(entry) is not None
            if entry.until is None or day is None or not is_given:
                continue
            left = (days_of(entry.until)[1] - day).days
            if left > _SOON:
                continue
            name, verb = path[-1], "confirm or change it"
            if isinstance(entry, PlacedSafeguard):
                name, verb = entry.id, "renew it"
            code, when = "expires-soon", f"expires {plural(left, 'day')} after"
            if left < 0:
                code, when = "expired", f"expired {plural(-left, 'day')} before"
            message = f"`{name}` {when} the date of the list, {candidates.date_in_words}"
            help = f"{verb}, and write a later `until`"
            yield _warn(code, message, (*path, "until"), help)


# areas


def _odd_in_areas(candidates: Candidates) -> Iterator[Diagnostic]:
    """Yield the answers of areas that only a project has, and permissions that nothing shows."""
    granted: dict[str, str] = {}
    for framework in candidates.frameworks:
        for key, safeguard in framework.all_safeguards.items():
            if safeguard.granted_by is not None:
                granted[key] = safeguard.granted_by
    for k, candidate in enumerate(candidates.candidates):
        if candidates.unit_of(candidate) == "area":
            path: KeyPath = ("candidates", k)
            in_place = candidates.in_place_of(candidate)
            yield from _odd_safeguards(candidate, path, in_place, granted)
            yield from _named_partners(candidate, path)


_NOT_OF_AREAS = "leave it out, or write `unit: project`"


def _odd_safeguards(
    candidate: Candidate, path: KeyPath, in_place: Collection[str], granted: Mapping[str, str]
) -> Iterator[Diagnostic]:
    for number, placed in enumerate(candidate.placed()):
        here = (*path, "safeguards", number)
        if placed.id not in granted:
            message = f"`{placed.id}` has no effect: an area has no safeguards in place yet"
            yield _warn("area-safeguard", message, here, _NOT_OF_AREAS)
        elif placed.id in in_place and not (placed.evidence or placed.by):
            yield _unbacked_permission(candidate, placed, granted[placed.id], here)


def _named_partners(candidate: Candidate, path: KeyPath) -> Iterator[Diagnostic]:
    for key, answer in candidate.facts.items():
        if key.startswith("partner_") and answer not in (None, UNKNOWN):
            message = f"`{key}` describes a partner: an area names none"
            here = (*path, "facts", key)
            yield _warn("area-partner", message, here, _NOT_OF_AREAS, at_key=True)
    if candidate.partners:
        message = "`partners` lists organisations: an area names none"
        yield _warn("area-partner", message, (*path, "partners"), _NOT_OF_AREAS, at_key=True)


def _unbacked_permission(
    candidate: Candidate, placed: PlacedSafeguard, granted_by: str, path: KeyPath
) -> Diagnostic:
    """Return the finding that nothing shows that a permission was granted to a whole area."""
    message = (
        f"`{placed.id}` counts as granted to the whole area `{candidate.id}`, but nothing shows it"
    )
    help = (
        f"write `{{id: {placed.id}, evidence: [...]}}` with a source, or `by: ...` with the "
        f"document of {granted_by}; else remove it"
    )
    return _warn("unbacked-permission", message, path, help)


# words about persons: judged are areas and conduct

# Lists of words and phrases: `(...)` may be left out, `/` separates alternatives of a word, and `*`
# is any ending.

# Those who take part in work. Patients, donors and participants of a study are left out: data on
# them are a subject.
_ROLE = """researcher, scientist, scholar, student, applicant, investigator, professor, lecturer,
postdoc, fellow, nominee, employee, collaborator, author, speaker, visitor, team/staff/faculty
member, key person, pi"""
_GROUP = "staff, personnel, team(s)"
# Asks by itself who somebody is.
_BY_ITSELF = """nationality/nationalities, foreign nationals, third country nationals,
dual national(s), national origin(s), citizenship(s), birthplace(s), birth place(s),
place/country/city of birth, foreign born, born abroad, ethnicity/ethnicities,
ethnic/racial origin(s)/background/descent, ethnic/racial group of, surname(s), family/maiden
name(s), family ties/background, passport holder(s), hold(s)/held/holding passport(s),
hold(s)/held/holding a/an/the/* passport(s), hold(s)/held/holding a/an/the * passport(s),
visa/travel/immigration/residence history/histories/record(s)/status/refusal(s),
native language(s)/speaker(s), mother tongue(s), marital status, sexual orientation,
skin colo(u)r"""
# Does so unless it is a verb, which has one of these words after it: `last names the ...`.
_NAME = "first/last name(s)"
_OBJECT = "the, a, an, all, both, each, every, one, what, which"
# Does so of one who takes part; by itself it may be a subject of research.
_OF_A_ROLE = """origin(s), religion(s), faith, belief(s), gender, sex, race, ancestry, descent,
heritage, family/families, relatives, parents, spouse(s), age, country of origin, home country,
loyalty, trustworthiness, character, past, background, political view(s)/opinion(s)/leaning(s)"""
# Does so as the whole id or title of a fact or a criterion.
_AS_A_WHOLE = """name(s), full name, family, origin, country of origin, religion, faith, gender,
sex, race, ethnic group, descent, foreign national"""
# A unit of assessment that is no work.
_UNIT = "person(s), individual(s), people"

# Sentences that ask for no such thing. A question asks, whatever it denies.
_DENIED_BEFORE = """no, not, never, nor, neither, none, nobody, nothing, without, instead of,
rather than, cannot, left/leave(s) out, blind to, exclud*, omit*, forbid*/forbad*, prohibit*"""
_DENIED_AFTER = """not, never, nothing, none, no part, left out, omitted, irrelevant, immaterial,
forbidden, excluded"""
_ANY = "any, all, every, each, different, several, many, mixed"
_WHATEVER = "regardless, irrespective, independent(ly) of, whatever, without regard/distinction"
# Work that collects data on people, or harms them, is a subject: unless the sentence is about those
# who take part.
_SUBJECT = """data, dataset(s), record(s), sample(s), specimen(s), genom*, biometric*, cohort(s),
patient(s), donor(s), population(s), surveillance, profil*, discriminat*, repress*, persecut*,
minorit*, human rights"""

# A sentence and its end, which is no full stop within an abbreviation.
_SENTENCE = re.compile(r"(.*?)(?:(?<![A-Z])([.;?!])(?=\s|$)|\Z)", re.DOTALL)
# An id is read as words, and capitals as small letters (many times faster than to ignore the case);
# columns stay.
_PLAIN = str.maketrans(
    string.ascii_uppercase + "_-\t\n\r\u00a0\u2019", string.ascii_lowercase + " " * 6 + "'"
)


def _any_of(phrases: str) -> str:
    """Return a list of phrases as a regular expression."""
    found = []
    for phrase in phrases.split(","):
        plain = phrase.replace("(", "(?:").replace(")", ")?").replace("*", r"\w*")
        words = [f"(?:{word.replace('/', '|')})" for word in plain.split()]
        found.append(" ".join(words))
    return f"(?:{'|'.join(found)})"


_ROLES = rf"(?:{_any_of(_ROLE)}s?|{_any_of(_GROUP)})"
_TRAIT = _any_of(_OF_A_ROLE)
_TRAITS = rf"(?:{_TRAIT}|names?)(?:,? (?:and|or) {_TRAIT}){{0,9}}"
_NO_OBJECT = rf"(?! {_any_of(_OBJECT)}\b)"
_ARTICLES = r"(?:(?:the|an?|any|all|each|every|its|those|key|individual|participating|foreign) )*"
_ASKING = (
    _any_of(_BY_ITSELF),
    rf"{_any_of(_NAME)}{_NO_OBJECT}",
    rf"{_TRAITS}(?: members| ties)? of {_ARTICLES}{_ROLES}",
    rf"{_ROLES}(?:'s?)? (?:own |former )?{_TRAIT}",
    rf"{_ROLES}'s? (?:full )?names?",
    rf"{_any_of(_ROLE)} name{_NO_OBJECT}",
    rf"{_ROLES} (?:who (?:is|are|was|were) )?born",
)
_ASKS = re.compile(rf"\b(?:{'|'.join(_ASKING)})\b")
_LABEL_ASKS = re.compile(_any_of(_AS_A_WHOLE))
_IS_PERSON = re.compile(rf"(?:an? |each )?(?:{_ROLES}|{_any_of(_UNIT)})")
_IS_ABOUT_ROLES = re.compile(rf"\b{_ROLES}\b")
_IS_ABOUT_SUBJECT = re.compile(rf"\b{_any_of(_SUBJECT)}\b")
# before the words that ask, and after them
_IS_ANY = re.compile(rf"\b{_any_of(_ANY)} $")
_WHATEVER_BEFORE = re.compile(rf"\b{_any_of(_WHATEVER)}\b")
_DENIED_BEFORE_IT = re.compile(
    rf"\b(?!not only\b)(?:{_any_of(_DENIED_BEFORE)}|{_any_of(_WHATEVER)})\b"
)
_DENIED_BEHIND = re.compile(rf"\b{_any_of(_DENIED_AFTER)}\b")


def asked_of_persons(text: str, *, is_label: bool = False) -> tuple[int, int] | None:
    """Return the columns of the first words that ask who somebody is; None where none do.

    Parameters
    ----------
    is_label : bool
        Whether it is the id or the title of what is asked for, so that one word by itself says it.

    Returns
    -------
    start, end : int, optional
        From 0, the end exclusive.

    Examples
    --------
    >>> asked_of_persons("What is the applicant's nationality?")
    (24, 35)
    >>> asked_of_persons("It asks for terms, never for nationality or birthplace.") is None
    True
    """
    plain = text.translate(_PLAIN)
    if is_label and _LABEL_ASKS.fullmatch(plain):
        return 0, len(text)
    if not _ASKS.search(plain):
        return None
    for sentence in _SENTENCE.finditer(text):
        start, stop = sentence.span(1)
        found = _asked_in(plain[start:stop], sentence[2] == "?")
        if found is not None:
            return start + found[0], start + found[1]
    return None


def _asked_in(sentence: str, is_question: bool) -> tuple[int, int] | None:
    """Return the columns of the first words of a sentence that ask who somebody is."""
    if _IS_ABOUT_SUBJECT.search(sentence) and not _IS_ABOUT_ROLES.search(sentence):
        return None
    # whatever is asked behind these words is excluded
    excluding = _WHATEVER_BEFORE if is_question else _DENIED_BEFORE_IT
    words = excluding.search(sentence)
    for ask in _ASKS.finditer(sentence):
        begin, end = ask.span()
        if words is not None and words.end() <= begin:
            return None
        is_any = _IS_ANY.search(sentence, max(begin - 20, 0), begin)
        if is_question or not (is_any or _DENIED_BEHIND.search(sentence, end)):
            return begin, end
    return None


def are_persons(unit: str) -> bool:
    """Return whether a unit of assessment is a person.

    Examples
    --------
    >>> are_persons("researcher"), are_persons("area or project")
    (True, False)
    """
    return _IS_PERSON.fullmatch(unit.translate(_PLAIN)) is not None


# texts of a document

_JUDGED = "frameworks judge areas and conduct, never persons"
_HELP = (
    "ask about the work, its terms, or lists that name an organisation now; if the sentence "
    "excludes the question, write `not` or `never`"
)
_TEXTS = (
    *("id", "title", "summary", "question", "note", "reason", "say", "tags"),
    *("consists_of", "granted_by", "refer_to", "deadline"),
)
_MEANINGS = ("levels", "options", "anchors")
_SECTIONS = {"scales", "criteria", "lists", "items", "facts"}
_SECTIONS |= {"safeguards", "conditions", "guardrails", "verdicts"}


def about_persons(document: Model) -> Iterator[Diagnostic]:
    """Yield a warning for each element or candidate of a document that asks who somebody is."""
    if isinstance(document, Framework) and are_persons(document.unit_of_assessment or ""):
        unit = document.unit_of_assessment
        message = f"the unit of assessment is `{unit}`; {_JUDGED}"
        help = "write `area`, `project`, `partner` or `agreement`"
        yield _warn("about-persons", message, ("unit_of_assessment",), help)
    warned: set[KeyPath] = set()
    for owner, path, text, at_key in _texts_of(document):
        if owner in warned:
            continue
        is_asked_for = owner[:1] in (("facts",), ("criteria",))
        is_label = is_asked_for and path in (owner, (*owner, "title"))
        found = asked_of_persons(text, is_label=is_label)
        if found is not None:
            warned.add(owner)
            message = f"`{text[slice(*found)]}` is about a person's identity; {_JUDGED}"
            within = None if at_key else found
            yield Diagnostic("about-persons", message, path, _HELP, "warning", at_key, within)


def _texts_of(document: Model) -> Iterator[tuple[KeyPath, KeyPath, str, bool]]:
    """Yield the texts for readers: the path of the element, the text's own, and whether a key."""
    for path, part in walk_models(document):
        owner = path
        if isinstance(part, Candidates | Candidate | RatingDetail | FactDetail):
            owner = path[:2]
        elif not isinstance(part, Element | SharedDefinitions):
            continue
        elif path[1:] and path[-2] in _SECTIONS:
            yield path, path, str(path[-1]), True
        for text, place, at_key in _texts_in(part, path):
            # each text of a list of candidates is by itself
            yield place if isinstance(part, Candidates) else owner, place, text, at_key


def _texts_in(part: Model, path: KeyPath) -> Iterator[tuple[str, KeyPath, bool]]:
    for field in filter(part.model_fields_set.__contains__, _TEXTS):
        for text, place in names_in(getattr(part, field), (*path, field)):
            yield text, place, False
    for field in filter(part.model_fields_set.__contains__, _MEANINGS):
        for key, meaning in (getattr(part, field) or {}).items():
            place = (*path, field, key)
            if isinstance(key, str):
                yield key, place, True
            if meaning is not None:
                yield meaning, place, False


# The truth values that a condition can have, whatever candidates answer: false is 0, unknown 1 and
# true 2, so that `and` is the least. An atom is a part of a condition that asks something; atoms
# that ask for the same thing are looked at together. Axis letter: s states of what is asked for.

MOST_COMBINATIONS = 20_000
"""Above this number of states, or of combinations of them, nothing is claimed of a condition."""

Key: TypeAlias = str | Points | Sum | Has | Compare
"""What an atom asks for: a fact or a rating by its id, points, a sum, or the atom itself."""
Tables: TypeAlias = Mapping[Key, Mapping[Expression, Truth]]
"""Truth of the atoms of a condition in each state of what they ask for, (s,)."""


def possible_truth_values(expression: Expression, framework: Framework) -> frozenset[int]:
    """Return what a condition can be for candidates all of whose answers are known.

    Anything that `known()` asks for may be unknown as well. The result holds every value that
    occurs; it may hold others only where there are more than `MOST_COMBINATIONS` combinations, or
    where quantities are compared with each other or a score depends on a rating beside it.

    Returns
    -------
    frozenset of int
        0 for false, 1 for unknown, 2 for true.

    Examples
    --------
    >>> framework = Framework.model_validate({"collabscore": "framework/1", "id": "house"})
    >>> sorted(possible_truth_values(And((Has("review"), Not(Has("review")))), framework))
    [0]
    """
    atoms: dict[Key, list[Atom]] = {}
    for atom in dict.fromkeys(atoms_of(expression)):
        atoms.setdefault(_key_of(atom), []).append(atom)
    tables = {key: _truth_in_states(framework, key, asking) for key, asking in atoms.items()}
    return _values(expression, tables)


# states of what is asked for


def _key_of(atom: Atom) -> Key:
    """Return what an atom asks for; a comparison of two quantities is its own question."""
    match atom:
        case Answers(name) | Overlaps(name) | Known(name):
            return name
        case Compare(_, quantity, Constant()) | Compare(_, Constant(), quantity):
            match quantity:
                case NumberOf(name) | RatingOf(name):
                    return name
                case Points() | Sum():
                    return quantity
    return atom


def _truth_in_states(
    framework: Framework, key: Key, atoms: Sequence[Atom]
) -> dict[Expression, Truth]:
    """Return the truth of all atoms that ask for one thing, in each of its states, (s,)."""
    asking = [atom for atom in atoms if not isinstance(atom, Known)]
    certain = list(dict.fromkeys(_states(framework, key, asking)))
    possible = certain.copy()
    known = np.ones(len(certain), dtype=np.bool_)
    if isinstance(key, Compare) or len(asking) < len(atoms):
        # the last state: the answer is unknown, or a comparison of which nothing is known
        certain.append((False,) * len(asking))
        possible.append((True,) * len(asking))
        known = np.append(known, np.False_)
    table: dict[Expression, Truth] = dict.fromkeys(atoms, Truth.settled(known))
    for atom, row, upper in zip(asking, np.transpose(certain), np.transpose(possible), strict=True):
        table[atom] = Truth(row, upper)
    return table


def _states(framework: Framework, key: Key, atoms: list[Any]) -> list[tuple[bool, ...]]:
    """Return the truth of atoms in each state of the one thing that they ask for, once answered."""
    if isinstance(key, Has | Compare):
        return [(False,), (True,)]
    fact = framework.all_facts.get(key) if isinstance(key, str) else None
    if fact is not None and fact.answer_type is not NumberRange:
        most = MOST_COMBINATIONS + 1
        classes = fact.classes(atoms, None, framework.all_lists, most)
        return [found.truths for found in classes]
    in_days = fact is not None and fact.in_days
    found = stretches(atoms, _limits_of(framework, key), in_days=in_days)
    return list(map(tuple, truths_in(found, atoms).T.tolist()))


def _limits_of(framework: Framework, key: object) -> tuple[float, float]:
    """Return the least and the greatest that a number, a rating, points or a sum can be."""
    match key:
        case str(key) | NumberOf(key) | RatingOf(key) if key in framework.leaves:
            low, high = framework.leaves[key].scale.range
            return float(low), float(high)
        case str(key) | NumberOf(key):
            fact: Any = framework.all_facts[key]
            low, high = fact.limits
            return low, high
        case Points():
            return 0.0, 100.0
        case Sum(factors, parts):
            ends = [0.0, 0.0]
            for factor, part in zip(factors, parts, strict=True):
                limits = sorted(factor * end for end in _limits_of(framework, part))
                ends = list(map(operator.add, ends, limits))
            return ends[0], ends[1]
    return -math.inf, math.inf


# what a condition can be


def _values(expression: Expression, tables: Tables) -> frozenset[int]:
    match expression:
        case Named(_, condition):
            return _values(condition, tables)
        case Not(operand):
            return frozenset(2 - value for value in _values(operand, tables))
        case Or(operands):
            return _values(Not(And(tuple(map(Not, operands)))), tables)
        case And():
            return _values_of_all(expression, tables)
    return _values_by_combination(expression, tables)


def _values_of_all(expression: And, tables: Tables) -> frozenset[int]:
    """Look at parts that share nothing one by one: their values combine freely."""
    values = frozenset({2})
    for parts in _independent(_operands(expression)):
        if len(parts) == 1:
            found = _values(parts[0], tables)
        else:
            found = _values_by_combination(And(tuple(parts)), tables)
        values = frozenset(map(min, product(values, found)))
    return values


def _values_by_combination(expression: Expression, tables: Tables) -> frozenset[int]:
    """Look at all combinations of states, unless they are too many."""
    keys = dict.fromkeys(map(_key_of, atoms_of(expression)))
    asked = [tables[key] for key in keys]
    sizes = [len(next(iter(table.values())).certain) for table in asked]
    if math.prod(sizes) > MOST_COMBINATIONS:
        return frozenset({0, 1, 2})
    truths: dict[Expression, Truth] = {}
    for table, states in zip(asked, np.indices(sizes), strict=True):
        for atom, truth in table.items():
            truths[atom] = Truth(truth.certain[states.ravel()], truth.possible[states.ravel()])
    truth = evaluate(expression, truths.__getitem__)
    return frozenset((truth.certain.astype(int) + truth.possible).tolist())


def _operands(expression: And) -> list[Expression]:
    """Return what must hold for all to hold, also of named and (by De Morgan) negated parts."""
    found: list[Expression] = []
    waiting: list[Expression] = [expression]
    seen = {*waiting}
    while waiting:
        part = waiting.pop()
        inner: Sequence[Expression] = ()
        match part:
            case Named(_, condition) | Not(Not(condition)):
                inner = (condition,)
            case Not(Named(_, condition)):
                inner = (Not(condition),)
            case Not(Or(parts)):
                inner = tuple(map(Not, parts))
            case And(parts):
                inner = parts
            case _:
                found.append(part)
        # a part that is there twice says nothing more
        waiting += [other for other in reversed(inner) if other not in seen]
        seen.update(inner)
    return found


def _independent(parts: Iterable[Expression]) -> list[list[Expression]]:
    """Return the parts in groups that ask for nothing in common."""
    groups: list[tuple[set[Key], list[Expression]]] = []
    for part in parts:
        keys, members = set(map(_key_of, atoms_of(part))), [part]
        apart = []
        for other_keys, others in groups:
            if keys.isdisjoint(other_keys):
                apart.append((other_keys, others))
            else:
                keys, members = keys | other_keys, [*others, *members]
        groups = [*apart, (keys, members)]
    return [members for _, members in groups]
