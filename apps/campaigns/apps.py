from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "apps.campaigns"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "应急任务"

    def ready(self) -> None:
        from apps.core.context import register_context
        from apps.core.menu import MenuItem, register

        from .current import campaign_bar

        register_context("campaign", campaign_bar)
        view = "campaigns.view_campaign"
        register(MenuItem("应急任务", "campaigns:campaign_list", view, "places", 60))
