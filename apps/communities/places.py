"""Places under the names notices give them, and the number by which a sheet knows one."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, F, QuerySet, TextChoices, Value, When
from django.db.models.functions import Concat, Replace

from .models import Community, Estate, NamedArea, Street
from .sheets import OFFICE, place_of

KINDS = 5
"""A place is known by its own number times this, and what it is."""


class PlaceKind(TextChoices):
    STREET = "1", "街道"
    COMMUNITY = "2", "社区"
    ESTATE = "3", "小区"
    AREA = "4", "自定范围"


DRAWN = PlaceKind.STREET, PlaceKind.COMMUNITY, PlaceKind.ESTATE
"""What a named area is drawn from."""
FIELDS = dict(zip(PlaceKind, ("street", "community", "estate", "area"), strict=True))
"""The foreign key of each kind."""


KNOWN_AS = ("n0", "n1", "n2", "n3", "n4")
"""The names a place is known by, of the querysets below; it goes out under the first."""
UNKNOWN = "没有这个街道、社区或小区，请核对名称，或先登记该小区。"
SEVERAL = "同名的不止一处，请在前面写上区县、街道和社区。"


def _street(path: str = "") -> Concat:
    return Concat(f"{path}district__name", f"{path}name")


def _estate(path: str = "") -> Concat:
    return Concat(place_of(f"{path}community"), f"{path}name")


NAMES = {
    PlaceKind.STREET: _street("street__"),
    PlaceKind.COMMUNITY: place_of("community"),
    PlaceKind.ESTATE: _estate("estate__"),
    PlaceKind.AREA: F("area__name"),
}
"""The name a place goes out by, of a row with the foreign keys of `FIELDS`."""


def drawn_places(user: Any) -> QuerySet[Any]:
    """Streets, communities and estates by `number` under all the names `n0` to `n4`."""
    return _streets(user).union(_communities(user), _estates(user), all=True)


def places_of(user: Any) -> QuerySet[Any]:
    """What a measure may lie on: as `drawn_places`, and the named areas."""
    areas = NamedArea.objects.visible_to(user).annotate(
        number=_number(PlaceKind.AREA),
        n0=F("name"),
        **dict.fromkeys(KNOWN_AS[1:], _NONE),
    )
    parts = _communities(user), _estates(user), areas.order_by()
    return _streets(user).union(*parts, all=True)


_NONE = Value("")


def _number(kind: PlaceKind, path: str = "pk") -> Any:
    return F(path) * KINDS + int(kind)


def _streets(user: Any) -> QuerySet[Any]:
    bare = Replace("name", Value("街道"), Value(""))
    rows: QuerySet[Any] = Street.objects.visible_to(user).annotate(
        number=_number(PlaceKind.STREET),
        n0=_street(),
        n1=F("name"),
        n2=Concat("district__short_name", "name"),
        n3=Concat(bare, OFFICE),
        n4=Concat("name", OFFICE),
    )
    return rows.order_by()


def _communities(user: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = Community.objects.visible_to(user).annotate(
        number=_number(PlaceKind.COMMUNITY),
        n0=place_of(),
        n1=F("name"),
        n2=Concat("street__name", "name"),
        n3=Concat("street__district__name", "name"),
        n4=F("code"),
    )
    return rows.order_by()


def _estates(user: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = Estate.objects.visible_to(user).annotate(
        number=_number(PlaceKind.ESTATE),
        n0=_estate(),
        n1=F("name"),
        n2=Concat("community__name", "name"),
        n3=Concat("community__street__name", "community__name", "name"),
        n4=_NONE,
    )
    return rows.order_by()


def with_place(rows: QuerySet[Any], *kinds: PlaceKind) -> QuerySet[Any]:
    """`rows` with `place`, `place_number` and `place_kind` of the one of `kinds` that is set."""

    def of(values: dict[PlaceKind, Any]) -> Case:
        return Case(
            *(When(**{f"{FIELDS[kind]}__isnull": False}, then=values[kind]) for kind in kinds)
        )

    return rows.annotate(
        place=of(NAMES),
        place_number=of({kind: _number(kind, f"{FIELDS[kind]}_id") for kind in kinds}),
        place_kind=of({kind: Value(kind.value) for kind in kinds}),
    )
