"""Reading a notice written down in the test itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tjxl.notice.read import read_notice
from tjxl.register import Register
from tjxl.settings import Settings, load_settings

Read = Callable[..., Register]

HEAD = """\
天津市人民政府关于做好2022年市政府重点工作的通知

\t序号
\t主要任务
\t重点工作
\t完成时限
\t分管领导
\t责任单位

"""
NOTE = "\n注：每项工作责任单位列第一位的为牵头单位，其他为配合单位。\n"


def row(serial_no: object, units: str, *, theme: str = "一、稳增长", task: str = "做好一件事。",
        deadline: str = "年底前完成", leader: str = "王卫东") -> str:  # fmt: skip
    """One row in the tab-marked layout."""
    return "".join(f"\t{cell}\n" for cell in (serial_no, theme, task, deadline, leader, units)) + "\n"


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The shipped defaults: Tianjin's groups and aliases."""
    return load_settings()


@pytest.fixture
def read(tmp_path: Path, settings: Settings) -> Read:
    """Read a notice given as text or bytes."""

    def read(content: str | bytes, year: int = 2022) -> Register:
        path = tmp_path / "通知.txt"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_notice(path, year, settings)

    return read


@pytest.fixture
def read_rows(read: Read) -> Read:
    """Read a notice made of these rows, with the sample's head and note."""

    def read_rows(*rows: str, head: str = HEAD, note: str = NOTE) -> Register:
        return read(head + "".join(rows) + note)

    return read_rows
