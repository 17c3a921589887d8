"""Export → edit → import gives exactly the edits; rows nobody touched are no-ops."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.communities.models import Community
from apps.office.workbooks.cells import DASHES, DITTO
from apps.units.enums import FunctionLine, MemberKind, UnitCategory
from tests.cast import posted
from tests.factories import (
    CommunityFactory,
    EstateFactory,
    LiaisonGroupFactory,
    MemberFactory,
    PartyBranchFactory,
    UnitFactory,
)

from .importing import NUMBERS, checked, counts, edits, exported, go_round, workbook

ROUNDS = settings(
    max_examples=5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# What people type and PostgreSQL, Excel and a COPY could each trip over. A lone dash says nothing
# and a sign of repetition points at another row: offices write both, and neither is a text.
TEXT = st.text(
    st.characters(whitelist_categories=("L", "Nd", "P", "Sc", "Sm"), max_codepoint=0x9FFF),
    min_size=1,
    max_size=12,
).filter(lambda text: text == text.strip() and text not in DASHES | DITTO)
FORMULA = st.sampled_from(["=1+1", "+86", "-2", "@SUM", "a\\N", "\\.", "'引号", '"双', "；分、号"])
WORDS = st.one_of(st.sampled_from(["示例甲", "第一名"]), FORMULA)
PHONES = st.integers(0, 99_999_999).map(lambda n: f"139{n:08}")


def flags():
    return st.sampled_from(["是", "否"])


MEMBER_EDITS = {
    "姓名": st.sampled_from(["王示例", "欧阳示例", "阿卜杜·示例"]),
    "身份": st.sampled_from([str(word) for word in MemberKind.labels]),
    "单位": st.sampled_from(["示例甲", "示例乙"]),
    "手机": PHONES | st.none(),
    "居住社区": st.sampled_from(["示例区甲街道中心社区", None]),
    "免派": flags(),
}
UNIT_EDITS = {
    "类别": st.sampled_from([str(word) for word in UnitCategory.labels]),
    "联络服务小组": st.sampled_from(["第3组", "第4组"]),
    "职能线": st.lists(
        st.sampled_from([str(word) for word in FunctionLine.labels]), unique=True, max_size=3
    ).map("、".join),
    "值班电话": st.sampled_from(["0371-65500001", "65500002", None]),
    "由领导沟通": flags(),
    "排序": st.integers(0, 2_000_000),
    "在列": flags(),
}
COMMUNITY_EDITS = {
    "社区（村）": st.sampled_from(["中心社区甲", "东村", "=西村"]),
    "社区联系人": WORDS | st.none(),
    "值班电话": st.sampled_from(["0371-65500001", None]),
    "户数": st.integers(0, 90_000) | st.none(),
    "排序": st.integers(0, 2_000_000),
}


@pytest.fixture
def world(db):
    groups = [LiaisonGroupFactory(number=number) for number in (3, 4)]
    units = [
        UnitFactory(code=f"U9{n}", short_name=f"示例{name}", group=group)
        for n, (name, group) in enumerate(zip("甲乙", groups, strict=True))
    ]
    place = CommunityFactory(
        code="C1",
        name="中心社区",
        street__name="甲街道",
        street__district__name="示例区",
    )
    CommunityFactory(code="C2", name="南村", households=12, contact="-联系人")
    for n in range(4):
        MemberFactory(
            member_no=f"N{n}",
            name=f"示例{n}",
            unit=units[n % 2],
            phone=f"1380000000{n}" if n else "",
            home_community=place if n % 2 else None,
        )
    PartyBranchFactory(unit=units[0])
    EstateFactory(community=place)
    return posted("staff")


@ROUNDS
@given(changed=st.dictionaries(st.integers(0, 3), edits(MEMBER_EDITS), max_size=3))
def test_members_come_back_as_they_were_edited(world, changed):
    go_round(world, "members", changed)


@ROUNDS
@given(changed=st.dictionaries(st.integers(0, 1), edits(UNIT_EDITS), max_size=2))
def test_units_come_back_as_they_were_edited(world, changed):
    go_round(world, "units", changed)


@ROUNDS
@given(changed=st.dictionaries(st.integers(0, 1), edits(COMMUNITY_EDITS), max_size=1))
def test_communities_come_back_as_they_were_edited(world, changed):
    go_round(world, "communities", changed)


@ROUNDS
@given(text=TEXT)
def test_any_text_survives_the_way(world, text):
    Community.objects.filter(code="C2").update(contact=text)

    head, rows = exported("communities", world)
    batch = checked(
        world, "communities", workbook(head, rows), name=f"{next(NUMBERS)}.xlsx", again="on"
    )

    assert counts(batch) == {"new": 0, "changed": 0, "same": 2, "wrong": 0}
