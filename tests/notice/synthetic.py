"""Notices of any size in the sample's layout, for tests and benchmarks. Pure: the same arguments, the same text.

`plan` says what is in it, `render` prints it; a test reads the text back and compares with the plan.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

_ORDINALS = "一二三四五六七八九十"
_LEADERS = ("王卫东", "孙文魁", "王旭", "李树起", "董家禄")
_DEADLINES = ("年底前完成", "年底前取得明显进展", "10月底前完成", "年底前取得明显进展。其中方案，6月底前完成")
_TITLES = ("序号", "主要任务", "重点工作", "完成时限", "分管领导", "责任单位")
_TASKS_PER_PAGE = 9
_COOPERATING_AT_MOST = 6


@dataclass(frozen=True)
class PlannedTask:
    """One row as it is meant."""

    serial_no: int
    theme: str
    text: str
    deadline: str
    leaders: tuple[str, ...]
    units: tuple[str, ...]


def plan(tasks: int, units: int, seed: int) -> list[PlannedTask]:
    """`tasks` rows in which each of `units` units leads or cooperates at least once.

    Where there are fewer tasks than units, the surplus units cooperate, several a task.
    """
    rng = random.Random(seed)
    names = [f"市第{n}局" for n in range(1, units + 1)]
    rng.shuffle(names)
    out = []
    for i in range(tasks):
        own = names[i::tasks] or [names[i % units]]
        others = rng.sample(names, min(units, rng.randint(0, _COOPERATING_AT_MOST)))
        chapter = i * len(_ORDINALS) // tasks
        out.append(
            PlannedTask(
                serial_no=i + 1,
                theme=f"{_ORDINALS[chapter]}、全力推进第{chapter + 1}方面工作",
                text=f"新建第{i + 1}号示范项目{rng.randint(1, 900)}个，提升服务水平。",
                deadline=rng.choice(_DEADLINES),
                leaders=tuple(rng.sample(_LEADERS, rng.choice((1, 1, 1, 2)))),
                units=tuple(dict.fromkeys([*own, *others])),
            )
        )
    return out


def render(planned: list[PlannedTask], seed: int) -> str:
    """The notice: themes printed at their start and after page breaks, blank lines inside some unit cells."""
    rng = random.Random(seed)
    lines = [
        "",
        "天津市人民政府关于切实",
        "",
        "做好2022年市政府重点工作的通知",
        "各区人民政府，市政府各委、办、局：",
        "",
        f"市政府确定了2022年市政府重点工作，将工作任务分解为{len(planned)}项。",
        "附件：2022年市政府重点工作责任分解表",
        "",
        *(f"\t{title}" for title in _TITLES),
        "",
    ]
    previous = ""
    for i, task in enumerate(planned):
        printed = task.theme if task.theme != previous or i % _TASKS_PER_PAGE == 0 else ""
        previous = task.theme
        between = "\n\n" if rng.random() < 0.05 else "\n"
        cells = (
            str(task.serial_no),
            printed,
            task.text,
            task.deadline,
            "\n".join(task.leaders),
            between.join(task.units),
        )
        lines += [*(f"\t{cell}" for cell in cells), ""]
    lines += ["", "注：每项工作责任单位列第一位的为牵头单位，其他为配合单位。", ""]
    return "\n".join(lines)


def synthetic_notice(tasks: int, units: int, seed: int) -> str:
    """A notice with `tasks` tasks and `units` units, each of which leads or cooperates in something."""
    return render(plan(tasks, units, seed), seed)
