from django.apps import AppConfig


class DeploymentsConfig(AppConfig):
    name = "apps.deployments"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "下沉服务"

    def ready(self) -> None:
        from apps.core.menu import MenuItem, register
        from apps.core.search import SearchSource, register_search
        from apps.core.todos import register_todos
        from apps.office.sheets import register_sheet

        from . import (
            forecast_desk,
            registrations_panels,
            sealing_desk,
            signing_desk,
            todos,
            visits_panels,
        )
        from .bundles import register_bundles
        from .filters import TeamFilters
        from .needs_sheet import NeedSheet
        from .panels import register_all
        from .registering import register_allocations
        from .registrations_sheets import MemberRegistrationSheet, UnitRegistrationSheet
        from .sheets import AssignmentSheet
        from .signing_sheet import SigningTable
        from .team_sheet import TeamSheet
        from .visits_sheet import VisitSheet

        register_all()
        register_allocations()
        register_bundles()
        forecast_desk.register_all()
        registrations_panels.register_all()
        sealing_desk.register_all()
        signing_desk.register_all()
        visits_panels.register_all()
        register_sheet(AssignmentSheet())
        register_sheet(TeamSheet())
        register_sheet(NeedSheet())
        register_sheet(UnitRegistrationSheet())
        register_sheet(MemberRegistrationSheet())
        register_sheet(VisitSheet())
        register_sheet(SigningTable())
        register_todos("deployments.record_day", todos.arrivals)
        name = "deployments"
        register(
            MenuItem(
                "下沉任务",
                f"{name}:deployment_list",
                f"{name}.view_deployment",
                name,
                10,
                match=(f"{name}:candidate_", f"{name}:assignment_"),
            ),
            MenuItem("党员突击队", f"{name}:team_list", f"{name}.view_team", name, 20),
            MenuItem("社区需求", f"{name}:need_list", f"{name}.view_need", name, 30),
        )
        register_search(
            SearchSource(
                "党员突击队",
                f"{name}.view_team",
                TeamFilters,
                f"{name}:team_list",
                note=lambda team: f"{team.unit} · {team.campaign}",
                related=("unit", "campaign"),
                order=40,
                within="campaign",
            )
        )
