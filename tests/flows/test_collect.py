"""`tjxl collect`: 收件/ as a whole, what goes back to the units, what the master notes."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.office import AUDIT, JUNE, MAY, SPORTS, Office, changed, filled, opened, zipped
from tjxl import flows
from tjxl.errors import TjxlError
from tjxl.intake.read import FormReader


def archived_files(office: Office) -> list[str]:
    return sorted(path.name for path in office.project.archive.iterdir())


def test_the_json_is_that_of_the_design(office: Office) -> None:
    office.send("区县/报送.zip", zipped({"b.xlsx": filled(office.form(SPORTS), K7="80％")}))
    office.send("审计局.xlsx", filled(office.form(AUDIT), J7="差不多了"))
    result = flows.collect(office.project)
    annotated = result["returns"][1].pop("annotated")
    assert result["returns"] == [
        {
            "file": "区县/报送.zip/b.xlsx",
            "unit": SPORTS,
            "verdict": "accepted_with_notes",
            "annotated": None,
            "findings": [
                {
                    "code": "V403", "severity": "note", "sheet": "填报", "cell": "K7", "field": "percent_complete",
                    "task": "T130", "value": "80％", "message": "「填报」表 K7：完成进度“80％”按 80% 处理。",
                    "normalised": 0.8,
                }
            ],
        },
        {
            "file": "审计局.xlsx",
            "unit": AUDIT,
            "verdict": "returned",
            "findings": [
                {
                    "code": "V402", "severity": "error", "sheet": "填报", "cell": "J7", "field": "status",
                    "task": "T137", "value": "差不多了",
                    "message": "「填报」表 J7：进展状态“差不多了”不在可选范围内。"
                    "请从下拉列表选择：未启动、正常推进、滞后、已完成、申请调整。",
                }
            ],
        },
    ]  # fmt: skip
    assert (office.project.root / annotated).is_file()
    told = ["decisions", "findings", "hand_edits", "missing", "period", "returns"]
    assert (result["period"], sorted(result)) == (MAY, told)


def test_missing_are_the_units_of_which_nothing_counts(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.send("b.xlsx", filled(office.form("市信访办"), K7="1"))
    office.send("c.xlsx", filled(office.form(AUDIT), J7=None))
    missing = flows.collect(office.project)["missing"]
    assert len(missing) == 65
    assert not {SPORTS, "市信访办"} & set(missing)
    assert {AUDIT, "市发展改革委"} <= set(missing)


def test_a_merged_unit_is_not_missing(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()
    result = flows.collect(office.project)
    assert (result["returns"], SPORTS in result["missing"]) == ([], False)


def test_one_bad_file_never_stops_the_others(office: Office) -> None:
    good = filled(office.form(SPORTS))
    files = {"1.xlsx": b"", "2.xlsx": good[:999], "3.pdf": b"%PDF-1.4", "4.zip": b"PK\x05\x06", "5.xlsx": good}
    for name, content in files.items():
        office.send(name, content)
    assert office.collect() == {
        "1.xlsx": ("returned", [("I211", None, None, None)]),
        "2.xlsx": ("returned", [("I212", None, None, None)]),
        "3.pdf": ("returned", [("I214", None, None, None)]),
        "4.zip": ("returned", [("I212", None, None, None)]),
        "5.xlsx": ("accepted", []),
    }


def test_a_fault_of_the_program_in_one_file_is_told_of_that_file(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.send("a.xlsx", filled(office.form(AUDIT), F4="无人读过的一份"))
    office.send("b.xlsx", filled(office.form(SPORTS)))
    real = FormReader.read

    def breaks(self: Any) -> Any:
        form = real(self)
        if form.head["unit"] == AUDIT:
            raise ZeroDivisionError
        return form

    monkeypatch.setattr(FormReader, "read", breaks)
    assert office.collect() == {"a.xlsx": ("returned", [("I219", None, None, None)]), "b.xlsx": ("accepted", [])}


def test_collecting_takes_nothing_away_and_merges_nothing(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS)))
    before = office.master
    office.collect()
    assert (office.inbox(), office.table("ledger"), office.master == before) == (["a.xlsx"], [], True)


def test_collecting_again_changes_nothing(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7="1"))
    office.send("b.xlsx", filled(office.form(AUDIT), J7=None))
    first = office.collect()
    before = office.master
    assert (office.collect(), office.master == before) == (first, True)


def test_every_form_of_a_unit_is_archived_by_its_content_when_it_is_collected(office: Office) -> None:
    returned, accepted = filled(office.form(AUDIT), J7=None), filled(office.form(SPORTS))
    office.send("b.xlsx", returned)
    office.send("包.zip", zipped({"a.xlsx": accepted}))
    office.send("扫描件.pdf", b"%PDF-1.4")  # says nothing about any unit
    office.collect()
    archived = {p.stem: p.read_bytes() for p in office.project.archive.iterdir()}
    assert archived == {sha256(content).hexdigest(): content for content in (returned, accepted)}
    office.merge()
    assert {p.stem for p in office.project.archive.iterdir()} == set(archived)


def test_a_file_that_changes_after_it_was_read_is_said_and_not_archived(office: Office) -> None:
    form, before = filled(office.form(SPORTS)), office.master
    office.send("a.xlsx", form)

    def just_read(*_: int) -> None:
        (office.project.inbox / "a.xlsx").write_bytes(filled(office.form(SPORTS), K7=0.5))

    with pytest.raises(TjxlError) as error:
        flows.collect(office.project, progress=just_read)
    assert (error.value.code, office.master == before, archived_files(office)) == ("E217", True, [])


def test_where_nothing_can_be_archived_the_master_stays_as_it_is(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7="1"))
    before, kept_aside = office.master, office.project.archive.with_name("别处")
    office.project.archive.rename(kept_aside)
    office.project.archive.write_bytes(b"a file where the folder should be")
    with pytest.raises(TjxlError) as error:
        office.collect()
    assert (error.value.code, office.master == before) == ("E255", True)
    office.project.archive.unlink()
    kept_aside.rename(office.project.archive)
    office.collect()
    assert (len(archived_files(office)), office.master == before) == (1, False)


def test_a_return_sent_back_is_noted_with_its_unit(office: Office) -> None:
    office.send("b.xlsx", filled(office.form(AUDIT), J7=None))
    office.collect()
    row = office.table("submissions", unit=AUDIT)[0]
    assert (row["state"], row["returned_times"], row["file"], row["merged_at"]) == ("退回", 1, "b.xlsx", None)
    office.send("b.xlsx", filled(office.form(AUDIT), J7="很好"))
    office.collect()
    row = office.table("submissions", unit=AUDIT)[0]
    assert (row["state"], row["returned_times"]) == ("退回", 2)


def test_a_question_stands_in_the_masters_list_once_with_its_choices(office: Office) -> None:
    open_before = len(office.table("questions"))
    office.send("a.xlsx", filled(office.form(SPORTS), K7="1"))
    office.collect()
    office.collect()
    rows = office.table("questions")
    assert len(rows) == open_before + 1
    asked = rows[-1]
    assert (asked["period"], asked["unit"], asked["task_code"]) == (MAY, SPORTS, "T130")
    assert (asked["choices"], asked["decision"], asked["state"]) == ("按100%计、按1%计、退回单位核实", None, "待处理")
    assert asked["question"].startswith("「填报」表 K7：完成进度填为“1”")
    assert office.table("submissions", unit=SPORTS)[0]["state"] == "待裁决"


# ---- feedback


def test_the_copy_sent_back_is_the_units_own_workbook_with_the_cells_marked(office: Office) -> None:
    content = filled(office.form(AUDIT), L7="=1+1", K7="很快", R3="自用")
    office.send("反馈/审计.xlsx", content)
    returned = flows.collect(office.project)["returns"][0]
    copy = opened(office.project.root / returned["annotated"])
    assert copy.sheetnames == ["校验结果", "填报说明", "填报", "自检", "_lists", "_tjxl"]
    sheet = copy["填报"]
    assert (sheet["K7"].value, sheet["R3"].value, sheet["L7"].value) == ("很快", "自用", "=1+1")
    assert sheet["L7"].data_type == "s"  # a text, although it looks like a formula
    marked = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert sorted(marked) == ["K7", "L7"]
    assert marked["K7"].splitlines()[1].startswith("【错误】完成进度“很快”不是百分数。")
    listed = [[c.value for c in row] for row in copy["校验结果"].iter_rows(min_row=5, max_col=4)]
    assert listed == [["错误", "填报", "K7", "137"], ["错误", "填报", "L7", "137"]]
    assert copy["校验结果"]["C5"].hyperlink.location == "'填报'!K7"


def test_old_marks_are_cleared_from_a_mended_copy(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(AUDIT), K7="很快"))
    copy = office.project.root / flows.collect(office.project)["returns"][0]["annotated"]
    content = copy.read_bytes()
    # the unit mends K7 in the copy that it got, and breaks another cell
    mended = changed(content, lambda s: (s["K7"].__setattr__("value", 0.8), s["J7"].__setattr__("value", "不详")))
    office.send("a.xlsx", mended, "2022-05-21 10:00")
    returned = flows.collect(office.project)["returns"][0]
    assert [f["cell"] for f in returned["findings"]] == ["J7"]
    sheet = opened(office.project.root / returned["annotated"])["填报"]
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment] == ["J7"]
    always = [str(a.sqref) for a in sheet.conditional_formatting for r in a.rules if "tjxl-mark" in str(r.formula)]
    assert always == ["J7"]


def test_a_mended_copy_is_accepted(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(AUDIT), K7="很快"))
    copy = office.project.root / flows.collect(office.project)["returns"][0]["annotated"]
    mended = changed(copy.read_bytes(), lambda s: s["K7"].__setattr__("value", 0.8))
    office.send("a.xlsx", mended)
    assert office.collect() == {"a.xlsx": ("accepted", [])}


def test_a_text_to_paste_names_unit_period_and_what_to_mend(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(AUDIT), J7=None, H4="找小王"))
    office.send("扫描件.pdf", b"%PDF-1.4")
    office.collect()
    folder = office.project.returned(MAY)
    texts = {p.name: p.read_text(encoding="utf-8-sig").splitlines() for p in folder.glob("*_退回说明.txt")}
    copy = next(folder.glob("*_请修改.xlsx")).name
    assert sorted(texts.values()) == [
        [
            "市审计局：",
            "贵单位报送的2022年5月填报表（a.xlsx）经校验有 2 处须改正。请改正后于2022年5月25日前重新报送。",
            "1. 「填报」表 H4：联系电话不是电话号码。请只填写一个电话号码，座机请带区号，例如022-12345678。",
            "2. 「填报」表 J7：未填写进展状态。请从下拉列表中选择。",
            f"所附“{copy}”是贵单位所报文件的副本：须改正的单元格已标色并加批注，“校验结果”表列有全部问题，"
            "点击可跳到相应位置。请直接在其中改正，保存后发回。",
        ],
        [
            "报送单位（文件：扫描件.pdf）：",
            "贵单位报送的2022年5月填报表（扫描件.pdf）未能采用，原因如下。请改正后于2022年5月25日前重新报送。",
            "1. 这是PDF 文档，不是填报表。请用办公厅下发的 .xlsx 填报表填写后发送。",
        ],
    ]


# ---- which files, which period


def test_only_the_named_file_is_looked_at(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.send("sub/a.xlsx", filled(office.form(SPORTS)))
    office.send("b.xlsx", filled(office.form(AUDIT)))
    monkeypatch.chdir(office.project.root)  # a person in the folder types a path as it is from there
    result = flows.collect(office.project, [office.project.inbox.relative_to(office.project.root) / "sub/a.xlsx"])
    assert [r["file"] for r in result["returns"]] == ["sub/a.xlsx"]


def test_a_file_from_elsewhere_is_named_by_its_name(office: Office) -> None:
    path = office.project.root.parent / "桌面.xlsx"
    path.write_bytes(filled(office.form(SPORTS)))
    assert [r["file"] for r in flows.collect(office.project, [path])["returns"]] == ["桌面.xlsx"]


def test_an_earlier_period_can_still_be_collected(june: Office) -> None:
    june.send("a.xlsx", filled(june.form(SPORTS, MAY), M4="2022-06-15"))
    assert june.collect()["a.xlsx"] == ("returned", [("I204", None, None, None)])
    assert june.collect(MAY)["a.xlsx"][0] == "accepted_with_notes"


@pytest.mark.parametrize(("period", "code"), [(JUNE, "E215"), ("六月", "E201"), ("2022-Q2", "E214")])
def test_a_period_that_cannot_be_collected(office: Office, period: str, code: str) -> None:
    with pytest.raises(TjxlError) as error:
        flows.collect(office.project, period_code=period)
    assert error.value.code == code


# ---- check: one file, nothing written


def test_check_with_a_project_says_what_collect_would(office: Office) -> None:
    path = office.send("a.xlsx", filled(office.form(SPORTS), K7="很快"))
    before = office.master
    checked = flows.check(path, office.project)
    assert outcome_of(checked) == ("a.xlsx", SPORTS, "returned", ["V405"])
    assert (office.master == before, office.project.returned(MAY).exists()) == (True, False)


@pytest.mark.parametrize(
    ("cells", "verdict", "codes"),
    [
        ({}, "accepted_with_notes", ["I221"]),
        ({"K7": "很快"}, "returned", ["V405", "I221"]),
        ({"K7": None}, "returned", ["F022", "I221"]),
    ],
)
def test_check_without_a_project_notes_that_the_sender_is_not_proven(
    office: Office, cells: dict[str, Any], verdict: str, codes: list[str]
) -> None:
    path = office.send("a.xlsx", filled(office.form(SPORTS), **cells))
    assert outcome_of(flows.check(path)) == ("a.xlsx", SPORTS, verdict, codes)


def test_check_without_a_project_knows_the_tasks_by_the_form_itself(office: Office) -> None:
    path = office.send("a.xlsx", changed(filled(office.form(SPORTS)), lambda s: s.delete_rows(8)))
    checked = flows.check(path)
    assert outcome_of(checked) == ("a.xlsx", SPORTS, "returned", ["R307", "I221"])
    assert "缺少第 35 项任务的填报行" in checked["findings"][0]["message"]


@pytest.mark.parametrize("key", ["period", "master_id"])
def test_check_of_a_form_whose_identity_was_spoiled(office: Office, key: str) -> None:
    def spoil(sheet: Any) -> None:
        for row in sheet.iter_rows():
            if row[0].value == key:
                row[1].value = "五月" if key == "period" else None

    path = office.send("a.xlsx", changed(filled(office.form(SPORTS)), spoil, "_tjxl"))
    code = {"period": "I203", "master_id": "I201"}[key]
    assert outcome_of(flows.check(path)) == ("a.xlsx", None, "returned", [code, "I221"])
    with_project = "I202" if key == "master_id" else "I203"
    checked = flows.check(path, office.project)
    assert [f["code"] for f in checked["findings"]] == ["I201" if key == "master_id" else with_project]


@pytest.mark.parametrize(
    ("members", "file", "codes"),
    [
        ({}, "a.zip", ["I214"]),
        ({"b.xlsx": b"", "c.xlsx": b""}, "a.zip", ["I214"]),
        ({"b.pdf": b"%PDF"}, "a.zip/b.pdf", ["I214"]),
    ],
)
@pytest.mark.parametrize("proven", [True, False])
def test_check_of_a_zip(office: Office, members: dict[str, bytes], file: str, codes: list[str], proven: bool) -> None:
    path = office.send("a.zip", zipped(members))
    checked = flows.check(path, office.project if proven else None)
    assert outcome_of(checked) == (file, None, "returned", [*codes, *([] if proven else ["I221"])])


def test_check_says_of_every_file_what_a_collection_says(office: Office) -> None:
    form = filled(office.form(SPORTS))
    files = {
        "好.xlsx": form,
        "提示.xlsx": filled(office.form("市水务局"), K7="80％"),
        "问.xlsx": filled(office.form("市信访办"), K7="1"),
        "错.xlsx": filled(office.form(AUDIT), K7="八成"),
        "断.xlsx": form[:999],
        "空.xlsx": b"",
        "扫描.pdf": b"%PDF-1.4",
        "~$好.xlsx": b"\x05user",
        "包.zip": zipped({"内.xlsx": filled(office.form("市商务局"), H4="找小王")}),
        "空包.zip": zipped({}),
    }
    paths = [office.send(name, content) for name, content in files.items()]
    collected = {r["file"]: r | {"annotated": None} for r in flows.collect(office.project)["returns"]}
    checked = [flows.check(path, office.project) for path in paths]
    assert {r["file"]: r for r in checked} == collected
    assert len(checked) == len(collected) == len(files)


@pytest.mark.parametrize(
    ("name", "code", "said"), [("无.xlsx", "E209", "找不到文件"), ("夹.xlsx", "E216", "是文件夹")]
)
@pytest.mark.parametrize("work", [flows.check, lambda path, project: flows.collect(project, [path])])
def test_a_folder_or_nothing_in_the_place_of_a_file(
    office: Office, name: str, code: str, said: str, work: Any
) -> None:
    (office.project.inbox / "夹.xlsx").mkdir()
    path: Path = office.project.inbox / name
    with pytest.raises(TjxlError) as error:
        work(path, office.project)
    assert (error.value.code, said in str(error.value)) == (code, True)


def outcome_of(checked: dict[str, Any]) -> tuple[str, str | None, str, list[str]]:
    return checked["file"], checked["unit"], checked["verdict"], [f["code"] for f in checked["findings"]]
