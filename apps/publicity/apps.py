from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "apps.publicity"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "宣传引导"

    def ready(self) -> None:
        from apps.core.todos import register_todos

        from . import todos
        from .navigation import register_menu
        from .panels import register_panels

        register_menu()
        register_panels()
        register_todos("publicity.first_review", todos.first_reviews)
        register_todos("publicity.second_review", todos.second_reviews)
        register_todos("publicity.sign_item", todos.signatures)
        register_todos("publicity.place_item", todos.placements)
        register_todos("publicity.submit_item", todos.returned)
