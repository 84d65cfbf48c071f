"""What the text around the table says: title, issuing authority, lead rule, number of tasks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tjxl.notice.words import fold, notice_data

_TITLE_LINES = 4  # a printed title is hardly ever wrapped over more
_TITLE_LENGTH = 120
_HEAD_LINES = 60  # the title stands at the head
_SENTENCE = re.compile(r"[。；;\n]")
_YEAR = re.compile(r"(?<!\d)(20\d\d)年")
_COUNT_LENGTH = 5
_COLUMN_NAME = re.compile(r"^\s*【[^】]{0,40}】")  # a web site's name of the page's section


def find_title(before: Sequence[str]) -> str:
    """The notice's title, joined from its lines; empty when none is recognised.

    It is the first 「…关于…通知」 (the issuer may stand on the line above), else the first line that ends so.
    """
    words = notice_data("phrases")
    head = [_COLUMN_NAME.sub("", line) if len(line) <= _TITLE_LENGTH else "" for line in before[:_HEAD_LINES]]
    ends, issuers = tuple(words["title_ends"]), tuple(words["issuer_ends"])
    for i, line in enumerate(head):
        if any(word in line for word in words["title_starts"]) and (title := _ended(head[i:], ends)):
            above = fold(head[i - 1]) if i else ""
            starts = title.startswith(tuple(words["title_starts"]))
            return above + title if starts and above.endswith(issuers) else title
    return next((title for line in head if (title := _ended([line], ends))), "")


def _ended(lines: Sequence[str], ends: tuple[str, ...]) -> str:
    """The first lines joined up to the one that ends a title; empty when a sentence or nothing comes first."""
    joined = ""
    for line in lines[:_TITLE_LINES]:
        joined += "".join(line.split())
        if not line or len(joined) > _TITLE_LENGTH or "。" in line or joined.endswith(("：", ":")):
            return ""
        if joined.endswith(ends):
            return joined
    return ""


def issuing_authority(title: str) -> str:
    """Whose government issued it: 天津市 for 「天津市人民政府…」; empty when the title does not say."""
    authority, word, _ = title.partition(notice_data("phrases")["issuing_government"])
    return authority if word else ""


def title_years(title: str) -> tuple[int, ...]:
    """The years that the title names."""
    return tuple(int(y) for y in _YEAR.findall(fold(title)))


def states_lead_rule(prose: Sequence[str]) -> bool:
    """Whether a sentence says that the first-listed unit leads (「列第一位的为牵头单位」)."""
    words = notice_data("phrases")
    return any(
        any(w in sentence for w in words["lead_first"]) and any(w in sentence for w in words["lead_word"])
        for sentence in _sentences(prose)
    )


def stated_counts(prose: Sequence[str]) -> tuple[int, ...]:
    """The numbers of tasks that the text names: 138 for 「分解为138项」, 「138项重点工作」."""
    words = notice_data("phrases")
    counts: set[int] = set()
    for sentence in _sentences(prose):
        for word in words["stated_count"]:
            for rest in sentence.split(word)[1:]:
                digits = _leading_digits(rest)
                if digits and rest[len(digits) :].startswith("项"):
                    counts.add(int(digits))
        for word in words["counted"]:
            for front in sentence.split(word)[:-1]:
                if digits := _leading_digits(front[: -_COUNT_LENGTH - 2 : -1])[::-1]:
                    counts.add(int(digits))
    return tuple(sorted(counts))


def _leading_digits(text: str) -> str:
    """The number at the start; empty when it is longer than a count of tasks can be."""
    length = 0
    while length < min(len(text), _COUNT_LENGTH + 1) and text[length] in "0123456789":
        length += 1
    return text[:length] if length <= _COUNT_LENGTH else ""


def _sentences(prose: Sequence[str]) -> Iterator[str]:
    for line in prose:
        yield from (fold(sentence) for sentence in _SENTENCE.split(line))
