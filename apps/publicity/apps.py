from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "apps.publicity"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "宣传引导"

    def ready(self) -> None:
        from apps.core.search import SearchSource, register_search
        from apps.core.todos import register_todos

        from . import todos
        from .bundles import register_bundles
        from .filters import ItemFilters
        from .navigation import register_menu
        from .panels import register_panels

        register_menu()
        register_panels()
        register_bundles()
        register_todos("publicity.first_review", todos.first_reviews)
        register_todos("publicity.second_review", todos.second_reviews)
        register_todos("publicity.sign_item", todos.signatures)
        register_todos("publicity.sign_adoption", todos.adoption_notices)
        register_todos("publicity.place_item", todos.placements)
        register_todos("publicity.submit_item", todos.returned)
        register_search(
            SearchSource(
                "宣传稿件",
                "publicity.view_item",
                ItemFilters,
                "publicity:item_list",
                note=lambda item: f"{item.unit} · {item.get_state_display()}",
                related=("unit",),
                order=60,
                within="campaign",
            )
        )
