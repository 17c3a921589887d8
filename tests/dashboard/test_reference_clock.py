"""Loaded in the small hours, the world tells of a morning that has passed already."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from apps.core.dates import moment_on
from apps.dashboard.reference import clock

TODAY = dt.date(2026, 8, 5)
# What is meant for later, by its nature.
AHEAD = ("due", "expires", "ends", "until", "end")


@pytest.fixture
def load_at(monkeypatch):
    def begin(at):
        monkeypatch.setattr(clock, "loading_since", lambda: moment_on(TODAY, at))

    return begin


@pytest.mark.usefixtures("world")
def test_nothing_that_was_done_lies_ahead():
    now = timezone.now()
    fields = [
        field
        for model in apps.get_models()
        if model.__module__.startswith("apps.")
        for field in model._meta.concrete_fields
        if isinstance(field, models.DateTimeField) and not set(field.name.split("_")) & set(AHEAD)
    ]

    assert [str(f) for f in fields if f.model.objects.filter(**{f"{f.name}__gt": now})] == []


def test_a_morning_is_drawn_into_the_minutes_that_have_passed(load_at):
    load_at(dt.time(0, 30))
    hours = [moment_on(TODAY, dt.time(hour)) for hour in (7, 8, 9)]

    drawn = [clock.drawn(at) for at in hours]

    assert drawn == sorted(drawn)
    assert drawn[0] == moment_on(TODAY, dt.time(0, 21))
    assert drawn[-1] < moment_on(TODAY, dt.time(0, 30))


@pytest.mark.parametrize("minute", [2, 30])
def test_a_minute_of_filling_in_stays_a_minute(load_at, minute):
    load_at(dt.time(0, minute))
    at, took = moment_on(TODAY, dt.time(7)), dt.timedelta(minutes=1)

    assert clock.drawn(at) - clock.drawn(clock.before(at, took)) == took


def test_later_hours_other_days_and_other_values_stay(load_at):
    load_at(dt.time(0, 30))
    values = [
        moment_on(TODAY, dt.time(17)),
        moment_on(TODAY - dt.timedelta(days=1), dt.time(8)),
        TODAY,
        "08:00",
        None,
    ]

    assert [clock.drawn(value) for value in values] == values


def test_once_the_morning_is_over_nothing_is_drawn(load_at):
    load_at(dt.time(10))
    at = moment_on(TODAY, dt.time(9, 40))

    assert not clock.is_early()
    assert clock.drawn(at) == at
    assert clock.before(at, dt.timedelta(minutes=1)) == at - dt.timedelta(minutes=1)
