"""Findings that say the same are said once, with all their cells."""

from __future__ import annotations

from tjxl.findings import Finding, finding
from tjxl.grouping import grouped

MISSING = "未填写进展状态。"


def missing(cell: str, sheet: str = "填报") -> Finding:
    return Finding("F010", "error", MISSING, sheet, cell, "status", "T001")


def sentences(*findings: Finding) -> list[str]:
    return [group.sentence for group in grouped(findings)]


def test_one_finding_is_said_as_it_is() -> None:
    assert sentences(missing("J7")) == [missing("J7").sentence]


def test_the_same_in_several_cells_of_a_sheet() -> None:
    assert sentences(missing("J7"), missing("J9"), missing("F5", "节点"), missing("J12")) == [
        "「填报」表 J7、J9、J12：未填写进展状态。",
        "「节点」表 F5：未填写进展状态。",
    ]


def test_different_values_stand_beside_their_cells() -> None:
    two = [finding("V405", value=v, sheet="填报", cell=c) for c, v in (("K7", "很快"), ("K8", "快完成了" * 5))]
    assert sentences(*two) == [
        "「填报」表 K7“很快”、K8“快完成了快完成了快完成…”：完成进度不是百分数。请填 0% 至 100% 之间的数，例如 80%。"
    ]


def test_many_cells_are_counted() -> None:
    said = sentences(*(missing(f"J{n}") for n in range(7, 20)))
    assert said == ["「填报」表 J7、J8、J9、J10、J11、J12、J13、J14、J15、J16等 13 处：未填写进展状态。"]


def test_findings_of_no_cell_are_said_one_by_one() -> None:
    lost = [finding("R302", column=c, sheet="填报") for c in ("进展情况", "存在问题")]
    assert sentences(*lost, finding("I212")) == [*(f.sentence for f in lost), finding("I212").sentence]


def test_severities_are_not_mixed() -> None:
    hint = Finding("F010", "warning", MISSING, "填报", "J8")
    assert len(sentences(missing("J7"), hint)) == 2
