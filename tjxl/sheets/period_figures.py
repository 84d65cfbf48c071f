"""The master's sheet 期次统计: a line for each issued period; counts of tasks by status and light, of reports.

Every column but 期次 is a formula. In the line of the newest period they stand as formulas; in those of earlier
periods `merge.period_figures` puts what they give of the register as it was. Counts of reports are formulas in all
lines: 报送情况 holds every period.
"""

from __future__ import annotations

from tjxl.register import Register
from tjxl.settings import MEANINGS, Settings
from tjxl.sheets.figures import LIGHTS, Statuses, count, tasks_with_status, tasks_without_status, text
from tjxl.sheets.layout import master_layout, state_titles
from tjxl.sheets.model import Sheet
from tjxl.sheets.tables import table_sheet

REGISTER_COLUMNS = ("total", *MEANINGS, "no_report", "red", "yellow", "blue", "green")
"""The columns that count tasks of the register."""
REPORT_COLUMNS = ("expected", "reported", "late", "missing")
"""The columns that count reports."""


def period_sheet(register: Register, settings: Settings) -> Sheet:
    """期次统计 before the first issue: the one blank row that an Excel table must have."""
    return table_sheet("period_figures", [{}], register.year, settings, figure_formulas(settings))


def figure_formulas(settings: Settings) -> dict[str, str]:
    """Column name → the formula of its cells in a new master."""
    statuses = Statuses.of(settings)
    period = f"{master_layout()['period_figures'].title}[[#This Row],[期次]]"
    states = state_titles()

    def reports(*among: str) -> str:
        """The period is a criterion with a wildcard: `2022-06` alone would be read as a date."""
        own = ("报送情况[期次]", f'{period}&"*"')
        return "+".join(count(own, ("报送情况[报送状态]", text(states[state]))) for state in among)

    figures = {
        "total": "COUNTA(任务台账[任务编码])",
        **{meaning: tasks_with_status(statuses, meaning) for meaning in MEANINGS},
        "no_report": tasks_without_status(statuses),
        **{light: lights(light) for light in ("red", "yellow", "blue", "green")},
        "expected": count(("报送情况[期次]", f'{period}&"*"')),
        "reported": reports("reported", "late", "awaiting_decision"),
        "late": reports("late"),
        "missing": reports("missing", "returned"),
    }
    return {name: f'IF({period}="","",{figure})' for name, figure in figures.items()}


def lights(light: str) -> str:
    """Number of tasks with this light; none of a light that the rules do not know."""
    return count(("任务台账[亮灯]", text(LIGHTS[light]))) if light in LIGHTS else "0"
