from django.apps import AppConfig


class CommunitiesConfig(AppConfig):
    name = "apps.communities"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "社区"

    def ready(self) -> None:
        from apps.core.menu import MenuItem, register
        from apps.core.search import SearchSource, register_search
        from apps.office.sheets import register_sheet

        from .area_sheet import AreaPartSheet
        from .filters import CommunityFilters, NamedAreaFilters, StreetFilters
        from .sheets import CommunitySheet
        from .status_sheet import AreaStatusSheet

        view = "communities.view_community"
        register(
            MenuItem("社区", "communities:community_list", view, "places", 40),
            MenuItem(
                "风险与管控",
                "communities:area_status_list",
                view,
                "places",
                50,
                match=("communities:named_area_",),
            ),
        )
        register_sheet(CommunitySheet())
        register_sheet(AreaStatusSheet())
        register_sheet(AreaPartSheet())
        register_search(
            SearchSource(
                "社区",
                view,
                CommunityFilters,
                "communities:community_list",
                note=lambda row: f"{row.street.district} {row.street}",
                related=("street__district",),
                order=20,
            ),
            SearchSource(
                "街道",
                view,
                StreetFilters,
                "communities:community_list",
                note=lambda row: row.district.name,
                related=("district",),
                order=21,
            ),
            SearchSource(
                "自定范围",
                view,
                NamedAreaFilters,
                "communities:named_area_list",
                note=lambda row: row.note,
                order=22,
            ),
        )
