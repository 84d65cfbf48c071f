"""Rules that the office changes or adds in its `tjxl.toml`.

1. One line changes the form's colours, 自检 (text and recalculated value), the guide and the verdict of a collection.
2. The examples in the comments of the settings file are true.
3. A rule of the office's own, in Chinese words, works in every face.
4. What the form says (message at the cell, validation, colours, 自检, guide) follows the rules in force.
5. A mistake is told with the file and the key.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.fields.rows import SelfCheckBook, breaches, expected_texts, random_rows
from tests.libreoffice import recalculate, requires_libreoffice
from tests.office import AUDIT, MAY, Office, filled, opened
from tjxl import flows
from tjxl.errors import SpecError
from tjxl.fields.guide import guide_items
from tjxl.fields.loading import load_specs
from tjxl.fields.selfcheck import row_formula
from tjxl.fields.spec import PARTS, Part, Spec
from tjxl.fields.validation import conditional_formats, data_validation
from tjxl.resources import schema_file, schema_toml
from tjxl.settings import load_settings

OWN = """
[[own_rule]]
sheet = "填报"
code = "X001"
field = "下一步措施"
severity = "提示"
when = "职责 == 牵头 and 进展状态 == 正常推进"
must = "已填(下一步措施)"
message = "牵头任务未填写下一步措施。"
remedy = "请写明下一步措施。"
good = [{ "进展状态" = "正常推进", "下一步措施" = "7月底前完成招标。" }]
bad = [{ "进展状态" = "正常推进" }]
"""
CHANGED = """
[limits]
min_text = 12
private_digits = 8

[rules.F070]
severity = "退回"

[rules.F024]
off = true

[rules.S030]
severity = "提示"

[rules.K012]
severity = "退回"
"""


HALF = """
[rules.F020]
must = "0 <= percent_complete <= 0.5"
message = "完成进度应在0%至50%之间。"
remedy = "应在0%至50%之间。"
"""
LONG = "已完成立项批复和施工图审查。"
SEPTEMBER = dt.date(2022, 9, 30)


def specs_of(text: str, folder: Path) -> dict[Part, Spec]:
    path = folder / "tjxl.toml"
    path.write_text(text, encoding="utf-8")
    return load_specs(load_settings(path))


def shown(form: bytes, folder: Path) -> tuple[str, str, str, str]:
    """Of the first row's 佐证材料: its colours, 自检's formula and recalculated value, and the guide's sentences."""
    sheet = opened(form)["填报"]
    colours = sorted(
        rule.formula[0]
        for area, rules in sheet.conditional_formatting._cf_rules.items()
        if "P7" in str(area.sqref).split(":")
        for rule in rules
    )
    (folder / "in.xlsx").write_bytes(form)
    recalculate(folder / "in.xlsx", folder / "out.xlsx")
    value = str(opened_values(folder / "out.xlsx")["填报"]["Q7"].value)
    guide = [[str(c) for c in row] for row in opened(form)["填报说明"].iter_rows(values_only=True)]
    line = next(row for row in guide if row[0] == "佐证材料")
    return "".join(colours), str(sheet["Q7"].value), value, line[1] + line[3]


def opened_values(path: Path) -> Any:
    import openpyxl

    return openpyxl.load_workbook(path, data_only=True)


@requires_libreoffice
def test_one_line_changes_all_four_faces(office: Office, tmp_path: Path) -> None:
    done = {"J7": "已完成", "K7": 1, "O7": 44691}
    warned = filled(office.form(AUDIT), **done)
    office.send("审计.xlsx", warned)
    assert office.collect()["审计.xlsx"][0] == "accepted_with_notes"

    with office.project.settings_file.open("a", encoding="utf-8") as file:
        file.write('\n[rules.F070]\nseverity = "退回"\n')
    flows.issue(office.project, MAY)
    refused = filled(office.form(AUDIT), **done)
    office.send("审计.xlsx", refused)
    verdict, found = office.collect()["审计.xlsx"]

    assert (verdict, [f for f in found if f[0] == "F070"]) == ("returned", [("F070", "填报", "P7", None)])
    before, after = shown(warned, tmp_path), shown(refused, tmp_path)
    assert before[2] == "提示：状态为“已完成”，但未列出佐证材料。"
    assert after[2] == "状态为“已完成”，但未列出佐证材料。"
    assert before[0] != after[0]
    assert '"提示：状态为“已完成”，但未列出佐证材料。"' in before[1]
    assert '"提示：状态为“已完成”，但未列出佐证材料。"' not in after[1]
    assert '"状态为“已完成”，但未列出佐证材料。"' in after[1]
    assert before[3] == "选填提示：状态为“已完成”的，请列出证明完成的材料。"
    assert after[3] == "视情况必填状态为“已完成”的，请列出证明完成的材料。"


def test_the_comments_of_the_settings_file_are_true(tmp_path: Path) -> None:
    text = schema_file("defaults.toml").read_text(encoding="utf-8")
    block = text.split("# ---- 填报规则 ----")[1].split("# 群组")[0]
    lines = [line[2:] for line in block.splitlines() if line.startswith("# ")]
    toml = "\n".join(line for line in lines if line[0] == "[" or line.split(" = ")[0].isidentifier())
    said = tomllib.loads(toml)
    assert said["limits"] == schema_toml("report.toml")["limits"]
    report = specs_of(toml, tmp_path)["report"]
    rules = {r.code: r for r in report.rules}
    assert (rules["F070"].severity, rules["X001"].severity, "F024" in rules) == ("error", "warning", False)


@requires_libreoffice
@pytest.mark.parametrize("part", PARTS)
def test_the_faces_agree_under_changed_rules(part: Part, tmp_path: Path) -> None:
    spec = specs_of(CHANGED + OWN, tmp_path)[part]
    rows = random_rows(400, seed=44, part=part)
    expected = [expected_texts(spec, row, rules) for row, rules in zip(rows, breaches(spec, rows), strict=True)]
    assert SelfCheckBook(spec).add_rows(rows).recalculated(tmp_path) == expected


def faces(spec: Spec, field: str) -> dict[str, str]:
    """What each face says about a field, without the check itself."""
    columns = dict(zip([f.name for f in spec.unit_fields], "JKLMNOP", strict=False))
    places = {name: f"${letter}8" for name, letter in columns.items()}
    options = data_validation(spec, spec.field(field), "L8", spec.as_of, status_source="=A1:A5")
    colours = conditional_formats(spec, field, places, "DATE(2022,6,30)")
    return {
        "input": options["input_message"],
        "validation": str({k: options.get(k) for k in ("validate", "value", "minimum", "maximum", "error_message")}),
        "colours": "".join(c.formula for c in colours),
        "formula": row_formula(spec, columns, 8, dict.fromkeys(spec.facts, "$Z8") | {"as_of": "$Z$1"}),
        "guide": "".join(r for i in guide_items(spec) if i.title == spec.field(field).title for r in i.rules),
    }


@pytest.mark.parametrize(
    ("text", "field", "words", "row"),
    [
        (
            "[rules.F041]\noff = true", "problems", ("不少于10个字", ""),
            {"status": "滞后", "problems": "进度偏慢", "next_steps": LONG, "completion_date": SEPTEMBER},
        ),
        ("[rules.F032]\noff = true", "progress_text", ("不超过2000个字", ""), {"progress_text": "甲" * 2001}),
        (
            "[limits]\nmax_text = 500", "progress_text", ("不超过2000个字", "不超过500个字"),
            {"progress_text": "甲" * 600},
        ),
        ("[rules.F020]\noff = true", "percent_complete", ("0%至100%之间。", ""), {"percent_complete": 1.2}),
        (HALF, "percent_complete", ("0%至100%之间。", "应在0%至50%之间。"), {"percent_complete": 0.6}),
    ],
)  # fmt: skip
def test_what_the_form_says_follows_the_rules_in_force(
    text: str, field: str, words: tuple[str, str], row: dict[str, Any], tmp_path: Path
) -> None:
    gone, said = words
    shipped, changed = load_specs(load_settings())["report"], specs_of(text, tmp_path)["report"]
    row = {"status": "正常推进", "progress_text": LONG, "role": "cooperating", **row}
    judged = [{r.code for r in breaches(spec, [row])[0] if r.field == field} for spec in (shipped, changed)]
    assert judged[0] != judged[1]
    before, after = faces(shipped, field), faces(changed, field)
    differing = {name for name in before if before[name] != after[name]}
    assert differing >= {"input", "formula", "guide", "colours"}
    assert ("validation" in differing) is (field != "problems")  # what depends on the status is no validation
    for face in ("input", "guide"):
        assert gone in before[face]
        assert gone not in after[face]
        assert said in after[face]


WRONG = {
    "an unknown rule": ("[rules.F999]\noff = true", "E228", "F999"),
    "an unknown limit": ("[limits]\nmin_txt = 5", "E223", "min_txt"),
    "a limit in words": ('[limits]\nmin_text = "十"', "E221", "[limits] min_text"),
    "half a digit": ("[limits]\nmin_text = 1.5", "E221", "整数"),
    "an unknown severity": ('[rules.F070]\nseverity = "严重"', "E221", "[rules.F070] severity"),
    "an unknown key": ('[rules.F070]\ncolour = "红"', "E221", "colour"),
    "a condition without its words": ('[rules.F031]\nmust = "length(progress_text) >= 20"', "E220", "缺少“message”"),
    "a gate switched off": ("[rules.F001]\noff = true", "E221", "[rules.F001] off"),
    "an unknown field": (OWN.replace("已填(下一步措施)", "已填(下步)"), "E223", "“下步”"),
    "an unknown table": ("[rule.F070]\noff = true", "E219", "rule"),
    "an unknown sheet": (OWN.replace('"填报"', '"填表"'), "E221", "[[own_rule]] X001 sheet"),
    "a code of tjxl's": (OWN.replace("X001", "F001"), "E221", "字母X"),
    "a code twice": (OWN + OWN, "E225", "X001"),
    "a wrong example": (OWN.replace("已填(", "未填("), "E227", "[[own_rule]] X001"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_told_with_file_and_key(case: str, tmp_path: Path) -> None:
    text, code, words = WRONG[case]
    with pytest.raises(SpecError) as error:
        specs_of(text, tmp_path)
    assert (error.value.code, "tjxl.toml" in str(error.value), words in str(error.value)) == (code, True, True)
