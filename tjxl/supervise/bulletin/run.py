"""The use case of 通报: from a master to the .docx of a period and the rows of the sheet 通报."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tjxl.durable import said_plainly, write_durably
from tjxl.errors import NoticeError, ProjectError, SpecError
from tjxl.findings import Finding, finding
from tjxl.masters.door import Master
from tjxl.notice.files.text import decode
from tjxl.ooxml.editor import BookEditor
from tjxl.past import as_it_stood
from tjxl.periods import Period
from tjxl.project import Project
from tjxl.resources import layout_file
from tjxl.session import current_period, entered, obeyed
from tjxl.settings import MEANINGS, Settings
from tjxl.sheets.figures import LIGHTS
from tjxl.sheets.state import MasterState
from tjxl.supervise.bulletin.content import content
from tjxl.supervise.bulletin.facts import (
    BLUE,
    UNREPORTED,
    BulletinFacts,
    Counts,
    counts_of,
    figures,
    task_lines,
)
from tjxl.supervise.bulletin.sheet import next_number, rows_of, write
from tjxl.supervise.bulletin.template import Template, parsed
from tjxl.supervise.bulletin.words import Issue, figures_in_words, vocabulary

OWN_FOLDER = "模板"
TEMPLATE = "通报.txt"
BASE = "通报.docx"
_SHIPPED = "bulletin.txt"
_BODY = "word/document.xml"


def bulletin(
    project: Project,
    period_code: str | None = None,
    number: int | None = None,
    out: Path | None = None,
    *,
    date: dt.date | None = None,
    replace: bool = False,
    master: Master | None = None,
) -> dict[str, Any]:
    """Write the bulletin of a period to 通报/<期次>/ and into the sheet 通报.

    The same period again replaces its own rows and its own file; a file that somebody has edited stays, unless
    `replace`, and the new one gets a number in its name.

    Args:
        number: 第N期; by default the one the period has in the sheet, else the next.
        out: where to put the .docx instead.
        date: 成文日期, today by default.

    Raises:
        ProjectError: E207 or E215 nothing issued; W110 模板/通报.docx is no .docx; W111 `out` is no .docx; E205 the
            master is open; E212 a file cannot be written.
        SpecError: W101 the template has mistakes; W118 it is empty or no text.
    """
    if out is not None and out.suffix.lower() != ".docx":
        raise ProjectError("W111", file=out.name)
    settings = project.settings()
    template, base = _template(project), _base(project)
    with project.locked("bulletin"):
        master, state = entered(project, master)
        state, decisions = obeyed(master, state, settings)
        period = current_period(project, state, period_code)
        facts = _facts(state, period, settings)
        own = settings.bulletin
        issue = Issue(
            number or next_number(state.bulletins or (), period),
            date or dt.date.today(),
            own,
        )
        blocks = content(facts, template, issue, own.masthead if base is None else "")
        document, findings = _document(blocks, base, settings, figures_in_words(facts, issue))
        wanted = out or project.root / "通报" / period.code / f"{period.title}通报.docx"
        path = wanted if replace else free_name(wanted)
        with said_plainly(path):
            write_durably(path, document)
        if path != wanted:
            findings.append(finding("W113", file=wanted.name, new=path.name))
        findings += _into_master(master, state, rows_of(blocks, period, issue.number), period)
    told = [f.to_json() for f in (*facts.findings, *findings)]
    return {
        "period": period.code,
        "number": issue.number,
        "file": str(path),
        "counts": _counts_json(facts),
        "lists": _lists_json(facts),
        "findings": told,
        "decisions": decisions,
    }


def write_template(project: Project) -> dict[str, Any]:
    """Put the shipped template into 模板/, for the office to edit; one that is there stays.

    Raises:
        ProjectError: E212 it cannot be written.
    """
    path = project.root / OWN_FOLDER / TEMPLATE
    if path.exists():
        return {"template": str(path), "written": False, "findings": [finding("W116", file=TEMPLATE).to_json()]}
    # Notepad of older Windows needs the mark and the line ends
    text = layout_file(_SHIPPED).read_text(encoding="utf-8").replace("\n", "\r\n")
    with said_plainly(path):
        write_durably(path, text.encode("utf-8-sig"))
    return {"template": str(path), "written": True, "findings": []}


def _template(project: Project) -> Template:
    """The office's template, else the shipped one."""
    own = project.root / OWN_FOLDER / TEMPLATE
    if own.exists():
        try:
            text = decode(_content(own), TEMPLATE)
        except NoticeError as error:
            raise SpecError("W118", file=TEMPLATE) from error
        return parsed(text, TEMPLATE, vocabulary())
    return parsed(layout_file(_SHIPPED).read_text(encoding="utf-8"), _SHIPPED, vocabulary())


def _base(project: Project) -> bytes | None:
    path = project.root / OWN_FOLDER / BASE
    return _content(path) if path.exists() else None


def _content(path: Path) -> bytes:
    with said_plainly(path):
        return path.read_bytes()


def _facts(state: MasterState, period: Period, settings: Settings) -> BulletinFacts:
    """The figures of a period as it was, beside those of the period before."""
    return figures(as_it_stood(state, period, settings), period, settings, _previous(state, period, settings))


def _previous(state: MasterState, period: Period, settings: Settings) -> Counts | None:
    """The counts of the period before."""
    before = period.previous
    if before.year != period.year or before not in state.issued_periods:
        return None
    return counts_of(task_lines(as_it_stood(state, before, settings), settings))


def _document(
    blocks: Any, base: bytes | None, settings: Settings, figures_told: dict[str, str]
) -> tuple[bytes, list[Finding]]:
    from tjxl.documents.official import Fonts
    from tjxl.documents.writer import MARKER, written

    fonts = Fonts(title=settings.documents.title_font, body=settings.documents.body_font)
    try:
        document, marked = written(blocks, fonts, base, figures_told)
    except ValueError as error:
        raise ProjectError("W110", file=BASE) from error
    findings = [] if base is None or marked else [finding("W115", file=BASE, marker=MARKER)]
    return signed(document), findings


def signed(document: bytes) -> bytes:
    """The document with the digest of its text in its properties, by which an edit is noticed later."""
    from docx import Document

    # Saved once more with the property set: its text part stays the same, byte for byte.
    opened = Document(io.BytesIO(document))
    opened.core_properties.identifier = _digest(document)
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def _digest(document: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        return hashlib.sha256(package.read(_BODY)).hexdigest()


def is_as_written(document: bytes) -> bool:
    """Whether a file is a bulletin just as tjxl wrote it. Whatever else stands under the name is somebody's work."""
    from docx import Document

    try:
        identifier = Document(io.BytesIO(document)).core_properties.identifier
        return bool(identifier) and identifier == _digest(document)
    except Exception:  # python-docx raises what zipfile, lxml and its own reader raise: no bulletin of ours
        return False


def free_name(path: Path) -> Path:
    """The path itself where nothing stands there that somebody has edited, else one with a number: 通报（2）.docx."""
    candidate, number = path, 1
    while candidate.exists() and not is_as_written(_content(candidate)):
        number += 1
        candidate = path.with_name(f"{path.stem}（{number}）{path.suffix}")
    return candidate


def _into_master(master: Master, state: MasterState, rows: list[dict[str, Any]], period: Period) -> list[Finding]:
    if state.bulletins is None:
        return [finding("W114")]
    editor = BookEditor(state.book)
    write(editor, state.bulletins, rows, period)
    if editor.changed:
        master.write(editor)
    return []


def _counts_json(facts: BulletinFacts) -> dict[str, Any]:
    reporting = facts.reporting
    return {
        "tasks": facts.counts.total,
        "by_status": dict(facts.counts.by_meaning),
        "by_light": _lights(facts.counts),
        "previous": None
        if facts.previous is None
        else {"by_status": dict(facts.previous.by_meaning), "by_light": _lights(facts.previous)},
        "reports": {name: len(units) for name, units in asdict(reporting).items()},
        "verified": facts.verified,
    }


def _lights(counts: Counts) -> dict[str, int]:
    names = {title: name for name, title in LIGHTS.items()} | {BLUE: "blue"}
    return {names[light]: count for light, count in counts.by_light.items()}


def _lists_json(facts: BulletinFacts) -> dict[str, Any]:
    reporting = facts.reporting
    by_status = {meaning: [t.code for t in facts.with_meaning(meaning)] for meaning in (*MEANINGS, UNREPORTED)}
    return {
        **{name: by_status[name] for name in ("behind", "adjustment_requested", "not_started", UNREPORTED)},
        "red": [t.code for t in facts.with_light(LIGHTS["red"])],
        "late": list(reporting.late),
        "missing": list(reporting.missing),
        "returned": list(reporting.returned),
        "overdue_milestones": [_stone(m) for m in facts.overdue_milestones],
        "due_milestones": [_stone(m) for m in facts.due_milestones],
        "due_tasks": [t.code for t in facts.due_tasks],
        "problems": [{"serial_no": p.serial_no, "unit": p.unit, "problem": p.problem} for p in facts.problems],
        "disagreements": [asdict(d) for d in facts.disagreements],
    }


def _stone(line: Any) -> dict[str, Any]:
    return {"serial_no": line.serial_no, "scope": line.scope, "due": line.due.isoformat(), "unit": line.lead_unit}
