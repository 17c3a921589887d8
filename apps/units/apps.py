from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "apps.units"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "单位与小组"

    def ready(self) -> None:
        from apps.core.context import register_context
        from apps.core.menu import MenuItem, register
        from apps.core.search import SearchSource, register_search
        from apps.office.sheets import register_sheet

        from .filters import GroupFilters, MemberFilters, UnitFilters
        from .panels import register_panels
        from .selectors import role_label
        from .sheets import MemberSheet, UnitSheet

        register_panels()
        register_context("role_label", lambda request: role_label(request.user))
        register(
            MenuItem("单位", "units:unit_list", "units.view_unit", "places", 10),
            MenuItem("联络服务小组", "units:group_list", "units.view_liaisongroup", "places", 20),
            MenuItem("党员名册", "units:member_list", "units.view_member", "places", 30),
        )
        register_sheet(UnitSheet())
        register_sheet(MemberSheet())
        register_search(
            SearchSource(
                "单位",
                "units.view_unit",
                UnitFilters,
                "units:unit_list",
                note=lambda unit: unit.get_category_display(),
                order=10,
            ),
            SearchSource(
                "联络服务小组",
                "units.view_liaisongroup",
                GroupFilters,
                "units:group_list",
                note=lambda group: str(group.leader or ""),
                related=("leader",),
                order=15,
            ),
            SearchSource(
                "党员",
                "units.view_member",
                MemberFilters,
                "units:member_list",
                note=lambda member: member.member_no,
                order=30,
            ),
        )
