"""The test of datamaps is there once `just bench` has made its environment; the suite itself asks no registry."""

from __future__ import annotations

from tests.bench.datamaps import CACHE, program

collect_ignore = [] if program(CACHE, "datamaps").exists() else ["test_datamaps.py"]
