import pytest

from apps.office.workbooks.book import Book, SheetData
from apps.office.workbooks.reading import WorkbookRefusedError
from apps.office.workbooks.tables import Heading, find_table

UNIT = Heading("unit", "单位", ("单位名称",), required=True)
PHONE = Heading("phone", "手机", ("联系电话",))
COUNT = Heading("count", "在岗党员", ("在岗人数",))
WANTED = (UNIT, PHONE, COUNT)
HEAD = ["单位", "手机", "在岗党员"]
ROW = ["省甲厅", "13900000001", 3]


def sheet(*rows, name="表", merged=(), **told):
    return SheetData(name, [list(row) for row in rows], list(merged), **told)


def found(*rows, headings=WANTED, **told):
    return find_table(Book("xlsx", [sheet(*rows, **told)]), headings)


def numbers(table):
    return [number for number, _ in table.rows()]


# --- the header


def test_a_header_is_found_under_titles():
    table = found(["各单位情况表"], ["2021年8月5日"], [], HEAD, ROW)

    assert table.header_row == 4
    assert table.columns == {"unit": 0, "phone": 1, "count": 2}
    assert table.above == ["各单位情况表", "2021年8月5日"]
    assert list(table.rows()) == [(5, ROW)]


@pytest.mark.parametrize(
    "words",
    [
        ["单　位", "手 机", "在岗党员\n（人）"],
        ["*单位", "联系电话：", "在岗人数(人)"],
        ["单位名称", "手机", "在岗党员（含夜班）"],
        ["单位（盖章）", "手机", "在岗党员"],
    ],
)
def test_a_heading_is_known_by_other_words_blanks_and_remarks(words):
    assert found(words, ROW).columns == {"unit": 0, "phone": 1, "count": 2}


def test_columns_stand_in_any_order_among_others():
    table = found(["序号", "组别", "在岗党员", "单位", "错误原因"], [1, "第1组", 3, "省甲厅"])

    assert table.columns == {"count": 2, "unit": 3}
    assert table.unknown == ["组别"]
    assert table.missing == [PHONE]


def test_a_header_of_two_storeys_is_joined():
    headings = (UNIT, Heading("from", "起止时间起"), Heading("to", "止"), Heading("note", "备注"))
    rows = (["单位", "起止时间", "", "备注"], ["", "起", "止", ""], ["省甲厅", "1", "2", "无误"])
    merged = [(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 1, 3)]

    table = found(*rows, headings=headings, merged=merged)

    assert table.header_row == 2
    assert table.columns == {"unit": 0, "from": 1, "to": 2, "note": 3}
    assert list(table.rows()) == [(3, ["省甲厅", "1", "2", "无误"])]


def test_two_storeys_are_joined_where_a_text_file_lost_its_merged_cells():
    headings = (UNIT, Heading("from", "起止时间起"), Heading("to", "起止时间止"))

    table = found(
        ["单位", "起止时间", ""], ["", "起", "止"], ["省甲厅", "1", "2"], headings=headings
    )

    assert (table.header_row, table.columns) == (2, {"unit": 0, "from": 1, "to": 2})


def test_the_same_word_under_two_tops_is_told_apart_by_them():
    headings = (UNIT, Heading("flood", "防汛人数"), Heading("virus", "防疫人数"))
    rows = (["单位", "防汛", "防疫"], ["", "人数", "人数"], ["省甲厅", 1, 2])

    assert found(*rows, headings=headings).columns == {"unit": 0, "flood": 1, "virus": 2}


def test_a_storey_nobody_asked_for_is_no_row_of_data():
    rows = (["单位", "地点", ""], ["", "区县", "社区"], ["省甲厅", "甲区", "乙社区"])
    merged = [(0, 0, 1, 0), (0, 1, 0, 2)]

    table = found(*rows, headings=(UNIT, Heading("place", "社区")), merged=merged)

    assert numbers(table) == [3]


def test_the_label_itself_goes_before_another_word_for_it():
    table = found(["单位名称", "单位", "手机"], ["甲", "乙", "1"])

    assert table.columns["unit"] == 1
    assert table.unknown == ["单位名称"]


# --- rows


def test_sums_notes_dividers_and_blank_rows_are_no_data():
    table = found(
        HEAD,
        ["一、省直机关", "", ""],
        ROW,
        ["", "", ""],
        ["小 计", "", 3],
        ROW,
        HEAD,
        ["合　计：6人"],
        ["填表人：刘静", "", "审核人："],
        ["注：1.每日报送；"],
        ["2.以实际到岗为准。"],
    )

    assert numbers(table) == [3, 6]
    assert table.skipped == [
        (2, "分组标题"),
        (5, "合计行"),
        (7, "重复的表头"),
        (8, "合计行"),
        (9, "表下说明"),
        (10, "表下说明"),
        (11, "表下说明"),
    ]


def test_a_row_that_only_carries_its_number_is_left_out():
    table = found(["序号", *HEAD], [1, *ROW], [2, "", "", ""])

    assert numbers(table) == [2]
    assert table.skipped == [(3, "各列都没有内容")]


def test_data_that_begins_like_a_sum_stays_data():
    table = found(
        HEAD, ["总工会", "13900000001", 3], ["说明书编辑部", "", 1], ["共青团省委", "", 2]
    )

    assert numbers(table) == [2, 3, 4]


def test_a_merged_line_across_the_table_is_a_divider():
    table = found(HEAD, ["党委部门", "", ""], ROW, merged=[(1, 0, 1, 2)])

    assert numbers(table) == [3]


def test_a_cell_merged_downwards_fills_its_rows_and_no_more():
    rows = (HEAD, ["省甲厅", "1", 1], ["", "2", 2], ["", "3", 3], ["", "4", 4])

    table = found(*rows, merged=[(1, 0, 3, 0)])

    assert [cells[0] for _, cells in table.rows()] == ["省甲厅", "省甲厅", "省甲厅", ""]


def test_rows_may_be_gone_through_twice():
    table = found(HEAD, ROW, ["", "2", 2], ["合计"], merged=[(1, 0, 2, 0)])

    assert list(table.rows()) == list(table.rows())
    assert table.skipped == [(4, "合计行")]


def test_short_rows_are_as_wide_as_the_header():
    assert list(found(HEAD, ["省甲厅", "1"]).rows()) == [(2, ["省甲厅", "1", ""])]


# --- sheets


def test_a_hidden_sheet_is_not_read():
    shown = sheet(HEAD, ROW, name="名单")
    options = sheet(HEAD, ["选项"], name="选项", is_hidden=True)

    assert find_table(Book("xlsx", [options, shown]), WANTED).sheet == "名单"


def test_hidden_columns_are_read_and_named():
    assert found(HEAD, ROW, hidden_columns=frozenset({1, 7})).hidden == ["phone"]


def test_two_sheets_of_the_same_table_are_not_chosen_from():
    book = Book("xlsx", [sheet(HEAD, ROW, name="8.4"), sheet(HEAD, ROW, name="8.5")])

    with pytest.raises(WorkbookRefusedError) as refused:
        find_table(book, WANTED)

    assert refused.value.message == (
        "工作表“8.4”“8.5”里都有这样的表，请只留要导入的一张，删去其余的再上传。"
    )
    assert find_table(book, WANTED, sheet="8.5").sheet == "8.5"


def test_an_empty_copy_of_the_table_does_not_matter():
    book = Book("xlsx", [sheet(HEAD, name="空表"), sheet(HEAD, ROW, name="8.5")])

    assert find_table(book, WANTED).sheet == "8.5"


# --- refusals


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [["手机", "在岗党员"], ["1", 2]],
            "工作表“表”第 1 行的表头缺少“单位”列，请补上后再上传。",
        ),
        (
            [["今天的菜单"], ["白菜", "豆腐"]],
            "没有找到表头（要有单位、手机、在岗党员等列），请核对是不是选错了文件，或下载模板填写。",
        ),
        (
            [["单位", "手机", "联系电话", "手机"], ["省甲厅", "1", "2", "3"]],
            "工作表“表”的表头里“手机”有不止一列（B、D），请只留一列，或改名区分。",
        ),
    ],
)
def test_a_table_that_is_not_the_one_is_refused_with_what_was_looked_for(rows, message):
    with pytest.raises(WorkbookRefusedError) as refused:
        found(*rows)

    assert refused.value.message == message


def test_what_is_stated_above_the_header_can_be_asked():
    line = "填报单位（盖章）：省水利厅机关党委      填报日期：2021年8月5日      联系人：刘静"
    table = found(["花名册"], [line], HEAD, ROW)

    assert table.stated("单位", "填报单位") == "省水利厅机关党委"
    assert table.stated("填报日期") == "2021年8月5日"
    assert table.stated("审核人") == ""


def test_what_is_said_above_stands_for_a_column_that_is_not_there():
    said = (
        Heading("unit", "单位", required=True, stated=("填报单位",)),
        Heading("on", "日期", required=True, stated=("统计日期",), is_day=True),
        Heading("campaign", "应急任务", default="当前任务"),
        Heading("since", "起始日期", is_day=True),
        Heading("name", "姓名"),
    )
    rows = (
        ["2021年8月5日 17时"],
        ["填报单位（盖章）：省水利厅机关党委    联系人：刘静"],
        ["姓名", "备注", "起始日期"],
        ["吴敏", "", "7月25号"],
        ["林艳", "", "2021.7.26", "写在表外"],
    )

    table = found(*rows, headings=said)

    assert table.missing == []
    assert [[cells[at] for at in table.columns.values()] for _, cells in table.rows()] == [
        ["2021年7月25日", "吴敏", "省水利厅机关党委", "2021年8月5日", "当前任务"],
        ["2021.7.26", "林艳", "省水利厅机关党委", "2021年8月5日", "当前任务"],
    ]


def test_a_year_is_only_taken_where_the_titles_agree_on_it():
    said = (Heading("since", "起始日期", is_day=True), Heading("name", "姓名"))
    rows = (["2020年12月至2021年1月"], ["姓名", "起始日期"], ["吴敏", "1月5日"])

    [(_, cells)] = found(*rows, headings=said).rows()

    assert cells == ["吴敏", "1月5日"]
