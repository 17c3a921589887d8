"""Workbooks of the shapes offices send, built anew: every name and number is invented."""

import datetime as dt
import io
import zipfile

import openpyxl
import xlwt
from openpyxl.comments import Comment

ROSTER_HEAD = (
    ("序号", "姓名", "性别", "联系电话", "所在党支部", "下沉社区", None, None, "下沉起止时间"),
    (None, None, None, None, None, "区县", "街道（乡镇）", "社区", "起", "止", None, None, None),
)
ROSTER_ROWS = (
    (
        1,
        "吴晓燕",
        "女",
        13900009167,
        "办公室党支部",
        "金水区",
        "甲路街道",
        "甲社区",
        "2021年7月25号",
        "2021.8.4",
    ),
    (
        2,
        "吴　敏",
        "男",
        "139-0000-9263",
        None,
        "管城区",
        "乙路办事处",
        "乙社区居委会",
        "2021/07/25",
        "至今",
    ),
    (
        3,
        "林艳",
        "男",
        " 13900008877 ",
        None,
        "金水区",
        "甲路街道",
        "甲社区",
        dt.datetime.fromisoformat("2021-07-24T00:00:00"),
        "8月1日",
    ),
    (
        4,
        "陈志强",
        "女",
        "１３９００００８８８９",
        "建设处支部",
        "金水区",
        "甲路街道",
        "甲社区",
        "7月27日",
        "8月9日",
    ),
)


def roster():
    """下沉党员花名册: titles, a header of two storeys, a branch merged downwards, a foot."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "花名册"
    page.append(["省水利厅党员干部下沉社区花名册"])
    page.append(
        ["填报单位（盖章）：省水利厅机关党委      填报日期：2021年8月5日      联系人：刘静"]
    )
    for row in ROSTER_HEAD:
        page.append(row)
    for area in ("A1:J1", "A2:J2", "F3:H3", "I3:J3", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:E4"):
        page.merge_cells(area)
    for row in ROSTER_ROWS:
        page.append(row)
    page.merge_cells("E5:E7")
    page.append(["合计", None, "4人"])
    page.append([])
    page.append(["填表人：刘静", None, None, None, None, "审核人：      "])
    page.append(["注：1.本表每日17:00前报送；2.“至今”表示仍在岗。"])
    book.create_sheet("填表说明").append(["请勿改动表头"])
    return book


def summary():
    """单位日报汇总: a hidden column, a comment, a formula nobody has computed."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "8.5"
    page.append(["省直单位下沉社区防汛救灾工作情况日报表"])
    page.append(["2021年8月5日 17时"])
    page.append(
        ["序号", "单　位", "组别", "在岗党员\n（人）", "下沉社区（个）", "服务群众（人次）", "备注"]
    )
    page.append([1, "省甲办公厅", "第1组", "312", 14, "2180", None])
    page.append([2, "省 乙厅", "第3组", "约40人", "14个", "1.2万", "较昨日多6人"])
    page.append([3, "省丙厅", "第4组", "—", 0, "0", "人员轮休"])
    page.append([4, "省丁局", "第6组", "０", "无", "—", "零报告"])
    page.append([5, "戊公司", "第7组", "96（含退役党员12人）", 7, "约300", None])
    page.append([6, "己集团", "第10组", "同昨日", "6", None, "待核"])
    page.append([None, "合　计", None, "=SUM(D4:D9)"])
    page["D5"].comment = Comment("含服务中心6人", "刘静")
    page.column_dimensions["F"].hidden = True
    page.merge_cells("A1:G1")
    page.merge_cells("A2:G2")
    book.create_sheet("8.4").append(["（昨日数据，略）"])
    return book


GBK_ROWS = (
    "序号,区县,街道,社区名称,联系电话,户数",
    '1,金水区,甲路街道,"甲社区（原甲村）",0371-00001001,1470户',
    '2,管城区,乙路办事处,"乙社区居委会（原乙村）",0371-00001002,856户',
    "合计,,,,,",
)


def gbk_list():
    return ("\r\n".join(GBK_ROWS) + "\r\n").encode("gb18030")


def old_list():
    """An .xls with a hidden column and row, a date and a cell merged downwards."""
    book = xlwt.Workbook()
    page = book.add_sheet("名单")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    page.write_merge(0, 0, 0, 3, "下沉名单")
    for at, word in enumerate(("姓名", "党支部", "起始日期", "人数")):
        page.write(1, at, word)
    page.write(2, 0, "吴敏")
    page.write_merge(2, 3, 1, 1, "办公室党支部")
    page.write(2, 2, dt.date(2021, 7, 25), day)
    page.write(2, 3, 12)
    page.write(3, 0, "林艳")
    page.write(3, 2, "2021.7.26")
    page.col(3).hidden = True
    page.row(3).hidden = True
    # Excel pads its stream to 4096 bytes; so does a sheet of some rows.
    for row in range(4, 60):
        page.write(row, 0, f"党员{row}")
    return book


def saved(book):
    """The bytes of a workbook of openpyxl or xlwt."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rebuilt(data, change=None, **added):
    """The parts of an .xlsx packed anew; `change(name, content)` may alter each, `added` adds."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, change(name, content) if change else content)
        for name, content in added.items():
            after.writestr(name, content)
    return stream.getvalue()
