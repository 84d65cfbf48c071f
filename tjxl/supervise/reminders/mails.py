"""E-mail drafts of the notices of a day: for whom, with what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from pathlib import Path
from typing import Any

from tjxl.findings import Finding, finding
from tjxl.issuing import form_file_name
from tjxl.project import Project
from tjxl.settings import Settings
from tjxl.sheets.state import MasterState
from tjxl.supervise.reminders.drafts import address_of, draft
from tjxl.supervise.reminders.files import NoticeFiles, marked_copy
from tjxl.supervise.reminders.letters import Letters
from tjxl.supervise.reminders.matters import Concern, Concerns, report_item
from tjxl.supervise.reminders.rounds import matter_of


@dataclass(slots=True)
class Entry:
    """A row of 催办 made on this day.

    Attributes:
        values: by column name; number: its sheet row, None where it is still to be appended.
    """

    values: dict[str, Any]
    number: int | None = None


class Mails:
    """Drafts for the units that have an e-mail address in 责任单位."""

    def __init__(
        self, project: Project, state: MasterState, settings: Settings, letters: Letters, files: NoticeFiles
    ) -> None:
        self._project, self._settings = project, settings
        self._letters, self._files = letters, files
        self._units = {str(unit["unit_code"]): unit for unit in state.units}

    def write(self, entries: Sequence[Entry], concerns: Concerns, now: dt.datetime) -> list[Finding]:
        """A draft for each notice that has none yet; its file is noted in the entries.

        Args:
            now: with its time zone.

        Returns:
            Which units have no address, and which attachments are not there.
        """
        by_notice: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.values["notice_file"] and not entry.values.get("mail_file"):
                by_notice.setdefault(str(entry.values["notice_file"]), []).append(entry)
        said: list[Finding] = []
        unreachable: list[str] = []
        for notice, of_notice in by_notice.items():
            code, unit = str(of_notice[0].values["unit_code"]), str(of_notice[0].values["unit"])
            row = self._units.get(code)
            to = address_of(unit, row.values.get("email")) if row is not None else None
            if to is None:
                unreachable.append(unit)
                continue
            attached, words = self._contents(self._project.root / notice, of_notice, concerns)
            content = self._draft(to, attached, words, now)
            name = self._files.write(attached[0].with_suffix(".eml"), content)
            lacking = [self._files.name(path) for path in attached if not path.is_file()]
            said += [finding("M607", unit=unit, file=file) for file in lacking]
            for entry in of_notice:
                entry.values["mail_file"] = name
        if unreachable:
            said.insert(0, finding("M604", count=len(unreachable), units="、".join(unreachable)))
        return said

    def _contents(
        self, notice: Path, entries: Sequence[Entry], concerns: Concerns
    ) -> tuple[list[Path], dict[str, str]]:
        """What goes with a notice: the form of a unit that has not reported, the marked copy of what went back.

        Returns:
            The files, the notice first, whether they are there or not; `subject` and the `sentences` about them.
        """
        values = [e.values for e in entries]
        unit, matters = str(values[0]["unit"]), [matter_of(v["matter"]) for v in values]
        levels = [level.name for level in self._settings.reminders.levels]
        strongest = max((str(v["level"]) for v in values), key=lambda n: levels.index(n) if n in levels else -1)
        days = [v["answer_by"] for v in values if isinstance(v["answer_by"], dt.date)]
        words = self._letters.mail_words(unit, strongest, min(days, default=self._letters.today), len(values))
        attached, sentences = [notice], words["opening"]
        folder = self._project.issued(self._letters.period.code)
        stages = [stage for matter, stage in matters if matter == "not_reported"]
        attached += [folder / stage / form_file_name(unit) for stage in stages]
        sent_back = [known for v in values if (known := returned_of(v, concerns)) is not None]
        copies = [copy for known in sent_back if (copy := marked_copy(self._project, known)) is not None]
        sentences += words["form"] * bool(stages) + words["copy"] * bool(copies)
        return attached + copies, {"subject": words["subject"], "sentences": sentences}

    def _draft(self, to: Address, attached: Sequence[Path], words: dict[str, str], now: dt.datetime) -> bytes:
        short = attached[0].with_suffix(".txt")
        text = short.read_text(encoding="utf-8-sig").strip() if short.is_file() else ""
        files = [(path.name, path.read_bytes()) for path in attached if path.is_file()]
        body = "\n".join(part for part in (text, words["sentences"]) if part) + "\n"
        sender = self._settings.reminders.sender
        return draft(to, words["subject"], body, files, sender=sender, now=now)


def returned_of(values: Mapping[str, Any], concerns: Concerns) -> Concern | None:
    """The return that a row of 催办 is about; None where it is about something else, or the return has come."""
    matter, stage = matter_of(values["matter"])
    if matter != "returned":
        return None
    item = report_item(str(values["period"]), stage)
    found = (c for c in concerns.all if c.matter == "returned" and c.unit_code == values["unit_code"])
    return next((c for c in found if c.item == item), None)
