"""The office's own sentences, word for word."""

import datetime as dt

import pytest

from apps.campaigns.enums import Rung
from apps.daily import wording
from apps.daily.enums import ReportState
from apps.daily.wording import GroupCount, Hours

ON = dt.date(2021, 8, 5)
HOURS = Hours(
    data_cut=dt.time(17),
    filing=dt.time(17),
    flash=dt.time(18),
    lock=dt.time(19),
    dispatch=dt.time(21),
)


def unit_sentence(rung, state=ReportState.MISSING, late_minutes=0, group=3):
    return wording.unit_sentence(
        rung,
        unit="示例单位甲",
        on=ON,
        hours=HOURS,
        group=group,
        state=state,
        late_minutes=late_minutes,
    )


@pytest.mark.parametrize(
    ("rung", "expected"),
    [
        (Rung.HINT, "请报送防汛救灾日报（8月5日）"),
        (Rung.DUE, "防汛救灾日报已到截报时间"),
        (Rung.LATE, "请尽快补报防汛救灾日报"),
        (Rung.LOCKED, "关于防汛救灾日报未报情况的提醒"),
    ],
)
def test_unit_subject_is_the_offices(rung, expected):
    assert wording.unit_subject(rung, ["防汛救灾"], ON) == expected


@pytest.mark.parametrize(
    ("rung", "late", "expected"),
    [
        (
            Rung.HINT,
            0,
            (
                "示例单位甲：8月5日日报截报时间为17:00（数据截至17:00）。贵单位尚未报送，请安排填报；"
                "今日无下沉的，请作零报告。停电断网的，可电话报送，由联络服务小组代录。"
                "如已报送，请忽略。谢谢支持。"
            ),
        ),
        (
            Rung.DUE,
            0,
            (
                "示例单位甲：截至17:00，尚未收到贵单位8月5日日报。请于18:00前补报；"
                "有困难的，请告知第3联络服务小组，我们协助办理。"
            ),
        ),
        (
            Rung.LATE,
            60,
            (
                "示例单位甲机关党委：贵单位8月5日日报逾期1小时，汇总将于19:00锁定。"
                "请负责同志协调，于18:30前报送；确无法报送的，请电话说明原因。"
            ),
        ),
        (
            Rung.LOCKED,
            120,
            (
                "示例单位甲机关党委：截至19:00，8月5日日报仍未收到，当日汇总将按未报列示，不以零计。"
                "请于21:00前补报并简要说明原因，补报数据列入更正。感谢理解支持。"
            ),
        ),
    ],
)
def test_unit_sentence_is_the_offices(rung, late, expected):
    assert unit_sentence(rung, late_minutes=late) == expected


def test_unit_sentence_asks_the_reviewer_when_the_report_waits_for_him():
    assert unit_sentence(Rung.DUE, ReportState.UNIT_REVIEW) == (
        "示例单位甲机关党委：贵单位8月5日日报已填报，待贵单位审核。请审核人于21:00前审核报送。"
    )


def test_unit_sentence_names_the_office_when_the_unit_is_in_no_group():
    assert "请告知工委办公室，" in unit_sentence(Rung.DUE, group=None)


@pytest.mark.parametrize("rung", list(Rung))
@pytest.mark.parametrize("state", [ReportState.MISSING, ReportState.RETURNED])
def test_no_sentence_names_a_colour_or_exclaims(rung, state):
    text = unit_sentence(rung, state, late_minutes=61)

    assert not set("蓝黄橙红！!") & set(text)


def test_group_sentences_list_the_missing_units():
    count = GroupCount(asked=10, filed=8, missing=("示例甲", "示例乙"), repeated=(("示例乙", 2),))

    assert [wording.group_sentence(rung, number=3, count=count, hours=HOURS) for rung in Rung] == [
        "请协助提醒：示例甲、示例乙。截报17:00。",
        "第3组应报10家，已报8家，未报：示例甲、示例乙。请逐家电话了解，可代录。",
        (
            "未报2家：示例甲、示例乙；其中示例乙连续2日未报。"
            "请组长与机关党委负责同志联系，18:30前反馈情况。"
        ),
        (
            "截至19:00第3组仍有2家未报：示例甲、示例乙。当日数据已锁定，请在平台登记联系情况；"
            "需工委领导协调的，请注明。"
        ),
    ]


def test_office_sentence_says_which_groups_and_whom_a_leader_should_call():
    count = GroupCount(asked=179, filed=171, missing=tuple("甲乙丙丁戊己庚辛"))

    text = wording.office_sentence(count=count, groups=[16, 3, 7, 11], late=3, for_leader=1)

    assert text == (
        "应报179家，已报171家，未报8家（涉及第3、7、11、16组）。"
        "逾期2小时以上3家，拟由工委负责同志联系1家，请审定。"
    )


def test_office_sentence_ends_well_with_nobody_very_late():
    count = GroupCount(asked=2, filed=1, missing=("甲",))

    text = wording.office_sentence(count=count, groups=[3], late=0, for_leader=0)

    assert text == "应报2家，已报1家，未报1家（涉及第3组）。"
