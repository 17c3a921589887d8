from django.apps import AppConfig


class DailyConfig(AppConfig):
    name = "apps.daily"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "四个一"

    def ready(self) -> None:
        from apps.accounts.links import AccountLink, register_account_link
        from apps.core.formats import moment
        from apps.core.panels import Card, register_card
        from apps.core.search import SearchSource, register_search
        from apps.core.todos import register_todos
        from apps.figures.selectors.frozen import frozen_figures
        from apps.office.documents.sources import register_figures
        from apps.office.sheets import register_sheet
        from apps.units.settled import register_settled

        from . import todos
        from .bundles import register_bundles
        from .filters import CallFilter, FlashFilter
        from .jobs import register_jobs
        from .navigation import register_menu
        from .panels import register_panels
        from .selectors.reports import reports_of_day
        from .sheets import DailyReportSheet
        from .views.briefs import documents_of_campaign, source_of_document

        register_jobs()
        register_menu()
        register_panels()
        register_bundles()
        register_settled(reports_of_day)
        register_sheet(DailyReportSheet())
        register_figures(frozen_figures)
        view = "office.view_document"
        register_card(
            Card(
                "office.document",
                source_of_document,
                view,
                "daily/_document_source.html",
                is_aside=True,
            ),
            Card(
                "campaigns.campaign",
                documents_of_campaign,
                view,
                "daily/_campaign_documents.html",
                is_aside=True,
            ),
        )
        register_search(
            SearchSource(
                "临时报数",
                "daily.view_datacall",
                CallFilter,
                "daily:call_list",
                note=lambda call: f"{call.campaign} · {call.get_state_display()}",
                related=("campaign",),
                order=52,
            ),
            SearchSource(
                "动态报告",
                "daily.view_flashreport",
                FlashFilter,
                "daily:flash_list",
                note=lambda flash: f"{moment(flash.at)} {flash.text[:40]}",
                related=("unit",),
                order=54,
            ),
        )
        register_account_link(AccountLink("摘要订阅", "daily:subscriptions", "mail-cog"))
        register_todos("daily.edit_round", todos.acts)
        register_todos("daily.sign_round", todos.signatures)
        register_todos("daily.confirm_late_notice", todos.late_notices)
        register_todos("daily.handle_flash", todos.flashes)
        register_todos("figures.review_correction", todos.corrections)
        register_todos("daily.review_report", todos.reviews)
        register_todos(("daily.file_report", "daily.review_report"), todos.contradictions)
        register_todos("daily.chase_report", todos.chases)
        register_todos("daily.file_report", todos.own_reports)
        register_todos("daily.file_report", todos.own_calls)
        register_todos("daily.enter_for_unit", todos.due_calls)
