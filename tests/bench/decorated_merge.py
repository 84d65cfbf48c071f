"""A merge applied to the decorated master, and openpyxl's load and save of the same file (which loses half of it)."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import pytest
from openpyxl import load_workbook

from tests.decorated.master import decorated
from tjxl import flows
from tjxl.merge import run
from tjxl.merge.into_file import apply_plan
from tjxl.merge.plan import Plan
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.records import Records
from tjxl.project import Project
from tjxl.settings import Settings
from tjxl.sheets.state import MasterState


@dataclass(frozen=True)
class Merge:
    """A decorated master, the plan of merging the returns of all its units, and the rows of 变更记录."""

    master: bytes
    plan: Plan
    settings: Settings
    changes: Records


def planned_merge(project: Project) -> Merge:
    """The plan of merging all returns of a project, its master decorated before. The project is used up."""
    project.master.write_bytes(decorated(project.master.read_bytes()))
    made: list[Merge] = []

    def noted(state: MasterState, plan: Plan, settings: Settings, changes: Records) -> BookEditor | None:
        made.append(Merge(state.content, plan, settings, changes))
        return apply_plan(state, plan, settings, changes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "apply_plan", noted)
        flows.merge(project)
    (merge,) = made
    return merge


def by_tjxl(merge: Merge) -> bytes:
    """The master read, the plan applied, formulas and charts refreshed, the package written."""
    editor = apply_plan(MasterState(merge.master), merge.plan, merge.settings, merge.changes)
    assert editor is not None
    return editor.save()


def by_openpyxl(merge: Merge) -> bytes:
    """The master loaded and saved, nothing changed in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl says of all that it drops
        book = load_workbook(io.BytesIO(merge.master), keep_vba=True)
        out = io.BytesIO()
        book.save(out)
    return out.getvalue()
