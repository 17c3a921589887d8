import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.numbers import LIMIT, MEASURE_WORDS
from apps.office.workbooks.book import Uncomputed
from apps.office.workbooks.cells import (
    YESTERDAY,
    Parsed,
    read_choice,
    read_count,
    read_decimal,
    read_flag,
    read_name,
    read_phone,
    read_text,
)

BLANK = Parsed(is_blank=True)
WIDE = str.maketrans("0123456789,.", "０１２３４５６７８９，．")


# --- numbers


@pytest.mark.parametrize("cell", ["", " ", "　", None, "—", "——", "-", "－", "/", "未报"])
def test_nothing_and_a_dash_are_missing(cell):
    assert read_count(cell) == BLANK


@pytest.mark.parametrize("cell", [0, 0.0, "0", "０", "无", "零", "零报告", " 没有 ", "0人"])
def test_zero_is_zero_in_every_word_for_it(cell):
    assert read_count(cell) == Parsed(0)


@pytest.mark.parametrize(
    ("cell", "value", "qualifier"),
    [
        ("约40人", 40, "about"),
        ("近300", 300, "about"),
        ("40人左右", 40, "about"),
        ("40余人", 40, "over"),
        ("1.2万余人", 12000, "over"),
        ("1.2万", 12000, ""),
        ("1,204", 1204, ""),
        ("1，204", 1204, ""),
        ("1 204", 1204, ""),
        ("2180、", 2180, ""),
        ("14个", 14, ""),
        ("11支", 11, ""),
        ("96（含机关）", 96, ""),
        ("\u200b40\ufeff", 40, ""),
        (312.0, 312, ""),
    ],
)
def test_a_number_is_read_in_the_ways_it_is_written(cell, value, qualifier):
    assert read_count(cell) == Parsed(value, qualifier)


@pytest.mark.parametrize(
    "cell", ["96（含退役党员12人）", "3-5", "12+3", "1、204", "1 2", "12（13）", "3～5人"]
)
def test_two_numbers_in_a_cell_are_quoted_and_not_chosen_from(cell):
    read = read_count(cell)

    assert read.value is None
    assert read.problem.startswith(f"“{cell}”里有不止一个数，请只填一个数字")


def test_as_yesterday_offers_and_does_not_take():
    read = read_count(" 同 昨日")

    assert (read.value, read.offer) == (None, YESTERDAY)
    assert read.problem == "“同 昨日”须经核对：请确认昨日的数，或直接填写数字。"


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("四十", "“四十”不是数字。请填写数字，例如 12；没有的填 0，未掌握的留空。"),
        ("-3", "数值不能为负，没有的填 0。"),
        (-3.0, "数值不能为负，没有的填 0。"),
        (12.5, "请填写整数，例如 12；没有的填 0。"),
        ("99999999999", "数值过大，请核对计量单位。"),
        (True, "“TRUE”不是数字。请填写数字，例如 12；没有的填 0，未掌握的留空。"),
        (
            dt.date(2021, 8, 5),
            "Excel 把这一格当成了日期或时间（2021-08-05），请把单元格设为文本后重填。",
        ),
        (
            Uncomputed("=SUM(D4:D9)"),
            "公式“=SUM(D4:D9)”没有算出的值，请用 Excel 打开、保存后再上传，或直接填写。",
        ),
        (Uncomputed("#REF!"), "这一格是错误值“#REF!”，请改成数据。"),
    ],
)
def test_what_is_no_number_is_told_with_its_remedy(cell, problem):
    assert read_count(cell) == Parsed(problem=problem)


def test_a_measure_stands_after_its_number_and_no_other():
    assert read_decimal("860m³", measure="立方米") == Parsed(Decimal(860))
    assert read_count("12人", measure="人次") == Parsed(
        problem="这一项按“人次”计数，“12人”的单位不符，请核对。"
    )


def test_a_decimal_keeps_two_places_and_forgives_the_float():
    assert read_decimal(0.1 + 0.2) == Parsed(Decimal("0.3"))
    assert read_decimal("1.25吨") == Parsed(Decimal("1.25"))
    assert read_decimal(1.234).problem == "最多保留两位小数。"
    assert read_decimal("1.25", places=1).problem == "最多保留 1 位小数。"


written_counts = st.integers(0, int(LIMIT))


@given(
    number=written_counts,
    before=st.sampled_from(["", "约", "大约", " ", "　"]),
    word=st.sampled_from(["", *sorted({w for words in MEASURE_WORDS.values() for w in words})]),
    after=st.sampled_from(["", "左右", "、", "（待核）", " "]),
    is_wide=st.booleans(),
    is_grouped=st.booleans(),
)
def test_a_count_survives_every_way_of_writing_it(number, before, word, after, is_wide, is_grouped):
    digits = f"{number:,}" if is_grouped else str(number)
    digits = digits.translate(WIDE) if is_wide else digits

    read = read_count(before + digits + word + after)

    about = "about" if before in {"约", "大约"} or after == "左右" else ""
    assert read == Parsed(number, about)


@given(st.integers(0, int(LIMIT)))
def test_a_count_is_the_same_as_number_and_as_text(number):
    assert read_count(number) == read_count(float(number)) == read_count(str(number))


@given(st.decimals(0, 9999, places=2), st.sampled_from(["", "万"]))
def test_a_decimal_survives_as_text_and_as_float(number, myriads):
    times = 10_000 if myriads else 1

    assert read_decimal(f"{number}{myriads}").value == number * times
    assert read_decimal(float(number)).value == number


@given(st.one_of(st.text(max_size=40), st.floats(), st.integers(), st.booleans(), st.none()))
def test_no_cell_is_both_read_and_refused(cell):
    for read in (read_count, read_decimal, read_phone, read_flag):
        parsed = read(cell)

        assert (parsed.value is not None) + bool(parsed.problem) + parsed.is_blank == 1


# --- text


def test_text_is_trimmed_and_numbers_are_written_out():
    assert read_text("　备注 ", most=10) == Parsed("备注")
    assert read_text(13900009167.0, most=20) == Parsed("13900009167")
    assert read_text("第一行\r\n第二行", most=20) == Parsed("第一行\n第二行")
    assert read_text("\u202d甲路\u202c", most=20) == Parsed("甲路")


@pytest.mark.parametrize("cell", [None, "", "  ", "—", "/", "\u200b"])
def test_a_text_of_nothing_or_a_dash_is_blank(cell):
    assert read_text(cell, most=10) == BLANK


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("五个字以上", "超过 4 个字（现有 5 个），请缩短。"),
        ("同上", "“同上”请写明内容，不能代指上一行。"),
        (4.1e17, "数字超过 15 位，Excel 已丢失末几位，请把单元格设为文本后重填。"),
    ],
)
def test_a_text_that_cannot_stand_is_told_why(cell, problem):
    assert read_text(cell, most=4) == Parsed(problem=problem)


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=2, max_size=30))
def test_a_text_comes_back_as_it_was(text):
    read = read_text(text, most=30)

    assert read == Parsed(text) or text in {"——", "--", "同上", "同前"}


def test_a_name_loses_the_blanks_it_is_spaced_with():
    assert read_name("吴　敏", most=10) == Parsed("吴敏")
    assert read_name("省 水利厅", most=10) == Parsed("省水利厅")
    assert read_name("John  Smith", most=20) == Parsed("John Smith")
    assert read_name("吴 晓 燕", most=2).problem == "超过 2 个字（现有 3 个），请缩短。"


# --- phones


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        (13900009167, "13900009167"),
        (13900009167.0, "13900009167"),
        ("139-0000-9263", "13900009263"),
        (" 13900008877 ", "13900008877"),
        ("１３９００００８８８９", "13900008889"),
        ("+86 139 0000 9263", "13900009263"),
        ("0371-00001001", "0371-00001001"),
        ("（0371）65901234", "0371-65901234"),
        ("037165901234", "0371-65901234"),
        ("0371-65901234转801", "0371-65901234-801"),
        ("6590-1234", "65901234"),
        ("139****9263", "139****9263"),
    ],
)
def test_a_phone_is_read_in_its_one_form(cell, phone):
    assert read_phone(cell) == Parsed(phone)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("13900009263、13900009264", "一格里有不止一个号码，请只留一个。"),
        (37165901234, "开头的 0 可能已丢失，请把单元格设为文本，填成 0371-65901234 的样子。"),
        ("1.39E+10", "不是电话号码，请填 11 位手机号，或带区号的固定电话，例如 0371-65901234。"),
        ("办公室", "不是电话号码，请填 11 位手机号，或带区号的固定电话，例如 0371-65901234。"),
    ],
)
def test_what_is_no_phone_is_told_why(cell, problem):
    assert read_phone(cell) == Parsed(problem=problem)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mobile_survives_dashes_blanks_and_width(digits):
    spaced = f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    ways = [int(digits), float(digits), spaced, spaced.replace(" ", "-"), digits.translate(WIDE)]

    assert {read_phone(way).value for way in ways} == {digits}


# --- words


def test_a_choice_is_known_whatever_its_width_and_blanks():
    choices = {"1组": 1, "机关（本级）": 2}

    assert read_choice("１ 组", choices) == Parsed(1)
    assert read_choice("机关(本级)", choices) == Parsed(2)
    assert read_choice("—", choices) == BLANK
    assert read_choice("3组", choices) == Parsed(
        problem="没有“3组”这一项，可填：1组、机关（本级）。"
    )


@pytest.mark.parametrize(
    ("cell", "value"),
    [("是", True), ("√", True), (1.0, True), ("否", False), (0, False), ("×", False)],
)
def test_a_flag_is_ticked_or_said(cell, value):
    assert read_flag(cell) == Parsed(value)


def test_a_flag_that_may_be_either_is_refused():
    assert read_flag("也许") == Parsed(problem="“也许”请改填“是”或“否”。")
