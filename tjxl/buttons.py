"""The buttons of the master, one function each, named as the macro that calls it (`macros/TjxlButtons.bas`).

Each works on `xlwings.Book.caller()`, calls the same flow as the command line, and writes through the live door.
Imports of a button's own are made when it is pressed.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from tjxl.errors import ProjectError
from tjxl.masters.live import local_path
from tjxl.messages import message
from tjxl.periods import Period, next_period, parse_period
from tjxl.pressing import CancelledError, Outcome, Press, pressed
from tjxl.resources import layout_toml
from tjxl.sheets.layout import master_layout

if TYPE_CHECKING:
    import xlwings as xw

    from tjxl.settings import Settings


_CHECKING = ("pandera.pandas",)
_MARKED = Path(tempfile.gettempdir()) / "tjxl"
"""Where marked copies of returns under check are put."""
_PERSONAL = "personal.xlsb"


def issue() -> None:
    """下发填报表: the next period's forms; or, after a no, those of the newest issued period again."""
    pressed("下发填报表", _issue)


def collect() -> None:
    """收集校验: everything in 收件, for the newest period."""
    pressed("收集校验", _collect, _CHECKING)


def merge() -> None:
    """合并入账: what is accepted goes into the master."""
    pressed("合并入账", _merge, _CHECKING)


def undo() -> None:
    """撤销上次合并: the last merge taken back, after a yes."""
    pressed("撤销上次合并", _undo)


def remind() -> None:
    """催办清单: what stands against the units today, with a notice for each."""
    pressed("催办清单", _remind)


def bulletin() -> None:
    """生成通报: the bulletin of the newest period."""
    pressed("生成通报", _bulletin)


def score() -> None:
    """考核评分: the appraisal brought up to date."""
    pressed("考核评分", _score)


def refresh() -> None:
    """刷新看板: all formulas computed anew."""
    pressed("刷新看板", _refresh)


def check() -> None:
    """校验当前工作簿: a return that is open beside the master; a copy with its marks is opened."""
    pressed("校验当前工作簿", _check)


def open_inbox() -> None:
    """打开收件夹."""
    pressed("打开收件夹", _open_inbox)


def help() -> None:  # named as its button is
    """帮助: 使用说明."""
    pressed("帮助", _help)


def _issue(press: Press) -> Outcome:
    from tjxl import flows
    from tjxl.opening import lead_stage_waiting
    from tjxl.sheets.state import read_master

    project = press.project
    master = press.master()
    state = read_master(project, master.read())
    stage, period = None, lead_stage_waiting(state)
    if period is not None and press.ask(message("P130").say(period=period.title)):
        stage = "lead"
    else:
        period = _asked_period(press, state.issued_periods, int(state.meta["year"]), project.settings())
    result = flows.issue(project, period.code, progress=press.progress, master=master, stage=stage)
    folder = "/".join(("下发", period.code, *([result["stage"]] if "stage" in result else [])))
    said = message("B760").say(period=period.title, count=len(result["issued"]), folder=folder)
    return _decided(result, Outcome(said, _sheet("submissions"), saves=True))


def _asked_period(press: Press, issued: list[Period], year: int, settings: Settings) -> Period:
    """The period to issue: the next one, or, after a no, the newest once more."""
    following = next_period(issued, year, 1 if settings.cadence == "monthly" else 3, dt.date.today())
    if following is not None and issued:
        question = message("B762").say(period=following.title, newest=issued[-1].title)
        return following if press.ask(question) else issued[-1]
    only, code = (following, "B761") if following is not None else (issued[-1], "B763")
    if not press.ask(message(code).say(period=only.title), cancel=False):
        raise CancelledError
    return only


def _collect(press: Press) -> Outcome:
    from tjxl import flows

    result = flows.collect(press.project, progress=press.progress, master=press.master())
    verdicts = Counter(r["verdict"] for r in result["returns"])
    said = message("B764").say(
        period=parse_period(result["period"]).title,
        count=len(result["returns"]),
        accepted=verdicts["accepted"] + verdicts["accepted_with_notes"],
        waiting=verdicts["needs_decision"],
        returned=verdicts["returned"],
        ignored=verdicts["ignored"],
        missing=len(result["missing"]),
    )
    if verdicts["returned"]:
        said += message("B765").say(folder=f"退回/{result['period']}")
    if verdicts["needs_decision"]:
        said += message("B766").say()
    said += _findings(result)
    sheet = _sheet("questions" if verdicts["needs_decision"] else "submissions")
    needs = bool(verdicts["needs_decision"] or verdicts["returned"] or _to_be_seen_to(result))
    return _decided(result, Outcome(said + _findings(result), sheet, needs, saves=True))


def _merge(press: Press) -> Outcome:
    from tjxl import flows

    result = flows.merge(press.project, progress=press.progress, master=press.master())
    skipped = [r for r in result["skipped"] if r["verdict"] in ("returned", "needs_decision")]
    said = message("B767").say(files=len(result["merged"]), rows=result["rows"], changes=len(result["changes"]))
    if skipped:
        said += message("B768").say(count=len(skipped))
    if result["questions"]:
        said += message("B766").say()
    said += _findings(result)
    sheet = _sheet("questions") if result["questions"] else _board()
    needs = bool(result["questions"] or skipped or _to_be_seen_to(result))
    return _decided(result, Outcome(said + _findings(result), sheet, needs, saves=True))


def _undo(press: Press) -> Outcome:
    from tjxl import recovery

    if not press.ask(message("B779").say(), cancel=False):
        raise CancelledError
    result = recovery.undo(press.project, master=press.master())
    said = message("B780").say(batch=result["batch"], rows=result["rows"], files=len(result["files"]))
    if result["files_missing"]:
        said += message("B781").say(count=len(result["files_missing"]))
    if result["forms_outdated"]:
        said += message("B782").say(periods="、".join(result["forms_outdated"]))
    needs = bool(result["files_missing"] or result["forms_outdated"])
    return Outcome(said + _findings(result), _board(), needs, saves=True)


def _remind(press: Press) -> Outcome:
    from tjxl.supervise.reminders.remind import remind as run

    result = run(press.project, progress=press.progress, master=press.master())
    new = [r for r in result["reminders"] if r["new"]]
    said = message("B783").say(count=len(new), units=len({r["unit"] for r in new}), settled=len(result["settled"]))
    if new:
        said += message("B784").say(folder=str(PurePosixPath(new[0]["notice"]).parent))
    needs = _to_be_seen_to(result)
    return _decided(result, Outcome(said + _findings(result), _sheet("reminders"), needs, saves=True))


def _bulletin(press: Press) -> Outcome:
    from tjxl.supervise.bulletin.run import bulletin as run

    result = run(press.project, master=press.master())
    period = parse_period(result["period"])
    said = message("B785").say(period=period.title, number=result["number"], file=result["file"])
    return _decided(result, Outcome(said + _findings(result), _sheet("bulletin"), _to_be_seen_to(result), saves=True))


def _score(press: Press) -> Outcome:
    from tjxl.supervise.scores import score as run

    result = run(press.project, master=press.master())
    scored = [s for s in result["scores"] if s["rank"] is not None]
    said = message("B786").say(count=len(scored))
    if scored:
        first = "、".join(s["unit"] for s in scored if s["rank"] == 1)
        said += message("B787").say(units=first, total=f"{scored[0]['total']:.2f}")
    return _decided(result, Outcome(said + _findings(result), _sheet("scores"), _to_be_seen_to(result), saves=True))


def _to_be_seen_to(result: Mapping[str, Any]) -> bool:
    return any(f["severity"] != "note" for f in result["findings"])


def _findings(result: Mapping[str, Any]) -> str:
    """The first finding that a person must see to, and how many there are."""
    told = [f for f in result["findings"] if f["severity"] != "note"]
    return message("B788").say(count=len(told), said=told[0]["message"]) if told else ""


def _refresh(press: Press) -> Outcome:
    press.book.app.calculate()
    return Outcome(message("B769").say(), _board())


def _check(press: Press) -> Outcome:
    from tjxl import flows

    project = press.project
    book = _other_book(press)
    path = local_path(book)
    result, marked = flows.check_marked(path, project, _MARKED)
    said = message("B772").say(file=path.name, verdict=_verdict(result), count=len(result["findings"]))
    if marked is not None:
        press.book.app.books.open(str(marked))
        said += message("B773").say(file=marked.name)
    return Outcome(said, None, result["verdict"] in ("returned", "needs_decision"))


def _verdict(result: Mapping[str, Any]) -> str:
    from tjxl.findings import VERDICT_TITLES

    return VERDICT_TITLES[result["verdict"]]


def _other_book(press: Press) -> xw.Book:
    """The workbook to be checked: the only other one open, else the first that the person says yes to.

    Raises:
        ProjectError: B770, none is open, or it has never been saved; B771, none was chosen.
    """
    own = press.book.name
    others = [book for book in press.book.app.books if book.name != own and _may_be_a_return(book)]
    if not others:
        raise ProjectError("B770")
    if len(others) == 1:
        return others[0]
    for book in others:
        if press.ask(message("B774").say(file=book.name)):
            return book
    raise ProjectError("B771")


def _may_be_a_return(book: xw.Book) -> bool:
    """Whether it is a file of this machine, and neither Excel's own macro workbook nor a copy marked here."""
    try:
        path = local_path(book)
    except ProjectError:
        return False
    return path.is_file() and path.name.casefold() != _PERSONAL and path.resolve().parent != _MARKED.resolve()


def _open_inbox(press: Press) -> Outcome:
    folder = press.project.inbox
    folder.mkdir(parents=True, exist_ok=True)
    _show_folder(folder)
    return Outcome(message("B775").say(folder=folder))


def _show_folder(folder: Path) -> None:
    """The folder in the system's own file manager."""
    if sys.platform == "win32":
        import os

        os.startfile(folder)
        return
    program = "open" if sys.platform == "darwin" else "xdg-open"
    subprocess.Popen([program, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _help(press: Press) -> Outcome:
    del press
    return Outcome(message("B776").say(), layout_toml("instructions.toml")["title"])


def _decided(result: Mapping[str, Any], outcome: Outcome) -> Outcome:
    """The outcome, with what was carried out of the office's decisions."""
    decisions = result["decisions"]
    if not decisions:
        return outcome
    failed = sum(not d["obeyed"] for d in decisions)
    said = outcome.said + message("B777").say(count=len(decisions) - failed)
    if failed:
        said += message("B778").say(count=failed)
    sheet = _sheet("questions") if failed else outcome.sheet
    return Outcome(said, sheet, outcome.needs_person or bool(failed), outcome.saves)


def _sheet(name: str) -> str:
    return master_layout()[name].title


def _board() -> str:
    title: str = layout_toml("dashboard.toml")["page"]["sheet"]
    return title
