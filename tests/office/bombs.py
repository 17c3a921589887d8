"""Workbooks made to fill the memory or to take for ever, and what is said to them.

Each is made by a function: built at once they would fill the memory themselves.
"""

import openpyxl

from .workbooks import rebuilt, saved

ANEW = "请用 Excel 或 WPS 打开，另存为新的 .xlsx 文件后再上传。"
BROKEN = "文件已损坏或没有传完，读不出来。" + ANEW


def plain(*rows):
    book = openpyxl.Workbook()
    for row in rows or (["单位", "人数"], ["省甲厅", 3]):
        book.active.append(row)
    return book


def sheet_of(rows):
    """An .xlsx whose sheet holds this XML between its first and last tag."""
    head = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    xml = head + rows + b"</sheetData></worksheet>"
    name = "xl/worksheets/sheet1.xml"
    return rebuilt(saved(plain()), lambda at, content: xml if at == name else content)


def lying(data, name, claimed):
    """The package with a part that claims to be smaller than it is."""
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            start = at + (46 if signature == b"PK\x01\x02" else 30)
            if data[start : start + len(name)] == name.encode():
                data = data[: at + offset] + claimed.to_bytes(4, "little") + data[at + offset + 4 :]
    return data


BOMBS = [
    (
        lambda: rebuilt(saved(plain()), **{"xl/big.xml": bytes(210 << 20)}),
        "文件展开后超过 200 MB，不予读取，请只留要导入的工作表，或分成几个文件上传。",
    ),
    (
        lambda: lying(
            rebuilt(saved(plain()), **{"xl/big.xml": bytes(210 << 20)}), "xl/big.xml", 1000
        ),
        BROKEN,
    ),
    (
        lambda: sheet_of(b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'),
        "工作表“Sheet”写到了 XFD 列，最多 200 列，请删去表右侧多余的列后再上传。",
    ),
    (
        lambda: sheet_of(b'<row r="1"><c r="A1"><v>1</v></c><c r="HZ1"><v>1</v></c></row>'),
        "工作表“Sheet”写到了 HZ 列，最多 200 列，请删去表右侧多余的列后再上传。",
    ),
    (
        lambda: sheet_of(
            b'<row r="1"><c r="A1"><v>1</v></c></row>'
            b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
        ),
        "工作表“Sheet”有 1048576 行，一次最多 150000 行，请删去表下多余的行，或分成几个文件上传。",
    ),
    (
        lambda: sheet_of(
            b'<row r="1"><c r="A1"><v>1</v></c></row>'
            b'<row r="1048576"><c r="GZ1048576"><v>1</v></c></row>'
        ),
        "文件展开后太大，读不下（工作表“Sheet”写到第 1048576 行），请删去数据以外的行、列和工作表，或分成几个文件上传。",
    ),
]


def shared_text():
    """One long text that 30,000 cells share."""
    strings = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + b"x" * 32_000
        + b"</t></si></sst>"
    )
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 30_001)
    )
    return rebuilt(sheet_of(rows), **{"xl/sharedStrings.xml": strings})


def endless():
    """Each unclosed cell is looked for to the end of the piece: the square of its length."""
    return sheet_of(b"<row><c><f" * 400_000)
