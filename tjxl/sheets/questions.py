"""Questions of 待裁决: the row that people see, what tjxl remembers of it, and the dropdown of 处理意见.

One dropdown serves the whole column. Its list is a formula that finds the choices of the row's 编号 in the hidden
table 备选意见, so that it stays right when rows are added or sorted, and is as long as it has to be (a list that
stands in the validation itself may have 255 characters). The formula names ranges: older programs take no
reference to another sheet there.
"""

from __future__ import annotations

import json
from typing import Any

from tjxl.fields.formula_text import condensed_text
from tjxl.register import Question
from tjxl.resources import layout_toml
from tjxl.sheets.figures import text
from tjxl.sheets.layout import state_titles
from tjxl.sheets.model import Content

OPTION_NAMES = {"question_no": "裁决编号", "choice": "裁决选项", "answer": "裁决作答"}
"""Columns of 备选意见 → the defined names of their ranges."""

_WRITTEN = ("open-group", "group-members", "more-units", "lead", "deadline", "milestone-due")
"""Kinds of key of questions to which other units or another day may be the answer."""


def question_no(number: int) -> str:
    """The key of a question: `Q001`."""
    return f"Q{number:03d}"


def question_row(number: int, question: Question) -> dict[str, Content]:
    """A row of 待裁决 by column name."""
    words = layout_toml("master.toml")["words"]
    return {
        "question_no": question_no(number),
        "period": question.period,
        "unit": question.unit,
        "task_code": question.task_code,
        "question": question.text,
        "choices": words["separator"].join(question.choices) or None,
        "state": state_titles()["open_question"],
    }


def decided_row(number: int, question: Question) -> dict[str, Content]:
    """A row of 裁决依据: what an answer to the question will decide."""
    return {
        "question_no": question_no(number),
        "key": question.key,
        "data": json.dumps(question.data, ensure_ascii=False),
        "choices": json.dumps(question.choices, ensure_ascii=False),
    }


def option_rows(number: int, question: Question) -> list[dict[str, Content]]:
    """The rows of 备选意见: a choice each."""
    words = layout_toml("master.toml")["words"]
    answer = words["write" if question.key.partition(":")[0] in _WRITTEN else "choose"]
    return [{"question_no": question_no(number), "choice": c, "answer": answer} for c in question.choices]


def choices_formula(key: str) -> str:
    """The range of the choices of the question whose 编号 is in the cell *key*; an error where it has none.

    OFFSET, because Excel takes no range operator (INDEX:INDEX) in the list of a validation.
    """
    numbers, choices = OPTION_NAMES["question_no"], OPTION_NAMES["choice"]
    return f"=OFFSET({choices},MATCH({key},{numbers},0)-1,0,COUNTIF({numbers},{key}),1)"


def no_choice_formula(key: str, answer: str) -> str:
    """True where the cell *answer* holds none of the choices of a question that only they can answer."""
    numbers, choices, answers = OPTION_NAMES.values()
    given = condensed_text(answer)
    only = text(layout_toml("master.toml")["words"]["choose"])
    found = f"SUMPRODUCT(({numbers}={key})*EXACT({choices},{given}))"
    return f"=AND(LEN({given})>0,INDEX({answers},MATCH({key},{numbers},0))={only},{found}=0)"


def dropdown(key: str) -> dict[str, Any]:
    """The validation of 处理意见 over that of its field. Nothing is refused: what is no choice may be the answer."""
    return {"validate": "list", "source": choices_formula(key), "show_error": False}
