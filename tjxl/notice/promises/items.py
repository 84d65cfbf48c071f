"""The numbers of a clause, each with the text on either side that belongs to it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tjxl.notice.promises.quantities import Quantity, find_quantities
from tjxl.notice.promises.sentences import Clause
from tjxl.notice.promises.wording import last_joint, leading_joint

_NOUN = 90  # characters in which the joint between two numbers is looked for


@dataclass(frozen=True, slots=True)
class Item:
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


def find_items(masked: str, clause: Clause) -> list[Item]:
    """The numbers of a clause. What stands between two belongs to the first up to the joint, then to the second."""
    quantities = list(find_quantities(masked[clause.start : clause.end]))
    out: list[Item] = []
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
        if not closes and last:
            right = (quantity.end, until)
        elif not closes:
            cut = last_joint(after[:_NOUN])
            if cut is None:
                continue  # 「培育10亿元以上企业5家」: the first number belongs to what the second counts
            right = (quantity.end, quantity.end + cut[0])
            next_left, next_linked = quantity.end + cut[1], True
        out.append(Item(quantity, (left, quantity.start), right, closes, linked))
        left, linked = next_left, next_linked
    return out
