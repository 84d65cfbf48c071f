"""The quantitative promises of a text: which numbers promise something, of what, and how much. Pure.

Precision matters more than recall. A number is a promise only where the wording says so:

* a relation stands directly before it (达到, 突破, 控制在, 增长) or a hedge behind it (以上, 以内, 左右), and a subject before;
* a promise verb governs it: 「新增3至5家…」, 「新建5G基站1万个」; the items of a list share its verb;
* what a work verb governs (推进, 实施) is one where number and unit close the phrase, or where a measured amount of work is
  to be completed (「推进…503公里燃气管网改造」, 完成);
* 「全覆盖」 is 100 %, 「动态清零」 is 0;
* what 「其中」 breaks down is one where the parts add up to a number before.

What reads like a promise without being one for certain is marked `sure=False`. Everything else is no promise: names
(see `quantities`, `sentences`), attributes (「15万元的贷款」), numbers of listed things (「…等8个专业」), policies, the past.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tjxl.notice.dates import Seasons
from tjxl.notice.quantities import Quantity, find_quantities
from tjxl.notice.sentences import Clause, Sentence, read_sentences
from tjxl.notice.wording import (
    Lead,
    Relation,
    has_any,
    last_joint,
    leading_joint,
    read_lead,
    split_subjects,
    verb_at_end,
    verb_at_start,
    words,
)
from tjxl.register import Comparator, Direction, Goal, Measure

_WANTED = re.compile(r"\d|全覆盖|清零")
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})年")
_NOUN_END = re.compile(r"并|且|以|用于|,")
_SHORTEST, _LONGEST = 2, 45  # characters of a subject


@dataclass(frozen=True, slots=True)
class Promise:
    """A number that a text promises; the fields are those of `register.Target`.

    `due` is None where the text names no day of its own. `sure` is False where a person should say whether it is one.
    """

    subject: str
    comparator: Comparator
    value: float
    upper: float | None
    unit: str
    measure: Measure
    direction: Direction
    due: dt.date | None
    text: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class _Item:
    """A number of a clause with the text on either side, cut from its neighbours.

    Attributes:
        left, right: spans in the masked text.
        closes: number and unit close the phrase (「基站1万个」), no noun follows.
        linked: a joint ties it to the item before.
    """

    quantity: Quantity
    left: tuple[int, int]
    right: tuple[int, int]
    closes: bool
    linked: bool


@dataclass(slots=True)
class _Read:
    """What a sentence has given so far: its promises, and the verb that a list shares."""

    promises: list[Promise]
    parts: list[Promise]
    verb: str = ""


def read_promises(text: str, year: int, goal: Goal, seasons: Seasons) -> list[Promise]:
    """The promises of a task or deadline text, in printed order.

    Args:
        text: as printed.
        year: the notice's year; a day in another year makes a promise unsure.
        goal: of the task; a measured amount under a work verb is a promise where the task is to be completed.
        seasons: from the settings.
    """
    out: list[Promise] = []
    for sentence in read_sentences(text, year, seasons, _WANTED):
        if not has_any(sentence.masked, words()["policy_words"]):
            out += [p for p in _of_sentence(sentence, goal) if p.due is None or p.due.year >= year]
    return [p if p.due is None or p.due.year == year else replace(p, sure=False) for p in out]


def _of_sentence(sentence: Sentence, goal: Goal) -> list[Promise]:
    read = _Read([], [])
    for clause in sentence.clauses:
        text = sentence.masked[clause.start : clause.end]
        if has_any(text, words()["past_words"]):
            continue
        read.verb = ""
        items = _items(sentence.masked, clause)
        reader = _ClauseReader(sentence, clause, goal, read)
        i = 0
        while i < len(items):
            i += reader.take(items, i)
        reader.take_whole(items)
    return read.promises + _settled_parts(read)


def _items(masked: str, clause: Clause) -> list[_Item]:
    """The numbers of a clause. What stands between two belongs to the first up to the joint, then to the second."""
    quantities = list(find_quantities(masked[clause.start : clause.end]))
    out: list[_Item] = []
    left, linked = clause.start, False
    for i, found in enumerate(quantities):
        quantity = replace(found, start=found.start + clause.start, end=found.end + clause.start)
        last = i + 1 == len(quantities)
        until = clause.end if last else quantities[i + 1].start + clause.start
        after = masked[quantity.end : until]
        joint = leading_joint(after)
        closes = not after or bool(joint) or after[0] == "("
        right = (quantity.end, quantity.end)
        next_left, next_linked = quantity.end + joint, bool(joint)
        if not closes and (last or len(after) > 2 * _LONGEST):
            right, next_left = (quantity.end, until), until
        elif not closes:
            cut = last_joint(after)
            right = (quantity.end, quantity.end + cut[0] if cut else until)
            next_left, next_linked = (quantity.end + cut[1], True) if cut else (until, False)
        out.append(_Item(quantity, (left, quantity.start), right, closes, linked))
        left, linked = next_left, next_linked
    return out


@dataclass(slots=True)
class _ClauseReader:
    """Reads one clause's numbers into `read`."""

    sentence: Sentence
    clause: Clause
    goal: Goal
    read: _Read

    def take(self, items: list[_Item], at: int) -> int:
        """Read the item at `at` into promises; how many items that took."""
        item = items[at]
        lead = read_lead(self.sentence.masked, *item.left)
        if lead is None or self._is_no_promise(item):
            return 1
        if lead.spread == "respectively":
            return self._respectively(items, at, lead)
        if item.closes:
            self._closing(item, lead)
        else:
            self._before_noun(item, lead)
        return 1

    def _text(self, span: tuple[int, int]) -> str:
        return self.sentence.masked[span[0] : span[1]]

    def _is_no_promise(self, item: _Item) -> bool:
        data = words()
        left, right = self._text(item.left), self._text(item.right)
        years = [int(year) for year in _YEAR.findall(left)]
        return (
            right.startswith(tuple(data["attribute_after"]))
            or left.endswith("的")
            or has_any(left, data["per_head"])
            or has_any(left, data["described"])
            or bool(years)
        )

    # ---- 「新建5G基站1万个」, 「粮食播种面积达到542.8万亩」 ----

    def _closing(self, item: _Item, lead: Lead) -> None:
        before = self._text((lead.start, lead.end))
        verb = verb_at_start(before)
        inner = has_any(before, words()["inner_verbs"])
        if lead.relation and (not lead.relation.keep or before != lead.relation.word):
            self._related(item, lead, flow=inner)
        elif verb and before == verb:
            self._borrowing(item, verb)
        elif verb or inner:
            self.read.verb = verb or self.read.verb
            self._add(item, lead, self._print(lead), "flow", sure=self._counts(item, verb, before))
        elif item.linked and self.read.verb and before:
            self._add(item, lead, self.read.verb + self._print(lead), "flow", sure=True)
        elif item.quantity.comparator and before:
            self._add(item, lead, self._print(lead), None, sure=item.quantity.comparator != "range")
        elif lead.work and before:
            self._add(item, lead, self._print(lead), "flow", sure=self._counts(item, "", before))
        elif before:
            self._bare(item, lead)

    def _related(self, item: _Item, lead: Lead, *, flow: bool) -> None:
        """A relation stands directly before the number. 「均」 makes one promise of each subject."""
        relation = lead.relation
        end, tail = lead.end, ""
        if relation and relation.keep and lead.spread:
            end, tail = lead.end - len(relation.word) - 1, relation.word
        subject = self.sentence.print((lead.start, end))
        subjects = split_subjects(subject) if lead.spread else [subject]
        sure = not lead.spread or len(subjects) > 1 or not has_any(subject, ["、"])
        for one in subjects:
            self._add(item, lead, one + tail, "flow" if flow else None, sure=sure)

    def _respectively(self, items: list[_Item], at: int, lead: Lead) -> int:
        """「A、B分别达到10家、20家」: as many subjects as numbers, else no promise."""
        taken = 1
        while at + taken < len(items):
            item = items[at + taken]
            if not item.linked or self._text(item.left):
                break
            taken += 1
        relation = lead.relation
        end, tail = lead.end, ""
        if relation and relation.keep:
            tail = relation.word
            end -= len(tail) + len("分别")
        subjects = split_subjects(self.sentence.print((lead.start, end)))
        if relation and len(subjects) == taken:
            for subject, item in zip(subjects, items[at : at + taken], strict=True):
                self._add(item, lead, subject + tail, None, sure=True)
        return taken

    def _borrowing(self, item: _Item, verb: str) -> None:
        """「…项目12个，计划竣工3个」: the verb alone, of what was counted before."""
        for earlier in reversed(self.read.promises):
            if earlier.unit == item.quantity.unit:
                self._add(item, None, earlier.subject + verb, "flow", sure=earlier.sure)
                return

    def _bare(self, item: _Item, lead: Lead) -> None:
        """「幼儿园7个」: a part of a number before, or one more item beside other promises."""
        if self.clause.part and self.read.promises:
            self._add(item, lead, self._print(lead), "flow", sure=True, into=self.read.parts)
        elif self.read.promises and not self._is_name(item, self._text((lead.start, lead.end))):
            self._add(item, lead, self._print(lead), None, sure=False)

    # ---- 「新增3至5家市级大学科技园」 ----

    def _before_noun(self, item: _Item, lead: Lead) -> None:
        before = self._text((lead.start, lead.end))
        noun = self._noun(item)
        if not noun or before.endswith(tuple(words()["listed_before"])):
            return
        if item.quantity.sort == "rate":
            if before and not lead.relation and (item.quantity.value, item.quantity.unit) == (100, "%"):
                self._add(item, lead, self._print(lead) + noun, "share", sure=False)
            return
        whole = self._print(lead)
        if verb_at_end(before) and not (lead.relation and not lead.relation.keep and not before):
            self.read.verb = whole
            self._add(item, lead, whole + noun, "flow", sure=self._counts(item, before, noun))
        elif not before and item.linked and self.read.verb:
            self._add(item, lead, self.read.verb + noun, "flow", sure=True)
        elif not before and lead.relation:
            self._add(item, lead, noun, None, sure=not lead.work)
        elif self._serves(item, noun):
            self._add(item, lead, self.sentence.print((item.left[0], item.left[1])) + noun, "flow", sure=False)
        elif verb_at_start(before) and self._coordinated(before):
            self._add(item, lead, verb_at_start(before) + noun, "flow", sure=self._counts(item, before, noun))
        elif lead.work and (not before or self._coordinated(before)):
            self._under_work_verb(item, lead, noun)

    def _under_work_verb(self, item: _Item, lead: Lead, noun: str) -> None:
        """「推进…503公里燃气管网改造」: a measured amount, and to be completed; a number of things is asked about."""
        if self._is_name(item, noun):
            return
        worked = noun.endswith(tuple(words()["work_nouns"]))
        sure = item.quantity.sort == "amount" and worked and self.goal == "complete"
        self._add(item, lead, noun, "flow", sure=sure)

    def _noun(self, item: _Item) -> str:
        start, end = item.right
        found = _NOUN_END.search(self.sentence.masked, start + 1, end) if end > start else None
        return self.sentence.print((start, found.start() if found else end))

    def _serves(self, item: _Item, noun: str) -> bool:
        """「为23000名老年人提供服务」."""
        data = words()
        return self._text(item.left).startswith(tuple(data["service_starts"])) and has_any(noun, data["service_verbs"])

    def _coordinated(self, before: str) -> bool:
        """「供热旧管网和」: the number belongs to the second of two things."""
        return before.endswith(tuple(words()["joints"]))

    def _is_name(self, item: _Item, noun: str) -> bool:
        """Whether the number more likely belongs to the name of a known set: 20项民心工程, 12条产业链."""
        data = words()
        return item.quantity.unit in data["name_units"] or has_any(noun, data["named_sets"])

    def _counts(self, item: _Item, verb: str, noun: str) -> bool:
        """Whether a promise verb's number is surely one: of named sets only what is new."""
        if has_any(noun, words()["named_sets"]):
            return False
        return item.quantity.unit not in words()["name_units"] or "新" in verb

    # ---- 「街道综合养老服务中心实现全覆盖」 ----

    def take_whole(self, items: list[_Item]) -> None:
        """全覆盖 is a share of 100 %, 动态清零 a number of 0."""
        start = items[-1].right[1] if items else self.clause.start
        start += leading_joint(self._text((start, self.clause.end)))
        text = self._text((start, self.clause.end))
        for kind, value, unit in (("covered", 100.0, "%"), ("cleared", 0.0, "")):
            word = next((w for w in words()[kind] if text.endswith(w)), "")
            lead = read_lead(self.sentence.masked, start, self.clause.end - len(word)) if word else None
            if lead is None or lead.start >= lead.end or has_any(text, words()["slogan_starts"]):
                continue
            subject = self._print(lead) + ("覆盖率" if kind == "covered" else "")
            quantity = Quantity(start, self.clause.end, value, None, unit, "none", "=", rough=False)
            item = _Item(quantity, (start, lead.end), (lead.end, lead.end), True, False)
            self._add(item, lead, subject, "share" if kind == "covered" else "stock", sure=not lead.work)

    # ---- the promise ----

    def _print(self, lead: Lead) -> str:
        return self.sentence.print((lead.start, lead.end))

    def _add(
        self,
        item: _Item,
        lead: Lead | None,
        subject: str,
        measure: Measure | None,
        *,
        sure: bool,
        into: list[Promise] | None = None,
    ) -> None:
        if not _SHORTEST <= len(subject) <= _LONGEST or subject.startswith(tuple("、,)的")):
            return
        quantity, relation = item.quantity, lead.relation if lead else None
        measure = _measure(subject, quantity, relation, measure)
        lower = _lower(subject, quantity.comparator or (relation.comparator if relation else None))
        rough = quantity.rough or bool(lead and lead.rough)
        comparator: Comparator
        if quantity.comparator:
            comparator = quantity.comparator
        elif rough:
            comparator = "~"
        elif relation:
            comparator = relation.comparator
        else:
            comparator = "<=" if lower else ">="
        if quantity.unit == "" and quantity.sort == "none" and comparator != "=" and relation is None:
            return  # 「60以上」 counts nothing that is named
        (self.read.promises if into is None else into).append(
            Promise(
                subject,
                comparator,
                quantity.value,
                quantity.upper,
                quantity.unit,
                measure,
                "lower" if lower else "higher",
                self.clause.due,
                self.clause.text,
                sure and not rough and not self.clause.aside,
            )
        )


def _measure(subject: str, quantity: Quantity, relation: Relation | None, measure: Measure | None) -> Measure:
    data = words()
    rate = quantity.sort == "rate"
    if has_any(subject, data["price"]) and (rate or not quantity.unit):
        return "price"
    if rate and subject.endswith(tuple(data["growth"])):
        return "growth"
    if measure == "share" or quantity.unit in ("%", "‰"):
        return "share"
    if measure:
        return measure
    return "flow" if relation and relation.measure else "stock"


def _lower(subject: str, comparator: Comparator | None) -> bool:
    """Whether less is better. Of a fall more is: 「事故起数下降5%」."""
    data = words()
    if subject.endswith(tuple(data["falls"])):
        return False
    return has_any(subject, data["lower"]) or comparator in ("<", "<=")


def _settled_parts(read: _Read) -> list[Promise]:
    """What 「其中」 breaks down: sure where the parts add up to a number before (quantities.tsv: sum check)."""
    if not read.parts:
        return []
    total = sum(part.value for part in read.parts)
    unit = read.parts[0].unit
    wholes = [p for p in read.promises if p.unit == unit and p.upper is None]
    exact = [p for p in wholes if abs(p.value - total) < 1e-9 * max(1.0, total)]
    whole = exact[-1] if exact else wholes[-1] if wholes else None
    if whole is None or any(part.unit != unit for part in read.parts):
        return []
    return [
        replace(
            part,
            subject=f"{whole.subject}（{part.subject}）",
            comparator=whole.comparator if part.comparator == ">=" else part.comparator,
            measure=whole.measure,
            sure=part.sure and whole.sure and bool(exact),
        )
        for part in read.parts
    ]
