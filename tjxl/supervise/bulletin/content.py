"""A bulletin's content: facts said in the words of a template, as blocks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tjxl.documents.blocks import (
    Align,
    Annex,
    AnnexNote,
    Block,
    Chart,
    Heading,
    Masthead,
    Paragraph,
    Recipients,
    Series,
    Signature,
    Table,
    TableColumn,
    Title,
)
from tjxl.sheets.figures import LIGHTS
from tjxl.supervise.bulletin.facts import BLUE, UNREPORTED, BulletinFacts, Counts
from tjxl.supervise.bulletin.template import Line, Template, filled, holds
from tjxl.supervise.bulletin.words import (
    LIGHT_WORDS,
    STATUS_WORDS,
    Issue,
    Item,
    day_text,
    figures_in_words,
    lists_in_words,
    truth,
)

_DIGITS = "一二三四五六七八九"
_SHARES: Mapping[str, tuple[float, Align]] = {
    # width of a column in characters against the others, and where its texts stand; any other holds a short word
    "重点工作": (20, "left"),
    "任务简称": (14, "left"),
    "主要任务": (14, "left"),
    "主要任务简称": (12, "left"),
    "节点内容": (14, "left"),
    "存在问题": (14, "left"),
    "下一步措施": (14, "left"),
    "亮灯依据": (11, "left"),
    "核查事项": (11, "left"),
    "填报情况": (8, "left"),
    "核查情况": (8, "left"),
    "牵头单位": (7.5, "left"),
    "单位": (7.5, "left"),
    "完成时限": (8, "left"),
    "时限": (7.5, "center"),
    "截止日": (7.5, "center"),
    "预计完成日期": (7.5, "center"),
    "来源": (4.7, "center"),
}
_CHARACTER_ROOM = 0.7
"""Characters of a cell's margins."""
BREAK = "｜"
"""Where a title may end a line."""

_STATUS_PATTERNS = {
    "completed": "dark",
    "in_progress": "light",
    "behind": "stripes",
    "adjustment_requested": "dots",
    "not_started": "blank",
    UNREPORTED: "blank",
}
_LIGHT_PATTERNS = {LIGHTS["red"]: "dark", LIGHTS["yellow"]: "stripes", BLUE: "dots", LIGHTS["green"]: "blank"}


def content(facts: BulletinFacts, template: Template, issue: Issue, masthead: str = "") -> list[Block]:
    """The blocks of a bulletin.

    Args:
        masthead: the red name over it; none for an empty one, and for a document that brings its own.
    """
    figures, lists = figures_in_words(facts, issue), lists_in_words(facts, issue)
    there = truth(figures, lists)
    out: list[Block] = []
    if masthead:
        out.append(Masthead(masthead, f"第{issue.number}期", issue.settings.issuer, day_text(issue.date)))
    said = _Said(facts, figures, lists, there)
    for line in template:
        if all(holds(condition, there) for condition in line.conditions):
            out += said.blocks(line)
    return out


class _Numbers:
    """The numbers of headings, in the order in which they come: a section left out leaves no gap."""

    def __init__(self) -> None:
        self._at = [0, 0, 0]

    def next(self, level: int) -> str:
        """「二、」, 「（一）」, 「3.」."""
        self._at[level] += 1
        self._at[level + 1 :] = [0] * (2 - level)
        number = self._at[level]
        return (f"{chinese(number)}、", f"（{chinese(number)}）", f"{number}.")[level]


def chinese(number: int) -> str:
    """1 to 99 in Chinese figures."""
    tens, ones = divmod(number, 10)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens - 1]}十"
    return ten + (_DIGITS[ones - 1] if ones else "")


class _Said:
    """A bulletin being said, line by line of its template."""

    def __init__(
        self,
        facts: BulletinFacts,
        figures: Mapping[str, str],
        lists: Mapping[str, Sequence[Item]],
        there: Mapping[str, bool],
    ) -> None:
        self.facts, self.figures, self.lists, self.there = facts, figures, lists, there
        self._numbers = _Numbers()

    def blocks(self, line: Line) -> Iterator[Block]:
        """What a line makes: nothing, one block, or one for each entry of a list."""
        if line.kind == "items":
            for item in self.lists[line.name]:
                own = {**self.there, **{name: value not in ("", "0") for name, value in item.items()}}
                if said := filled(line.parts, {**self.figures, **item}, own):
                    yield Paragraph(said, item=True)
            return
        text = filled(line.parts, self.figures, self.there)
        match line.kind:
            case "table":
                if self.lists[line.name]:
                    yield _table(line, text, self.lists[line.name])
            case "chart":
                chart = _chart(line.name, text, self.facts)
                if any(any(series.values) for series in chart.series):  # nothing to draw where all is nought
                    yield chart
            case "heading":
                words, stop, rest = text.partition("。")
                yield Heading(line.level, self._numbers.next(line.level) + words + (stop if rest else ""), rest)
            case "title":
                yield Title(tuple(piece for piece in text.split(BREAK) if piece))
            case "recipients" if text:
                yield Recipients(text.rstrip("：:") + "：")
            case "signature" if text:
                yield Signature(text, self.figures["成文日期"])
            case "annex_note" if text:
                yield AnnexNote(f"附件：{text}")
            case "annex":
                yield Annex("附件", text)
            case "text" if text:
                yield Paragraph(text)


def _table(line: Line, caption: str, rows: Sequence[Item]) -> Table:
    columns = tuple(TableColumn(name, *_SHARES.get(name, _short(name))) for name in line.columns)
    return Table(caption, columns, tuple(tuple(row[c.title] for c in columns) for row in rows))


def _short(name: str) -> tuple[float, Align]:
    """The column of a short word or a number: as wide as its title."""
    return _CHARACTER_ROOM + len(name), "center"


def _chart(name: str, caption: str, facts: BulletinFacts) -> Chart:
    if name == "进展状态":
        return _status_chart(caption, facts)
    themes = tuple(row.theme for row in facts.themes)
    names = tuple(f"{chinese(n)}" for n in range(1, len(themes) + 1))
    patterns, words = (_STATUS_PATTERNS, STATUS_WORDS) if name == "分类进展" else (_LIGHT_PATTERNS, LIGHT_WORDS)
    series = [
        Series(word, tuple(_of(row.counts, key) for row in facts.themes), patterns[key])  # type: ignore[arg-type]
        for key, word in words.items()
    ]
    labels = tuple(_label(number, theme) for number, theme in zip(names, themes, strict=True))
    return Chart("stacked", caption, labels, tuple(s for s in series if any(s.values)))


def _label(number: str, theme: str) -> str:
    """A theme on an axis: its number and first clause."""
    bare_theme = theme.split("、", 1)[-1]
    for mark in "，、；":
        bare_theme = bare_theme.split(mark)[0]
    return f"{number}、{bare_theme}"


def _of(counts: Counts, key: str) -> int:
    return counts.by_light.get(key, counts.by_meaning.get(key, 0))


def _status_chart(caption: str, facts: BulletinFacts) -> Chart:
    """Tasks by status, beside those of the period before."""
    series = (
        [] if facts.previous is None else [_status_series(facts.period.previous.title, facts.previous, "stripes")]
    )
    series.append(_status_series(facts.period.title, facts.counts, "dark"))
    return Chart("columns", caption, tuple(STATUS_WORDS.values()), tuple(series))


def _status_series(name: str, counts: Counts, pattern: str) -> Series:
    values = tuple(counts.by_meaning[meaning] for meaning in STATUS_WORDS)
    return Series(name, values, pattern)  # type: ignore[arg-type]
