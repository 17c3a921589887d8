import pytest

from apps.core import panels
from apps.core.panels import ExtraColumns, Panel
from apps.core.tables import Column
from apps.units.models import Unit
from tests.cast import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def registry(monkeypatch):
    """What upper apps have registered is set aside."""
    monkeypatch.setattr(panels, "_panels", [])
    monkeypatch.setattr(panels, "_columns", [])


def panel(key, order, permission="units.view_unit"):
    return Panel("units.unit", key, key, lambda *_: {"table": None}, permission, order=order)


def test_panels_stand_around_the_records_own_tabs_by_their_order(registry, staff, unit):
    panels.register_panel(panel("last", 90), panel("first", 10))

    tabs = client_for(staff).get(f"/units/{unit.pk}/?tab=branches").context["tabs"]

    assert [tab.key for tab in tabs] == ["first", "branches", "last"]


def test_a_panel_is_shown_to_who_may_open_it(registry, staff, unit):
    panels.register_panel(panel("secret", 10, permission="accounts.view_auditentry"))

    response = client_for(staff).get(f"/units/{unit.pk}/?tab=secret")

    assert [tab.key for tab in response.context["tabs"]] == ["branches"]


def test_registering_twice_changes_nothing(registry):
    one = panel("one", 10)
    panels.register_panel(one)
    panels.register_panel(one)

    assert panels._panels == [one]


def test_added_columns_stand_before_the_tail_and_are_filled(registry, staff, unit):
    column = Column("twice", label="代码再现")
    panels.register_columns(
        ExtraColumns(
            "units.unit",
            (column,),
            lambda rows, _: rows.extra(select={"twice": "code"}),
            "units.view_unit",
        )
    )

    table = client_for(staff).get("/units/").context["table"]

    assert [c.label for c in table.columns][-2:] == ["代码再现", "备注"]
    assert table.rows[0]["twice"] == unit.code
    assert Unit.objects.count() == 1
