from django.contrib import admin

from apps.core.admin import FactAdmin, ScopedAdmin

from .models import (
    CampaignDocument,
    CityTalk,
    CityTalkItem,
    ContactNote,
    DailyReport,
    DailyRound,
    DataCall,
    DataCallItem,
    DataCallReply,
    DataCallValue,
    DigestSubscription,
    DispatchNote,
    Exemption,
    FlashReport,
    Judgment,
    OnePage,
    ReportRevision,
    ReportValue,
    RoundAct,
    UpwardReturn,
)


@admin.register(DailyReport)
class DailyReportAdmin(FactAdmin):
    list_display = ("on", "unit", "campaign", "group", "state", "first_filed_at", "frozen_at")
    list_filter = ("campaign", "state")
    list_select_related = ("unit", "campaign", "group")
    search_fields = ("unit__short_name", "unit__code")
    ordering = ("-id",)


@admin.register(ReportRevision)
class ReportRevisionAdmin(FactAdmin):
    list_display = ("receipt", "unit", "number", "source", "by", "at", "is_late", "is_after_lock")
    list_filter = ("source", "is_late", "is_after_lock")
    list_select_related = ("report__unit", "by")
    search_fields = ("=receipt",)
    ordering = ("-id",)

    @admin.display(description="单位")
    def unit(self, row: ReportRevision) -> str:
        return str(row.report.unit)


@admin.register(ReportValue)
class ReportValueAdmin(FactAdmin):
    list_display = ("revision", "indicator", "value", "qualifier", "is_carried", "doubt_reason")
    list_filter = ("is_carried",)
    list_select_related = ("revision", "indicator")
    search_fields = ("=revision__receipt", "=indicator__code")
    ordering = ("-id",)


@admin.register(Exemption)
class ExemptionAdmin(ScopedAdmin):
    list_display = ("unit", "campaign", "starts_on", "ends_on", "reason", "approved_by")
    list_filter = ("campaign",)
    list_select_related = ("unit", "campaign", "approved_by")
    search_fields = ("unit__short_name", "reason")
    ordering = ("-id",)


@admin.register(ContactNote)
class ContactNoteAdmin(FactAdmin):
    list_display = ("at", "unit", "method", "note", "by")
    list_filter = ("method",)
    list_select_related = ("report__unit", "by")
    search_fields = ("report__unit__short_name", "note")
    ordering = ("-id",)

    @admin.display(description="单位")
    def unit(self, row: ContactNote) -> str:
        return str(row.report.unit)


@admin.register(FlashReport)
class FlashReportAdmin(FactAdmin):
    list_display = ("at", "unit", "campaign", "kind", "place", "by", "handled_at")
    list_filter = ("campaign", "kind")
    list_select_related = ("unit", "campaign", "by")
    search_fields = ("unit__short_name", "text")
    ordering = ("-id",)


@admin.register(DailyRound)
class DailyRoundAdmin(FactAdmin):
    list_display = ("on", "campaign", "opened_at", "late_confirmed_at", "drawn_at")
    list_filter = ("campaign",)
    list_select_related = ("campaign",)
    search_fields = ("campaign__name",)
    ordering = ("-on", "campaign")


@admin.register(RoundAct)
class RoundActAdmin(FactAdmin):
    list_display = ("round", "kind", "owner", "due_at", "state", "done_at")
    list_filter = ("kind", "state")
    list_select_related = ("round__campaign", "owner")
    search_fields = ("round__campaign__name",)
    ordering = ("-id",)


@admin.register(Judgment)
class JudgmentAdmin(FactAdmin):
    list_display = ("round", "written_by", "written_at", "signed_by", "signed_at")
    list_select_related = ("round__campaign", "written_by", "signed_by")
    search_fields = ("opinion",)
    ordering = ("-id",)


@admin.register(DispatchNote)
class DispatchNoteAdmin(FactAdmin):
    list_display = ("round", "written_by", "written_at", "signed_by", "signed_at")
    list_select_related = ("round__campaign", "written_by", "signed_by")
    search_fields = ("content",)
    ordering = ("-id",)


@admin.register(CityTalk)
class CityTalkAdmin(FactAdmin):
    list_display = ("at", "round", "method", "counterpart", "by")
    list_filter = ("method",)
    list_select_related = ("round__campaign", "by")
    search_fields = ("counterpart",)
    ordering = ("-id",)


@admin.register(CityTalkItem)
class CityTalkItemAdmin(FactAdmin):
    list_display = ("content", "heads", "due_at", "reply", "fulfilment")
    list_filter = ("fulfilment",)
    search_fields = ("content",)
    ordering = ("-id",)


@admin.register(UpwardReturn)
class UpwardReturnAdmin(FactAdmin):
    list_display = ("at", "receiver", "campaign", "on", "indicator", "value", "by")
    list_filter = ("campaign", "receiver")
    list_select_related = ("campaign", "indicator", "by")
    search_fields = ("receiver",)
    ordering = ("-id",)


@admin.register(DigestSubscription)
class DigestSubscriptionAdmin(ScopedAdmin):
    list_display = ("user", "digest", "is_enabled")
    list_filter = ("digest", "is_enabled")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__name")
    ordering = ("user__username", "digest")
    # Whose choice it is stands fast; the steward may switch it.
    readonly_fields = ("user", "digest")

    def has_add_permission(self, request: object) -> bool:
        return False


@admin.register(OnePage)
class OnePageAdmin(FactAdmin):
    list_display = ("on", "campaign", "edition", "version", "made_at", "made_by")
    list_filter = ("campaign", "edition")
    list_select_related = ("campaign", "made_by")
    search_fields = ("=on",)
    ordering = ("-id",)


@admin.register(DataCall)
class DataCallAdmin(FactAdmin):
    list_display = ("title", "campaign", "due_at", "state", "made_by", "made_at")
    list_filter = ("campaign", "state")
    list_select_related = ("campaign", "made_by")
    search_fields = ("title",)
    ordering = ("-id",)


@admin.register(DataCallItem)
class DataCallItemAdmin(FactAdmin):
    list_display = ("call", "position", "name", "measure", "indicator", "is_summed")
    list_filter = ("measure",)
    list_select_related = ("call", "indicator")
    search_fields = ("name", "call__title")
    ordering = ("-id",)


@admin.register(DataCallReply)
class DataCallReplyAdmin(FactAdmin):
    list_display = ("call", "unit", "state", "source", "filed_at", "filed_by")
    list_filter = ("state", "source")
    list_select_related = ("call", "unit", "filed_by")
    search_fields = ("call__title", "unit__short_name")
    ordering = ("-id",)


@admin.register(DataCallValue)
class DataCallValueAdmin(FactAdmin):
    list_display = ("reply", "item", "value", "qualifier")
    list_select_related = ("reply__unit", "reply__call", "item")
    search_fields = ("item__name",)
    ordering = ("-id",)


@admin.register(CampaignDocument)
class CampaignDocumentAdmin(FactAdmin):
    list_display = ("document", "campaign", "on", "until")
    list_filter = ("campaign",)
    list_select_related = ("document", "campaign")
    search_fields = ("document__title",)
    ordering = ("-id",)
