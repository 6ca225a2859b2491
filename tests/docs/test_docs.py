from __future__ import annotations

import contextlib
import importlib.util
import io
import re
import shlex
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from click.testing import CliRunner

import collabscore as cs
from collabscore.cli.main import cli

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
IDS = [str(page.relative_to(ROOT)) for page in PAGES]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )


def generator(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_blocks_of_python_run(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    namespace: dict[str, object] = {}
    for code in blocks(page, "python"):
        exec(compile(code, str(page), "exec"), namespace)  # the page says so: its blocks run


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_blocks_of_the_console_show_what_is_printed(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    for block in blocks(page, "console"):
        first, _, expected = block.partition("\n")
        found = CliRunner().invoke(cli, shlex.split(first.removeprefix("$ collabscore ")))
        assert found.output.strip() == expected.strip()


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_frameworks_in_pages_load(page: Path) -> None:
    for block in blocks(page, "yaml"):
        if block.startswith("collabscore: framework/1"):
            cs.load_framework(yaml.safe_load(block))


def test_the_readme_shows_what_its_example_prints() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(blocks(ROOT / "README.md", "python")[0], {})
    assert f"```\n{printed.getvalue().rstrip()}\n```" in text


@pytest.mark.parametrize("name", ["generate_reference", "generate_areas", "generate_firmness"])
def test_generated_pages_are_fresh(name: str) -> None:
    module = generator(name)
    assert module.PAGE.read_text(encoding="utf-8") == module.page(), (
        f"renew it with: python docs/{name}.py"
    )


def test_the_gallery_is_fresh() -> None:
    written = {
        path: path.read_text(encoding="utf-8") if path.exists() else ""
        for path in generator("generate_gallery").pages()
    }
    assert written == generator("generate_gallery").pages(), "renew it with: python docs/renew.py"
    assert set(written) == set((ROOT / "docs" / "frameworks").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target
