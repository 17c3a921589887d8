from django.db import models


class OccurrenceState(models.TextChoices):
    EXPECTED = "expected", "待执行"
    RUNNING = "running", "执行中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"
    SKIPPED = "skipped", "已略过"


OPEN = (OccurrenceState.EXPECTED, OccurrenceState.RUNNING, OccurrenceState.FAILED)
