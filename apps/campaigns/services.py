"""Writes of campaigns: open one from a template, change its state, its mode and its hours."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import transaction

from apps.core.errors import ConflictError, DomainError
from apps.units.models import Unit

from .enums import NEXT_STATES, CampaignMode, CampaignState, Hour
from .models import Campaign, LadderStep, Milestone, PolicyHour, UnitActivation
from .opening import run_opening
from .templates import Template


class UnknownTemplateError(DomainError):
    def __init__(self, kind: str) -> None:
        super().__init__(f"没有“{kind}”类型的任务模板，请选择防汛救灾或疫情防控。", field="kind")


class StateRefusedError(ConflictError):
    """The campaign cannot go from where it stands to the state asked for."""


class CampaignOverError(DomainError):
    """What a campaign holds stays as it is once the campaign is not under way."""


class LevelWithoutSourceError(DomainError):
    """A response level is recorded with the notice it rests on, never declared by us."""


@transaction.atomic
def open_campaign(
    *,
    template: str,
    code: str,
    name: str,
    starts_on: dt.date,
    is_drill: bool = False,
    level: str = "",
    level_source: str = "",
    event_at: dt.datetime | None = None,
    event_source: str = "",
    submission: uuid.UUID | None = None,
) -> Campaign:
    """Make a campaign under way from a template, with every unit in the list taking part.

    `event_at` is the moment the template's clocks (24 h, 72 h, 14 days) count from; without it
    they are not started; `event_source` says who told of it. Upper apps add their part, such as the
    indicators asked for. Raises UnknownTemplateError, and ValidationError for a code or name
    already used.
    """
    try:
        chosen = Template.read(template)
    except KeyError:
        raise UnknownTemplateError(template) from None
    campaign = Campaign(
        submission=submission,
        code=code,
        name=name,
        kind=chosen.kind,
        state=CampaignState.ACTIVE,
        is_drill=is_drill,
        level=level,
        level_source=level_source,
        level_at=event_at if level else None,
        starts_on=starts_on,
    )
    campaign.full_clean()
    campaign.save()
    _apply_template(campaign, chosen, event_at, event_source)
    _activate_all_units(campaign)
    run_opening(campaign)
    return campaign


def _apply_template(
    campaign: Campaign, template: Template, event_at: dt.datetime | None, source: str
) -> None:
    PolicyHour.objects.bulk_create(template.policy_hours(campaign.pk))
    LadderStep.objects.bulk_create(template.steps(campaign.pk))
    if event_at is not None:
        Milestone.objects.bulk_create(
            template.clocks(campaign.pk, started_at=event_at, source=source)
        )


def _activate_all_units(campaign: Campaign) -> None:
    units = Unit.objects.filter(is_active=True).values_list("pk", flat=True)
    UnitActivation.objects.bulk_create(
        UnitActivation(campaign=campaign, unit_id=unit, starts_on=campaign.starts_on)
        for unit in units
    )


def refuse_unless_under_way(campaign: Campaign, *, act: str, field: str | None = None) -> None:
    """Raises CampaignOverError, naming what cannot be done (`act`) and who can put it right."""
    if not campaign.is_reporting:
        raise CampaignOverError(
            f"“{campaign}”不在进行中，不能{act}。确需更正的，请与数据管理员联系。", field=field
        )


@transaction.atomic
def change_state(campaign: Campaign, *, to: CampaignState, on: dt.date) -> Campaign:
    """Move the campaign to `to`; closing it sets `on` as its last day.

    Raises StateRefusedError when the stored state may not become `to`.
    """
    sources = [state for state, following in NEXT_STATES.items() if to in following]
    fields: dict[str, object] = {"state": to}
    if to == CampaignState.CLOSED:
        fields["ends_on"] = max(on, campaign.starts_on)
    moved = Campaign.objects.filter(pk=campaign.pk, state__in=sources).update(**fields)
    campaign.refresh_from_db()
    if not moved:
        raise StateRefusedError(
            f"{campaign.name}现为“{campaign.get_state_display()}”，不能改为“{to.label}”。"
        )
    return campaign


def change_mode(campaign: Campaign, *, to: CampaignMode) -> Campaign:
    """平急转换: between 常态 and 应急."""
    campaign.mode = to
    campaign.save(update_fields=["mode"])
    return campaign


def record_level(
    campaign: Campaign, *, level: str, source: str, at: dt.datetime | None
) -> Campaign:
    """Record the response level that headquarters announced; an empty level removes it.

    Raises LevelWithoutSourceError unless its source and moment are named.
    """
    if level and not (source and at):
        raise LevelWithoutSourceError("请填写级别依据和时间；本平台只登记，不宣布响应级别。")
    campaign.level, campaign.level_source = level, source if level else ""
    campaign.level_at = at if level else None
    campaign.full_clean()
    campaign.save(update_fields=["level", "level_source", "level_at"])
    return campaign


@transaction.atomic
def change_hours(campaign: Campaign, *, hours: Mapping[str, dt.time]) -> None:
    """Set some hours of the campaign's day; those not named stay.

    Raises DomainError when the figures would be locked before units have to file.
    """
    stored = PolicyHour.objects.filter(campaign=campaign).values_list("hour", "at")
    after = {**dict(stored), **hours}
    if {Hour.FILING, Hour.LOCK} <= after.keys() and after[Hour.LOCK] <= after[Hour.FILING]:
        raise DomainError("数据锁定时间应晚于截报时间。", field=Hour.LOCK)
    PolicyHour.objects.bulk_create(
        [PolicyHour(campaign=campaign, hour=hour, at=at) for hour, at in hours.items()],
        update_conflicts=True,
        unique_fields=["campaign", "hour"],
        update_fields=["at"],
    )
