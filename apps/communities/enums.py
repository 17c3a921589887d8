from django.db import models


class MeasureKind(models.IntegerChoices):
    """The two dictionaries that lie on a place; numbers, because an exclusion rule compares them."""

    RISK = 1, "风险等级"
    CONTROL = 2, "管控措施"
