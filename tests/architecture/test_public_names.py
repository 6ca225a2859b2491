"""Names that modules of the package take from one another are public in the module that has them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import collabscore as cs

SOURCE = Path(cs.__file__).parent
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.py")}


def module_of(path: Path) -> tuple[str, ...]:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


MODULES = {module_of(path): tree for path, tree in TREES.items()}


def imports(path: Path) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield module and name of each name that a module imports from another one of the package."""
    package = path.relative_to(SOURCE).parent.parts
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            module = (*base, *(node.module.split(".") if node.module else ()))
            for alias in node.names:
                if (*module, alias.name) not in MODULES:
                    yield module, alias.name


def public_names(tree: ast.Module) -> list[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return list(ast.literal_eval(node.value))
    return []


@pytest.mark.parametrize("path", sorted(TREES), ids=lambda path: str(path.relative_to(SOURCE)))
def test_imported_names_are_public_where_they_are_from(path: Path) -> None:
    if path == SOURCE / "__init__.py":
        return  # a table of all public names; test_surface.py holds it
    private = [
        f"{'.'.join(module)}: {name}"
        for module, name in imports(path)
        if name.startswith("_") or name not in public_names(MODULES[module])
    ]
    assert private == []
