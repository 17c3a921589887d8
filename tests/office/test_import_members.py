"""The roster: phones are sealed before they leave Python, belongings change by the day."""

import datetime as dt

import pytest
from django.db import connection

from apps.accounts.models import AuditEntry
from apps.core.crypto import blind_index
from apps.core.dates import business_day
from apps.office.models import ImportBatch
from apps.office.sheets.places import problems_file, rows_file
from apps.units.models import Member, Membership
from tests.cast import client_for
from tests.factories import (
    CommunityFactory,
    EstateFactory,
    MemberFactory,
    MembershipFactory,
    PartyBranchFactory,
)

from .importing import act, applied, checked, counts, exported, problems, workbook

pytestmark = pytest.mark.django_db

HEAD = ("编号", "姓名", "单位", "党支部", "手机")
PHONE = "13700012345"


def roster(*rows, head=HEAD):
    return workbook(head, rows)


# --- phones ---------------------------------------------------------------------------------------


def test_a_phone_comes_in_sealed_under_the_persons_own_key(staff, unit):
    applied(staff, "members", roster(("N1", "王示例", "示例甲", None, "１３７-0001-2345")))

    made = Member.objects.get(member_no="N1")
    assert made.phone == PHONE
    assert made.phone_index == blind_index(PHONE, column="phone_sealed")
    assert PHONE not in made.phone_sealed
    assert not made.is_synthetic


def test_no_phone_stands_anywhere_in_plain(staff, unit):
    MemberFactory(member_no="N2", name="李示例", unit=unit, phone="13900000002")
    batch = checked(
        staff,
        "members",
        roster(
            ("N1", "王示例", "示例甲", None, PHONE),
            ("N2", "李示例", "示例甲", None, PHONE),
            ("N3", "赵示例", "不存在的单位", None, PHONE),
            ("N4", "钱示例", "示例甲", None, "1370001234567890"),
        ),
    )
    act(staff, batch, "recheck")

    kept = rows_file(batch).read_text() + problems_file(batch).read_text()
    told = str(list(ImportBatch.objects.values())) + str(list(batch.rows.values()))
    told += str(list(AuditEntry.objects.values()))
    with connection.cursor() as cursor:
        for table in ("staged", "problem", "compared"):
            cursor.execute(f"SELECT {table}::text FROM {table}")
            kept += str(cursor.fetchall())
    for plain in (PHONE, "13900000002", "1370001234567890"):
        assert plain not in kept
        assert plain not in told
    page = client_for(staff).get(f"{batch.get_absolute_url()}?tab=wrong").content.decode()
    assert PHONE not in page


def test_a_mask_that_comes_back_means_as_it_was(staff, unit):
    MemberFactory(member_no="N1", unit=unit, phone=PHONE)

    head, rows = exported("members", staff)
    batch = checked(staff, "members", workbook(head, rows))

    assert rows[0][head.index("手机")] == "137****2345"
    assert counts(batch) == {"new": 0, "changed": 0, "same": 1, "wrong": 0}


@pytest.mark.parametrize(
    ("number", "mask", "reason"),
    [
        (
            "N1",
            "138****2345",
            "带星号的号码与现有号码对不上；不改的保持原样，要改的填写完整号码。",
        ),
        ("N9", "137****2345", "新增的人请填写完整号码，不能带星号。"),
    ],
)
def test_an_edited_mask_is_never_lost(staff, unit, number, mask, reason):
    MemberFactory(member_no="N1", name="王示例", unit=unit, phone=PHONE)

    batch = checked(staff, "members", roster((number, "王示例", "示例甲", None, mask)))

    assert problems(batch) == [(2, "phone", "", reason)]


def test_a_phone_is_replaced_under_the_former_ref_and_comes_back_by_undoing(staff, unit):
    person = MemberFactory(member_no="N1", name="王示例", unit=unit, phone=PHONE)
    sealed = person.phone_sealed
    batch = checked(staff, "members", roster(("N1", "王示例", "示例甲", None, "13700099999")))
    page = client_for(staff).get(f"{batch.get_absolute_url()}?tab=changed").content.decode()
    assert "加密保存，不显示" in page

    act(staff, batch, "apply")
    person.refresh_from_db()
    assert person.phone == "13700099999"

    act(staff, batch, "undo")
    person.refresh_from_db()
    assert (person.phone_sealed, person.phone) == (sealed, PHONE)
    assert person.phone_index == blind_index(PHONE, column="phone_sealed")


def test_a_phone_sealed_under_a_former_key_is_the_same_phone(staff, unit, settings):
    MemberFactory(member_no="N1", name="王示例", unit=unit, phone=PHONE)
    settings.FIELD_KEYS = {"newer": b"n" * 32, **settings.FIELD_KEYS}

    batch = checked(staff, "members", roster(("N1", "王示例", "示例甲", None, PHONE)))

    assert counts(batch)["same"] == 1


def test_an_emptied_phone_is_cleared(staff, unit):
    person = MemberFactory(member_no="N1", name="王示例", unit=unit, phone=PHONE)

    batch = applied(staff, "members", roster(("N1", "王示例", "示例甲", None, None)))

    person.refresh_from_db()
    assert batch.changes == 1
    assert (person.phone_sealed, person.phone_index, person.phone) == ("", "", "")


# --- belonging ------------------------------------------------------------------------------------


def test_who_changes_unit_does_so_from_today(staff, unit, foreign_unit):
    branch = PartyBranchFactory(unit=foreign_unit, name="第一党支部")
    person = MemberFactory(member_no="N1", name="王示例", unit=unit, phone=PHONE)
    head = ("编号", "单位", "党支部")

    batch = applied(staff, "members", roster(("N1", "示例乙", "第一党支部"), head=head))

    former, now = Membership.objects.filter(member=person).order_by("starts_on")
    today = business_day()
    assert batch.changes == 1
    assert (former.unit, former.ends_on) == (unit, today - dt.timedelta(days=1))
    assert (now.unit, now.branch, now.starts_on, now.ends_on) == (foreign_unit, branch, today, None)


def test_a_second_change_on_the_same_day_puts_the_first_right(staff, unit, foreign_unit):
    person = MemberFactory(member_no="N1", name="王示例", unit=unit)
    head = ("编号", "单位")
    applied(staff, "members", roster(("N1", "示例乙"), head=head))

    applied(staff, "members", roster(("N1", "示例甲"), head=head))

    rows = Membership.objects.filter(member=person).order_by("starts_on")
    assert [row.unit for row in rows] == [unit, unit]


def test_a_transfer_that_is_undone_leaves_no_trace(staff, unit, foreign_unit):
    person = MemberFactory(member_no="N1", name="王示例", unit=unit)
    before = list(Membership.objects.values())
    batch = applied(staff, "members", roster(("N1", "示例乙"), head=("编号", "单位")))

    act(staff, batch, "undo")

    assert batch.message == ""
    assert list(Membership.objects.filter(member=person).values()) == before


def test_a_transfer_already_entered_for_a_later_day_stands_in_the_way(staff, unit, foreign_unit):
    person = MemberFactory(member_no="N1", name="王示例")
    tomorrow = business_day() + dt.timedelta(days=1)
    MembershipFactory(member=person, unit=unit, ends_on=business_day())
    MembershipFactory(member=person, unit=foreign_unit, starts_on=tomorrow)

    batch = checked(staff, "members", roster(("N1", "示例乙"), head=("编号", "单位")))

    assert problems(batch) == [(2, "unit", "示例乙", "已登记此后的组织关系变动，请先处理那一条。")]


def test_a_branch_is_looked_for_within_the_unit(staff, unit, foreign_unit):
    PartyBranchFactory(unit=unit, name="第一党支部")
    PartyBranchFactory(unit=foreign_unit, name="第二党支部")

    batch = checked(
        staff,
        "members",
        roster(
            ("N1", "王示例", "示例甲", "第一党支部", None),
            ("N2", "李示例", "示例单位乙", "第一党支部", None),
            ("N3", "赵示例", "U902", "第二党支部", None),
        ),
    )

    assert problems(batch) == [
        (3, "branch", "第一党支部", "该单位没有这个党支部，请核对名称，或先登记党支部。")
    ]
    assert batch.news == 2


# --- homes ----------------------------------------------------------------------------------------


def test_a_number_of_full_width_or_with_unseen_signs_is_the_same_number(staff, unit):
    MemberFactory(member_no="N3", name="李示例", unit=unit)

    batch = checked(
        staff, "members", workbook(("编号", "姓名", "免派"), [("Ｎ３\u200b", "李　示例", "否")])
    )

    assert counts(batch) == {"new": 0, "changed": 0, "same": 1, "wrong": 0}


def test_a_home_is_found_by_name_or_code_and_asked_for_where_names_recur(staff, unit):
    one = CommunityFactory(name="中心社区", street__name="甲街道", code="C1")
    CommunityFactory(name="中心社区", street__name="乙街道", code="C2")
    lone = CommunityFactory(name="独一社区")
    estate = EstateFactory(community=one, name="示例小区")
    head = ("编号", "姓名", "单位", "居住社区", "居住小区")

    batch = checked(
        staff,
        "members",
        roster(
            ("N1", "王示例", "示例甲", "甲街道中心社区", "示例小区"),
            ("N2", "李示例", "示例甲", "中心社区", None),
            ("N3", "赵示例", "示例甲", "独一社区", None),
            ("N4", "钱示例", "示例甲", "C1", None),
            ("N5", "孙示例", "示例甲", "独一社区", "示例小区"),
            head=head,
        ),
    )

    assert [(row, column) for row, column, *_ in problems(batch)] == [(3, "home"), (6, "estate")]
    assert problems(batch)[0][2] == "中心社区"
    assert problems(batch)[0][3].startswith("同名的社区不止一个")
    assert batch.news == 3
    act(staff, batch, "recheck")
    good = checked(
        staff,
        "members",
        roster(
            ("N1", "王示例", "示例甲", "甲街道中心社区", "示例小区"),
            ("N3", "赵示例", "示例甲", "独一社区", None),
            head=head,
        ),
        name="二.xlsx",
    )
    act(staff, good, "apply")
    assert Member.objects.get(member_no="N1").home_estate == estate
    assert Member.objects.get(member_no="N3").home_community == lone


# --- scope ----------------------------------------------------------------------------------------


def test_a_unit_imports_its_own_people_alone(reporter, unit, foreign_unit):
    MemberFactory(member_no="N1", name="王示例", unit=unit)
    MemberFactory(member_no="N2", name="李示例", unit=foreign_unit)

    batch = checked(
        reporter,
        "members",
        roster(
            ("N1", "王示例", "示例甲", None, PHONE),
            ("N2", "李示例", "示例甲", None, PHONE),
            ("N3", "赵示例", "示例乙", None, PHONE),
            ("N4", "钱示例", "示例甲", None, PHONE),
        ),
    )

    unknown = "没有这个单位，或不在您的范围内，请从下拉选项中选择。"
    others = "该编号已有登记，但不在您的范围内，请核对，或联系工委办公室办理。"
    assert problems(batch) == [(3, "member_no", "N2", others), (4, "unit", "示例乙", unknown)]
    assert (batch.news, batch.changes) == (1, 1)


def test_a_leader_who_reports_for_a_unit_imports_for_that_unit_alone(leader, unit, foreign_unit):
    from tests.factories import PostingFactory

    PostingFactory(user=leader, role="reporter", unit=unit)
    MemberFactory(member_no="N2", name="李示例", unit=foreign_unit)

    batch = checked(leader, "members", roster(("N2", "改名", "示例甲", None, None)))

    assert [column for _, column, *_ in problems(batch)] == ["member_no"]
    assert exported("members", leader)[1] == []


def test_a_number_put_roughly_is_refused_in_chinese(staff, unit):
    head = ("代码", "社区", "户数")
    batch = checked(staff, "communities", workbook(head, [("C01", "城东路社区", "约1050户")]))

    assert any("“约”不能用在这一列" in one[3] for one in problems(batch))


def test_a_list_that_names_its_rows_by_nothing_says_what_it_lacks(staff, unit):
    batch = checked(staff, "communities", workbook(("社区", "户数"), [("城东路社区", 1050)]))

    assert batch.state == "refused"
    assert "请补上“代码”，或补上“街道”列后再上传" in batch.message


def test_the_template_of_a_unit_names_its_own_people_alone(reporter, unit, foreign_unit):
    MemberFactory(member_no="N1", unit=unit)
    MemberFactory(member_no="N2", unit=foreign_unit)

    _head, rows = exported("members", reporter)

    assert [row[0] for row in rows] == ["N1"]


# --- without a number -----------------------------------------------------------------------------

NO_NUMBER = "没有编号，按姓名和手机也认不出唯一的一条，请补上；新增的须有编号。"


def test_people_without_a_number_are_known_by_name_and_phone(staff, unit):
    person = MemberFactory(member_no="N1", name="王示例", unit=unit, phone=PHONE, is_exempt=False)
    head = ("姓名", "单位", "手机", "免派")

    batch = applied(staff, "members", roster(("王示例", "示例甲", PHONE, "是"), head=head))

    person.refresh_from_db()
    assert (batch.changes, batch.news, person.is_exempt) == (1, 0, True)
    assert (person.member_no, person.phone) == ("N1", PHONE)


def test_former_keys_know_people_too(staff, unit, settings):
    MemberFactory(member_no="N1", name="王示例", unit=unit, phone=PHONE)
    settings.FIELD_KEYS = {"newer": b"n" * 32, **settings.FIELD_KEYS}

    batch = checked(staff, "members", roster((None, "王示例", "示例甲", None, PHONE)))

    assert (counts(batch)["wrong"], counts(batch)["new"]) == (0, 0)


def test_whoever_is_not_known_beyond_doubt_needs_a_number(staff, reporter, unit, foreign_unit):
    for number in ("N1", "N2"):
        MemberFactory(member_no=number, name="双示例", unit=unit, phone=PHONE)
    MemberFactory(member_no="N3", name="王示例", unit=unit, phone="13700000003")
    MemberFactory(member_no="N4", name="李示例", unit=foreign_unit, phone="13700000004")
    rows = [
        (None, "双示例", "示例甲", None, PHONE),
        (None, "王示例", "示例甲", None, None),
        (None, "王示例", "示例甲", None, "137****0003"),
        (None, "赵示例", "示例甲", None, "13700000003"),
        (None, "李示例", "示例甲", None, "13700000004"),
    ]

    batch = checked(reporter, "members", roster(*rows))

    found = [one for one in problems(batch) if one[1] == "member_no"]
    assert found == [(row, "member_no", "", NO_NUMBER) for row in range(2, 7)]
