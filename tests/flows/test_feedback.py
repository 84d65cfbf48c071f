"""退回/<期次>/ after `tjxl collect`: annotated copies, texts to send, the list for the office.

1. A unit's text says what to do, by when, what is wrong where; the office's list names whom to call.
2. A return that waits for an answer gets a text, no copy.
3. A file that cannot be marked: its form is made anew with its values, the marks at their cells there.
4. Copies and texts that no longer hold go; the same inbox gives the same bytes; a file is there whole or not at all.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.merge.test_preserved import content_of, parts
from tests.office import AUDIT, MAY, SPORTS, Office, filled, opened, part_of, zipped
from tests.ooxml.consistency import problems_of
from tests.sheets.returned import decorated
from tjxl import flows
from tjxl.errors import ProjectError
from tjxl.ooxml.book import Book
from tjxl.resources import layout_toml


def folder_of(office: Office) -> Path:
    return office.project.returned(MAY)


def files(office: Office) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder_of(office).iterdir()} if folder_of(office).exists() else {}


def text_of(office: Office, ending: str) -> list[str]:
    (path,) = folder_of(office).glob(f"*{ending}")
    return path.read_text(encoding="utf-8-sig").splitlines()


def renamed_settings(office: Office, old: str, new: str) -> None:
    path = office.project.settings_file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# ---- 1. texts


def test_a_text_groups_what_is_wrong_and_asks_for_what_is_doubtful(office: Office) -> None:
    office.send("体育.xlsx", filled(office.form(SPORTS), K7="很快", K8="差不多", J8=None, J9=None, O7="06-07-22"))
    office.collect()
    assert text_of(office, "_退回说明.txt")[:7] == [
        "市体育局：",
        "贵单位报送的2022年5月填报表（体育.xlsx）经校验有 4 处须改正。请改正后于2022年5月25日前重新报送。",
        "一、须改正",
        "1. 「填报」表 K7“很快”、K8“差不多”：完成进度不是百分数。请填 0% 至 100% 之间的数，例如 80%。",
        "2. 「填报」表 J8、J9：未填写进展状态。请从下拉列表中选择。",
        "二、请一并确认",
        "1. 「填报」表 O7：日期“06-07-22”有几种读法（2022-06-07、2022-07-06），无法确定。"
        "请按 2022-06-30 的格式填写。",
    ]


def test_a_late_return_is_told_so_and_whom_to_ask(office: Office) -> None:
    renamed_settings(office, 'contact = ""', 'contact = "督查室王同志，022-23600000"')
    office.send("a.xlsx", filled(office.form(AUDIT), J7=None), "2022-05-28 09:00")
    office.collect()
    lines = text_of(office, "_退回说明.txt")
    assert lines[1].endswith("本期应于2022年5月25日前报送，请收到后尽快改正重报。")
    assert lines[-1] == "如有疑问，请联系督查室王同志，022-23600000。"


def test_a_long_list_is_cut_where_the_sheet_has_it_all(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = {f"J{row}": f"自造状态{row}" for row in range(7, 54)}
    office.send("发改.xlsx", filled(office.form("市发展改革委"), **statuses, F4=None, H4=None, J4=None))
    words = layout_toml("feedback.toml")
    monkeypatch.setitem(words["text"], "most_items", 2)
    (returned,) = flows.collect(office.project)["returns"]
    assert len(returned["findings"]) > 47
    lines = text_of(office, "_退回说明.txt")
    assert lines[4] == "其余 2 项见所附文件的“校验结果”表。"
    assert len(lines) == 6
    whole = (folder_of(office) / "退回说明.txt").read_text(encoding="utf-8-sig")
    assert "等 47 处" not in whole


def test_many_cells_of_one_cause_are_one_line(office: Office) -> None:
    statuses = {f"J{row}": f"自造状态{row}" for row in range(7, 54)}
    office.send("发改.xlsx", filled(office.form("市发展改革委"), **statuses))
    office.collect()
    line = next(line for line in text_of(office, "_退回说明.txt") if line.startswith("1. "))
    assert line.startswith("1. 「填报」表 J7“自造状态7”、J8“自造状态8”、")
    assert "等 47 处：进展状态不在可选范围内。" in line


def test_the_offices_list_names_files_copies_and_whom_to_call(office: Office) -> None:
    office.send("体育.xlsx", filled(office.form(SPORTS), K7="很快"))
    office.send("审计.xlsx", filled(office.form(AUDIT), K7="1"))
    office.send("扫描件.pdf", b"%PDF-1.4")
    office.collect()
    lines = (folder_of(office) / "退回说明.txt").read_text(encoding="utf-8-sig").splitlines()
    (copy,) = (name for name in files(office) if name.endswith("_请修改.xlsx"))
    assert lines[:9] == [
        "2022年5月报送情况：退回 2 份，待确认 1 份",
        "下列说明可分别复制发送给各单位，也各有同名的文本文件；需附的文件在本文件夹中。",
        "",
        "一、退回",
        f"1. 市体育局　体育.xlsx　1 处　联系人：张明 022-23456789　附：{copy}",
        "2. （单位不明）　扫描件.pdf　1 处",
        "",
        "二、待确认（请单位回复，或由办公厅在总台账「待裁决」中填写处理意见）",
        "1. 市审计局　审计.xlsx　1 处　联系人：张明 022-23456789",
    ]
    for text in folder_of(office).glob("*_*.txt"):
        assert "\n".join(text.read_text(encoding="utf-8-sig").splitlines()) in "\n".join(lines)


# ---- 2. questions


def test_a_return_that_waits_gets_a_text_and_no_copy(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(AUDIT), K7="1"))
    (returned,) = flows.collect(office.project)["returns"]
    assert (returned["verdict"], returned["annotated"]) == ("needs_decision", None)
    assert sorted(n.rpartition("_")[2] for n in files(office)) == ["待确认说明.txt", "退回说明.txt"]
    assert text_of(office, "_待确认说明.txt") == [
        "市审计局：",
        "贵单位报送的2022年5月填报表（a.xlsx）已收到。以下 1 处无法确定，暂不入账，其余内容照常采用。"
        "请予确认并回复；如需改正，请改后重新报送。",
        "1. 「填报」表 K7：完成进度填为“1”，无法确定是 100% 还是 1%。请确认。",
    ]


# ---- 3. a form made anew


def not_to_be_spliced(content: bytes) -> bytes:
    """The same workbook, 填报 in UTF-16: it can be read and not be written into."""
    out = parts(content)
    name = part_of(content, "填报")
    out[name] = out[name].decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    return content_of(out)


BAD = {
    "K7": "很快",
    "K8": 0.5,
    "L8": "完成立项，正在组织施工招标。",
    "O7": "06-07-22",
    "H4": "abc",
    "M4": dt.date(2022, 5, 19),
}


@pytest.mark.parametrize("issued_file", ["there", "gone", "of another day"])
def test_a_file_that_cannot_be_marked_comes_back_as_its_form(office: Office, issued_file: str) -> None:
    content = not_to_be_spliced(filled(office.form(SPORTS), **BAD))
    form = office.project.issued(MAY) / f"{SPORTS}.xlsx"
    if issued_file == "gone":
        form.unlink()
    elif issued_file == "of another day":
        flows.issue(office.project, MAY, [SPORTS])
    office.send("a.xlsx", content)
    (returned,) = flows.collect(office.project)["returns"]
    copy = (office.project.root / returned["annotated"]).read_bytes()
    assert problems_of(copy) == []
    sheet = opened(copy)["填报"]
    wanted = {"K7": "很快", "K8": 0.5, "L8": BAD["L8"], "O7": "06-07-22", "H4": "abc", "J9": "正常推进"}
    assert {cell: sheet[cell].value for cell in wanted} == wanted
    assert sheet["M4"].value.date() == BAD["M4"]
    assert [c.coordinate for row in sheet.iter_rows() for c in row if c.comment] == ["H4", "K7", "O7"]
    assert "是重新生成的填报表，已填入贵单位所报内容" in "".join(text_of(office, "_退回说明.txt"))
    office.send("a.xlsx", copy)  # sent back as it is, it is judged as before
    (again,) = flows.collect(office.project)["returns"]
    assert [(f["code"], f["cell"]) for f in again["findings"]] == [
        (f["code"], f["cell"]) for f in returned["findings"]
    ]


def test_marks_move_to_the_cells_of_the_form(office: Office) -> None:
    def with_a_row_above(content: bytes) -> bytes:
        book = opened(content)
        book["填报"].insert_rows(1)
        book["填报"].title = "我局填报"
        from tests.office import saved

        return saved(book)

    office.send("a.xlsx", not_to_be_spliced_sheet(with_a_row_above(filled(office.form(AUDIT), K7="很快"))))
    (returned,) = flows.collect(office.project)["returns"]
    assert [(f["sheet"], f["cell"]) for f in returned["findings"] if f["severity"] == "error"] == [("我局填报", "K8")]
    sheet = opened(office.project.root / returned["annotated"])["填报"]
    assert (sheet["K7"].value, sheet["K7"].comment is not None) == ("很快", True)


def not_to_be_spliced_sheet(content: bytes) -> bytes:
    """The styles in UTF-16."""
    out = parts(content)
    text = out["xl/styles.xml"].decode()
    out["xl/styles.xml"] = (
        '<?xml version="1.0" encoding="UTF-16"?>' + text.partition("?>")[2] if "?>" in text else text
    ).encode("utf-16")
    return content_of(out)


def test_a_doubtful_value_is_not_decided_by_filling_it_in(office: Office) -> None:
    """1 without a number format may be 1 % or 100 %; in the form's percent cell the number would be 100 %."""
    office.send("a.xlsx", not_to_be_spliced(filled(office.form(SPORTS), K7="1", K8="很快")))
    (returned,) = flows.collect(office.project)["returns"]
    copy = office.project.root / returned["annotated"]
    assert opened(copy)["填报"]["K7"].value == "1"


# ---- 4. nothing stale, nothing twice


def test_what_no_longer_holds_goes(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7="很快"))
    office.send("b.xlsx", filled(office.form(AUDIT), K7="很快"))
    office.collect()
    first = files(office)
    assert len(first) == 5
    office.send("a.xlsx", filled(office.form(SPORTS)), "2022-05-21 10:00")
    office.collect()
    assert {n.partition("_")[0] for n in files(office)} == {AUDIT, "退回说明.txt"}
    office.send("b.xlsx", filled(office.form(AUDIT)), "2022-05-21 10:00")
    office.collect()
    assert files(office) == {}


def test_a_merged_units_old_copy_goes_and_others_stay(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7="很快"))
    office.send("b.xlsx", filled(office.form(AUDIT), K7="很快"))
    office.collect()
    office.send("a.xlsx", filled(office.form(SPORTS)), "2022-05-21 10:00")
    office.merge()
    (office.project.inbox / "b.xlsx").unlink()  # sent back and put away; its copy may still be wanted
    office.collect()
    assert {n.partition("_")[0] for n in files(office)} == {AUDIT}


def test_a_persons_own_file_in_the_folder_stays(office: Office) -> None:
    folder_of(office).mkdir(parents=True)
    own = folder_of(office) / f"{SPORTS}_通话记录.txt"
    own.write_text("已电话告知", encoding="utf-8")
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.collect()
    assert list(files(office)) == [own.name]


def test_looking_at_one_file_leaves_the_others_feedback(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7="很快"))
    path = office.send("b.xlsx", filled(office.form(AUDIT), K7="很快"))
    office.collect()
    before = files(office)
    flows.collect(office.project, [path])
    after = files(office)
    assert set(after) == set(before)
    assert {n for n in before if before[n] != after[n]} == {"退回说明.txt"}


def test_the_same_inbox_gives_the_same_bytes_and_nothing_half_written(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7="很快"))
    office.send("报送.zip", zipped({"b.xlsx": not_to_be_spliced(filled(office.form(AUDIT), K7="很快"))}))
    office.collect()
    first = files(office)
    for path in folder_of(office).iterdir():
        path.unlink()
    office.collect()
    assert files(office) == first
    assert not [n for n in first if n.startswith(".")]


def test_a_copy_sent_back_as_it_is_is_judged_as_before(office: Office) -> None:
    office.send("a.xlsx", decorated(filled(office.form(SPORTS), K7="很快", J9=None, H4="abc")))
    (returned,) = flows.collect(office.project)["returns"]
    office.send("a.xlsx", (office.project.root / returned["annotated"]).read_bytes())
    (again,) = flows.collect(office.project)["returns"]
    assert (again["verdict"], again["findings"]) == (returned["verdict"], returned["findings"])


def test_long_names_fit_into_a_file_name(office: Office) -> None:
    office.send("长" * 80 + ".xlsx", filled(office.form(AUDIT), K7="很快"))
    (returned,) = flows.collect(office.project)["returns"]
    assert (office.project.root / returned["annotated"]).is_file()


def test_what_an_interruption_left_is_cleared(office: Office) -> None:
    folder_of(office).mkdir(parents=True)
    (folder_of(office) / ".tjxl-市审计局_a.xlsx.tmp").write_bytes(b"half")
    office.send("a.xlsx", filled(office.form(AUDIT)))
    office.collect()
    assert files(office) == {}


def test_a_file_that_cannot_be_written_is_named(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(AUDIT), K7="很快"))
    (returned,) = flows.collect(office.project)["returns"]
    copy = office.project.root / returned["annotated"]
    copy.unlink()
    copy.mkdir()  # stands for a copy that somebody has open
    with pytest.raises(ProjectError) as error:
        flows.collect(office.project)
    assert (error.value.code, copy.name in str(error.value)) == ("E212", True)


def test_two_files_of_one_name_have_a_copy_each(office: Office) -> None:
    office.send("一/报表.xlsx", filled(office.form(AUDIT), K7="很快"))
    office.send("二/报表.xlsx", filled(office.form(SPORTS), K7="很快"))
    copies = [r["annotated"] for r in flows.collect(office.project)["returns"]]
    assert len(set(copies)) == 2
    assert all((office.project.root / c).is_file() for c in copies)


def test_a_copy_of_a_macro_workbook_keeps_its_kind(office: Office) -> None:
    out = parts(filled(office.form(AUDIT), K7="很快"))
    types = "[Content_Types].xml"
    plain, macro = b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
    out[types] = out[types].replace(plain, macro)
    office.send("a.xlsm", content_of(out))
    (returned,) = flows.collect(office.project)["returns"]
    if returned["annotated"] is not None:
        assert returned["annotated"].endswith("_请修改.xlsm")
        assert "填报" in Book((office.project.root / returned["annotated"]).read_bytes()).sheets
