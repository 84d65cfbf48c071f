"""Names in a cell: splitting, and what kind of unit a name means. Pure."""

from __future__ import annotations

import re

from tjxl.notice.words import DROPPED, fold, notice_data
from tjxl.register import UnitKind

_OPENING, _CLOSING = "（(〈《[【", "）)〉》]】"
_SEPARATORS = "、，,；;"
_SLASHES = "/／"
# 「各县、市、区政府」 is one group: its inner 、 parts no names (groups.tsv, 滁州).
_LISTED_IN_GROUP = re.compile(r"各[县市区旗州盟乡镇](?:、[县市区旗州盟乡镇街道]{1,2}){1,5}")
_KEPT = "\ue000"
_SPACE = re.compile(r"(?<![!-~])\s+|\s+(?![!-~])")
"""White space that means nothing in a name: any but that between two Latin words."""


def one_name(cell: str) -> str:
    """The name in a cell that holds one: without the spaces, line breaks and invisible characters typed along."""
    return " ".join(_SPACE.sub("", cell.translate(DROPPED).strip()).split())


def split_names(cell: str) -> tuple[str, ...]:
    """The names in a cell, in order: one a line, or parted by 、，；/ or white space; brackets are kept whole.

    A name spaced out to fill a column (「王　旭」) is closed up.
    """
    names: list[str] = []
    for line in _LISTED_IN_GROUP.sub(lambda m: m[0].replace("、", _KEPT), cell.translate(DROPPED)).split("\n"):
        for part in _outside_brackets(line):
            words = part.split()
            pieces = ["".join(words)] if any(len(w) == 1 for w in words) else words
            for piece in pieces:
                name = piece.replace(_KEPT, "、").rstrip("。.")
                if names and name.startswith(tuple(_OPENING)):
                    names[-1] += name  # a bracket wrapped to the next line
                elif name:
                    names.append(name)
    return tuple(names)


def _outside_brackets(line: str) -> list[str]:
    parts: list[str] = []
    depth, start = 0, 0
    for i, char in enumerate(line):
        if char in _OPENING:
            depth += 1
        elif char in _CLOSING:
            depth = max(0, depth - 1)
        elif depth == 0 and (char in _SEPARATORS or (char in _SLASHES and _between_names(line, i))):
            parts.append(line[start:i])
            start = i + 1
    parts.append(line[start:])
    return parts


def _between_names(line: str, at: int) -> bool:
    """Whether a slash parts two names: Chinese, or a bracket's end, on both its sides (not that of 「TCP/IP」)."""
    before, after = line[at - 1 : at], line[at + 1 : at + 2]
    return ("\u4e00" <= before <= "\u9fff" or before in tuple(_CLOSING)) and "\u4e00" <= after <= "\u9fff"


def unit_kind(name: str) -> UnitKind:
    """Department, district or other by the name's form; groups are the settings' and `looks_like_group`'s matter."""
    words = notice_data("units")
    if name.endswith(tuple(words["district_ends"])):
        return "district"
    return "department" if name.startswith(tuple(words["department_prefixes"])) else "other"


def looks_like_group(name: str) -> bool:
    """Whether a name stands for several units even where no setting lists it (各街道, 市有关部门)."""
    words = notice_data("units")
    return name.startswith(tuple(words["group_starts"])) or any(word in name for word in words["group_words"])


def names_all_of_a_kind(name: str) -> bool:
    """Whether a group means every unit of a kind (各街道, 市政府各部门), not those concerned (各有关部门)."""
    words = notice_data("units")
    some = any(word in name for word in words["some_words"])
    return not some and (name.startswith(words["all_start"]) or any(word in name for word in words["all_words"]))


def looks_odd(name: str) -> bool:
    """Whether a text is hardly a unit's name: a sentence, or far too long."""
    words = notice_data("units")
    return len(name) > words["longest"] or any(mark in name for mark in words["odd_marks"])


def plain_name(name: str) -> str:
    """The name before its bracket, folded: 市外办 of 市外办（市港澳办）, 各区人民政府 of 各区人民政府〈含开发区〉."""
    folded = fold(name)
    return folded[: min((at for mark in _OPENING if (at := folded.find(mark)) > 0), default=len(folded))]
