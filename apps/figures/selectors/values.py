"""What a locked leaf is worth today: its value with the accepted corrections."""

from decimal import Decimal

from ..enums import CorrectionState
from ..models import Correction, Figure


def current_value(figure: Figure) -> Decimal | None:
    """The new value of the latest accepted correction, else the value that was locked."""
    latest = (
        Correction.objects.filter(figure=figure, state=CorrectionState.ACCEPTED)
        .order_by("-reviewed_at", "-id")
        .first()
    )
    return figure.value if latest is None else latest.new
