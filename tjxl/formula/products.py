"""Operators over arrays, where one side being mostly zeros spares going through the whole of the other."""

from __future__ import annotations

import math

from tjxl.formula.arrays import Array, Sparse, spread
from tjxl.formula.operators import OPERATORS
from tjxl.formula.values import Value

_TIMES = OPERATORS["*"]


def combined(operator: str, left: Value | Array, right: Value | Array) -> Value | Array:
    """``left operator right``, element by element."""
    if operator == "*" and isinstance(left, Array) and isinstance(right, Array):
        product = _sparse_product(left, right)
        if product is not None:
            return product
    return spread(OPERATORS[operator], left, right)


def _sparse_product(left: Array, right: Array) -> Sparse | None:
    """The product where one side is sparse and the other has numbers alone, so that zeros stay zeros."""
    if (left.height, left.width, left.cut) != (right.height, right.width, right.cut) or left.cut:
        return None
    few = [side for side in (left, right) if isinstance(side, Sparse)]
    if not few:
        return None
    sparse = min(few, key=lambda side: len(side.few))
    other = right if sparse is left else left
    if not _numeric(other):
        return None
    if isinstance(other, Sparse):
        factors = [other.few.get(position, other.rest) for position in sparse.few]
    else:
        factors = [other.cells[position] for position in sparse.few]
    products = {
        position: _TIMES(value, factor) if sparse is left else _TIMES(factor, value)
        for (position, value), factor in zip(sparse.few.items(), factors, strict=True)
    }
    return Sparse(products, 0.0, left.height, left.width)


def _numeric(array: Array) -> bool:
    """Whether all elements are finite numbers or blank; found out once for each array."""
    if array.numeric is None:
        elements = array.few.values() if isinstance(array, Sparse) else array.cells
        array.numeric = all(v is None or (isinstance(v, (int, float)) and math.isfinite(v)) for v in elements)
    return array.numeric
