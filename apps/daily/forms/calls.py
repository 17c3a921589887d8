"""Forms of 临时报数: what is asked of whom, and what a unit answers."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from apps.campaigns.models import Campaign
from apps.core.dates import business_day
from apps.core.formats import figure
from apps.core.forms import CountInput, MomentInput, PortalForm
from apps.figures.enums import Measure
from apps.figures.models import Indicator
from apps.figures.selectors.likeness import alike
from apps.figures.values import Reading, UnreadableValueError, parse_value, qualifier_word
from apps.units.enums import UnitCategory
from apps.units.models import GroupMembership, LiaisonGroup, Unit

from ..models import DataCallItem, DataCallReply, DataCallValue
from ..models.calls import MOST_ITEMS
from ..services.calls import Answer, Ask, Wanted
from .reports import PROXY_SOURCES

ALL, GROUPS, CATEGORIES, UNITS = "all", "groups", "categories", "units"
SCOPES = [
    (ALL, "全部在列单位"),
    (GROUPS, "按联络服务小组"),
    (CATEGORIES, "按单位类别"),
    (UNITS, "逐家选择"),
]

TICK = {"class": "form-check-input"}


class CallForm(PortalForm):
    """What to ask, of whom, until when."""

    title = forms.CharField(label="事项", max_length=40, help_text="如：今晚可增派人数")
    purpose = forms.CharField(
        label="用途", max_length=100, help_text="报给谁、做什么用，单位会看到。"
    )
    due_at = forms.DateTimeField(label="截止时间")
    scope = forms.ChoiceField(
        label="报送单位", choices=SCOPES, initial=ALL, widget=forms.RadioSelect(TICK)
    )
    groups = forms.ModelMultipleChoiceField(
        LiaisonGroup.objects.all(),
        label="联络服务小组",
        required=False,
        widget=forms.CheckboxSelectMultiple(TICK),
    )
    categories = forms.MultipleChoiceField(
        label="单位类别",
        choices=UnitCategory.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(TICK),
    )
    units = forms.ModelMultipleChoiceField(
        Unit.objects.filter(is_active=True).order_by("sort_order"),
        label="单位",
        required=False,
        widget=forms.CheckboxSelectMultiple(TICK),
    )
    is_needed = forms.BooleanField(label="已知有相近指标，仍需另报", required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.fields["due_at"].widget = MomentInput()
        if not self.is_bound:
            later = timezone.localtime(timezone.now() + dt.timedelta(hours=2))
            self.initial.setdefault("due_at", later.replace(minute=0, second=0, microsecond=0))

    @property
    def picks(self) -> list[forms.BoundField]:
        """What is ticked under a scope that is not everybody."""
        return [self[name] for name in (GROUPS, CATEGORIES, UNITS)]

    def chosen_units(self) -> QuerySet[Unit]:
        data = self.cleaned_data
        rows = Unit.objects.filter(is_active=True).order_by("sort_order")
        if data["scope"] == GROUPS:
            on = business_day()
            members = GroupMembership.objects.on(on).filter(group__in=data["groups"])
            return rows.filter(pk__in=members.values("unit"))
        if data["scope"] == CATEGORIES:
            return rows.filter(category__in=data["categories"])
        if data["scope"] == UNITS:
            return rows.filter(pk__in=[unit.pk for unit in data["units"]])
        return rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for scope, label in ((GROUPS, "联络服务小组"), (CATEGORIES, "单位类别"), (UNITS, "单位")):
            if data.get("scope") == scope and not data.get(scope) and scope not in self.errors:
                self.add_error(scope, f"请至少选择一个{label}。")
        return data

    def ask(self, wanted: Sequence[Wanted]) -> Ask:
        data = self.cleaned_data
        return Ask(
            title=data["title"],
            purpose=data["purpose"],
            due_at=data["due_at"],
            wanted=wanted,
            units=list(self.chosen_units()),
            submission=data["submission"],
        )


class CallItemForm(PortalForm):
    """One number: taken from an indicator, or named anew with its measure."""

    indicator = forms.ModelChoiceField(Indicator.objects.all(), label="取自指标", required=False)
    name = forms.CharField(label="数据项", max_length=40, required=False)
    measure = forms.ChoiceField(
        label="计量单位", choices=[("", "请选择"), *Measure.choices], required=False
    )
    definition = forms.CharField(label="口径", max_length=200, required=False)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        indicator: Any = self.fields["indicator"]
        indicator.queryset = Indicator.objects.filter(campaign_kind=campaign.kind)
        indicator.empty_label = "不取，另行填写"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        indicator = data.get("indicator")
        if indicator is not None:
            data["name"] = data.get("name") or indicator.name
            data["measure"] = data.get("measure") or indicator.measure
            if data["measure"] != indicator.measure:
                label = indicator.get_measure_display()
                self.add_error("measure", f"该指标按“{label}”计，请保持一致。")
        elif data.get("name") and not data.get("measure"):
            self.add_error("measure", "请选择计量单位。")
        elif not data.get("name") and (data.get("measure") or data.get("definition")):
            self.add_error("name", "请填写数据项名称。")
        return data

    @property
    def wanted(self) -> Wanted | None:
        data = self.cleaned_data
        if not data.get("name"):
            return None
        return Wanted(data["name"], Measure(data["measure"]), data["definition"], data["indicator"])

    @property
    def likeness(self) -> str:
        """What an existing indicator would answer, for an item named anew; empty without one."""
        wanted = self.wanted
        if wanted is None or wanted.indicator is not None:
            return ""
        found = alike(wanted.name, wanted.measure, campaign=self.campaign)
        return found[0].sentence if found else ""


CallItems = forms.formset_factory(
    CallItemForm, extra=MOST_ITEMS, max_num=MOST_ITEMS, validate_max=True, absolute_max=MOST_ITEMS
)


class ReplyForm(PortalForm):
    """A unit's answer: one cell per item, read as the daily report's cells are."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    opened_at = forms.DateTimeField(widget=forms.HiddenInput, required=False, initial=timezone.now)
    source = forms.ChoiceField(label="来源", choices=PROXY_SOURCES)
    source_name = forms.CharField(label="来电（来件）人", max_length=40)
    note = forms.CharField(
        label="说明", max_length=200, required=False, help_text="有需要说明的情况再填。"
    )

    field_order = ("version", "submission", "opened_at", "source", "source_name")

    def __init__(
        self,
        *args: Any,
        reply: DataCallReply,
        items: Sequence[DataCallItem],
        known: Mapping[int, Decimal],
        is_proxy: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        if not is_proxy:
            del self.fields["source"], self.fields["source_name"]
        note = self.fields.pop("note")
        self.initial.setdefault("version", reply.version)
        self.initial.setdefault("note", reply.note)
        stored = {row.item_id: row for row in reply.values.all()} if reply.pk else {}
        for item in items:
            offered = figure(known[item.pk]) if item.pk in known and not reply.version else ""
            self.fields[f"v-{item.pk}"] = forms.CharField(
                label=str(item),
                required=False,
                max_length=30,
                initial=_kept(stored.get(item.pk)) or offered,
                help_text=_help(item, known),
                widget=CountInput({"inputmode": "decimal"}),
            )
        self.fields["note"] = note

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.readings: dict[int, Reading] = {}
        for item in self.items:
            try:
                self.readings[item.pk] = parse_value(data.get(f"v-{item.pk}", ""), item.measure)
            except UnreadableValueError as error:
                self.add_error(f"v-{item.pk}", error.message)
        return data

    def answer(self) -> Answer:
        data = self.cleaned_data
        given = {key: data[key] for key in ("source", "source_name") if key in data}
        return Answer(
            version=data["version"],
            submission=data["submission"],
            values=self.readings,
            note=data["note"],
            opened_at=data["opened_at"],
            **given,
        )


def _kept(row: DataCallValue | None) -> str:
    if row is None or row.value is None:
        return ""
    return figure(row.value, qualifier=qualifier_word(row.qualifier))


def _help(item: DataCallItem, known: Mapping[int, Decimal]) -> str:
    ledger = f"台账 {figure(known[item.pk])}，已预填，请核对。" if item.pk in known else ""
    return f"{ledger}{item.definition}"


class ExtendForm(PortalForm):
    due_at = forms.DateTimeField(label="新的截止时间", widget=MomentInput)


class WithdrawForm(PortalForm):
    reason = forms.CharField(label="撤销原因", max_length=100)
