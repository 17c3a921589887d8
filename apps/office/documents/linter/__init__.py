"""Reads a produced document back and proves its layout and its numbers."""

from __future__ import annotations

from collections.abc import Mapping

from ..content import Content
from ..layout import Stamp
from ..sources import Frozen
from .page import edge_findings, face_findings, foot_findings, head_findings, page_findings
from .reading import open_paper
from .text import number_findings, text_findings, wording_findings


def lint(data: bytes, content: Content, stamp: Stamp, frozen: Mapping[int, Frozen]) -> list[str]:
    """What is wrong with the file, one Chinese sentence each; nothing is wrong with an empty list.

    `content` is what was frozen, `frozen` what stands in the books for the numbers it refers to.
    """
    paper = open_paper(data)
    if paper is None:
        return ["文件不是可读的 Word 文档。"]
    found = [
        *page_findings(paper),
        *face_findings(paper, content),
        *edge_findings(paper, stamp),
        *head_findings(paper, content, stamp),
        *foot_findings(paper, content),
        *text_findings(paper, content),
        *number_findings(paper, content, frozen),
        *wording_findings(paper, content),
    ]
    return list(dict.fromkeys(found))


__all__ = ["lint"]
