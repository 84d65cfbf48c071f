"""The decorated master: every decoration in order."""

from __future__ import annotations

from tests.decorated.drawings import button, own_charts, pictures_and_shapes
from tests.decorated.own import OWN_DECORATIONS, slicers
from tests.decorated.package import Parts
from tests.decorated.tables import TABLE_DECORATIONS, header_picture
from tests.decorated.workbook import BOOK_DECORATIONS

DECORATIONS = (
    *TABLE_DECORATIONS,
    *OWN_DECORATIONS,
    pictures_and_shapes,
    header_picture,
    own_charts,
    button,
    slicers,
    *BOOK_DECORATIONS,
)


def decorated(master: bytes) -> bytes:
    """A master as `tjxl init` and `tjxl issue` leave it, with everything an office adds."""
    parts = Parts(master)
    for decorate in DECORATIONS:
        decorate(parts)
    return parts.save()
