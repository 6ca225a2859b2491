"""Part F: files of another format, names that were meant, and commands to copy."""

from __future__ import annotations

import io
import shlex
import zipfile
from pathlib import Path

import pytest

import collabscore as cs
from collabscore.documents.loading import shipped_path

from .conftest import COMMANDS, Desk, is_a_sentence


def excel() -> bytes:
    """Return the beginnings of an Excel file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return file.getvalue()


CSV = "id,title,gain,risk\na,A,3,2\nb,B,4,1\n"
A_TABLE, A_WORKBOOK = "a table, such as CSV", "a workbook, or another zip archive"
TABLES: dict[str, tuple[str, bytes, str]] = {
    "F-csv-as-yaml": ("renamed.yaml", CSV.encode(), A_TABLE),
    "F-semicolons": ("renamed.yml", CSV.replace(",", ";").encode(), A_TABLE),
    "F-csv-as-json": ("renamed.json", CSV.encode(), A_TABLE),
    "F-csv-as-lines": ("renamed.jsonl", CSV.encode(), A_TABLE),
    "F-quoted": ("renamed.yaml", b'"id","title"\n"a","A"\n', A_TABLE),
    "F-windows": ("renamed.yaml", "id;größe\na;1\n".encode("cp1252"), A_TABLE),
    "F-mark": ("renamed.yaml", b"\xef\xbb\xbf" + CSV.encode(), A_TABLE),
    "F-excel-as-yaml": ("renamed.yaml", excel(), A_WORKBOOK),
    "F-old-excel": ("renamed.yaml", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", A_WORKBOOK),
    "F-parquet": ("renamed.json", b"PAR1\x15\x04", "a Parquet file"),
    "F-pdf": ("memo.pdf", b"%PDF-1.7\n%\xe2\xe3", "a PDF file"),
    "F-packed": ("list.yaml.gz", b"\x1f\x8b\x08\x00", "a compressed file"),
}


@pytest.mark.parametrize("fault", TABLES)
def test_a_table_is_recognised_by_its_content(desk: Desk, fault: str) -> None:
    name, content, kind = TABLES[fault]
    (desk.folder / name).write_bytes(content)
    cure = "give a list as YAML, JSON or a table"
    if name.startswith("renamed"):
        cure = "if it is a list of candidates, rename it: `renamed."
    for command in COMMANDS:
        done = desk.call(command, name)
        is_a_sentence(
            done, f"error[other-format]: this is {kind}", f"--> {name}:1:1", f"= help: {cure}"
        )
        assert done.code == 1
    with pytest.raises(cs.DocumentError, match=kind):
        cs.score(name, "small.yaml")


DAMAGED: dict[str, tuple[str, bytes, str]] = {
    "F-excel": ("list.xlsx", excel(), "is not a workbook"),
    "F-old-excel": ("list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is not a workbook"),
    "F-truncated-parquet": ("list.parquet", b"PAR1\x15\x04", "is not a Parquet file"),
    "F-empty-parquet": ("list.parquet", b"", "is not a Parquet file"),
    "F-text-as-arrow": ("list.arrow", b"no arrow", "is not an Arrow file"),
    "F-text-as-excel": ("list.xlsx", b"no workbook", "is not a workbook"),
}


@pytest.mark.parametrize("fault", DAMAGED)
def test_a_damaged_table_is_refused(desk: Desk, fault: str) -> None:
    name, content, kind = DAMAGED[fault]
    (desk.folder / name).write_bytes(content)
    for command in COMMANDS:
        done = desk.call(command, name)
        is_a_sentence(done, "error[damaged-file]: the file is damaged, or", kind, f"{name}:1:1")
        assert done.code == 1


@pytest.mark.parametrize(
    "text",
    [
        "# a, b; c\ncollabscore: framework/1\nid: x\nfacts: {f: {kind: flag}}\n",
        '{"collabscore": "framework/1", "id": "x", "facts": {"f": {"kind": "flag"}}}',
        "{collabscore: framework/1, id: x,\n facts: {f: {kind: flag}}}\n",
        '---\n"collabscore": framework/1\nid: "x, y; z"\nfacts: {f: {kind: flag}}\n',
        "\n\ncollabscore:\n  framework/1\nid: x\nfacts: {f: {kind: flag}}\n",
        "? collabscore\n: framework/1\n? id\n: x\n? facts\n: {f: {kind: flag}}\n",
    ],
)
def test_a_document_is_no_table(desk: Desk, text: str) -> None:
    desk.write("fine.yaml", text)
    assert desk.run("check", "fine.yaml").code == 0


@pytest.mark.parametrize(
    "path", sorted(Path(str(shipped_path("guardrail"))).parent.rglob("*.yaml")), ids=str
)
def test_no_shipped_document_is_a_table(path: Path) -> None:
    assert cs.documents.loading.read_document(path).data


# names that were meant


def test_the_file_of_a_name_is_offered(desk: Desk) -> None:
    offer = "did you mean the file `other.yaml`?"
    desk.write("named.yaml", "collabscore: candidates/1\nframework: other\ncandidates: [{id: a}]\n")
    is_a_sentence(
        desk.run("score", "named.yaml"), "no framework `other` comes with collabscore", offer
    )
    is_a_sentence(desk.run("score", "list.yaml", "-f", "other"), offer)
    is_a_sentence(desk.run("test", "other"), offer)
    is_a_sentence(desk.run("new", "x.yaml", "--from", "other"), offer)
    text = (desk.folder / "small.yaml").read_text()
    desk.write("words.yml", "collabscore: vocabulary/1\nid: words\n")
    desk.write("using.yaml", text.replace("id: small", "id: using\nuses: words"))
    is_a_sentence(desk.run("check", "using.yaml"), "did you mean the file `words.yml`?")
    with pytest.raises(cs.UsageError, match=r"did you mean the file `other\.yaml`"):
        cs.load_framework("other")


OTHER_CAPITALS = {
    "F-capitals": ("House.yaml", "house.yaml"),
    "F-sibling-ending": ("house.YAML", "house.yaml"),
    "F-sibling-no-ending": ("HOUSE", "house.yaml"),
    "F-sibling-sharp-s": ("gr\u00f6\u00dfe.json", "gr\u00f6sse.json"),
}


@pytest.mark.parametrize(("written", "there"), OTHER_CAPITALS.values(), ids=OTHER_CAPITALS)
def test_a_file_in_other_capitals_is_offered(desk: Desk, written: str, there: str) -> None:
    """Some disks take one for the other: a list written there names no file here."""
    desk.write(there, (desk.folder / "small.yaml").read_text().replace("id: small", "id: there"))
    if (desk.folder / written).exists():
        pytest.skip("this disk takes one for the other")
    offer = f"did you mean the file `{there}`?"
    desk.write("named.yaml", f"framework: {written}\ncandidates: [{{id: a}}]\n")
    is_a_sentence(desk.run("score", "named.yaml"), "named.yaml:1:12", offer)
    is_a_sentence(desk.run("score", "list.yaml", "-f", written), offer)
    desk.write("sub/list.yaml", (desk.folder / "list.yaml").read_text())
    is_a_sentence(desk.run("score", "sub/List.yaml"), "did you mean the file `sub/list.yaml`?")
    # a folder is no file, and nothing is offered for a name that is only alike
    (desk.folder / "folder.yaml").mkdir()
    for name in ("Folder.yaml", "hous.yaml"):
        assert "did you mean the file" not in desk.run("score", name).err


def test_a_path_is_for_the_option_and_not_for_the_document(desk: Desk) -> None:
    desk.write(
        "lists/named.yaml",
        "collabscore: candidates/1\nframework: ../other.yaml\ncandidates: [{id: a}]\n",
    )
    is_a_sentence(
        desk.run("score", "lists/named.yaml"),
        "`framework` takes a shipped id or a file name without a folder, not `../other.yaml`",
        "put the file beside this one, and write its name alone, or leave the key out and give `-f ../other.yaml`",
    )
    desk.write("lists/free.yaml", "collabscore: candidates/1\ncandidates: [{id: a}]\n")
    assert desk.run("score", "lists/free.yaml", "-f", "lists/../other.yaml").code == 0
    # the present folder is no other folder
    desk.write(
        "here.yaml", "collabscore: candidates/1\nframework: ./other.yaml\ncandidates: [{id: a}]\n"
    )
    assert desk.run("score", "here.yaml").code == 0


@pytest.mark.parametrize("title", ["The second", "the second", "The secnd"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("explain", "list.yaml", "TITLE"),
        ("explain", "list.yaml", "a", "--versus", "TITLE"),
        ("sensitivity", "list.yaml", "TITLE"),
        ("what-if", "list.yaml", "--set", "TITLE.gain=2"),
    ],
    ids=lambda words: words[0] + str(len(words)),
)
def test_a_title_offers_the_id(desk: Desk, arguments: tuple[str, ...], title: str) -> None:
    done = desk.run(*(word.replace("TITLE", title) for word in arguments))
    is_a_sentence(done, f"there is no candidate `{title}`; did you mean `b`?")
    with pytest.raises(KeyError, match="did you mean `b`"):
        cs.score("list.yaml")[title]


def test_an_id_is_meant_before_a_title(desk: Desk) -> None:
    desk.write("swapped.yaml", "collabscore: candidates/1\nframework: small.yaml\ncandidates:\n"
               "- {id: one, title: two}\n- {id: two, title: one}\n")  # fmt: skip
    is_a_sentence(desk.run("explain", "swapped.yaml", "twoo"), "did you mean `two`?")
    is_a_sentence(desk.run("explain", "swapped.yaml", "xyz"), "choose from `one`, `two`")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_result_is_no_document(desk: Desk, command: str) -> None:
    assert desk.run("robustness", "list.yaml", "--draws", "8", "-o", "result.json").code == 0
    done = desk.call(command, "result.json")
    is_a_sentence(
        done, "error[wrong-kind]", "--> result.json:2:18", "give the document that it was made from"
    )


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in ("check", "test")])
def test_a_document_of_another_kind_has_a_cure(desk: Desk, command: str) -> None:
    kind, other = (
        ("candidates", "small.yaml") if "LIST" in COMMANDS[command] else ("framework", "list.yaml")
    )
    is_a_sentence(desk.call(command, other), f"= help: give a file with `{kind}/1`")
    desk.write("value.yaml", "just words\n")
    is_a_sentence(desk.call(command, "value.yaml"), f"= help: begin with `collabscore: {kind}/1`")


# commands to copy


@pytest.mark.parametrize(
    "name", ["my list.yaml", "it's.yaml", "$(touch x).yaml", "a;b.yaml", "größe.yaml"]
)
def test_a_command_to_copy_can_be_run(desk: Desk, name: str) -> None:
    """What follows `next:` is read by a shell as it was meant."""
    text = (desk.folder / "list.yaml").read_text()
    small = (desk.folder / "small.yaml").read_text()
    desk.write(name, text)
    desk.write(f"f {name}", small)
    told = [
        desk.run("check", name).err,
        desk.run("check", "list.yaml", "-f", f"f {name}").err,
        desk.run("check", f"f {name}").err,
        desk.run("new", f"new {name}", "-f", f"f {name}").err,
        desk.run("new", f"adapted {name}", "--from", f"f {name}").err,
    ]
    names = [{name}, {"list.yaml", f"f {name}"}, {"projects.yaml", f"f {name}"}]
    names += [{f"new {name}"}, {f"adapted {name}"}]
    for err, meant in zip(told, names, strict=True):
        (line,) = [line for line in err.splitlines() if line.startswith("next: ")]
        words = shlex.split(line)
        assert words[:2] == ["next:", "collabscore"]
        assert meant <= set(words)


# no path of the machine


def test_no_finding_holds_a_path_that_nobody_named(desk: Desk) -> None:
    shipped = shipped_path("guardrail")
    assert shipped is not None
    above = str(shipped.parents[1])
    desk.write(
        "list.json",
        '{"collabscore": "candidates/1", "framework": "guardrail", "candidates": [{"id": "a"}]}',
    )
    desk.write("wrong.json", '{"collabscore": "candidates/1", "framework": "guardrail", "candidates": '
               '[{"id": "a", "ratings": {"mutual_intrest": 9, "complementarity": 77}, "facts": {"harmful_use": "zzz"}}]}')  # fmt: skip
    desk.write(
        "redefined.yaml",
        "collabscore: framework/1\nid: r\nuses: common\nfacts: {harmful_use: {kind: flag}}\n",
    )
    for arguments in (
        ("check", "wrong.json"),
        ("check", "redefined.yaml"),
        ("check", "wrong.json", "--format", "json"),
        ("score", "list.json", "--format", "json"),
        ("explain", "list.json", "a", "--full"),
        ("test", "guardrail", "--format", "json"),
        ("test", "guardrail", "--format", "junit"),
        ("test", "guardrail", "--strict", "--cases", "wrong.json", "--format", "github"),
        ("frameworks", "show", "guardrail", "--format", "json"),
        ("compare", "list.json", "-f", "guardrail", "-f", "sta-2024", "--format", "json"),
        ("new", "-", "--from", "guardrail"),
    ):
        done = desk.run(*arguments)
        assert done.code in (0, 1), done
        assert above not in done.out + done.err, arguments
        assert str(desk.folder) not in done.out + done.err, arguments
