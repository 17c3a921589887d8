from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "apps.jobs"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "作业台账"

    def ready(self) -> None:
        from apps.core import menu

        menu.register(
            menu.MenuItem(
                "定时任务",
                "jobs:job_status",
                "jobs.view_occurrence",
                "system",
                order=60,
                match=("jobs:occurrence_",),
            )
        )
