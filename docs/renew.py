"""Renew what the pages show of the program: generated pages, and the output below each command.

Run it with ``python docs/renew.py``. Read the changes before committing them: a page that changed
says that something else did.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
from pathlib import Path
from types import ModuleType

from click.testing import CliRunner

from collabscore.cli.main import cli

ROOT = Path(__file__).parents[1]


def generator(name: str) -> ModuleType:
    """Return a module of this folder."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def with_outputs(text: str) -> str:
    """Return a page with what each command in it prints now."""

    def renewed(block: re.Match[str]) -> str:
        found = CliRunner().invoke(cli, shlex.split(block[1].removeprefix("$ collabscore ")))
        return f"```console\n{block[1]}\n{found.output.strip()}\n```"

    return re.sub(
        r"^```console\n(\$ collabscore [^\n]*)\n.*?^```",
        renewed,
        text,
        flags=re.DOTALL | re.MULTILINE,
    )


def main() -> None:
    """Write every page that is not what it should be."""
    os.chdir(ROOT)
    pages = {}
    for name in ("generate_reference", "generate_areas", "generate_firmness"):
        module = generator(name)
        pages[module.PAGE] = module.page()
    pages |= generator("generate_gallery").pages()
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        if path not in pages:
            pages[path] = with_outputs(path.read_text(encoding="utf-8"))
    for path, text in pages.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
