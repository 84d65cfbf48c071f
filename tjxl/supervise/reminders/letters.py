"""What is said to a unit: the parts of a notice, and the short text for WeChat or SMS. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tjxl.periods import Period
from tjxl.register import serial_of, task_of
from tjxl.settings import Settings
from tjxl.supervise.reminders.matters import REPORTING, Concern
from tjxl.supervise.reminders.rounds import Reminder
from tjxl.supervise.reminders.wording import Wording

_LONGEST_ITEM = 60
"""Characters of a task in the short text; the notice has it whole."""
_DIGITS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class SentBack:
    """What is known of a return that went back.

    Attributes:
        copy: name of the copy with its faults marked, empty where there is none.
        faults: how many faults it has; None where that cannot be told.
    """

    copy: str = ""
    faults: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A matter as the unit reads it."""

    heading: str
    text: str
    demand: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a notice says; `annex` are the rows of its table of tasks."""

    title: str
    addressee: str
    opening: str
    sections: tuple[Section, ...]
    closing: str
    contact: str
    signature: str
    date: str
    text_title: str
    annex: tuple[tuple[str, ...], ...] = ()


class Letters:
    """Letters of one reminding."""

    def __init__(
        self,
        wording: Wording,
        settings: Settings,
        period: Period,
        today: dt.date,
        sent_back: Callable[[Concern], SentBack],
    ) -> None:
        """
        Args:
            sent_back: what is known of the return of a concern `returned`.
        """
        self._wording, self._rules, self._contact = wording, settings.reminders, settings.contact
        self.period, self.today, self._sent_back = period, today, sent_back

    def section(self, reminder: Reminder) -> Section:
        """One matter."""
        first, name = reminder.items[0], reminder.matter
        facts = self._facts(reminder.unit, reminder.level.name, reminder.level.colour, reminder.answer_by)
        facts |= {"count": len(reminder.items), "round": reminder.round, "stage": ""}
        if reminder.stage:
            facts["stage"] = self._wording.say("notice", "stage", stage=reminder.stage)
        facts |= self._of_item(first)
        if name in REPORTING:
            facts |= {"serial_no": "", "task": "", "deadline": "", "status": "", "lead": ""}
        else:
            facts |= {"rows": "", "times": ""}
        facts |= {"copy": "", "faults": ""}
        if name == "returned":
            facts |= self._returned(first)
        text = self._wording.say("matter", name, "text", **facts)
        items: tuple[str, ...] = ()
        if name not in REPORTING:
            items = tuple(
                self._wording.say("matter", name, "item", **facts | self._of_item(c, _LONGEST_ITEM))
                for c in reminder.items
            )
        heading = self._wording.say("matter", name, "heading", **facts)
        if reminder.round > 1:
            heading += self._wording.say("notice", "again", round=reminder.round, **_without(facts, "round"))
        return Section(heading, text, self._wording.say("matter", name, "demand", **facts), items)

    def letter(self, reminders: Sequence[Reminder]) -> Letter:
        """All matters of one unit, in their order."""
        levels = [level.name for level in self._rules.levels]
        strongest = max(reminders, key=lambda r: levels.index(r.level.name)).level
        unit, by = reminders[0].unit, min(r.answer_by for r in reminders)
        facts = self._facts(unit, strongest.name, strongest.colour, by) | {"count": len(reminders)}

        def say(key: str, **more: object) -> str:
            return self._wording.say("notice", key, **facts, **more)

        sections = [self.section(r) for r in reminders]
        numbered = tuple(
            Section(say("heading", n=_chinese(n), heading=s.heading), s.text, s.demand, s.items)
            for n, s in enumerate(sections, 1)
        )
        return Letter(
            title=say("title"),
            addressee=say("addressee"),
            opening=say("opening"),
            sections=numbered,
            closing=self._wording.closing(strongest.name).format(**facts),
            contact=say("contact") if self._contact else "",
            signature=say("signature"),
            date=say("date"),
            text_title=say("text_title"),
            annex=tuple(_annex(reminders)),
        )

    def text(self, letter: Letter) -> str:
        """The short text: whom, what, by when; of many tasks the first."""
        most = int(self._wording.value("notice", "text_most_items"))
        lines = [letter.text_title, letter.addressee + letter.opening]
        for section in letter.sections:
            lines += [section.heading, section.text]
            shown = section.items[:most]
            lines += [self._wording.say("notice", "text_item", n=n, item=item) for n, item in enumerate(shown, 1)]
            if len(section.items) > most:
                lines.append(self._wording.say("notice", "text_rest", n=len(section.items) - most))
            lines.append(section.demand)
        lines += [letter.closing, letter.contact, f"{letter.signature}　{letter.date}"]
        return "\n".join(line for line in lines if line)

    def annex_words(self, unit: str, count: int) -> tuple[str, str, tuple[str, ...]]:
        """Label and title of the annex, and the heads of its columns."""
        facts = {"year": self.period.year, "unit": unit, "count": count}
        label, title = (self._wording.say("annex", key, **facts) for key in ("label", "title"))
        return label, title, tuple(self._wording.value("annex", "columns"))

    def said_of_annex(self) -> str:
        """What stands in place of the tasks in the notice."""
        return str(self._wording.value("notice", "list_in_annex"))

    def mail_words(self, unit: str, level: str, answer_by: dt.date, count: int) -> dict[str, str]:
        """The sentences of the mail that a notice goes with: `subject`, `opening`, `form`, `copy`."""
        colour = next((known.colour for known in self._rules.levels if known.name == level), "")
        facts = self._facts(unit, level, colour, answer_by) | {"count": count}
        return {key: self._wording.say("mail", key, **facts) for key in ("subject", "opening", "form", "copy")}

    def _facts(self, unit: str, level: str, colour: str, answer_by: dt.date) -> dict[str, Any]:
        return {
            "year": self.period.year,
            "period": self.period.title,
            "unit": unit,
            "level": level,
            "colour": colour,
            "today": day_text(self.today),
            "answer_by": day_text(answer_by),
            "issuer": self._rules.issuer,
            "contact": self._contact,
        }

    def _of_item(self, concern: Concern, longest: int | None = None) -> dict[str, Any]:
        facts = {**concern.facts, "due": day_text(concern.due) if concern.due else ""}
        if longest is not None and len(str(facts.get("task", ""))) > longest:
            facts["task"] = str(facts["task"])[: longest - 1] + "…"
        return _without(facts, "sha256")

    def _returned(self, concern: Concern) -> dict[str, str]:
        """What can be said of the faults and of the marked copy."""
        known = self._sent_back(concern)
        count, copy = known.faults, known.copy
        return {
            "faults": self._wording.say("matter", "returned", "faults_known", faults=count) if count else "",
            "copy": self._wording.say("matter", "returned", "copy_known", copy=copy) if copy else "",
        }


def _annex(reminders: Sequence[Reminder]) -> list[tuple[str, ...]]:
    """A row per task and milestone: 序号, what, by when, how it stands, why it is listed."""
    return [
        (
            str(c.facts["serial_no"]),
            str(c.facts["task"]),
            str(c.facts["deadline"]),
            str(c.facts["status"]),
            reminder.title,
        )
        for reminder in reminders
        for c in (reminder.items if reminder.matter not in REPORTING else ())
    ]


def content_of(section: Section, reminder: Reminder) -> str:
    """催办[内容]: what it was about in one or two sentences."""
    if reminder.matter in REPORTING:
        return section.text
    serials = dict.fromkeys(str(serial_of(task_of(code)) or code) for code in reminder.codes)
    return f"{section.heading}：第{'、'.join(serials)}项。"


def day_text(day: dt.date) -> str:
    """2022年6月28日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _without(facts: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if key != name}


def _chinese(number: int) -> str:
    """1 to 99 as 一, 十二, 三十."""
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else _DIGITS[tens - 1] + "十") + (_DIGITS[ones - 1] if ones else "")
