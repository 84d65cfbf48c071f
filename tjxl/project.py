"""The project folder (DESIGN section 3): where everything stands, and the lock that keeps two commands apart."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import getpass
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout

from tjxl.errors import ProjectError
from tjxl.settings import Settings, load_settings
from tjxl.whereabouts import MASTER_STEM, MASTER_SUFFIXES, master_damage, refuse_no_master, refuse_two_masters

SETTINGS_FILE = "tjxl.toml"
TEMPORARY_PREFIX = ".tjxl-"

# Seconds to wait for another command. The usual one is done in two; one over a thousand returns takes longer.
_BRIEFLY, _PATIENTLY = 3, 60
_NO_LOCKS = (errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK)
_SOMEBODY = "另一个程序"

# What synchronising programs put into the name of the second version: 坚果云「(冲突副本…)」, 百度网盘「(冲突文件…)」,
# Dropbox "(… conflicted copy …)", Nextcloud "(conflicted copy …)", Syncthing ".sync-conflict-…".
_CONFLICT_WORDS = ("冲突", "conflict")


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder. Paths only; nothing is read until asked for.

    Attributes:
        waiting: told who holds the project, once, when a command has to wait. Where somebody can read that, it
            waits longer.
    """

    root: Path
    waiting: Callable[[str], None] | None = field(default=None, compare=False)

    @property
    def master(self) -> Path:
        """The master workbook; the .xlsm where both exist, which `refuse_unclear_master` refuses."""
        for suffix in MASTER_SUFFIXES:
            path = self.root / f"{MASTER_STEM}{suffix}"
            if path.exists():
                return path
        return self.root / f"{MASTER_STEM}{MASTER_SUFFIXES[-1]}"

    def new_master(self, macros: bool) -> Path:
        """Where a new master is put: an .xlsm, or an .xlsx for an office that allows no macros."""
        return self.root / f"{MASTER_STEM}{MASTER_SUFFIXES[0 if macros else 1]}"

    @property
    def begun(self) -> bool:
        """Whether the folder is plainly a project's, its master there or not."""
        return any(path.exists() for path in (self.master, self.settings_file, self.backups, self.archive))

    def refuse_unclear_master(self) -> None:
        """
        Raises:
            ProjectError: E203, E264 to E266 the folder holds no master; E267 it holds two.
        """
        if not self.master.exists():
            refuse_no_master(self.root, self.backups, begun=self.begun)
        refuse_two_masters(self.root)

    def naming_damage(self) -> contextlib.AbstractContextManager[None]:
        """Reads the master: what is damaged is said to be the master, with the backup that replaces it (E268)."""
        return master_damage(self.master, self.backups)

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
    def verification(self) -> Path:
        """核查: where findings of audit, statistics and finance are dropped."""
        return self.root / "核查"

    @property
    def backups(self) -> Path:
        """备份: the master before each merge."""
        return self.root / "备份"

    @property
    def volumes(self) -> Path:
        """往期流水: workbooks that hold what `tjxl archive-period` has moved out of the master's ledgers."""
        return self.root / "往期流水"

    @property
    def volume_copies(self) -> Path:
        """备份/往期流水: a second one of each of these workbooks, used where the first is missing or changed."""
        return self.backups / self.volumes.name

    def issued(self, period: str, stage: str | None = None) -> Path:
        """下发/<期次>: forms issued to units; of a period with two stages 下发/<期次>/<阶段>.

        Args:
            stage: its title, 配合 or 牵头.
        """
        folder = self.root / "下发" / period
        return folder / stage if stage else folder

    def returned(self, period: str) -> Path:
        """退回/<期次>: annotated copies of returns that need mending."""
        return self.root / "退回" / period

    def reminded(self, period: str, day: dt.date) -> Path:
        """催办/<期次>/<日期>: notices to units made on a day."""
        return self.root / "催办" / period / day.isoformat()

    @property
    def templates(self) -> Path:
        """模板: what the office has changed of the wording of notices."""
        return self.root / "模板"

    def settings(self) -> Settings:
        """The settings in force."""
        return load_settings(self.settings_file)

    def make_folders(self) -> None:
        """Create the folders that people look for."""
        for folder in (
            self.root / "下发",
            self.inbox,
            self.root / "退回",
            self.archive,
            self.backups,
            self.verification,
        ):
            folder.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def locked(self, command: str) -> Iterator[None]:
        """Hold the project for a command that writes.

        Raises:
            ProjectError: E204, another command holds it; the message says which, whose, since when. E241, the
                folder's file system has no locks. E242, a synchronising program has kept two versions of the master.
                E268, E269, E276, the master proves to be damaged.
        """
        lock = FileLock(self.root / f"{TEMPORARY_PREFIX}lock", fallback_to_soft=False)
        self._acquire(lock)
        try:
            self._refuse_conflict_copies()
            now = dt.datetime.now().strftime("%H:%M:%S")
            text = f"{platform.node()} 上的 {_user()}（{command}，{now} 开始，进程 {os.getpid()}）"
            with contextlib.suppress(OSError):  # a help to whoever waits; the lock does without
                self._holder.write_text(text, encoding="utf-8")
            with self.naming_damage():
                yield
        finally:
            with contextlib.suppress(OSError):  # it is being read: the next holder writes over it
                self._holder.unlink(missing_ok=True)
            lock.release()

    @property
    def _holder(self) -> Path:
        """Where the command that holds the project says who it is."""
        return self.root / f"{TEMPORARY_PREFIX}lock-holder.txt"

    def _acquire(self, lock: BaseFileLock) -> None:
        try:
            try:
                _take(lock, _BRIEFLY)
            except Timeout:
                if self.waiting is None:
                    raise
                self.waiting(self._held_by())
                _take(lock, _PATIENTLY)
        except Timeout as error:
            raise ProjectError("E204", holder=self._held_by()) from error
        except NotImplementedError as error:
            raise ProjectError("E241", folder=self.root) from error

    def _held_by(self) -> str:
        """Who holds the project, as far as the holder has said so in a way that can be read."""
        try:
            return self._holder.read_text(encoding="utf-8").strip() or _SOMEBODY
        except (OSError, UnicodeDecodeError):
            return _SOMEBODY

    def _refuse_conflict_copies(self) -> None:
        """Two computers have written the master of a synchronised folder, and its program has kept both."""
        for path in sorted(self.root.glob(f"{MASTER_STEM}*")):
            name = path.name.casefold()
            if path.suffix.casefold() in MASTER_SUFFIXES and any(word in name for word in _CONFLICT_WORDS):
                raise ProjectError("E242", file=path.name, master=self.master.name)


def _take(lock: BaseFileLock, seconds: float) -> None:
    """
    Raises:
        Timeout: somebody else holds it.
        NotImplementedError: the operating system's lock does not work in this folder. A file that merely says
            "locked" would be no stand-in: whoever is killed leaves it behind.
    """
    if isinstance(lock, SoftFileLock):  # what filelock offers where Python knows no locks at all
        raise NotImplementedError
    try:
        lock.acquire(timeout=seconds)
    except OSError as error:  # Timeout is one, without a number
        if error.errno in _NO_LOCKS:
            raise NotImplementedError from error
        raise


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "未知用户"


def open_project(folder: Path, waiting: Callable[[str], None] | None = None) -> Project:
    """The project in `folder`.

    Args:
        waiting: told who holds the project when a command has to wait for another.

    Raises:
        ProjectError: E202 no such folder; E203, E264 to E266 it holds no master; E267 it holds two.
    """
    if not folder.is_dir():
        raise ProjectError("E202", folder=folder)
    project = Project(folder, waiting)
    project.refuse_unclear_master()
    return project
