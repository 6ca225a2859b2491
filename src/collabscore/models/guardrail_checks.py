"""What is wrong with the guardrails of a framework: verdicts, bands, steps, and every condition.

Imports the other models.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..errors import Diagnostic, KeyPath, Note, choose_from, did_you_mean
from .conditions import ConditionError, is_elsewhere, parse
from .framework import Framework, Words
from .guardrails import Guardrail, Step

__all__ = ["condition_issues", "guardrail_issues"]


def guardrail_issues(framework: Framework) -> Iterator[Diagnostic]:
    """Yield what is wrong with verdicts, bands, standing safeguards and guardrails."""
    yield from _verdicts(framework)
    yield from _bands(framework)
    for k, name in enumerate(framework.standing):
        yield from _safeguard(name, ("standing", k), framework)
    for key, guardrail in framework.guardrails.items():
        yield from _guardrail(guardrail, ("guardrails", key), framework)


def _verdicts(framework: Framework) -> Iterator[Diagnostic]:
    known = framework.all_verdicts
    if framework.verdicts is not None and len(framework.verdicts) < 2:
        yield Diagnostic(
            "too-few-verdicts", "a framework needs two verdicts or more", ("verdicts",)
        )
    for field in ("met", "if_unknown"):
        word = getattr(framework.defaults, field) if framework.defaults is not None else None
        if word is not None:
            yield from _verdict(word, ("defaults", field), known)


def _verdict(word: str, path: KeyPath, known: Mapping[str, object]) -> Iterator[Diagnostic]:
    if word not in known:
        yield Diagnostic(
            "unknown-verdict", f"`{word}` is not a verdict here", path, did_you_mean(word, known)
        )


def _bands(framework: Framework) -> Iterator[Diagnostic]:
    begins: dict[float, str] = {}
    for key, threshold in framework.bands.items():
        if not 0 <= threshold <= 100:
            yield Diagnostic(
                "out-of-range",
                f"a band begins at a score from 0 to 100, not at {threshold}",
                ("bands", key),
            )
        if threshold in begins:
            yield Diagnostic(
                "equal-bands",
                f"`{begins[threshold]}` and `{key}` begin at the same score",
                ("bands", key),
                notes=(Note("the other begins here", path=("bands", begins[threshold])),),
            )
        begins.setdefault(threshold, key)


def _safeguard(name: str, path: KeyPath, framework: Framework) -> Iterator[Diagnostic]:
    if name not in framework.all_safeguards:
        yield Diagnostic(
            "unknown-safeguard",
            f"`{name}` is not a safeguard here",
            path,
            did_you_mean(name, framework.all_safeguards),
        )


def _guardrail(guardrail: Guardrail, path: KeyPath, framework: Framework) -> Iterator[Diagnostic]:
    inline = [
        field
        for field in ("when", "needs", "then", "met", "if_unknown")
        if getattr(guardrail, field) is not None
    ]
    if guardrail.steps is not None:
        for field in inline:
            yield Diagnostic(
                "misplaced-key",
                f"`{field}` stands in the steps of a guardrail that has `steps`",
                (*path, field),
                at_key=True,
            )
        for k, step in enumerate(guardrail.steps):
            yield from _step(step, (*path, "steps", k), framework)
    elif guardrail.then is None:
        yield Diagnostic(
            "missing-key",
            "a guardrail needs `then`: the verdict while it applies",
            path,
            f"add `then`: {choose_from(framework.all_verdicts)}",
            at_key=True,
        )
    else:
        yield from _step(guardrail.all_steps()[0], path, framework)


def _step(step: Step, path: KeyPath, framework: Framework) -> Iterator[Diagnostic]:
    known = framework.all_verdicts
    severity = list(known).index
    for field in ("then", "met", "if_unknown"):
        if (word := getattr(step, field)) is not None:
            yield from _verdict(word, (*path, field), known)
    for k, need in enumerate(step.needs or ()):
        for j, name in enumerate([need] if isinstance(need, str) else need):
            yield from _safeguard(
                name,
                (*path, "needs", k) if isinstance(need, str) else (*path, "needs", k, j),
                framework,
            )
    if step.when is None and step.needs is None:
        yield Diagnostic(
            "missing-key",
            "a guardrail without `when` applies always, and then `needs` is required",
            path,
            "add `when` or `needs`",
            at_key=True,
        )
    if step.needs is None and step.met is not None:
        yield Diagnostic(
            "met-without-needs",
            "`met` is the verdict once safeguards are in place, and none is needed",
            (*path, "met"),
            "add `needs`, or leave `met` out",
            at_key=True,
        )
    met = framework.met_verdict(step)
    if step.needs is not None and met is None:
        yield Diagnostic(
            "missing-key",
            "a framework with its own verdicts says which one a guardrail gives once it is `met`",
            path,
            "add `met` here, or `defaults: {met: ...}`",
            at_key=True,
        )
    if (
        step.then in known
        and met is not None
        and met in known
        and severity(met) > severity(step.then)
    ):
        place = (*path, "met") if step.met is not None else (*path, "then")
        yield Diagnostic(
            "met-above-then",
            f"`{met}`, once safeguards are in place, is more severe than `{step.then}` without them",
            place,
        )
    if step.if_unknown is not None and step.if_unknown == next(iter(known)):
        yield Diagnostic(
            "unknown-is-fine",
            f"`if_unknown: {step.if_unknown}` lets a missing fact pass as if it were fine",
            (*path, "if_unknown"),
            help="leave it out, so that one who does not know is told to find out",
            severity="warning",
        )


def condition_issues(words: Words, framework: Framework) -> Iterator[Diagnostic]:
    """Yield the mistakes in the conditions of a document, read by the words of a framework."""
    texts: list[tuple[KeyPath, str]] = [
        (("conditions", key, "when"), c.when) for key, c in words.conditions.items()
    ]
    if isinstance(words, Framework):
        if words.applies is not None:
            texts.append((("applies",), words.applies))
        for key, guardrail in words.guardrails.items():
            if guardrail.when is not None:
                texts.append((("guardrails", key, "when"), guardrail.when))
            for k, step in enumerate(guardrail.steps or ()):
                if step.when is not None:
                    texts.append((("guardrails", key, "steps", k, "when"), step.when))
    symbols = framework.symbols
    for path, text in texts:
        own = path[1] if path[0] == "conditions" else None
        try:
            parse(text, symbols, chain=(str(own),) if own is not None else ())
        except ConditionError as error:
            if not is_elsewhere(error):
                found = error.diagnostic
                yield Diagnostic(found.code, found.message, path, found.help, within=found.within)
