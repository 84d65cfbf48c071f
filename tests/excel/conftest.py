"""A LibreOffice for the whole run, and an office that works on its master in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("xlwings")

from tests.excel.engine import Engine
from tests.excel.program import running, uno


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """An xlwings engine over a LibreOffice of the tests' own."""
    import xlwings

    if uno is None:
        pytest.skip("no LibreOffice to speak to")
    with running() as desktop:
        made = Engine(desktop)
        xlwings.engines.add(xlwings.Engine(impl=made))
        yield made


@pytest.fixture
def open_book(engine: Engine) -> Iterator[Callable[[Path], Any]]:
    """Opens a workbook as a person does and gives the `xlwings.Book`; closed without saving in the end."""
    import xlwings

    books: list[Any] = []

    def opened(path: Path) -> Any:
        app = next(iter(xlwings.engines["libreoffice"].apps))
        books.append(app.books.open(str(path)))
        engine.calls.made.clear()
        return books[-1]

    yield opened
    engine.calls.fail_at(None)
    for book in books:
        book.close()
