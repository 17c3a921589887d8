from django.db import models


class Verdict(models.TextChoices):
    """What was found of one item; not looked at is told apart from being in order."""

    OK = "ok", "符合"
    BAD = "bad", "不符合"
    UNCHECKED = "unchecked", "未查"


class FindingState(models.TextChoices):
    OPEN = "open", "待答复"
    ANSWERED = "answered", "已答复"
    RETURNED = "returned", "退回重办"
    VERIFIED = "verified", "已核实"


AWAITED = (FindingState.OPEN, FindingState.RETURNED)
"""The unit has to answer."""

FINDING_STEPS: dict[FindingState, tuple[FindingState, ...]] = {
    FindingState.OPEN: (FindingState.ANSWERED,),
    FindingState.RETURNED: (FindingState.ANSWERED,),
    FindingState.ANSWERED: (FindingState.VERIFIED, FindingState.RETURNED),
    FindingState.VERIFIED: (),
}
