"""What the tasks of a notice commit to: milestones and targets, and what the office is asked about them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tjxl.findings import Finding
from tjxl.notice.dates import Seasons
from tjxl.notice.promises.milestones import ask_about_milestones, read_milestones
from tjxl.notice.promises.targets import ask_about_targets, read_targets
from tjxl.register import Milestone, Question, Target, Task


@dataclass(slots=True)
class Commitments:
    """The milestones and targets of all tasks, in the order of the tasks."""

    milestones: list[Milestone] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_commitments(tasks: Iterable[Task], year: int, seasons: Seasons) -> Commitments:
    """The milestones and targets that task and deadline texts state; what is uncertain among them is a question."""
    out = Commitments()
    for task in tasks:
        milestones = read_milestones(task, year, seasons)
        targets = read_targets(task, year, seasons)
        out.milestones += milestones
        out.targets += targets.targets
        for questions, findings in (ask_about_milestones(task, milestones), ask_about_targets(task, targets)):
            out.questions += questions
            out.findings += findings
    return out
