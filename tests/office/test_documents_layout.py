"""The five kinds as files: laid out to the standard, read back, and every fault found again."""

import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import docx
import pytest

from apps.office.documents.content import Quote, Reference, Source, from_json, plain, to_json
from apps.office.documents.enums import DocumentKind
from apps.office.documents.layout import Stamp, lay_out
from apps.office.documents.linter import lint
from apps.office.documents.sources import Frozen

from .papers import BOOKS, DRAFT, ON, SIGNED, number, paper

KINDS = list(DocumentKind)


def findings(content, stamp=DRAFT, *, books=BOOKS, change=None, part="word/document.xml"):
    """What the linter says of the file, after `change` was made to one of its parts."""
    data = lay_out(content, stamp)
    return lint(altered(data, part, change) if change else data, content, stamp, books)


def altered(data, part, change):
    kept = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()).encode() if name == part else text)
    return kept.getvalue()


@pytest.mark.parametrize("stamp", [DRAFT, SIGNED, replace(DRAFT, is_drill=True)])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_passes_as_draft_signed_and_drill(kind, stamp):
    assert findings(paper(kind), stamp) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_frozen_comes_back_from_json(kind):
    assert from_json(to_json(paper(kind))) == paper(kind)


def test_the_same_content_gives_the_same_words_and_parts():
    first, second = (lay_out(paper(DocumentKind.BRIEF), DRAFT) for _ in range(2))

    for part in ("word/document.xml", "word/styles.xml", "docProps/core.xml"):
        assert zipfile.ZipFile(BytesIO(first)).read(part) == zipfile.ZipFile(BytesIO(second)).read(
            part
        )


def texts(content, stamp):
    document = docx.Document(BytesIO(lay_out(content, stamp)))
    table = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [line.text for line in document.paragraphs if line.text], table


def test_a_brief_has_its_own_head_and_foot():
    body, foot = texts(paper(DocumentKind.BRIEF), replace(SIGNED, number=17))

    assert body[:4] == [
        "省直机关防汛救灾工作简报",
        "第17期",
        "　省直机关工委办公室\t2021年8月5日",
        "8月5日防汛救灾工作情况",
    ]
    assert foot == ["报：工委领导", "送：工委各部室", "省直机关工委办公室\t共印30份"]


def test_a_report_names_its_signer_and_the_copies():
    body, foot = texts(paper(DocumentKind.REPORT), SIGNED)

    assert body[1] == "　直工办〔2021〕5号\t签发人：张明"
    assert body[3] == "省直机关工委："
    assert body[-2:] == ["省直机关工委办公室", "2021年8月5日"]
    assert foot == ["抄送：省委组织部。", "省直机关工委办公室\t2021年8月5日印发"]


def test_numbers_are_written_without_separators_or_empty_places():
    assert [plain(Decimal(text)) for text in ("23418", "12.50", "100", "0")] == [
        "23418",
        "12.5",
        "100",
        "0",
    ]


def test_properties_stand_in_the_order_of_the_schema():
    data = lay_out(paper(DocumentKind.REPORT), DRAFT)
    text = zipfile.ZipFile(BytesIO(data)).read("word/document.xml").decode()

    for properties in re.findall(r"<w:pPr>(.*?)</w:pPr>", text):
        found = re.findall(r"<w:(pStyle|keepNext|pBdr|tabs|spacing|ind|jc)[ />]", properties)
        order = ["pStyle", "keepNext", "pBdr", "tabs", "spacing", "ind", "jc"]
        assert found == sorted(found, key=order.index)


# --- faults the linter finds ---------------------------------------------------------------------

FAULTS = {
    "margin": ("天头应为37毫米", "document", lambda x: re.sub(r'w:top="\d+"', 'w:top="1440"', x)),
    "left": ("订口应为28毫米", "document", lambda x: re.sub(r'(pgMar[^>]*w:left=)"\d+"', r'\1"1800"', x)),
    "grid": ("没有设置每面22行", "document", lambda x: re.sub(r"<w:docGrid[^>]*/>", "", x)),
    "lines": ("文档网格应为22行28字", "document", lambda x: x.replace('w:linePitch="579"', 'w:linePitch="600"')),
    "line": ("正文应每面22行", "styles", lambda x: x.replace('w:line="579"', 'w:line="400"')),
    "step": ("正文应每面22行", "styles", lambda x: x.replace('w:spacing w:val="-5"', 'w:spacing w:val="10"')),
    "face": ("一级标题“一、总体情况”应为黑体", "styles", lambda x: x.replace("黑体", "微软雅黑")),
    "kai": ("二级标题“（一）在岗力量”应为楷体_GB2312", "styles", lambda x: x.replace("楷体_GB2312", "宋体")),
    "title": ("字号应为22磅", "styles", lambda x: x.replace('w:sz w:val="44"', 'w:sz w:val="36"')),
    "stand-in": ("没有写明替代字体", "fontTable", lambda x: re.sub(r"<w:altName[^>]*/>", "", x)),
    "red": ("红色分隔线", "document", lambda x: x.replace("FF0000", "000000")),
    "level": ("层次序数应为“一、”", "document", lambda x: x.replace("一、总体情况", "二、总体情况")),
    "date": ("不编虚位", "document", lambda x: x.replace("2021年8月5日", "2021年08月05日")),
    "chinese date": ("不编虚位", "document", lambda x: x.replace("2021年8月5日", "二〇二一年8月5日")),
    "words": ("正文与留存内容不一致", "document", lambda x: x.replace("对方提出", "对方又提")),
    "number": ("印为“23419人”，与留存的23418人不一致", "document", lambda x: x.replace("23418人", "23419人")),
    "lost": ("没有印出", "document", lambda x: x.replace('w:name="shu1"', 'w:name="other"')),
    "picture": ("不应有印章或图片", "document", lambda x: x.replace("<w:t>第", "<w:drawing/><w:t>第", 1)),
    "copies": ("共印份数", "document", lambda x: x.replace("共印", "印数")),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_file_is_found(fault):
    sentence, part, change = FAULTS[fault]

    found = findings(paper(DocumentKind.BRIEF), change=change, part=f"word/{part}.xml")

    assert any(sentence in one for one in found), found


def test_a_draft_without_its_mark_and_a_signed_one_with_it_are_found():
    content = paper(DocumentKind.BRIEF)
    draft, signed = lay_out(content, DRAFT), lay_out(content, SIGNED)

    assert "签发后不应再标“送审稿”。" in lint(draft, content, SIGNED, BOOKS)
    assert "页眉应标“送审稿”，现为“”。" in lint(signed, content, DRAFT, BOOKS)
    assert "页眉应标“【演练】”，现为“”。" in lint(
        signed, content, replace(SIGNED, is_drill=True), BOOKS
    )


def test_a_symbol_needs_the_brackets_of_the_standard():
    content = paper(DocumentKind.NOTICE)

    found = findings(content, SIGNED, change=lambda x: x.replace("〔2021〕", "[2021]"))

    assert "发文字号的年份应用六角括号〔〕。" in found


def test_a_brief_with_a_symbol_and_minutes_with_a_signer_are_found():
    brief = findings(
        paper(DocumentKind.BRIEF), SIGNED, change=lambda x: x.replace("第5期", "直工办〔2021〕5号")
    )
    minutes = findings(
        paper(DocumentKind.MINUTES), SIGNED, change=lambda x: x.replace("第5期", "签发人：张明")
    )

    assert "简报不应有发文字号。" in brief
    assert "纪要不应标注签发人。" in minutes


def test_each_number_is_compared_with_the_books():
    moved = {**BOOKS, 1: Frozen(Decimal(23419), "人", change=Decimal(-38))}
    unlocked = {**BOOKS, 1: replace(BOOKS[1], is_locked=False)}
    gone = {2: BOOKS[2], 3: BOOKS[3]}
    other = {**BOOKS, 1: replace(BOOKS[1], measure="人次")}
    content = paper(DocumentKind.BRIEF)
    name = "在岗下沉党员（2021-08-05）"

    assert findings(content, books=moved) == [f"{name}23418人与核定数23419不一致。"]
    assert findings(content, books=unlocked)[0] == (
        f"{name}23418人所依据的数据已解锁或未核定，请重新生成。"
    )
    assert findings(content, books=gone)[0] == f"{name}23418人所依据的核定数已不存在。"
    assert f"{name}的计量单位应为人次，现为人。" in findings(content, books=other)


def test_a_number_quoted_twice_says_the_same():
    again = paper(DocumentKind.BRIEF, extra=("共", number(), "。"))
    other = paper(DocumentKind.BRIEF, extra=("共", number(ids=(4,), value=Decimal(23419)), "。"))
    known = {"source": Source.RECORD, "measure": "家", "name": "未报单位", "url": "/missing/"}
    counted = [Reference(value=Decimal(n), **known) for n in (8, 7)]
    told = paper(DocumentKind.BRIEF, extra=("未报", counted[0], "，未报", counted[1], "。"))
    apart = replace(counted[1], name="连续两日未报单位")
    listed = paper(DocumentKind.BRIEF, extra=("未报", counted[0], "，其中", apart, "。"))
    books = {**BOOKS, 4: Frozen(Decimal(23419), "人")}

    assert findings(again) == findings(listed) == []
    assert findings(other, books=books) == [
        "同一数字前后不一致：在岗下沉党员（2021-08-05）先为23418人，后为23419人。"
    ]
    assert findings(told) == ["同一数字前后不一致：未报单位先为8家，后为7家。"]


def test_a_sum_is_compared_with_all_its_figures():
    moved = {**BOOKS, 3: replace(BOOKS[3], value=Decimal(8))}

    found = findings(paper(DocumentKind.BRIEF), books=moved)

    assert found == ["在岗下沉党员（2021-08-05）20立方米与核定数20.5不一致。"]


def test_a_digit_without_a_source_is_found_and_a_quoted_one_is_not():
    typed = findings(paper(DocumentKind.BRIEF, extra=("另有300人待命。",)))
    quoted = findings(paper(DocumentKind.BRIEF, extra=("对方称", Quote("另有300人待命"), "。")))

    assert typed == ["“另有300人待命。”中有没有出处的数字。"]
    assert quoted == []


def test_a_paragraph_that_somebody_added_is_found():
    content = paper(DocumentKind.BRIEF)
    document = docx.Document(BytesIO(lay_out(content, DRAFT)))
    document.paragraphs[-2].insert_paragraph_before("另行补充。", style="公文正文")
    kept = BytesIO()
    document.save(kept)

    assert lint(kept.getvalue(), content, DRAFT, BOOKS) == [
        "正文多出留存内容以外的文字：“另行补充。”。"
    ]


def test_a_change_keeps_its_direction():
    content = paper(DocumentKind.BRIEF)

    found = findings(content, change=lambda x: x.replace("减少38人", "增加38人"))

    assert "在岗下沉党员印为“增加38人”，与留存的减少38人不一致。" in found


def test_a_request_has_one_matter_and_a_report_none():
    request = paper(DocumentKind.REQUEST)
    two = paper(DocumentKind.REQUEST, extra=("另请审批经费。",), ending="妥否，请批示。")

    assert findings(request) == []
    assert "请示应一文一事，以一句请批语结尾。" in findings(two)
    assert "请示只写一个主送机关。" in findings(
        paper(DocumentKind.REQUEST, addressee="省直机关工委、省委组织部")
    )
    assert "报告不得夹带请示事项。" in findings(paper(DocumentKind.REPORT, ending="妥否，请批示。"))


def test_what_is_no_document_is_said_so():
    assert lint(b"PK nothing", paper(DocumentKind.BRIEF), DRAFT, BOOKS) == [
        "文件不是可读的 Word 文档。"
    ]


def test_a_held_over_number_and_a_qualifier_are_printed_and_read():
    about = number(value=Decimal(5000), qualifier="约")
    books = {**BOOKS, 1: replace(BOOKS[1], value=Decimal(5000), qualifier="约")}
    content = paper(DocumentKind.BRIEF, extra=("共", about, "。"))
    own = replace(content, blocks=content.blocks[:1] + content.blocks[-1:])

    assert own.blocks[1].text == "共约5000人。"
    assert findings(own, books=books) == []


def test_a_draft_leaves_the_number_open():
    body, _ = texts(paper(DocumentKind.REPORT), Stamp(2021, ON))

    assert body[1] == "　直工办〔2021〕　　号\t签发人：　　　　"
