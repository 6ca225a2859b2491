"""The public surface: names, documentation, what an import loads, and the base of results."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import collabscore as cs
from collabscore.output import Result

SOURCE = Path(cs.__file__).parent
INIT = ast.parse((SOURCE / "__init__.py").read_text(encoding="utf-8"))
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.name != "__init__.py")
PUBLIC = {name: getattr(cs, name) for name in cs.__all__}
RESULTS = {
    name: found
    for name, found in PUBLIC.items()
    if inspect.isclass(found) and issubclass(found, Result)
}


def module_name(path: Path) -> str:
    return ".".join(("collabscore", *path.relative_to(SOURCE).with_suffix("").parts))


def test_public_names_are_sorted_and_exist() -> None:
    assert list(cs.__all__) == sorted(set(cs.__all__)) == sorted(dir(cs))
    with pytest.raises(AttributeError, match="has no attribute 'scor'"):
        cs.scor  # type: ignore[attr-defined]  # noqa: B018


def test_type_checkers_see_the_same_names_from_the_same_modules() -> None:
    (block,) = (node for node in INIT.body if isinstance(node, ast.If))
    seen = {
        alias.asname: (statement.module, alias.name)
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert seen == {name: (cs._MODULES[name], name) for name in cs.__all__}


def test_all_public_names_are_defined_where_they_are_said_to_be() -> None:
    for name, found in PUBLIC.items():
        assert found.__module__.startswith(f"collabscore.{cs._MODULES[name]}")


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_all_of_a_module_is_sorted_documented_and_exists(path: Path) -> None:
    module = importlib.import_module(module_name(path))
    assert module.__doc__
    names = getattr(module, "__all__", [])
    assert len(names) == len(set(names))
    for name in names:
        found = getattr(module, name)
        ours = getattr(found, "__module__", "").startswith("collabscore")
        if ours and (inspect.isfunction(found) or inspect.isclass(found)):
            assert found.__doc__, name


@pytest.mark.parametrize("name", cs.__all__)
def test_every_public_object_and_member_has_a_docstring(name: str) -> None:
    found = PUBLIC[name]
    assert found.__doc__
    if inspect.isclass(found) and not issubclass(found, Exception):
        bare = [
            key
            for key, member in vars(found).items()
            if not key.startswith("_")
            and (callable(member) or isinstance(member, property))
            and not inspect.getdoc(getattr(found, key))
        ]
        assert bare == []


def test_import_brings_no_library_of_the_terminal_or_of_extras() -> None:
    code = (
        "import sys, collabscore as cs; [getattr(cs, name) for name in cs.__all__]\n"
        "cs.score([{'id': 'a'}], 'guardrail').to_html()\n"
        "print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"numpy", "collabscore.api"} <= set(loaded)
    optional = {"click", "rich", "pandas", "polars", "scipy", "jinja2", "altair", "matplotlib"}
    assert optional.isdisjoint(loaded)


def test_nothing_is_imported_inside_a_function() -> None:
    found = []
    for path in MODULES:
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                inner = [
                    n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)
                ]
                found += [f"{path.name}: {function.name}" for _ in inner]
    assert found == []


def test_no_module_is_named_like_a_public_function() -> None:
    # importing a module binds its name in its package: right below the top it would hide the function
    modules = {path.stem for path in SOURCE.iterdir()}
    functions = {name for name in cs.__all__ if name.islower()}
    assert modules & functions == set()


# results


def test_whatever_has_json_is_on_the_base_of_results() -> None:
    with_json = {name for name, found in PUBLIC.items() if hasattr(found, "to_json")}
    # a table is a part of results; the others are on their way to the base
    others = {"Table", "Comparison", "Difference", "ExtremeRanks", "PolicyTest"}
    assert with_json - set(RESULTS) <= others
    assert {"Ranking", "Explanation", "Robustness", "Sensitivity"} <= set(RESULTS)


MEMBERS = ("fields", "rows", "title", "outline", "manifest")


@pytest.mark.parametrize("name", sorted(RESULTS))
def test_every_result_gives_what_the_base_asks_for(name: str) -> None:
    found = RESULTS[name]
    assert found.kind
    assert [key for key in MEMBERS if getattr(found, key) is getattr(Result, key)] == []
