"""The project folder (DESIGN section 3): where everything stands, and the lock that keeps two commands apart."""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from tjxl.errors import ProjectError
from tjxl.settings import Settings, load_settings

MASTER_STEM = "总台账"
MASTER_SUFFIXES = (".xlsm", ".xlsx")
SETTINGS_FILE = "tjxl.toml"
TEMPORARY_PREFIX = ".tjxl-"


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder. Paths only; nothing is read until asked for."""

    root: Path

    @property
    def master(self) -> Path:
        """The master workbook; the .xlsm where both exist."""
        for suffix in MASTER_SUFFIXES:
            path = self.root / f"{MASTER_STEM}{suffix}"
            if path.exists():
                return path
        return self.root / f"{MASTER_STEM}{MASTER_SUFFIXES[-1]}"

    @property
    def settings_file(self) -> Path:
        """The office's settings."""
        return self.root / SETTINGS_FILE

    @property
    def inbox(self) -> Path:
        """收件: where returned files are dropped."""
        return self.root / "收件"

    @property
    def archive(self) -> Path:
        """归档: every file ever accepted, named by its sha256."""
        return self.root / "归档"

    @property
    def backups(self) -> Path:
        """备份: the master before each merge."""
        return self.root / "备份"

    def issued(self, period: str) -> Path:
        """下发/<期次>: forms issued to units."""
        return self.root / "下发" / period

    def returned(self, period: str) -> Path:
        """退回/<期次>: annotated copies of returns that need mending."""
        return self.root / "退回" / period

    def settings(self) -> Settings:
        """The settings in force."""
        return load_settings(self.settings_file)

    def make_folders(self) -> None:
        """Create the folders that people look for."""
        for folder in (self.root / "下发", self.inbox, self.root / "退回", self.archive, self.backups):
            folder.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def locked(self, command: str) -> Iterator[None]:
        """Hold the project for a command that writes.

        Raises:
            ProjectError: E204, another command holds it; the message says which, whose, since when.
        """
        lock = FileLock(self.root / f"{TEMPORARY_PREFIX}lock")
        holder = self.root / f"{TEMPORARY_PREFIX}lock-holder.txt"
        try:
            lock.acquire(timeout=3)
        except Timeout as error:
            who = holder.read_text(encoding="utf-8") if holder.exists() else "另一个程序"
            raise ProjectError("E204", holder=who) from error
        try:
            now = dt.datetime.now().strftime("%H:%M:%S")
            text = f"{platform.node()} 上的 {_user()}（{command}，{now} 开始，进程 {os.getpid()}）"
            holder.write_text(text, encoding="utf-8")
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()

    def refuse_open_master(self) -> None:
        """
        Raises:
            ProjectError: E205, the master is open: the file by which Excel and WPS (`~$…`) or LibreOffice
                (`.~lock.…#`) say so is there.
        """
        name = self.master.name
        for sign in (f"~${name}", f".~lock.{name}#"):
            if self.master.with_name(sign).exists():
                raise ProjectError("E205", file=name, sign=sign)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "未知用户"


def open_project(folder: Path) -> Project:
    """The project in `folder`.

    Raises:
        ProjectError: E202 no such folder; E203 the folder holds no master.
    """
    if not folder.is_dir():
        raise ProjectError("E202", folder=folder)
    project = Project(folder)
    if not project.master.exists():
        raise ProjectError("E203", folder=folder)
    return project
