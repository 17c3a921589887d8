"""Communities by the list offices keep: no codes, no order, as people write names."""

import pytest

from apps.communities.models import Community
from tests.factories import CommunityFactory, DistrictFactory, StreetFactory
from tests.office.importing import act, applied, checked, counts, exported, problems, workbook

pytestmark = pytest.mark.django_db

SHEET = "communities"
HEAD = ("序号", "区县", "街道", "社区名称", "联系人", "户数")


@pytest.fixture
def street():
    district = DistrictFactory(code="410105", name="金水区", short_name="金水")
    return StreetFactory(district=district, name="经八路街道")


def listed(*rows, head=HEAD):
    return workbook(head, rows)


def test_a_list_without_codes_brings_in_what_is_new(staff, street):
    known = CommunityFactory(code="4101050031", name="经八路社区", street=street, sort_key=310)
    elsewhere = StreetFactory(district=street.district, name="东风路街道")

    batch = applied(
        staff,
        SHEET,
        listed(
            (1, "金水区", "经八路办事处", "经八路社区（原经八村）", "杨静", "1470户"),
            (2, "金水", "经八路街道", "纬五路社区居委会", "周平", "856户"),
            (3, "金水区", "东风路街道", "东风路社区", None, None),
            (4, "金水区", "经八路街道", "纬四路社区", None, None),
        ),
    )

    known.refresh_from_db()
    assert counts(batch) == {"new": 3, "changed": 1, "same": 0, "wrong": 0}
    assert (known.code, known.contact, known.sort_key) == ("4101050031", "杨静", 310)
    new = Community.objects.exclude(pk=known.pk).order_by("code")
    assert list(new.values_list("name", "code", "street", "sort_key")) == [
        ("纬五路社区", "4101050032", street.pk, 311),
        ("东风路社区", "4101050033", elsewhere.pk, 312),
        ("纬四路社区", "4101050034", street.pk, 312),
    ]
    assert counts(checked(staff, SHEET, workbook(*exported(SHEET, staff))))["same"] == 4
    act(staff, batch, "undo")
    assert Community.objects.get() == known


def test_a_code_of_its_own_is_kept_and_not_given_twice(staff, street):
    head = ("代码", "区县", "街道", "社区", "排序")

    applied(
        staff,
        SHEET,
        listed(
            ("4101050007", "金水区", "经八路街道", "经八路社区", 70),
            (None, "金水区", "经八路街道", "纬五路社区", None),
            head=head,
        ),
    )

    assert dict(Community.objects.values_list("name", "code")) == {
        "经八路社区": "4101050007",
        "纬五路社区": "4101050008",
    }


def test_one_that_stands_keeps_its_order_and_its_name_to_itself(staff, street):
    known = CommunityFactory(code="C1", name="经八路社区", street=street, sort_key=310)

    batch = checked(
        staff,
        SHEET,
        listed(
            ("C1", "金水区", "经八路街道", "经八路社区", None),
            (None, "金水区", "经八路街道", "经八路社区", None),
            (None, "金水区", "没有的街道", "示例社区", None),
            head=("代码", "区县", "街道", "社区", "排序"),
        ),
    )

    assert problems(batch) == [
        (2, "sort_key", "", "“排序”不能为空，请填写，或删去整列。"),
        (3, "name", "经八路社区", "“社区（村）”与另一条已有的记录相同，请核对。"),
        (
            4,
            "street",
            "没有的街道",
            "该区县没有这个街道，请核对名称；新设的街道请先由数据管理员登记。",
        ),
    ]
    assert Community.objects.get() == known


def test_the_same_new_community_comes_once(staff, street):
    row = (1, "金水区", "经八路街道", "经八路社区", None, None)

    batch = checked(staff, SHEET, listed(row, row))

    assert [(number, column) for number, column, *_ in problems(batch)] == [(3, "name")]
