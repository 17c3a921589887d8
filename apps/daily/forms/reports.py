"""The daily report as it is typed: cells that say what is wrong with them, nothing lost."""

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from apps.core.errors import DomainError
from apps.core.formats import number
from apps.core.forms import PortalForm
from apps.figures.enums import Section
from apps.figures.values import UnreadableValueError, parse_value
from apps.office.forms import PhoneField

from ..doubts import is_doubtful
from ..enums import ContactMethod, DoubtReason, ReportSource
from ..selectors.sheets import Line, on_post
from ..services.reports.completing import complete
from ..services.reports.filing import Entry, Filing, Origin

PROXY_SOURCES = [
    (source.value, source.label) for source in ReportSource if source != ReportSource.UNIT
]
REASONS = [("", "填错了"), *DoubtReason.choices]


@dataclass(frozen=True)
class Cell:
    """One line as drawn: the indicator with what has been typed into it."""

    line: Line
    text: str
    is_carried: bool
    reason: str
    errors: Sequence[str]

    @property
    def field(self) -> str:
        return f"v-{self.line.code}"

    @property
    def value(self) -> Decimal | None:
        try:
            return parse_value(self.text, self.line.indicator.measure).value
        except UnreadableValueError:
            return None

    @property
    def is_missing(self) -> bool:
        return self.line.is_typed and not self.text.strip()

    @property
    def is_doubtful(self) -> bool:
        return is_doubtful(self.value, self.line.before)

    @property
    def doubt(self) -> str:
        """比昨日多 126 个，请核对："""
        if not self.is_doubtful or self.value is None or self.line.before is None:
            return ""
        gap = self.value - self.line.before
        word = "多" if gap > 0 else "少"
        return f"比昨日{word} {number(abs(gap))} {self.line.unit}，请核对："


@dataclass(frozen=True)
class Block:
    label: str
    cells: Sequence[Cell]

    @property
    def typed(self) -> int:
        return sum(cell.line.is_typed for cell in self.cells)

    @property
    def answered(self) -> int:
        return sum(cell.line.is_typed and not cell.is_missing for cell in self.cells)


class ReportForm(PortalForm):
    """One report. `lines` are what it asks; `mode` is own, review or proxy; `after_lock` asks why."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    opened_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    # The mark of the draft the page last knew; the script keeps it up to date.
    draft_mark = forms.CharField(widget=forms.HiddenInput, required=False)
    is_zero = forms.BooleanField(label="今日无下沉（零报告）", required=False)
    zero_reason = forms.ChoiceField(choices=REASONS, required=False, widget=forms.HiddenInput)
    is_calm = forms.BooleanField(label="无突发情况（平安报）", required=False)
    leader_on_duty = forms.CharField(label="带队领导", max_length=40, required=False)
    night_phone = PhoneField(label="今晚值班电话", max_length=30, required=False)
    needs = forms.CharField(
        label="困难和需求", max_length=200, required=False, widget=forms.Textarea
    )
    before_review = forms.BooleanField(label="审核人不在，先报后审", required=False)
    explanation = forms.CharField(label="补报说明", max_length=200)
    source = forms.ChoiceField(label="来源", choices=PROXY_SOURCES)
    source_name = forms.CharField(label="来电（来件）人", max_length=40)
    source_at = forms.DateTimeField(label="来电（来件）时间")

    def __init__(
        self,
        *args: Any,
        lines: Sequence[Line],
        mode: str,
        after_lock: bool,
        is_blind: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        self.mode = mode
        self.is_blind = is_blind
        if mode != "proxy":
            for name in ("source", "source_name", "source_at"):
                del self.fields[name]
        if mode != "own" or after_lock:
            del self.fields["before_review"]
        if not after_lock:
            del self.fields["explanation"]
        for line in self.typed_lines:
            code = line.code
            self.fields[f"v-{code}"] = forms.CharField(
                label=line.name, required=False, max_length=30
            )
            self.fields[f"c-{code}"] = forms.CharField(required=False, max_length=1)
            self.fields[f"r-{code}"] = forms.ChoiceField(choices=REASONS, required=False)

    @property
    def typed_lines(self) -> list[Line]:
        return [line for line in self.lines if line.is_typed]

    @property
    def stock_carried(self) -> int:
        """How many cells 存量同昨日 would fill."""
        return sum(line.can_carry for line in self.lines)

    @property
    def on_post(self) -> Line | None:
        return on_post(self.lines)

    @property
    def draft_fields(self) -> list[str]:
        """The fields a draft keeps."""
        own = {"version", "submission", "opened_at", "draft_mark"}
        return [name for name in self.fields if name not in own]

    def blocks(self) -> list[Block]:
        """The lines as drawn, by section: what is typed first, then what the ledger says."""
        found = [Block(section.label, list(self._cells(section))) for section in Section]
        return [block for block in found if block.cells]

    def _cells(self, section: Section) -> Iterator[Cell]:
        for line in sorted(self.lines, key=lambda line: not line.is_typed):
            if line.indicator.section != section:
                continue
            if not line.is_typed:
                yield Cell(line, "", False, "", ())
                continue
            yield Cell(
                line,
                str(self[f"v-{line.code}"].value() or ""),
                self[f"c-{line.code}"].value() == "1",
                str(self[f"r-{line.code}"].value() or ""),
                [str(one) for one in self.errors.get(f"v-{line.code}", ())],
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self.entries: dict[str, Entry] = {}
        for line in self.typed_lines:
            self._read(line, data)
        if data.get("version") is not None and data.get("submission"):
            _, problems = complete(self.filing, list(self.lines))
            for field, sentence in problems.items():
                if field not in self.errors:
                    self.add_error(field, sentence)
        return data

    def _read(self, line: Line, data: dict[str, Any]) -> None:
        field = f"v-{line.code}"
        try:
            reading = parse_value(data.get(field, ""), line.indicator.measure)
        except DomainError as error:
            self.add_error(field, error.message)
            return
        self.entries[line.code] = Entry(
            reading.value,
            reading.qualifier,
            is_carried=data.get(f"c-{line.code}") == "1",
            doubt_reason=data.get(f"r-{line.code}", ""),
        )

    @property
    def filing(self) -> Filing:
        data = self.cleaned_data
        return Filing(
            version=data["version"],
            submission=data["submission"],
            entries=self.entries,
            is_zero=data.get("is_zero", False),
            zero_reason=data.get("zero_reason", ""),
            is_calm=data.get("is_calm", False),
            leader_on_duty=data.get("leader_on_duty", ""),
            night_phone=data.get("night_phone", ""),
            needs=data.get("needs", ""),
            explanation=data.get("explanation", ""),
            before_review=data.get("before_review", False),
            is_blind=self.is_blind,
            opened_at=data.get("opened_at"),
            draft_mark=data["draft_mark"] if "draft_mark" in self.data else None,
        )

    @property
    def origin(self) -> Origin | None:
        if self.mode != "proxy":
            return None
        data = self.cleaned_data
        at: dt.datetime = data["source_at"]
        return Origin(ReportSource(data["source"]), data["source_name"], at)

    def field_errors(self) -> list[tuple[str, str, str]]:
        """(anchor, label, sentence) for the summary above the form."""
        return [
            (f"id_{name}", str(self.fields[name].label or name), str(sentence))
            for name, sentences in self.errors.items()
            if name in self.fields
            for sentence in sentences
        ]


class ReturnForm(PortalForm):
    """退回核改: which figure, why, until when."""

    indicator = forms.ChoiceField(label="指标", required=False)
    reason = forms.CharField(
        label="原因", max_length=120, help_text="如：较昨日多126个，请核对是否重复统计"
    )
    due_at = forms.DateTimeField(label="重报时限")

    def __init__(self, *args: Any, values: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """`values` are (indicator's name, value as written) of what was reported."""
        super().__init__(*args, **kwargs)
        self.values = dict(values)
        self.fields["indicator"] = forms.ChoiceField(
            label="指标",
            required=False,
            choices=[
                ("", "整份日报"),
                *((name, f"{name}：{written}") for name, written in values),
            ],
        )

    @property
    def wording(self) -> str:
        """“在服务社区”140个，较昨日多126个 — as it enters the letter."""
        name, reason = self.cleaned_data["indicator"], self.cleaned_data["reason"].rstrip("。")
        return f"“{name}”{self.values[name]}，{reason}" if name else reason


class UnitReturnForm(PortalForm):
    """The unit's own reviewer hands the report back."""

    reason = forms.CharField(label="原因", max_length=120)


class ExemptionForm(PortalForm):
    """免报 of one unit for a span of days."""

    starts_on = forms.DateField(label="起始日期")
    ends_on = forms.DateField(label="截止日期")
    reason = forms.CharField(label="原因", max_length=200)


class ContactForm(forms.Form):
    """已联系: one line under the unit on the missing list."""

    method = forms.ChoiceField(label="方式", choices=ContactMethod.choices)
    note = forms.CharField(label="情况", max_length=200)
    is_outage = forms.BooleanField(label="停电断网", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].widget.attrs |= {"class": "form-select", "aria-label": "方式"}
        self.fields["is_outage"].widget.attrs["class"] = "form-check-input"
        self.fields["note"].widget.attrs |= {
            "class": "form-control",
            "aria-label": "情况",
            "placeholder": "如：王处长接电话，称停电，预计18时报",
            "autofocus": True,
        }
