from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "apps.campaigns"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "应急任务"

    def ready(self) -> None:
        from apps.core.context import register_context
        from apps.core.menu import MenuItem, register
        from apps.core.search import SearchSource, register_search
        from apps.core.todos import register_todos
        from apps.office.sheets import register_sheet

        from .current import campaign_bar
        from .filters import CampaignFilters
        from .milestones_alarms import register_alarms, waiting
        from .milestones_forms import MilestoneFilters
        from .milestones_sheet import MilestoneSheet

        register_context("campaign", campaign_bar)
        view = "campaigns.view_campaign"
        register(
            MenuItem(
                "应急任务",
                "campaigns:campaign_list",
                view,
                "places",
                60,
                match=("campaigns:ladder_",),
            )
        )
        register_search(
            SearchSource("应急任务", view, CampaignFilters, "campaigns:campaign_list", order=5),
            SearchSource(
                "重要节点",
                "campaigns.view_milestone",
                MilestoneFilters,
                "campaigns:milestone_list",
                note=lambda row: str(row.campaign),
                related=("campaign", "district"),
                order=50,
                within="campaign",
            ),
        )
        register(
            MenuItem(
                "重要节点",
                "campaigns:milestone_list",
                "campaigns.view_milestone",
                "round",
                46,
                match=("campaigns:milestone_", "campaigns:reset_"),
            )
        )
        register_todos("campaigns.record_milestone", waiting)
        register_alarms()
        register_sheet(MilestoneSheet())
