"""What there is to say about the workbook that carries a form, apart from what is filled in."""

from __future__ import annotations

from collections.abc import Mapping

from tjxl.errors import PackageError
from tjxl.findings import Finding, finding
from tjxl.formats.workbook import Format, Workbook

_REFUSALS: Mapping[str, str] = {"E302": "I212", "E303": "I212", "E307": "I213", "E308": "I242", "E309": "I214"}
_TITLES: Mapping[Format, str] = {"xls": "旧版 Excel（.xls）", "ods": "OpenDocument（.ods）"}


def refusal(error: PackageError) -> Finding:
    """Why a file could not be opened, for the unit that sent it (failure modes 34 to 36 and 38)."""
    code = _REFUSALS.get(error.code, "I222")
    return finding(code, kind=error.facts.get("kind"), reason=str(error))


def remarks(book: Workbook) -> list[Finding]:
    """What does not hinder the reading: an old format, links to other files, pictures (modes 32, 43 and 45)."""
    out = []
    if book.format in _TITLES:
        out.append(finding("I240", kind=_TITLES[book.format]))
    if book.has_links:
        out.append(finding("I241"))
    for sheet in book.sheets:
        if not sheet.startswith("_") and (count := book.attachments(sheet)):
            out.append(finding("R340", sheet=sheet, count=count))
    return out
