"""Renew everything that shows the program: generated pages, output in pages, schemas, the picture.

Run it with ``python docs/renew.py``; no other command is needed. It renews

- the pages written by ``docs/generate_*.py``, and the picture of the README,
- the output below each command and each block of Python in the README and in ``docs``,
- the JSON Schemas in ``docs/schema``,
- the expected texts that tests compare with (tests that know ``COLLABSCORE_RENEW``).

Read the differences before you commit them: a page that changed shows that the program changed.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # where the generators are, however this is run

from page_outputs import ROOT, renewed

from collabscore.cli.documents import schema_text

GENERATORS = (
    "generate_reference",
    "generate_python",
    "generate_areas",
    "generate_distribution",
    "generate_firmness",
    "generate_memo",
    "generate_replications",
    "generate_gallery",
    "generate_picture",
)
KINDS = ("candidates", "cases", "framework", "vocabulary")


def generated() -> dict[Path, str]:
    """Return the text of each generated file, by its path."""
    files: dict[Path, str] = {}
    for name in GENERATORS:
        files |= importlib.import_module(name).pages()
    for kind in KINDS:
        files[ROOT / "docs" / "schema" / f"{kind}-1.json"] = schema_text(kind)
    return files


def generated_paths() -> set[Path]:
    """Return the paths of the generated files that exist."""
    paths = {ROOT / "docs" / "schema" / f"{kind}-1.json" for kind in KINDS}
    for name in GENERATORS:
        module = importlib.import_module(name)
        paths |= {module.PAGE} if hasattr(module, "PAGE") else set(module.FOLDER.glob("*"))
    return paths


def written_by_hand(generated: dict[Path, str]) -> list[Path]:
    """Return the paths of the pages whose outputs alone are renewed."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in pages if page not in generated]


def expected_texts() -> Iterator[Path]:
    """Yield the tests that can write the texts that they expect."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if 'environ.get("COLLABSCORE_RENEW")' in path.read_text(encoding="utf-8"):
            yield path


def main() -> None:
    """Write every file that is not what it should be, and name it."""
    os.chdir(ROOT)
    files = generated()
    failed = False
    for page in written_by_hand(files):
        try:
            files[page] = renewed(page.read_text(encoding="utf-8"))
        except Exception as error:  # a block of Python of the page: the others go on
            failed = True
            print(f"{page.relative_to(ROOT)}: {type(error).__name__}: {error}", file=sys.stderr)
    for path, text in files.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", *map(str, expected_texts())]
    environment = os.environ | {"COLLABSCORE_RENEW": "1"}
    done = subprocess.run(command, env=environment, check=False)  # noqa: S603 - our own tests
    sys.exit(int(failed) or done.returncode)


if __name__ == "__main__":
    main()
