"""What Excel 2010 takes, read out of the workbooks as they are handed out.

1. Every formula of a form and of the master (cells, table columns, validations, colours, names) keeps Excel's limits
   of length and depth and uses functions of Excel 2010 alone.
2. Rules of the office that would break a limit are told by sheet and formula; a form is never broken.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from tests.fields.forms import issued_form
from tests.fields.rows import random_rows
from tests.office import AUDIT, Office
from tjxl.errors import SpecError
from tjxl.fields.formula_text import DEPTH_LIMIT, LENGTH_LIMIT, depth_of
from tjxl.fields.spec import PARTS
from tjxl.fields.validation import FORMULA_LIMIT
from tjxl.settings import Settings, load_settings

NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LIMITS = {
    "f": LENGTH_LIMIT,
    "calculatedColumnFormula": LENGTH_LIMIT,
    "formula": LENGTH_LIMIT,  # of a conditional format
    "definedName": LENGTH_LIMIT,
    "formula1": FORMULA_LIMIT,  # of a data validation
    "formula2": FORMULA_LIMIT,
}
FUNCTIONS = re.findall(
    r"\w+",
    """
    ABS AND AVERAGE CHAR CHOOSE CLEAN COLUMN COUNT COUNTA COUNTIF COUNTIFS DATE DATEDIF DAY EDATE EOMONTH EXACT
    FIND HYPERLINK IF IFERROR INDEX INT ISBLANK ISERROR ISNUMBER ISTEXT LARGE LEFT LEN LOOKUP MATCH MAX MID MIN
    MOD MONTH N NOT NOW OFFSET OR RANK RIGHT ROUND ROW ROWS SMALL SUBSTITUTE SUM SUMIF SUMIFS SUMPRODUCT TEXT
    TODAY TRIM TRUE VALUE VLOOKUP YEAR
    """,
)
"""Functions that Excel had before 2010; none of them needs a prefix in the file."""


def formulas(content: bytes) -> Iterator[tuple[str, str, str]]:
    """(part, element, text) of every formula of a workbook, and the literal list of a validation as its text."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if name.startswith("xl/") and name.endswith(".xml"):
                for element in etree.fromstring(package.read(name)).iter(*(NAMESPACE + tag for tag in LIMITS)):
                    if element.text:
                        yield name, element.tag.removeprefix(NAMESPACE), element.text


def complaints(content: bytes) -> list[str]:
    """What Excel 2010 would not take."""
    out = []
    for part, kind, text in formulas(content):
        words = re.sub(r'"[^"]*"', '""', text)
        unknown = set(re.findall(r"([A-Za-z_][A-Za-z0-9_.]*)\(", words)) - set(FUNCTIONS)
        if len(text) > LIMITS[kind] or depth_of(text) > DEPTH_LIMIT or unknown:
            out.append(f"{part} {kind} {len(text)} {depth_of(text)} {unknown} {text[:60]}")
    return out


def test_the_form_keeps_excels_limits(issued_project: Office) -> None:
    for form in (issued_project.form(AUDIT), issued_form(load_settings(), {p: random_rows(3, 1, p) for p in PARTS})):
        assert {kind for _, kind, _ in formulas(form)} == {"f", "formula", "formula1", "formula2", "definedName"}
        assert complaints(form) == []


def test_the_master_keeps_excels_limits(second_period: Office) -> None:
    master = second_period.project.master.read_bytes()
    assert {kind for _, kind, _ in formulas(master)} >= {"f", "formula", "definedName"}
    assert complaints(master) == []


def own_rules(sheet: str, field: str, count: int, must: str) -> str:
    """So many rules of an office's own about one field."""
    return "".join(
        f'[[own_rule]]\nsheet = "{sheet}"\ncode = "X{i:03d}"\nfield = "{field}"\nseverity = "退回"\nwhen = ""\n'
        f'must = \'{must.format(i=i)}\'\nmessage = "第{i}条：{field}不合要求。"\nremedy = "请修改。"\n'
        for i in range(1, count + 1)
    )


def settings_with(text: str, folder: Path) -> Settings:
    path = folder / "tjxl.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


@pytest.mark.parametrize(
    ("sheet", "field", "must"),
    [
        ("填报", "存在问题", "字数(存在问题) != {i}"),
        ("节点", "说明", "字数(说明) != {i}"),
        ("指标", "说明", "字数(说明) != {i}"),
        ("表头", "填报人", "字数(填报人) != {i}"),
    ],
)
def test_a_few_rules_more_make_a_form_and_far_too_many_a_sentence(
    sheet: str, field: str, must: str, tmp_path: Path
) -> None:
    rows = {p: random_rows(3, 1, p) for p in PARTS}
    assert complaints(issued_form(settings_with(own_rules(sheet, field, 8, must), tmp_path), rows)) == []
    with pytest.raises(SpecError) as error:
        issued_form(settings_with(own_rules(sheet, field, 90, must), tmp_path), rows)
    assert error.value.code == "E226"
    said = str(error.value)
    assert said.startswith(f"规则文件“tjxl.toml”中“{'填报' if sheet == '表头' else sheet}”表的规则过多或过长：")
    assert ("表头“填报人”" in said) is (sheet == "表头")
    assert "请停用、合并或缩短" in said


def test_the_colours_have_the_same_limit(tmp_path: Path) -> None:
    """A rule that 自检 has room for twenty times may still be too long for a colour, which asks the gates again."""
    must = " and ".join(f"字数(存在问题) != {i}" for i in range(1, 40))
    text = own_rules("填报", "存在问题", 1, must)
    with pytest.raises(SpecError) as error:
        issued_form(settings_with(text, tmp_path), {p: random_rows(1, 1, p) for p in PARTS})
    assert error.value.code == "E226"
