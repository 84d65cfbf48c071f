"""`tjxl verify`: findings of audit, statistics and finance against what units reported."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tjxl.commands.shared import Folder, Json, finish, project_of, undecided


def verify(
    folder: Folder = Path(),
    file: Annotated[
        list[Path] | None, typer.Option("--file", metavar="文件", help="核查结果文件，可重复；缺省为“核查”文件夹。")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", metavar="来源", help="文件中没有写来源的，按此来源，如 统计。")
    ] = None,
    template: Annotated[
        Path | None, typer.Option("--template", metavar="文件", help="只生成核查结果的空白模板（.xlsx）。")
    ] = None,
    as_json: Json = False,
) -> None:
    """Import findings, or write the template for them."""
    if template is not None:
        from tjxl.project import SETTINGS_FILE
        from tjxl.settings import load_settings
        from tjxl.supervise.verification.template import write_template

        finish(write_template(template, load_settings(folder / SETTINGS_FILE)), as_json, _show, False)
    from tjxl.supervise.verification.run import verify as run

    result = run(project_of(folder), file or (), source=source)
    finish(result, as_json, _show, _needs_person(result))


def _needs_person(result: dict[str, Any]) -> bool:
    """Bad rows, rows that match nothing, or disagreements on which the office has not said anything yet."""
    unseen = [d for d in result["disagreements"] if not (d["counted"] or d["office_opinion"])]
    wrong = [f for f in result["findings"] if f["severity"] in ("error", "question")]
    return bool(wrong or unseen or result["unmatched"]) or undecided(result)


def _show(result: dict[str, Any]) -> None:
    from tjxl.report.verification import show_verify

    show_verify(result)
