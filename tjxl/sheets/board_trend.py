"""The two charts of 看板: the state of the tasks, and the lights to look at, period by period through the year.

They draw on cells beside the board: a line for the register as it was set up, and one for each period of the year,
which follow 期次统计. Zeros are no labels, so that periods to come are blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tjxl.formula import Area, Formula
from tjxl.periods import parse_period
from tjxl.register import Register
from tjxl.settings import Settings
from tjxl.sheets.board import FIRST_COLUMN, Board, address, beside
from tjxl.sheets.board_tables import STATUS_ORDER
from tjxl.sheets.figures import LIGHTS, Statuses
from tjxl.sheets.layout import master_layout
from tjxl.sheets.model import Chart, Series

_SHOWN_LIGHTS = tuple(light for light in ("red", "yellow", "blue") if light in LIGHTS)


_OFFSET = 5
"""From the first column beside the board to the charts' own."""


def trend(
    board: Board,
    place: tuple[int, int, int],
    periods: Sequence[str],
    statuses: Statuses,
    cards: Mapping[str, str],
) -> int:
    """Heading and charts on 看板; returns the row below.

    Args:
        place: row and grid column, and on how many lines the charts lie.
        periods: the codes of the year's periods.
        cards: the address of each card's number, by the card's key.
    """
    top, left, rows = place
    spec = board.spec["charts"]
    columns = ("", "month", *STATUS_ORDER, "no_report", *_SHOWN_LIGHTS, "none")
    lines = _figures(board, top, columns, periods, cards)
    titles = _titles(board, statuses)
    for offset, key in enumerate(columns):
        board.helper(top, _OFFSET + offset, titles[key])
    height = round(board.heights["line"] * rows / 0.75) - 5
    shown = (
        ("statuses", "trend", "", (*STATUS_ORDER, "no_report")),
        ("lights", "lights_trend", "month", (*_SHOWN_LIGHTS, "none")),
    )
    for name, section, labels, keys in shown:
        span = spec[name]["span"]
        board.section(top, section, left, span)
        title = board.spec["chart_description"].format(title=spec[name]["title"])
        series = tuple(_series(board, top, lines, (columns.index(labels), columns.index(key)), key) for key in keys)
        size = (span * board.pixels - 4, height)
        least = spec[name]["least_label"]
        board.sheet.charts.append(Chart(title, series, top + 1, FIRST_COLUMN + left, *size, least))
        left += span + board.gutter
    return top + 1 + rows


def periods_of(register: Register, settings: Settings) -> list[str]:
    """The codes of the year's periods."""
    if settings.cadence == "monthly":
        return [f"{register.year}-{month:02d}" for month in range(1, 13)]
    return [f"{register.year}-Q{quarter}" for quarter in range(1, 5)]


def _titles(board: Board, statuses: Statuses) -> dict[str, str]:
    lights: dict[str, str] = {light: f"{LIGHTS[light]}灯" for light in _SHOWN_LIGHTS}
    names = {meaning: statuses.names[meaning][0] for meaning in STATUS_ORDER}
    more = {"no_report": board.spec["metric"]["no_report"], "none": board.spec["charts"]["other_lights"]}
    return {"": board.spec["helper_title"], "month": board.spec["period_label"], **names, **lights, **more}


def _figures(board: Board, top: int, columns: Sequence[str], periods: Sequence[str], cards: Mapping[str, str]) -> int:
    """The cells beside the board that the charts draw on; returns how many lines there are.

    The light chart's first column says that there are no lights to look at, as long as there are none at all.
    """
    table = {column.name: column.title for column in master_layout()["period_figures"].columns}
    first, last = top + 1, top + 1 + len(periods)
    shown = [columns.index(light) + board.helper_column + _OFFSET for light in _SHOWN_LIGHTS]
    lit = f"SUM({address(first + 1, shown[0])}:{address(last, shown[-1])})"
    start = {"no_report": cards["total"], "none": f"IF({lit}=0,{cards['total']},0)"}
    for offset in (0, 1):
        board.helper(first, _OFFSET + offset, board.spec["charts"]["start"])
    for offset, key in enumerate(columns[2:], 2):
        board.helper(first, _OFFSET + offset, Formula(start[key]) if key in start else 0)
    at = board.helper_column + _OFFSET + len(columns)
    code, found = (beside(first, last, column) for column in (at, at + 1))
    month = beside(first, last, board.helper_column + _OFFSET + 1)
    rate = f'TEXT(INDEX(期次统计[{table["completed"]}],{found})/INDEX(期次统计[{table["total"]}],{found}),"0%")'
    label = Formula(f'{month}&IF({found}=0,"",CHAR(10)&{rate})')
    for row, period in enumerate(periods, first + 1):
        board.helper(row, _OFFSET, label)
        board.helper(row, _OFFSET + 1, _said(period))
        for offset, key in enumerate(columns[2:], 2):
            figure = 0 if key == "none" else Formula(f"IF({found}=0,0,INDEX(期次统计[{table[key]}],{found}))")
            board.helper(row, _OFFSET + offset, figure)
        board.helper(row, _OFFSET + len(columns), period)
        board.helper(row, _OFFSET + len(columns) + 1, Formula(f"IFERROR(MATCH({code},期次统计[期次],0),0)"))
    return last - first + 1


def _said(code: str) -> str:
    """A period below its column: the month, or the quarter."""
    period = parse_period(code)
    return str(period.last_month) if period.months == 1 else "一二三四"[period.last_month // 3 - 1] + "季"


def _series(board: Board, top: int, lines: int, offsets: tuple[int, int], fill: str) -> Series:
    """A series: its labels and figures stand in columns at these offsets from the first."""
    sheet, first, last = board.sheet.title, top + 1, top + lines
    labels, at = (board.helper_column + _OFFSET + offset for offset in offsets)
    return Series(
        Area(sheet, top, at, top, at),
        Area(sheet, first, labels, last, labels),
        Area(sheet, first, at, last, at),
        fill,
    )
