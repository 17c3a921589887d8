from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "apps.publicity"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "宣传引导"
