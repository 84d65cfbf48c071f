"""Reading notices: the sample, and one of 10,000 tasks.

    pytest tests/bench/test_notices.py --benchmark-only --benchmark-enable

The goal for the sample is 0.3 s in a warm process.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.notice.formats import FORMATS
from tests.notice.synthetic import synthetic_notice
from tjxl.notice.columns import Titles
from tjxl.notice.documents import document_of_text
from tjxl.notice.read import read_notice
from tjxl.resources import sample_notice
from tjxl.settings import load_settings

SETTINGS = load_settings()


@pytest.mark.benchmark(group="notice")
@pytest.mark.parametrize("kind", ["txt", *FORMATS])
def test_the_sample(benchmark: Any, kind: str, tmp_path: Path) -> None:
    text = sample_notice().read_text(encoding="utf-8")
    path = tmp_path / f"通知.{kind}"
    if kind == "txt":
        path.write_text(text, encoding="utf-8")
    else:
        path.write_bytes(FORMATS[kind](document_of_text(text, "x.txt", Titles())))
    assert len(benchmark(read_notice, path, 2022, SETTINGS).tasks) == 138


@pytest.mark.benchmark(group="notice of 10,000 tasks")
def test_ten_thousand_tasks(benchmark: Any, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    tasks = 10_000 if request.config.getoption("benchmark_enable") else 100
    path = tmp_path / "通知.txt"
    path.write_text(synthetic_notice(tasks, 59, 1), encoding="utf-8")
    assert len(benchmark(read_notice, path, 2022, SETTINGS).tasks) == tasks
