"""What a community says on its phone, and how a difference is settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from apps.core import formats
from apps.core.forms import CountField, PortalForm

from .forms import HoursField
from .models import SigningLine
from .services.signing import Answer
from .signing_enums import Manner, Side

MOST_HEADS = 9999


@dataclass(frozen=True)
class Asked:
    """One line as it is asked."""

    line: SigningLine
    heads: forms.BoundField
    hours: forms.BoundField


class ConfirmForm(PortalForm):
    """Heads and hours of each line, and who says so."""

    name = forms.CharField(label="确认人姓名", max_length=40)
    title = forms.CharField(label="职务", max_length=40, help_text="如：社区书记、网格长")
    remark = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, *args: Any, lines: Sequence[SigningLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self.fields[f"heads_{line.pk}"] = CountField(
                label="实际到岗（人）",
                max_value=MOST_HEADS,
                error_messages={
                    "required": "请填写实际到岗人数，没有人到岗的填 0。",
                    "max_value": f"不能大于 {MOST_HEADS}，请核对。",
                },
            )
            self.fields[f"hours_{line.pk}"] = HoursField(
                label="每人时长（小时）", required=False, initial=getattr(line, "worked", None)
            )

    @property
    def asked(self) -> list[Asked]:
        return [
            Asked(line, self[f"heads_{line.pk}"], self[f"hours_{line.pk}"]) for line in self.lines
        ]

    @property
    def answers(self) -> dict[int, Answer]:
        data = self.cleaned_data
        return {
            line.pk: Answer(data[f"heads_{line.pk}"], data[f"hours_{line.pk}"])
            for line in self.lines
        }


class SettleForm(PortalForm):
    """Whose number stands."""

    side = forms.ChoiceField(label="按哪一方核定", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="核定理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如：已与社区书记电话核实，夜班 5 人 20:00 后到岗。",
    )

    def __init__(self, *args: Any, line: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = {Side.UNIT: (line.present, line.worked), Side.COMMUNITY: (line.heads, line.hours)}
        side: Any = self.fields["side"]
        side.choices = [(key, f"{key.label}：{_written(*said[key])}") for key in Side]


def _written(heads: int | None, hours: Any) -> str:
    """24 人，每人 8 小时."""
    people = formats.figure(heads, " 人", reason=formats.Blank.MISSING)
    return people if hours is None else f"{people}，每人 {formats.number(hours)} 小时"


class EnterForm(ConfirmForm):
    """The same at the desk, where one line of fields follows the other: each says whose it is."""

    manner = forms.ChoiceField(label="方式", choices=Manner.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for asked in self.asked:
            unit = asked.line.deployment.unit
            asked.heads.field.label = asked.heads.label = f"{unit} 实际到岗（人）"
            asked.hours.field.label = asked.hours.label = f"{unit} 每人时长（小时）"
        self.order_fields([*(name for name in self.fields if "_" in name), *self.fields])
