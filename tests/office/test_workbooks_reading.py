import datetime as dt
import io
import os
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from apps.office.workbooks import compounds
from apps.office.workbooks.book import Uncomputed
from apps.office.workbooks.reading import LIMITS, ROOT, Limits, WorkbookRefusedError, read_book
from apps.office.workbooks.tables import Heading, find_table

from .bombs import ANEW, BOMBS, BROKEN, endless, plain, shared_text
from .workbooks import gbk_list, old_list, rebuilt, roster, saved, summary


@pytest.fixture
def read(tmp_path):
    def reader(data, name="表.xlsx", limits=LIMITS):
        path = tmp_path / "upload"
        path.write_bytes(data)
        return read_book(path, name=name, limits=limits)

    return reader


@pytest.fixture
def refusal(read):
    def refused(data, name="表.xlsx", limits=LIMITS):
        with pytest.raises(WorkbookRefusedError) as error:
            read(data, name, limits)
        return error.value.message

    return refused


# --- what offices send


def test_a_roster_is_read_as_it_was_kept(read):
    headings = [
        Heading("name", "姓名", required=True),
        Heading("phone", "手机", ("联系电话",)),
        Heading("branch", "党支部", ("所在党支部",)),
        Heading("community", "社区"),
        Heading("starts_on", "下沉起止时间起"),
        Heading("ends_on", "止"),
    ]

    table = find_table(read(saved(roster())), headings)
    rows = [[cells[at] for at in table.columns.values()] for _, cells in table.rows()]

    assert table.sheet == "花名册"
    assert table.header_row == 4
    assert rows == [
        ["吴晓燕", 13900009167, "办公室党支部", "甲社区", "2021年7月25号", "2021.8.4"],
        ["吴　敏", "139-0000-9263", "办公室党支部", "乙社区居委会", "2021/07/25", "至今"],
        ["林艳", " 13900008877 ", "办公室党支部", "甲社区", dt.date(2021, 7, 24), "8月1日"],
        ["陈志强", "１３９００００８８８９", "建设处支部", "甲社区", "7月27日", "8月9日"],
    ]
    assert table.skipped == [(9, "合计行"), (11, "表下说明"), (12, "表下说明")]


def test_a_summary_tells_of_its_hidden_column_and_reads_on(read):
    book = read(saved(summary()))

    table = find_table(book, [Heading("unit", "单位"), Heading("served", "服务群众")])

    assert [sheet.name for sheet in book.sheets] == ["8.5", "8.4"]
    assert table.hidden == ["served"]
    assert [(row, cells[5]) for row, cells in table.rows()] == [
        (4, "2180"),
        (5, "1.2万"),
        (6, "0"),
        (7, "—"),
        (8, "约300"),
        (9, ""),
    ]


def test_a_formula_nobody_computed_and_an_error_are_told_from_an_empty_cell(read):
    book = plain(["单位", "人数"], ["甲", "=SUM(A1:A9)"], ["乙", "#REF!"], ["丙", None], ["丁", 4])
    book.active["B3"].data_type = "e"

    cells = [row[1] for row in read(saved(book)).sheets[0].rows if len(row) > 1]

    assert cells == ["人数", "=SUM(A1:A9)", "#REF!", 4]
    assert [type(cell) for cell in cells[1:3]] == [Uncomputed, Uncomputed]


def test_the_value_a_formula_had_is_taken(read):
    def compute(_name, content):
        return content.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
            b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"
        )

    data = rebuilt(saved(plain(["人数"], ["=1+1"])), compute)

    assert list(read(data).sheets[0].rows) == [["人数"], [2]]


def test_rows_and_columns_count_from_the_first(read):
    book = openpyxl.Workbook()
    book.active["C4"] = "人数"
    book.active["C6"] = 3

    assert list(read(saved(book)).sheets[0].rows) == [[], [], [], ["", "", "人数"], [], ["", "", 3]]


def test_every_kind_of_cell_arrives_as_it_is(read):
    moment = dt.datetime.fromisoformat("2021-07-24T05:06:00")
    row = ["文", 1.5, 3, True, moment.date(), moment, dt.time(5, 6), dt.timedelta(hours=30)]

    [arrived] = read(saved(plain(row))).sheets[0].rows

    assert arrived == row
    assert [type(cell) for cell in arrived[3:]] == [type(cell) for cell in row[3:]]


def test_rows_can_be_asked_for_out_of_order(read):
    rows = read(saved(plain(*([number] for number in range(1, 1203))))).sheets[0].rows

    assert len(rows) == 1202
    assert (rows[0], rows[-1], rows[600]) == ([1], [1202], [601])
    assert rows[499:501] == [[500], [501]]
    with pytest.raises(IndexError):
        rows[1202]


def test_hidden_sheets_are_marked(read):
    book = plain()
    book.create_sheet("选项").append(["甲"])
    book["选项"].sheet_state = "veryHidden"

    assert [sheet.is_hidden for sheet in read(saved(book)).sheets] == [False, True]


def test_an_old_workbook_is_read_with_its_merged_and_hidden_cells(read):
    headings = [Heading("name", "姓名"), Heading("branch", "党支部"), Heading("count", "人数")]

    book = read(saved(old_list()), "名单.xls")
    table = find_table(book, headings)

    first = [cells for _, cells in table.rows()][:2]
    assert book.kind == "xls"
    assert table.hidden == ["count"]
    assert table.data.hidden_rows == {3}
    assert first == [
        ["吴敏", "办公室党支部", dt.date(2021, 7, 25), 12],
        ["林艳", "办公室党支部", "2021.7.26", ""],
    ]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_a_text_file_is_read_in_the_encodings_of_offices(read, encoding):
    data = gbk_list().decode("gb18030").encode(encoding)

    rows = list(read(data, "名单.CSV").sheets[0].rows)

    assert rows[0] == ["序号", "区县", "街道", "社区名称", "联系电话", "户数"]
    assert rows[1][3:] == ["甲社区（原甲村）", "0371-00001001", "1470户"]
    assert rows[-1] == ["合计"]


def test_a_text_file_may_part_its_fields_by_tabs_and_break_lines_within_them(read):
    data = '单位\t备注\r\n省甲厅\t"第一行\n第二行"\r\n'.encode()

    assert list(read(data, "a.csv").sheets[0].rows) == [
        ["单位", "备注"],
        ["省甲厅", "第一行\n第二行"],
    ]


# --- what is refused


def part(data, name, old, new):
    """`data` with a piece of one part replaced."""
    return rebuilt(data, lambda at, content: content.replace(old, new) if at == name else content)


def with_link(kind, target):
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId9" Type="http://x/relationships/{kind}" Target="{target}" '
        'TargetMode="External"/></Relationships>'
    )
    return rebuilt(saved(plain()), **{"xl/worksheets/_rels/sheet1.xml.rels": relation})


def compound(*names, stream=b""):
    """A compound file whose directory holds these entries; `stream` lies in the first of them."""
    sectors = -(-len(stream) // 512)
    head = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0"))
    head[30:32] = (9).to_bytes(2, "little")
    head[48:52] = (1).to_bytes(4, "little")
    head[68:72] = b"\xfe\xff\xff\xff"
    head[76:512] = b"\0\0\0\0" + b"\xff" * 432
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    table = b"".join(number.to_bytes(4, "little") for number in chain).ljust(512, b"\xff")
    listed = b""
    for at, name in enumerate(("Root Entry", *names)):
        wide = name.encode("utf-16-le")
        entry = wide.ljust(64, b"\0") + (len(wide) + 2).to_bytes(2, "little")
        size = len(stream) if at == 1 else 0
        listed += entry.ljust(116, b"\0") + (2).to_bytes(4, "little") + size.to_bytes(8, "little")
    return bytes(head) + table + listed.ljust(512, b"\0") + stream.ljust(sectors * 512, b"\0")


def records(*pairs):
    """A workbook's stream of these records (kind, content), as long as Excel makes them."""
    parts = (
        kind.to_bytes(2, "little") + len(content).to_bytes(2, "little") + content
        for kind, content in pairs
    )
    return b"".join(parts).ljust(4096, b"\0")


def packed(parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


OTHER = "，不是数据表格，请上传 .xlsx、.xls 或 .csv 文件。"
MACROS = "文件里有宏，不予读取，请另存为不带宏的“Excel 工作簿（.xlsx）”后再上传。"
ENCRYPTED = "文件设有打开密码，请在 Excel 或 WPS 中去掉密码、保存后再上传。"


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("a.xlsx", lambda: b"", "这是一个空文件（0 字节），请检查后重新选择。"),
        ("a.xlsx", lambda: saved(openpyxl.Workbook()), "文件里没有内容，请填写并保存后再上传。"),
        ("a.csv", lambda: b"\r\n,,\r\n", "文件里没有内容，请填写并保存后再上传。"),
        ("a.xlsx", lambda: b"%PDF-1.7 ...", "这是 PDF 文件" + OTHER),
        ("a.xlsx", lambda: b"\x89PNG\r\n\x1a\n\0\0", "这是图片" + OTHER),
        ("a.xlsx", lambda: packed({"word/document.xml": "<w/>"}), "这是 Word 文档" + OTHER),
        ("a.xlsx", lambda: packed({"readme.txt": "x"}), "这是压缩包" + OTHER),
        ("a.xls", lambda: compound("WordDocument"), "这是 Word 文档" + OTHER),
        ("a.xls", lambda: b"<html><table><tr><td>1", "这是网页（只改了扩展名）" + OTHER),
        ("a.csv", lambda: b"\x01\x02\0\x03", "这是无法识别的文件" + OTHER),
        ("a.docx", lambda: b"x", "文件名“a.docx”不以 .xlsx、.xls 或 .csv 结尾。" + ANEW),
        ("名单", lambda: b"x", "文件名“名单”不以 .xlsx、.xls 或 .csv 结尾。" + ANEW),
        (
            "a.xls",
            lambda: saved(plain()),
            "文件名以 .xls 结尾，内容却是 .xlsx 工作簿。" + ANEW,
        ),
        (
            "a.xlsx",
            lambda: saved(old_list()),
            "文件名以 .xlsx 结尾，内容却是 .xls 工作簿。" + ANEW,
        ),
        ("a.xlsx", gbk_list, "文件名以 .xlsx 结尾，内容却是文本。" + ANEW),
        ("a.xlsm", lambda: saved(plain()), MACROS),
        ("a.xlsx", lambda: rebuilt(saved(plain()), **{"xl/vbaProject.bin": b"x"}), MACROS),
        (
            "a.xlsx",
            lambda: part(
                saved(plain()),
                "[Content_Types].xml",
                b"sheet.main+xml",
                b"sheet.macroEnabled.main+xml",
            ),
            MACROS,
        ),
        ("a.xls", lambda: compound("Workbook", "_VBA_PROJECT_CUR"), MACROS),
        ("a.xlsx", lambda: compound("EncryptionInfo", "EncryptedPackage"), ENCRYPTED),
        ("a.xls", lambda: compound("Workbook", stream=records((0x2F, bytes(54)))), ENCRYPTED),
        (
            "a.xls",
            lambda: compound("Workbook", stream=records((0x1AE, b"\1\0\6\0\0other1"))),
            "文件链接着外部内容（other1），请在“数据—编辑链接”中断开链接、保存后再上传。",
        ),
        (
            "a.xlsx",
            lambda: rebuilt(saved(plain()), **{"xl/externalLinks/externalLink1.xml": "<x/>"}),
            "文件链接着外部内容（externalLink1.xml），请在“数据—编辑链接”中断开链接、保存后再上传。",
        ),
        (
            "a.xlsx",
            lambda: with_link("oleObject", "file:///C:/x.xlsx"),
            "文件链接着外部内容（file:///C:/x.xlsx），请在“数据—编辑链接”中断开链接、保存后再上传。",
        ),
        (
            "a.xlsx",
            lambda: with_link("hyperlink", "file://host/share/x.xlsx"),
            "文件链接着外部内容（file://host/share/x.xlsx），请在“数据—编辑链接”中断开链接、保存后再上传。",
        ),
        (
            "a.xlsx",
            lambda: part(
                saved(plain()),
                "xl/workbook.xml",
                b"<workbook",
                b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><workbook',
            ),
            "文件里有表格不应有的声明（DTD），不予读取。" + ANEW,
        ),
        ("a.xlsx", lambda: saved(plain())[:-200], BROKEN),
        ("a.xlsx", lambda: b"PK\x03\x04" + bytes(300), BROKEN),
        ("a.xls", lambda: compound("Workbook")[:600], "这是无法识别的文件" + OTHER),
    ],
)
def test_a_file_we_do_not_read_is_refused_in_one_sentence(refusal, name, make, message):
    assert refusal(make(), name) == message


def test_an_address_in_a_cell_is_no_link_to_fear(read):
    assert read(with_link("hyperlink", "mailto:a@b.cn")).kind == "xlsx"


def test_a_declaration_is_seen_across_pieces_and_in_other_letters(refusal):
    padded = b"<!--" + b"x" * ((256 << 10) - 12) + b"--><!DOCTYPE w><sheet/>"
    wide = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE w><w/>'.encode("utf-16")

    for content in (padded, wide):
        data = rebuilt(saved(plain()), **{"xl/extra.xml": content})
        assert refusal(data) == "文件里有表格不应有的声明（DTD），不予读取。" + ANEW


# --- bombs


def refused(refusal, data):
    """What is said, and the child's peak of memory beside a harmless one's, in bytes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    message = refusal(data)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return message, max(peak - before, 0) << 10


@pytest.mark.parametrize(("make", "message"), BOMBS)
def test_a_bomb_is_refused_without_much_memory(refusal, make, message):
    said, memory = refused(refusal, make())

    assert said == message
    assert memory < 300 << 20


def test_a_text_shared_by_very_many_cells_does_not_fill_the_memory(refusal):
    said, memory = refused(refusal, shared_text())

    assert said.startswith("文件展开后太大，读不下")
    assert memory < 300 << 20


def test_work_that_does_not_end_is_ended(refusal):
    said = refusal(endless(), limits=Limits(seconds=2))

    assert said.startswith("文件过于复杂，2 秒内没有读完")


def test_a_file_too_heavy_is_refused_unopened(refusal):
    said = refusal(bytes(3000), limits=Limits(file_bytes=1 << 10))

    assert said == "文件超过 0 MB，请删去图片和多余的工作表，或分成几个文件上传。"


# --- where the child runs


def test_the_child_knows_nothing_of_ours(read, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "secret")
    seen = {}
    start = subprocess.Popen

    def watched(*args, **more):
        seen.update(more["env"])
        return start(*args, **more)

    monkeypatch.setattr(subprocess, "Popen", watched)
    read(saved(plain()))

    assert seen == {"LC_ALL": "C.UTF-8"}


WORKER = """
import multiprocessing, os, sys
from pathlib import Path
from apps.office.workbooks.reading import read_book

def work(queue):
    if sys.argv[1] == "nobody":
        os.setuid(65534)
    book = read_book(Path("/proc/self/fd/0"), name="a.xlsx")
    queue.put((os.getuid(), list(book.sheets[0].rows)))

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    context.Process(target=work, args=(queue,), daemon=True).start()
    print(queue.get(timeout=20))
"""


def open_to_all(path):
    """Whether any user may come to this file."""
    return all(place.stat().st_mode & 1 for place in (path, *path.parents))


@pytest.mark.parametrize("user", ["root", "nobody"])
def test_a_daemon_reads_as_a_worker_does(tmp_path, user):
    wanted = 65534 if user == "nobody" else os.getuid()
    if wanted != os.getuid() and (os.getuid() or not open_to_all(Path(sys.executable).resolve())):
        pytest.skip("another user cannot start this interpreter")
    path = tmp_path / "a.xlsx"
    path.write_bytes(saved(plain()))

    with path.open("rb") as file:
        done = subprocess.run(
            [sys.executable, "-c", WORKER, user],
            env={"PYTHONPATH": str(ROOT)},
            stdin=file,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.stdout.strip() == f"({wanted}, [['单位', '人数'], ['省甲厅', 3.0]])", done.stderr


def test_errors_of_an_old_workbook_are_told_from_empty_cells():
    sheet = records(
        (0x85, (40).to_bytes(4, "little") + b"\0\0\2\0" + b"ab"),
        (0x0A, bytes(22)),
        (0x809, bytes(16)),
        (0x205, b"\4\0\1\0\0\0\x17\1"),
        (0x06, b"\5\0\2\0\0\0\2\0\x07\0\0\0\xff\xff" + bytes(6)),
        (0x205, b"\6\0\3\0\0\0\1\0"),
    )

    found = compounds.inspect(io.BytesIO(compound("Workbook", stream=sheet)))

    assert found["ab"].uncomputed == {(4, 1): "#REF!", (5, 2): "#DIV/0!"}


@pytest.mark.logs_errors
def test_a_reader_that_does_not_start_is_not_laid_on_the_file(refusal, monkeypatch, caplog):
    monkeypatch.setattr(sys, "executable", "/bin/false")

    said = refusal(saved(plain()))

    assert said == "读取程序没有启动，请稍后再试；仍不行的，请联系系统管理员。"
    assert [record.levelname for record in caplog.records] == ["ERROR"]
