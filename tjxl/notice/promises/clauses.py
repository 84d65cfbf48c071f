"""What the numbers of one clause promise, by the words around them. Pure. The rules are those of `quantitative`."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from tjxl.notice.promises.items import Item
from tjxl.notice.promises.quantities import Quantity
from tjxl.notice.promises.sentences import Clause, Sentence
from tjxl.notice.promises.wording import (
    Lead,
    Relation,
    has_any,
    leading_joint,
    read_lead,
    split_subjects,
    verb_at_end,
    verb_at_start,
    words,
)
from tjxl.register import Comparator, Direction, Goal, Measure

_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}年")
_NOUN_END = re.compile(r"并|且|以|用于|,")
_NEAR = 10  # promises that a verb alone may refer back to
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


@dataclass(slots=True)
class Read:
    """What a sentence has given so far: its promises, and the verb that a list shares."""

    promises: list[Promise]
    parts: list[Promise]
    verb: str = ""


@dataclass(slots=True)
class ClauseReader:
    """Reads one clause's numbers into `read`."""

    sentence: Sentence
    clause: Clause
    goal: Goal
    read: Read

    def take(self, items: list[Item], at: int) -> int:
        """Read the item at `at` into promises; how many items that took."""
        item = items[at]
        lead = read_lead(self.sentence.masked, *item.left)
        if lead is None or self._is_no_promise(item):
            return 1
        if lead.relation is None and has_any(self._text((lead.start, lead.end)), words()["per_head"]):
            return 1  # 「每个区建设1个中心」
        if lead.spread == "respectively":
            return self._respectively(items, at, lead)
        if item.closes:
            self._closing(item, lead)
        else:
            self._before_noun(item, lead)
        return 1

    def _text(self, span: tuple[int, int]) -> str:
        return self.sentence.masked[span[0] : span[1]]

    def _is_no_promise(self, item: Item) -> bool:
        data = words()
        left, right = self._text(item.left), self._text(item.right)
        return (
            right.startswith(tuple(data["attribute_after"]))
            or left.endswith("的")
            or has_any(left, data["described"])
            or _YEAR.search(left) is not None
            or self._text(item.right).endswith(tuple(data["radius_nouns"]))
        )

    # ---- 「新建5G基站1万个」, 「粮食播种面积达到542.8万亩」 ----

    def _closing(self, item: Item, lead: Lead) -> None:
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
        elif before and (lead.work or before.endswith(tuple(words()["work_nouns"]))):
            self._add(item, lead, self._print(lead), "flow", sure=self._counts(item, "", before))
        elif before:
            self._bare(item, lead)

    def _related(self, item: Item, lead: Lead, *, flow: bool) -> None:
        """A relation stands directly before the number. 「均」 makes one promise of each subject."""
        relation = lead.relation
        end, tail = lead.end, ""
        if relation and relation.keep and lead.spread:
            end, tail = lead.end - len(relation.word) - 1, relation.word
        subject = self.sentence.print((lead.start, end))
        subjects = split_subjects(subject) if lead.spread else [subject]
        sure = not lead.spread or _stand_alone(subjects)
        for one in subjects:
            self._add(item, lead, one + tail, "flow" if flow else None, sure=sure)

    def _respectively(self, items: list[Item], at: int, lead: Lead) -> int:
        """「A、B分别达到10家、20家」: as many subjects as numbers, else no promise; never sure."""
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
                self._add(item, lead, subject + tail, None, sure=False)
        return taken

    def _borrowing(self, item: Item, verb: str) -> None:
        """「…项目12个，计划竣工3个」: the verb alone, of what was counted before."""
        if verb in words()["own_verbs"]:
            self._add(item, None, verb, "flow", sure=True)
            return
        for earlier in reversed(self.read.promises[-_NEAR:]):
            again = earlier.subject.startswith(verb)
            if earlier.unit == item.quantity.unit and (again or verb in words()["stage_verbs"]):
                self._add(item, None, earlier.subject + ("" if again else verb), "flow", sure=earlier.sure)
                return

    def _bare(self, item: Item, lead: Lead) -> None:
        """「幼儿园7个」: a part of a number before, or one more item beside other promises."""
        if self.clause.part and self.read.promises:
            self._add(item, lead, self._print(lead), "flow", sure=True, into=self.read.parts)
        elif self.read.promises and not self._is_name(item, self._text((lead.start, lead.end))):
            self._add(item, lead, self._print(lead), None, sure=False)

    # ---- 「新增3至5家市级大学科技园」 ----

    def _before_noun(self, item: Item, lead: Lead) -> None:
        before = self._text((lead.start, lead.end))
        noun = self._noun(item)
        if not noun or before.endswith(tuple(words()["listed_before"])):
            return
        if item.quantity.sort == "rate":
            if before and not lead.relation and (item.quantity.value, item.quantity.unit) == (100, "%"):
                self._add(item, lead, self._print(lead) + noun, "share", sure=False)
            return
        whole = self._print(lead)
        if verb_at_end(before):
            self.read.verb = whole
            self._add(item, lead, whole + noun, "flow", sure=self._counts(item, before, noun))
        elif item.quantity.comparator and item.quantity.comparator != "range" and not lead.relation:
            return  # 「100人以上企业」 is a size
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

    def _under_work_verb(self, item: Item, lead: Lead, noun: str) -> None:
        """「推进…503公里燃气管网改造」: a measured amount, and to be completed; a number of things is asked about."""
        if self._is_name(item, noun):
            return
        worked = noun.endswith(tuple(words()["work_nouns"]))
        sure = item.quantity.sort == "amount" and worked and self.goal == "complete"
        self._add(item, lead, noun, "flow", sure=sure)

    def _noun(self, item: Item) -> str:
        start, end = item.right
        found = _NOUN_END.search(self.sentence.masked, start + 1, end) if end > start else None
        return self.sentence.print((start, found.start() if found else end))

    def _serves(self, item: Item, noun: str) -> bool:
        """「为23000名老年人提供服务」."""
        data = words()
        return self._text(item.left).startswith(tuple(data["service_starts"])) and has_any(
            noun, data["service_verbs"]
        )

    def _coordinated(self, before: str) -> bool:
        """「供热旧管网和」: the number belongs to the second of two things."""
        return before.endswith(tuple(words()["joints"]))

    def _is_name(self, item: Item, noun: str) -> bool:
        """Whether the number more likely belongs to the name of a known set: 20项民心工程, 12条产业链."""
        data = words()
        return item.quantity.unit in data["name_units"] or has_any(noun, data["named_sets"])

    def _counts(self, item: Item, verb: str, noun: str) -> bool:
        """Whether a promise verb's number is surely one: of named sets only what is new."""
        data = words()
        if has_any(noun, data["named_sets"]):
            return False
        if not item.closes and item.quantity.unit.lstrip("十百千万亿") in data["capacity_units"]:
            return noun.endswith((*data["work_nouns"], *data["capacity_nouns"]))
        return item.quantity.unit not in data["name_units"] or "新" in verb

    # ---- 「街道综合养老服务中心实现全覆盖」 ----

    def take_whole(self, items: list[Item]) -> None:
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
            item = Item(quantity, (start, lead.end), (lead.end, lead.end), True, False)
            sure = not lead.work or lead.work in words()["result_verbs"]
            self._add(item, lead, subject, "share" if kind == "covered" else "stock", sure=sure)

    # ---- the promise ----

    def _print(self, lead: Lead) -> str:
        return self.sentence.print((lead.start, lead.end))

    def _add(
        self,
        item: Item,
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
        rough = quantity.rough or bool(lead and lead.rough)
        whole = not subject.endswith(tuple(words()["incomplete_ends"]))
        lower = _lower(subject, quantity, relation)
        comparator = _comparator(quantity, relation, measure, rough=rough, lower=lower)
        if quantity.unit == "" and comparator != "=" and relation is None:
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
                self.sentence.quoted(self.clause),
                sure and whole and not rough and not self.clause.aside,
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


def _lower(subject: str, quantity: Quantity, relation: Relation | None) -> bool:
    """Whether less is better. Of a fall more is: 「事故起数下降5%」."""
    data = words()
    if subject.endswith(tuple(data["falls"])):
        return False
    said = quantity.comparator or (relation.comparator if relation else None)
    return has_any(subject, data["lower"]) or said in ("<", "<=") or quantity.value == 0


def _comparator(
    quantity: Quantity, relation: Relation | None, measure: Measure, *, rough: bool, lower: bool
) -> Comparator:
    """A hedge outweighs a relation (「达到75万亩以上」); a bare number is a floor, or a ceiling."""
    if quantity.comparator:
        return quantity.comparator
    if rough:
        return "~"
    if measure == "share" and (quantity.value, quantity.unit) == (100, "%"):
        return "="  # a share of 100 % is all there is
    if relation:
        return relation.comparator
    return "<=" if lower else ">="


def _stand_alone(subjects: list[str]) -> bool:
    """Whether each of several subjects is one by itself: they end alike (…企业、…企业) or in measured nouns."""
    alike = len({subject[-2:] for subject in subjects}) == 1
    return len(subjects) > 1 and (alike or all(s.endswith(tuple(words()["measured_nouns"])) for s in subjects))
