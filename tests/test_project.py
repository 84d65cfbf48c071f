"""The project as a whole: what its documents, data and code say of one another must agree.

1. Every command in the documents exists, with its options; the manual mentions every command.
2. The version stands in three places and is one.
3. Every code of the message catalogue is used, and every code used is in the catalogue.
4. The data folders can be read through the installed package, byte for byte.
5. Modules import only downward.
6. The command line starts without the heavy libraries.
7. Links and pictures in the documents lead to files.
"""

from __future__ import annotations

import importlib.metadata
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main

import tjxl
from tjxl.cli import app
from tjxl.resources import layout_file, sample_notice, schema_file, schema_toml

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ("README.md", "README.zh-CN.md")
GROUP: Any = typer.main.get_command(app)

_FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(tjxl [^`\n]+)`")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def fenced_commands(text: str) -> list[str]:
    """The `tjxl …` commands of the code blocks; one line may hold several, joined by `&&`."""
    parts = [
        part.strip() for block in _FENCE.findall(text) for line in block.splitlines() for part in line.split("&&")
    ]
    return [part for part in parts if part.startswith("tjxl ")]


def inline_commands(text: str) -> list[str]:
    return _INLINE.findall(_FENCE.sub("", text))


def options_of(command: str) -> set[str]:
    return {opt for param in GROUP.commands[command].params for opt in param.opts} | {"--help"}


def unknown_words(line: str) -> list[str]:
    """Command and options of a line that the command line does not know."""
    words = re.sub(r"[\[\]…]", " ", line).split()[1:]
    if words[0].startswith("--"):
        return [w for w in words if w not in {"--help", "--version"}]
    if words[0] not in GROUP.commands:
        return [words[0]]
    return [w for w in words if w.startswith("--") and w not in options_of(words[0])]


# ---- 1. commands ----


@pytest.mark.parametrize(
    ("document", "line"), [(name, line) for name in DOCUMENTS for line in fenced_commands(read(name))]
)
def test_command_in_code_block_can_be_typed_as_it_stands(document: str, line: str) -> None:
    command, *arguments = shlex.split(line, comments=True)[1:]
    assert command in GROUP.commands, document
    GROUP.commands[command].make_context(command, arguments)  # raises on an unknown or missing option


@pytest.mark.parametrize(
    ("document", "line"), [(name, line) for name in DOCUMENTS for line in inline_commands(read(name))]
)
def test_command_in_running_text_exists_with_its_options(document: str, line: str) -> None:
    assert unknown_words(line) == [], document


@pytest.mark.parametrize("line", ["tjxl isue", "tjxl issue --perod 2022-06", "tjxl --verison"])
def test_a_misspelt_command_would_be_noticed(line: str) -> None:
    assert unknown_words(line) != []


def test_messages_name_only_commands_that_exist() -> None:
    said = [entry["text"] + entry.get("remedy", "") for entry in schema_toml("messages.toml").values()]
    named = [line for text in said for line in re.findall(r"tjxl [a-z-]+(?: --[a-z-]+)*", text)]
    assert named != []
    assert [line for line in named if unknown_words(line)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_mention_every_command(document: str) -> None:
    text = read(document)
    assert [name for name in GROUP.commands if f"tjxl {name}" not in text] == []


# ---- 2. version ----


def test_the_version_is_one() -> None:
    declared = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    newest = re.search(r"^## \[(.+?)\]", read("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert {tjxl.__version__, importlib.metadata.version("tjxl"), newest[1]} == {declared}


# ---- 3. codes ----


def codes_in_code() -> set[str]:
    sources = (ROOT / "tjxl").rglob("*.py")
    return {code for path in sources for code in re.findall(r'"([A-Z]\d{3})"', path.read_text(encoding="utf-8"))}


def rule_codes() -> set[str]:
    return {rule["code"] for rule in schema_toml("report.toml")["rule"]}


def test_every_message_is_used_and_every_code_used_has_a_message() -> None:
    catalogue = set(schema_toml("messages.toml"))
    assert codes_in_code() - catalogue - rule_codes() == set()
    assert catalogue - codes_in_code() == set()


def test_message_codes_and_rule_codes_do_not_meet() -> None:
    assert set(schema_toml("messages.toml")) & rule_codes() == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_name_only_codes_that_exist(document: str) -> None:
    named = set(re.findall(r"\b([EINRVMF]\d{3})\b", read(document)))
    assert named - set(schema_toml("messages.toml")) - rule_codes() == set()


# ---- 4. data files ----


@pytest.mark.parametrize("path", sorted((ROOT / "schemas").glob("*.toml")), ids=lambda p: p.name)
def test_schema_files_are_in_the_installed_package(path: Path) -> None:
    assert schema_file(path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("path", sorted((ROOT / "workbook").glob("*.toml")), ids=lambda p: p.name)
def test_layout_files_are_in_the_installed_package(path: Path) -> None:
    assert layout_file(path.name).read_bytes() == path.read_bytes()


def test_the_sample_notice_is_in_the_installed_package() -> None:
    assert sample_notice().read_bytes() == (ROOT / "workbook" / "sample" / "tianjin-2022.txt").read_bytes()


def test_every_package_is_declared() -> None:
    declared = set(tomllib.loads(read("pyproject.toml"))["tool"]["setuptools"]["packages"])
    present = {".".join(p.parent.relative_to(ROOT).parts) for p in (ROOT / "tjxl").rglob("__init__.py")}
    assert present - declared == set()


# ---- 5. layers, 6. start ----


def test_modules_import_only_downward() -> None:
    run = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", run, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_command_line_starts_without_the_heavy_libraries(tmp_path: Path) -> None:
    heavy = "{'lxml', 'openpyxl', 'pandas', 'pandera', 'rich', 'xlsxwriter'}"
    run = f"import sys, tjxl.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", run], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---- 7. links ----


@pytest.mark.parametrize("document", [*DOCUMENTS, "CHANGELOG.md", "docs/ARCHITECTURE.md"])
def test_links_lead_to_files(document: str) -> None:
    targets = [t for t in re.findall(r"\]\(([^)#]+)", read(document)) if not t.startswith("http")]
    assert [t for t in targets if not (ROOT / document).parent.joinpath(t).is_file()] == []
