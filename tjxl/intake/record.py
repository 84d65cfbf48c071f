"""What a collection leaves behind: annotated copies in 退回/, states and questions in the master."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import PurePosixPath

from tjxl.findings import Finding
from tjxl.intake.returns import Return
from tjxl.intake.sources import content_of
from tjxl.ooxml.editor import BookEditor
from tjxl.periods import Period
from tjxl.project import Project
from tjxl.register import Question
from tjxl.sheets.layout import master_layout, state_titles
from tjxl.sheets.master_edit import add_questions, set_row_values
from tjxl.sheets.recalc import refresh
from tjxl.sheets.state import MasterState

FEEDBACK_TEXT = "退回说明.txt"
_CHOICES = {"V404": ("100%", "1%")}


def write_feedback(project: Project, period: Period, returns: Sequence[Return]) -> dict[str, str]:
    """Write an annotated copy of each return that needs mending, and one text to paste into messages.

    Returns:
        Source file → path of its annotated copy below the project folder.
    """
    folder = project.returned(period.code)
    out: dict[str, str] = {}
    needy = [r for r in returns if r.verdict == "returned"]
    if not needy:
        return out
    folder.mkdir(parents=True, exist_ok=True)
    for r in needy:
        copy = _annotated_copy(project, period, r)
        if copy is not None:
            path = folder / _copy_name(r)
            path.write_bytes(copy)
            out[r.source.file] = path.relative_to(project.root).as_posix()
    text = "\n\n".join(feedback_text(r, period) for r in needy)
    (folder / FEEDBACK_TEXT).write_text(text + "\n", encoding="utf-8-sig")
    return out


def _annotated_copy(project: Project, period: Period, r: Return) -> bytes | None:
    """None where the file is no workbook that can be marked: the text says what to do."""
    if r.identity is None:
        return None
    content = content_of(r.source, project.inbox)
    if content is None:
        return None
    from tjxl.sheets.annotate import annotated

    try:
        return annotated(content, r.findings, f"{r.identity.unit} {period.title}")
    except Exception:  # openpyxl refuses some workbooks that can be read; the text alone then goes back
        return None


def _copy_name(r: Return) -> str:
    """Unit and original name; the digest keeps two files of one name apart."""
    stem = PurePosixPath(r.source.file).stem
    unit = r.identity.unit if r.identity else ""
    name = stem if stem.startswith(unit) else f"{unit}_{stem}"
    safe = "".join("_" if c in '<>:"/\\|?*' or ord(c) < 32 else c for c in name)
    return f"{safe[:80]}_{r.source.sha256[:6]}_请修改.xlsx"


def feedback_text(r: Return, period: Period) -> str:
    """What to tell the unit, ready to paste: at most the findings that must be mended, by place."""
    unit = r.identity.unit if r.identity else f"（文件：{r.source.file}）"
    lines = [f"{unit}：", f"贵单位报送的{period.title}填报表需修改后重报，请于收到后尽快改正："]
    errors = [f for f in r.findings if f.severity == "error"]
    lines += [f"{i}. {f.sentence}" for i, f in enumerate(errors, 1)]
    return "\n".join(lines)


def note_verdicts(state: MasterState, period: Period, returns: Sequence[Return]) -> bytes | None:
    """The master with 报送情况 and 待裁决 brought up to the verdicts; None where nothing changes.

    Collecting the same files again changes nothing: a return counts once, by its digest.
    """
    editor = BookEditor(state.book)
    layout = master_layout()["submissions"]
    by_unit = {r.identity.unit_code: r for r in returns if r.identity and r.verdict in ("returned", "needs_decision")}
    accepted = {
        r.identity.unit_code for r in returns if r.identity and r.verdict in ("accepted", "accepted_with_notes")
    }
    for row in state.submissions:
        unit = str(row["unit_code"])
        r = by_unit.get(unit)
        if row["period"] != period.code or row["merged_at"] is not None or r is None or unit in accepted:
            continue
        if row["sha256"] == r.source.sha256:
            continue
        returned = r.verdict == "returned"
        new = {
            "state": state_titles()["returned" if returned else "awaiting_decision"],
            "returned_times": int(row["returned_times"] or 0) + returned,
            "file": r.source.file,
            "sha256": r.source.sha256,
            "file_time": r.source.time.replace(microsecond=0),
        }
        set_row_values(editor, layout, row.number, new)
    questions = [_question(f, r, period) for r in returns for f in r.findings if f.severity == "question"]
    add_questions(editor, state, questions)
    if not editor.changed:
        return None
    refresh(editor)
    return editor.save()


def _question(f: Finding, r: Return, period: Period) -> Question:
    unit, unit_code = (r.identity.unit, r.identity.unit_code) if r.identity else (None, "")
    place = {"file": r.source.file, "sha256": r.source.sha256, "sheet": f.sheet, "cell": f.cell, "field": f.field}
    value = f.value.isoformat() if isinstance(f.value, dt.date) else f.value
    return Question(
        f.sentence,
        _CHOICES.get(f.code, ()),
        f.task,
        unit,
        period.code,
        key=f"value:{period.code}:{unit_code}:{f.task or ''}:{f.field or f.code}",
        data={**place, "code": f.code, "value": value},
    )
