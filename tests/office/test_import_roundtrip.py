"""Export → edit → import gives exactly the edits; rows nobody touched are no-ops."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.communities.models import Community
from apps.units.enums import FunctionLine, MemberKind, UnitCategory
from apps.units.models import GroupMembership, Member, Membership, Unit
from tests.cast import posted
from tests.factories import (
    CommunityFactory,
    EstateFactory,
    LiaisonGroupFactory,
    MemberFactory,
    PartyBranchFactory,
    UnitFactory,
)

from .importing import act, checked, counts, exported, workbook

NUMBERS = itertools.count(1)
ROUNDS = settings(
    max_examples=5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# What people type and PostgreSQL, Excel and a COPY could each trip over.
TEXT = st.text(
    st.characters(whitelist_categories=("L", "Nd", "P", "Sc", "Sm"), max_codepoint=0x9FFF),
    min_size=1,
    max_size=12,
).filter(lambda text: text == text.strip() and not text.isspace())
FORMULA = st.sampled_from(["=1+1", "+86", "-2", "@SUM", "a\\N", "\\.", "'引号", '"双', "；分、号"])
WORDS = st.one_of(st.sampled_from(["示例甲", "第一名"]), FORMULA)
PHONES = st.integers(0, 99_999_999).map(lambda n: f"139{n:08}")


def edits(head, kinds):
    """Column and new value, for up to three columns."""
    one = st.one_of(*(st.tuples(st.just(name), values) for name, values in kinds.items()))
    return st.lists(one, max_size=3, unique_by=lambda pair: pair[0]).map(dict)


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


def snapshot():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Unit, GroupMembership, Member, Membership, Community)
    ]


def go_round(user, code, key, changed):
    """Edit what goes out, bring it back, undo it; what was found changed in between."""
    before = snapshot()
    head, rows = exported(code, user)
    wanted = [list(row) for row in rows]
    differing = set()
    for number, values in changed.items():
        row = wanted[number % len(wanted)]
        for name, value in values.items():
            row[head.index(name)] = "" if value is None else value
        if row != rows[number % len(wanted)]:
            differing.add(number % len(wanted))
    name = f"{next(NUMBERS)}.xlsx"
    sent = workbook(head, [[None if v == "" else v for v in row] for row in wanted])
    batch = checked(user, code, sent, name=name, again="on")
    assert batch.wrongs == 0, list(batch.rows.values_list("problems", flat=True))
    assert counts(batch) == {
        "new": 0,
        "changed": len(differing),
        "same": len(rows) - len(differing),
        "wrong": 0,
    }
    if not differing:
        assert snapshot() == before
        return
    act(user, batch, "apply")
    assert batch.state == "applied", batch.message
    at = head.index("手机") if "手机" in head else None
    after = {row[head.index(key)]: row for row in exported(code, user)[1]}
    for row in wanted:
        if at is not None and row[at] and "*" not in row[at]:
            assert Member.objects.get(member_no=row[head.index(key)]).phone == row[at]
            row[at] = f"{row[at][:3]}****{row[at][-4:]}"
        assert after[row[head.index(key)]] == row
    act(user, batch, "undo")
    assert batch.state == "undone", batch.message
    assert snapshot() == before


@ROUNDS
@given(changed=st.dictionaries(st.integers(0, 3), edits(None, MEMBER_EDITS), max_size=3))
def test_members_come_back_as_they_were_edited(world, changed):
    go_round(world, "members", "编号", changed)


@ROUNDS
@given(changed=st.dictionaries(st.integers(0, 1), edits(None, UNIT_EDITS), max_size=2))
def test_units_come_back_as_they_were_edited(world, changed):
    go_round(world, "units", "单位代码", changed)


@ROUNDS
@given(changed=st.dictionaries(st.integers(0, 1), edits(None, COMMUNITY_EDITS), max_size=1))
def test_communities_come_back_as_they_were_edited(world, changed):
    go_round(world, "communities", "代码", changed)


@ROUNDS
@given(text=TEXT)
def test_any_text_survives_the_way(world, text):
    Community.objects.filter(code="C2").update(contact=text)

    head, rows = exported("communities", world)
    batch = checked(
        world, "communities", workbook(head, rows), name=f"{next(NUMBERS)}.xlsx", again="on"
    )

    assert counts(batch) == {"new": 0, "changed": 0, "same": 2, "wrong": 0}
