from django.apps import AppConfig


class CommunitiesConfig(AppConfig):
    name = "apps.communities"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "社区"

    def ready(self) -> None:
        from apps.core.menu import MenuItem, register

        view = "communities.view_community"
        register(
            MenuItem("社区", "communities:community_list", view, "places", 40),
            MenuItem("风险与管控", "communities:area_status_list", view, "places", 50),
        )
