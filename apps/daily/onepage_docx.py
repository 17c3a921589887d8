"""The one page as a Word file: the words that were kept, on a sheet of A4."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx.shared import Pt

from apps.core import formats
from apps.core.linked import plain
from apps.office.documents import paper, standard
from apps.office.documents.content import Style
from apps.office.documents.order import put_in_order

from .models import OnePage

HEADING, BODY = standard.TEXT[Style.LEVEL_1], standard.TEXT[Style.BODY]
SIZE, LINE = 12, 19
"""Points: small enough for one sheet, large enough for a leader's eye."""


def page_docx(page: OnePage) -> bytes:
    """Title, when it was drawn, the key figures, the sections."""
    document, content = paper.open_paper(), page.content
    paper.paragraph(document, standard.TITLE, content["title"])
    stage, made = content["stage"], formats.moment(page.made_at, on=page.on)
    _line(document, standard.HEAD_LINE, f"{formats.day_long(page.on)}　{stage}　{made} 生成")
    _line(document, BODY, "；".join(_kpi(kpi) for kpi in content["kpis"]) + "。")
    for section in content["sections"]:
        _line(document, HEADING, section["title"])
        for text in section["lines"]:
            _line(document, BODY, plain(text))
    put_in_order([document.element, document.styles.element])
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def _line(document: Any, face: standard.Face, text: str) -> None:
    made = paper.paragraph(document, face)
    paper.write(made, text, size=SIZE)
    made.paragraph_format.line_spacing = Pt(LINE)


def _kpi(kpi: dict[str, Any]) -> str:
    """在岗下沉党员 23,418人（较昨日 +1,206，同口径171家，未报8家）."""
    more = [kpi["change"], kpi["basis"]] if kpi["change"] else []
    notes = "，".join(str(one) for one in [*more, *kpi["notes"]] if one)
    return f"{kpi['label']} {kpi['value']}{kpi['unit']}{f'（{notes}）' if notes else ''}"
