"""The two stages of a period: cooperating units report first, then the leads, who see those reports. Pure.

Where an office keeps to one stage, a unit's only form is of the stage `SINGLE` and everything below is blank.
"""

from __future__ import annotations

from typing import Literal

from tjxl.register import ROLE_TITLES

Stage = Literal["1", "cooperating", "lead"]

SINGLE: Stage = "1"
"""The only stage of a period that is not split: a unit's whole form."""

STAGES: tuple[Stage, ...] = ("cooperating", "lead")
"""The stages of a period that is split, in their order. Each is named after the role in which a unit reports."""

Sender = tuple[str, str]
"""Unit code and stage: what sends one return in a period."""

_TITLES: dict[str, str] = {"cooperating": ROLE_TITLES["cooperating"], "lead": ROLE_TITLES["lead"]}


def stage_title(stage: str) -> str | None:
    """What 报送情况[阶段] says: 配合, 牵头; None where the period has one stage."""
    return _TITLES.get(stage)


def stage_titled(title: object) -> Stage:
    """The stage of a cell of 报送情况[阶段]; one that is blank or typed over is the single stage."""
    return next((stage for stage in STAGES if _TITLES[stage] == title), SINGLE)


def step(period: str, stage: str) -> str:
    """Where forms stand in the order in which a year's forms are issued, as a text that sorts.

    A period that is not split is its own step: `2022-05`; of one that is split `2022-05-1` comes before `2022-05-2`.
    """
    return f"{period}-{STAGES.index(stage) + 1}" if stage in STAGES else period


def step_before(period: str, previous: str, stage: str) -> str:
    """The last step before that of a stage.

    Args:
        previous: the code of the period before, which may have been split or not.
    """
    return step(period, "cooperating") if stage == "lead" else step(previous, "lead")
