"""Loading the reference world: plan it, copy it, lock its days through the portal's services."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from apps.accounts.enums import AuditOperation
from apps.accounts.models import AuditEntry, User
from apps.assistance.models import Beneficiary
from apps.campaigns.models import Campaign
from apps.core.audit_context import acting
from apps.core.errors import DomainError
from apps.deployments.models import TaskType
from apps.figures.models import Indicator
from apps.units.models import LiaisonGroup, Member, Unit

from ..dictionaries import install_dictionaries
from . import (
    aftermath,
    allocations,
    assistance,
    calls,
    campaigns,
    clock,
    closures,
    deployments,
    forecasts,
    ledger,
    people,
    places,
    publicity,
    raised,
    registrations,
    reports,
    rounds,
    signatures,
    units,
    users,
    visits,
)
from .copying import (
    Copier,
    analyze,
    audit_silenced,
    check_foreign_keys,
    empty_tables,
    set_sequences,
)
from .progress import Progress
from .scale import SCALES
from .world import World

ACTOR = "command:load_reference"
LOAD_KEY = "reference"


class LoadRefusedError(DomainError):
    """There is data that the reference world would overwrite."""


def is_filled() -> bool:
    return any(model.objects.exists() for model in (Unit, Campaign, User))


def is_synthetic() -> bool:
    """Whether what is here was loaded by us, and no real person has been added since."""
    loaded = AuditEntry.objects.filter(operation=AuditOperation.LOAD, key=LOAD_KEY).exists()
    people = (Member, Beneficiary)
    return loaded and not any(
        model._default_manager.filter(is_synthetic=False).exists() for model in people
    )


def refuse_to_overwrite(*, reset: bool) -> None:
    """Raises LoadRefusedError unless the database is empty, or synthetic and to be reset."""
    if not is_filled():
        return
    if not reset:
        raise LoadRefusedError(
            "数据库中已有数据，未作任何改动。要清空演示数据重新装入，请加 --reset。"
        )
    if not is_synthetic():
        raise LoadRefusedError("现有数据不全是演示数据，不能清空。请在空库中装入演示数据。")


def load_world(
    *, scale: str, seed: int, today: dt.date, reset: bool, progress: Progress
) -> dict[str, int]:
    """Load the world in one transaction; returns rows by table.

    Raises LoadRefusedError. The same scale, seed and day give the same rows; only sealed phones
    and the hash of the password differ, and before ten in the morning the hours of today (`clock`).
    """
    clock.loading_since.cache_clear()
    world = World(scale=SCALES[scale](), seed=seed, today=today)
    copier = Copier(progress.advance)
    with acting(ACTOR), transaction.atomic():
        refuse_to_overwrite(reset=reset)
        # On an empty database, too: ids are the same at each load.
        empty_tables()
        with audit_silenced():
            install_dictionaries()
            late = _write(world, copier)
            # Days are locked by statements over all of it, which are planned by what it holds.
            analyze()
            forecasts.tell_past_needs(world)
            aftermath.lock_past_days(world, copier, late, progress)
            campaigns.close_campaigns()
            set_sequences()
            allocations.play_drill(world)
            raised.raise_this_morning(world)
            signatures.sign_drill(world)
        _record(world, copier)
    analyze()
    progress.close()
    return copier.counts


def _write(world: World, copier: Copier) -> list[reports.LateFiling]:
    world.indicators = dict(Indicator.objects.values_list("code", "id"))
    world.groups = dict(LiaisonGroup.objects.values_list("number", "id"))
    world.tasks = dict(TaskType.objects.values_list("code", "id"))
    world.task_names = dict(TaskType.objects.values_list("code", "name"))
    place_rows = places.plan_places(world)
    units.plan_units(world)
    roster = people.plan_people(world)
    campaigns.plan_campaigns(world)
    deployments.plan_deployments(world)
    places.write_places(copier, place_rows)
    users.write_users(world, copier, settings.DEMO_PASSWORD)
    units.write_units(world, copier)
    units.write_group_leaders(world)
    people.write_people(world, copier, roster)
    check_foreign_keys()
    campaigns.write_campaigns(world, copier)
    places.write_area_status(world, copier)
    ledger.write_ledger(world, copier)
    registrations.write_registrations(world, copier, [kind for kind, _ in roster])
    closures.close_areas(world, copier)
    visits.write_visits(world, copier)
    allocations.write_allocations(world, copier)
    raised.write_standing(world, copier)
    assistance.write_assistance(world, copier)
    publicity.write_publicity(world, copier)
    check_foreign_keys()
    late = reports.write_reports(world, copier)
    rounds.write_rounds(world, copier)
    calls.write_calls(world, copier)
    check_foreign_keys()
    return late


def _record(world: World, copier: Copier) -> None:
    """One entry of the trail stands for the whole load."""
    AuditEntry.objects.create(
        at=clock.loading_since(),
        actor=ACTOR,
        table="",
        key=LOAD_KEY,
        operation=AuditOperation.LOAD,
        after={
            "scale": world.scale.name,
            "seed": world.seed,
            "today": world.today.isoformat(),
            "rows": copier.counts,
        },
    )
