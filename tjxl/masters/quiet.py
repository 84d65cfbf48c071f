"""A spreadsheet program kept quiet while it is written to, and put back as its user had it whatever happens."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tjxl.errors import ProjectError

if TYPE_CHECKING:
    from xlwings import App

_QUIET = {"screen_updating": False, "enable_events": False, "display_alerts": False, "calculation": "manual"}
_TITLES = {
    "screen_updating": "屏幕更新",
    "enable_events": "事件",
    "display_alerts": "提示",
    "calculation": "计算方式",
}


@contextlib.contextmanager
def quiet(app: App) -> Iterator[Callable[[], None]]:
    """No redrawing, no event macros, no questions, no recalculation until the end.

    Yields:
        To be called before the workbook is saved: a program writes the way it calculates at that moment into the
        file, and follows it when the file is opened next.

    Each setting is put back on its own: one that cannot be leaves the others no less restored.

    Raises:
        ProjectError: E233, the program does not answer; E243, all went well but for a setting that could not be put
            back.
    """
    before: dict[str, object] = {}
    try:
        _set(app, before)
        yield lambda: setattr(app, "calculation", before["calculation"])
    except BaseException:
        _put_back(app, before)
        raise
    else:
        if failed := _put_back(app, before):
            raise ProjectError("E243", settings="、".join(failed))


def _set(app: App, before: dict[str, object]) -> None:
    try:
        for name, value in _QUIET.items():
            before[name] = getattr(app, name)
            setattr(app, name, value)
    except Exception as error:  # whatever the program's own interface raises
        raise ProjectError("E233") from error


def _put_back(app: App, before: dict[str, object]) -> list[str]:
    """The titles of the settings that could not be put back."""
    failed = []
    for name, value in reversed(before.items()):
        try:
            setattr(app, name, value)
        except Exception:
            failed.append(_TITLES[name])
    return failed
