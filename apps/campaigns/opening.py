"""What upper apps add when a campaign is opened: they register a step, campaigns imports none."""

from collections.abc import Callable

from .models import Campaign

Step = Callable[[Campaign], object]
_steps: list[Step] = []


def register_opening(step: Step) -> None:
    """Call `step(campaign)` in the transaction that opens a campaign; from `AppConfig.ready`."""
    if step not in _steps:
        _steps.append(step)


def run_opening(campaign: Campaign) -> None:
    for step in _steps:
        step(campaign)
