"""The forms of a period filled: those of all units, or of each unit as it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tjxl.errors import ProjectError
from tjxl.periods import Period, parse_period
from tjxl.project import Project
from tjxl.sheets.state import MasterState, read_master
from tjxl.simulate.writer import Sending, Sent, Writer
from tjxl.stages import SINGLE, STAGES, Stage, stage_title

Progress = Callable[[int, int], None]


def simulate(
    project: Project,
    period_code: str,
    seed: int,
    faults: float = 0.0,
    *,
    units: Sequence[str] | None = None,
    progress: Progress | None = None,
    stage: str | None = None,
) -> dict[str, Any]:
    """Write a return for each issued form of a period into 收件/.

    Of a period with two stages the forms issued last are filled, unless a stage is named: the leads look at what
    the cooperating units reported before.

    Args:
        faults: share of the units whose return has a fault (`workbook/simulate.toml` lists the kinds).
        units: only these units (names).

    Returns:
        period, files (below 收件), faults: unit and kind, for those that got one.

    Raises:
        ProjectError: E215, no forms of that period were issued; E270, E271 no such stage.
    """
    issued = _Issued(project, period_code, stage)
    sendings = [Sending(name, faults) for name in issued.units if units is None or name in units]
    writer = _write(issued, seed, sendings, progress)
    return {"period": issued.period.code, "files": writer.files, "faults": writer.faulty}


def send(
    project: Project,
    period_code: str,
    seed: int,
    sendings: Sequence[Sending],
    progress: Progress | None = None,
    *,
    stage: str | None = None,
) -> list[Sent]:
    """Write the returns of these units into 收件/, each as it is told; what was sent. Raises as `simulate` does."""
    return _write(_Issued(project, period_code, stage), seed, sendings, progress).sent


class _Issued:
    """The forms of a period and stage, as they lie in 下发/."""

    def __init__(self, project: Project, period_code: str, stage: str | None) -> None:
        self.project, self.period = project, parse_period(period_code)
        self.state = read_master(project)
        self.stage = _stage(self.state, self.period, stage)
        self.folder = project.issued(self.period.code, stage_title(self.stage))
        self.units = sorted(p.stem for p in self.folder.glob("*.xlsx")) if self.folder.is_dir() else []


def _stage(state: MasterState, period: Period, wanted: str | None) -> Stage:
    """The stage whose forms are filled: the one named, else the last one issued."""
    issued = state.stages_issued.get(period.code, (SINGLE,))
    if wanted is None:
        return issued[-1]
    if wanted not in STAGES:
        raise ProjectError("E270", stage=wanted)
    if wanted not in issued:
        raise ProjectError("E271" if SINGLE in issued else "E215", period=period.code, stage=stage_title(wanted))
    return "lead" if wanted == "lead" else "cooperating"


def _write(issued: _Issued, seed: int, sendings: Sequence[Sending], progress: Progress | None) -> Writer:
    if not issued.units:
        raise ProjectError("E215", period=issued.period.code)
    writer = Writer(issued.project, issued.period, issued.state, seed, stage=issued.stage)
    for done, sending in enumerate(sendings, 1):
        writer.write(issued.folder / f"{sending.unit}.xlsx", sending)
        if progress:
            progress(done, len(sendings))
    return writer
