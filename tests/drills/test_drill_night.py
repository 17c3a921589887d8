"""The drill in short; `make drill` runs it at length, with its control arm."""

from .drill_night import rehearsal
from .stack import TARGETS


def test_a_night_in_which_everything_is_killed_once_comes_to_its_end():
    with rehearsal(mails=90, seed=20210805) as drill:
        night = drill.night(*TARGETS, longest=4.0)

    assert night.troubles == []
    assert (night.mails, night.missing, night.altered) == (91, 0, 0)
    assert night.copies <= night.kills == 3
