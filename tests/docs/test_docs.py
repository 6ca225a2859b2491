"""Pages hold what the program prints: their commands and Python run, and generated files are fresh."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import generate_firmness
import generate_python
import generate_replications
import page_outputs
import pytest
import renew
import yaml
from pydantic import BaseModel

import collabscore as cs

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
RENEW = "renew it with: python docs/renew.py"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_commands_and_python_of_a_page_print_what_it_shows(page: Path) -> None:
    if page in (generate_firmness.PAGE, generate_replications.PAGE):
        return  # their generators run their commands, in seconds: `test_generated_files_are_fresh`
    text = page.read_text(encoding="utf-8")
    assert page_outputs.renewed(text) == text, RENEW


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_output_is_never_written_by_hand(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for block in re.finditer(r"(```\n+)?^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        if block[2] == "console":
            assert block[3].startswith("$ collabscore "), block[3]
        else:
            assert block[2], f"a block without a language: {block[3]}"
            assert "$ collabscore" not in block[3]


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_frameworks_in_pages_load(page: Path) -> None:
    for block in blocks(page, "yaml"):
        if block.startswith("collabscore: framework/1"):
            cs.load_framework(yaml.safe_load(block))


def test_the_readme_shows_what_its_example_prints() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    printed = page_outputs.run_python(blocks(ROOT / "README.md", "python")[0], {})
    assert f"```text\n{printed.rstrip()}\n```" in text


@cache
def generated(name: str) -> dict[Path, str]:
    pages: dict[Path, str] = renew.importlib.import_module(name).pages()
    return pages


@pytest.mark.parametrize("name", renew.GENERATORS)
def test_generated_files_are_fresh(name: str) -> None:
    files = generated(name)
    written = {path: path.read_text(encoding="utf-8") if path.exists() else "" for path in files}
    assert written == files, RENEW


def test_the_gallery_has_no_other_pages() -> None:
    files = generated("generate_gallery")
    assert set(files) == set((ROOT / "docs" / "frameworks").glob("*.md"))


def test_one_command_renews_every_generated_file() -> None:
    here = {path.stem for path in (ROOT / "docs").glob("generate_*.py")}
    assert here == set(renew.GENERATORS)
    kinds = {path.name.removesuffix("-1.json") for path in (ROOT / "docs" / "schema").iterdir()}
    assert kinds == set(renew.KINDS)
    expected = {path.relative_to(ROOT).as_posix() for path in renew.expected_texts()}
    assert "tests/documents/test_documents.py" in expected


def test_every_public_name_is_described() -> None:
    listed = [name for names in generate_python.SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(cs.__all__)
    page = generate_python.PAGE.read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### `(\w+)`\n\n(.+?)$", page, re.DOTALL | re.MULTILINE))
    assert set(sections) == set(cs.__all__)


@pytest.mark.parametrize("name", cs.__all__)
def test_every_parameter_and_member_of_a_public_name_is_described(name: str) -> None:
    page = generate_python.PAGE.read_text(encoding="utf-8")
    described = page.split(f"### `{name}`\n")[1].split("\n### ")[0]
    thing = getattr(cs, name)
    if not isinstance(thing, type):
        for parameter in generate_python.inspect.signature(thing).parameters:
            assert re.search(rf"- `[^`]*\b{parameter}\b[^`]*`", described), parameter
        return
    for member in vars(thing):
        called = vars(thing)[member]
        if generate_python.inspect.isfunction(called) and not member.startswith("_"):
            elsewhere = hasattr(generate_python.Result, member) or hasattr(BaseModel, member)
            assert f"`.{member}(" in described or elsewhere, member


def test_outputs_are_put_in(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (
        "<!-- file: small.yaml -->\n"
        "```yaml\ncollabscore: framework/1\nid: small\n```\n\n"
        "```console\n$ collabscore check small.yaml\nold\n$ collabscore --help | head -n 1\n```\n\n"
        "```console\n$ collabscore --help | sed -n '/^Commands/,/score/p'\n```\n\n"
        "```python\nprint(6 * 7)\n```\n\n```text\nold\n```\n\n"
        "```text\nleft alone\n```\n"
    )
    found = page_outputs.renewed(page)
    assert "old" not in found
    assert "$ collabscore --help | head -n 1\nUsage: " in found
    assert re.search(r"sed -n .*\nCommands:\n(.+\n)+?  score .*\n```", found)
    assert "```text\n42\n```" in found
    assert "```text\nleft alone\n```" in found
    assert page_outputs.renewed(found) == found
    assert Path.cwd() == ROOT or not (Path.cwd() / "small.yaml").exists()


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_page_can_be_reached() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md", ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                waiting.append(page.parent / target)
    inner = {page.resolve() for page in PAGES if not page.name.endswith(".in.md")}
    assert inner - seen == set()


def test_the_readme_sets_up_with_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "pip install . && collabscore score examples/proposed_projects.yaml\n" in readme
    assert "`pip install -e '.[dev]' && pytest`" in readme


def test_the_readme_fits_two_screens() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 115


def test_the_steps_to_add_a_rule_make_a_framework_that_judges_by_it(tmp_path: Path) -> None:
    page = ROOT / "docs" / "how-to" / "add-a-rule.md"
    head, fact, safeguard, rule, *_ = blocks(page, "yaml")
    house = tmp_path / "house.yaml"
    command = f"collabscore new {house} --from guardrail"
    assert "wrote" in page_outputs.output_of(command)
    text = house.read_text(encoding="utf-8")
    for line in head.splitlines():
        key = line.split(":")[0]
        text = re.sub(rf"^{key}:.*\n(  .*\n)*", f"{line}\n", text, flags=re.MULTILINE)
    text = text.replace("\nguardrails:\n", f"\n{fact}\n{safeguard}\nguardrails:\n{rule}")
    house.write_text(text, encoding="utf-8")
    framework = cs.load_framework(house)
    assert framework.title == "Rules of the programme office"
    listed = [
        {"id": "small", "facts": {"budget": 5}},
        {"id": "large", "facts": {"budget": 5.1}},
        {"id": "signed", "facts": {"budget": 12}, "safeguards": ["minister_signature"]},
        {"id": "unknown"},
    ]
    ranking = cs.score(listed, framework)
    states = {
        found.id: next(one.state for one in found.findings if one.guardrail == "large_budget")
        for found in ranking
    }
    assert states == {"small": "clear", "large": "unmet", "signed": "met", "unknown": "unknown"}


def test_arrays_of_the_glossary_exist() -> None:
    text = (ROOT / "docs" / "reference" / "glossary.md").read_text(encoding="utf-8")
    named = re.findall(r"`(ranking|robustness)\.(\w+)`", text)
    assert len(named) >= 6
    listed = [{"id": "flu", "ratings": {"global_challenge": [3, 5]}}]
    ranking = cs.score(listed, "guardrail")
    owners = {"ranking": ranking, "robustness": cs.robustness(ranking, draws=10)}
    assert [pair for pair in named if not hasattr(owners[pair[0]], pair[1])] == []


WRITTEN_BY_HAND = [
    page
    for page in (*PAGES, ROOT / "CONTRIBUTING.md")
    if page not in renew.generated_paths() and not page.name.endswith(".in.md")
]
FOR_READERS = [page for page in WRITTEN_BY_HAND if page.parent.name in ("how-to", "tutorial")]


def sentences(page: Path) -> list[str]:
    """Sentences of prose: no code, tables, headings or addresses of links."""
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^(\||#|<).*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^ *([-*]|\d+\.) ", "\n\n", text, flags=re.MULTILINE)
    text = re.sub(r"`[^`]*`", "code", re.sub(r"\]\([^)]*\)", "]", text))
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    return [one for part in paragraphs for one in re.split(r"(?<=[.:;?!]) ", part) if one]


@pytest.mark.parametrize("page", [ROOT / "README.md", *FOR_READERS], ids=lambda page: page.stem)
def test_sentences_for_readers_are_short(page: Path) -> None:
    assert [one for one in sentences(page) if len(one.split()) > 25] == []


@pytest.mark.parametrize("page", WRITTEN_BY_HAND, ids=lambda page: page.stem)
def test_pages_use_plain_words(page: Path) -> None:
    literary = (
        r"second hand|cannot tell|left? open|leaves? open|want of|worth a lot|stands? (above|behind)"
        r"|asked (for|of)\b|what is (open|unknown)|(take|takes) away|no (YAML|JSON)|\bmend|whoever"
        r"|\bone (cannot|may|can|would|reads)\b|\boutlook|goes without saying|\bnobody misses"
    )
    assert [one for one in sentences(page) if re.search(literary, one, re.IGNORECASE)] == []
