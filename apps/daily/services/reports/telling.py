"""Who hears of a step a report took: the unit's inboxes, and mail where somebody must act."""

from collections.abc import Collection

from django.urls import reverse

from apps.core import formats
from apps.core.scope import scope_of
from apps.messaging import services as messaging
from apps.messaging.enums import MessageKind
from apps.messaging.services import Note
from apps.units.enums import Role
from apps.units.models import Posting

from ...enums import ReportSource, ReportState
from ...models import DailyReport, ReportRevision
from ...selectors.addresses import unit_addressees
from ..letters import Occasion, letters, send


def tell_received(revision: ReportRevision) -> None:
    """已收到, to the unit's 联络员; to its 审核人 when the report waits for review."""
    report = revision.report
    _note(
        report,
        MessageKind.RECEIVED,
        f"received-{revision.pk}",
        roles=[Role.REPORTER],
        subject=f"{formats.day(report.on)}日报已收到",
        text=received_text(revision),
        path=reverse("daily:receipt", args=[revision.receipt]),
    )
    if report.state == ReportState.UNIT_REVIEW:
        _note(
            report,
            MessageKind.RECEIVED,
            f"review-{revision.pk}",
            roles=[Role.UNIT_LEADER],
            subject=f"{formats.day(report.on)}日报待本单位审核",
            text=f"{report.unit}{formats.day(report.on)}日报已填报，请审核后报出。",
            path=report.get_absolute_url(),
        )
    if revision.source != ReportSource.UNIT:
        _mail(
            report,
            MessageKind.RECEIVED,
            f"received-{revision.pk}",
            leader=False,
            subject=f"{formats.day(report.on)}日报已代录",
            text=received_text(revision),
            link=("查看日报", report.get_absolute_url()),
        )


def received_text(revision: ReportRevision, *, can_withdraw: bool | None = None) -> str:
    """What the unit reads when its report has arrived: 已收到, the receipt's number, until when 撤回.

    A message is read the moment it is sent; a page that is opened later says `can_withdraw`.
    """
    report = revision.report
    sentence = (
        f"{report.unit}：{formats.day(report.on)}日报已收到，编号{revision.receipt}，"
        f"{formats.moment(revision.at)}。"
    )
    if revision.source != ReportSource.UNIT:
        return f"{sentence}由{_office_of(revision)}据{revision.get_source_display()}，请核对。"
    if can_withdraw is None:
        can_withdraw = revision.at <= report.due_at
    if can_withdraw:
        return f"{sentence}截报前可撤回修改。"
    return sentence


def _office_of(revision: ReportRevision) -> str:
    """Who typed for the unit, by office: what leaves by mail names nobody."""
    groups = scope_of(revision.by).groups if revision.by else frozenset[int]()
    group = revision.report.group
    return f"第{group.number}联络服务小组" if group and group.pk in groups else "工委办公室"


def tell_returned(report: DailyReport) -> None:
    """退回核改, to the unit's 联络员 and 审核人, by mail and inbox."""
    _mail(
        report,
        MessageKind.RETURNED,
        f"returned-{report.pk}-{report.version}",
        leader=True,
        subject=f"{formats.day(report.on)}日报退回核改",
        text=returned_text(report),
        link=("核改日报", reverse("daily:report_edit", args=[report.pk])),
    )


def returned_text(report: DailyReport) -> str:
    """What the unit reads when its report came back: which figure, why, and until when."""
    until = f"于{formats.moment(report.return_due_at)}前" if report.return_due_at else ""
    return (
        f"{report.unit}：{formats.day(report.on)}日报中{report.return_reason.rstrip('。')}。"
        f"请核实后{until}重新报送；情况属实的，请填写说明。"
    )


def _note(
    report: DailyReport,
    kind: MessageKind,
    key: str,
    *,
    roles: Collection[Role],
    subject: str,
    text: str,
    path: str,
) -> None:
    users = (
        Posting.objects.on(report.on)
        .filter(unit=report.unit, role__in=roles, user__is_active=True)
        .values_list("user", flat=True)
        .distinct()
    )
    messaging.notify(
        Note(
            user_id=user,
            kind=kind,
            dedupe_key=key,
            subject=_marked(report, subject),
            text=text,
            path=path,
        )
        for user in users
    )


def _mail(
    report: DailyReport,
    kind: MessageKind,
    slot: str,
    *,
    leader: bool,
    subject: str,
    text: str,
    link: tuple[str, str],
) -> None:
    boxes = unit_addressees([report.unit_id], on=report.on, duty_desk=True, leader=leader)
    send(
        letters(
            Occasion(kind, report.on, slot, report.campaign.is_drill),
            boxes.get(report.unit_id, []),
            subject=subject,
            link=link,
            note=text,
            paragraphs=[text],
        )
    )


def _marked(report: DailyReport, subject: str) -> str:
    return f"【演练】{subject}" if report.campaign.is_drill else subject
