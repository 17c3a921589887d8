from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    name = "apps.assistance"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "关爱帮扶"

    def ready(self) -> None:
        from apps.core.menu import MenuItem, register
        from apps.core.search import SearchSource, register_search
        from apps.core.todos import register_todos

        from . import todos
        from .bundles import register_bundles
        from .filters import BeneficiaryFilters, CaseFilters
        from .panels import register_all

        register_all()
        register_bundles()
        register_todos("assistance.verify_case", todos.desk)
        register_todos("assistance.mark_duplicate", todos.twice)
        register_todos("assistance.work_case", todos.own_cases)
        name = "assistance"
        register(
            MenuItem("帮扶事项", f"{name}:case_list", f"{name}.view_case", name, 10),
            MenuItem("帮扶对象", f"{name}:beneficiary_list", f"{name}.view_beneficiary", name, 20),
            MenuItem("帮扶记录", f"{name}:action_list", f"{name}.view_beneficiary", name, 30),
        )
        register_search(
            SearchSource(
                "帮扶事项",
                f"{name}.view_case",
                CaseFilters,
                f"{name}:case_list",
                note=lambda case: f"{case.beneficiary.label} · {case.get_state_display()}",
                related=("beneficiary__community",),
                order=50,
                within="campaign",
            ),
            SearchSource(
                "帮扶对象",
                f"{name}.view_beneficiary",
                BeneficiaryFilters,
                f"{name}:beneficiary_list",
                note=lambda row: f"{row.number} · {row.unit}登记",
                related=("community", "unit"),
                order=55,
            ),
        )
