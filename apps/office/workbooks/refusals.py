"""Why a file is not read, and the sentence for each reason. Known to the child and to us."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    EMPTY = "empty"
    NOTHING = "nothing"
    HEAVY = "heavy"
    NAMELESS = "nameless"
    OTHER_KIND = "other_kind"
    EXTENSION = "extension"
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    LINKS = "links"
    DECLARATIONS = "declarations"
    UNPACKED = "unpacked"
    ROWS = "rows"
    COLUMNS = "columns"
    MEMORY = "memory"
    TIME = "time"
    ENCODING = "encoding"
    BROKEN = "broken"
    FAILED = "failed"


SAVE_ANEW = "请用 Excel 或 WPS 打开，另存为新的 .xlsx 文件后再上传。"

SENTENCES: dict[Reason, str] = {
    Reason.EMPTY: "这是一个空文件（0 字节），请检查后重新选择。",
    Reason.NOTHING: "文件里没有内容，请填写并保存后再上传。",
    Reason.HEAVY: "文件超过 {most} MB，请删去图片和多余的工作表，或分成几个文件上传。",
    Reason.NAMELESS: "文件名“{name}”不以 .xlsx、.xls 或 .csv 结尾。" + SAVE_ANEW,
    Reason.OTHER_KIND: "这是{what}，不是数据表格，请上传 .xlsx、.xls 或 .csv 文件。",
    Reason.EXTENSION: "文件名以 {extension} 结尾，内容却是{what}。" + SAVE_ANEW,
    Reason.ENCRYPTED: "文件设有打开密码，请在 Excel 或 WPS 中去掉密码、保存后再上传。",
    Reason.MACROS: "文件里有宏，不予读取，请另存为不带宏的“Excel 工作簿（.xlsx）”后再上传。",
    Reason.LINKS: "文件链接着外部内容（{target}），请在“数据—编辑链接”中断开链接、保存后再上传。",
    Reason.DECLARATIONS: "文件里有表格不应有的声明（DTD），不予读取。" + SAVE_ANEW,
    Reason.UNPACKED: "文件展开后超过 {most} MB，不予读取，请只留要导入的工作表，或分成几个文件上传。",
    Reason.ROWS: "工作表“{sheet}”有 {rows} 行，一次最多 {most} 行，请删去表下多余的行，或分成几个文件上传。",
    Reason.COLUMNS: "工作表“{sheet}”写到了 {column} 列，最多 {most} 列，请删去表右侧多余的列后再上传。",
    Reason.MEMORY: "文件展开后太大，读不下{where}，请删去数据以外的行、列和工作表，或分成几个文件上传。",
    Reason.TIME: "文件过于复杂，{seconds} 秒内没有读完{where}，请只留要导入的工作表，或分成几个文件上传。",
    Reason.ENCODING: "文件的文字编码无法识别，请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。",
    Reason.FAILED: "读取程序没有启动，请稍后再试；仍不行的，请联系系统管理员。",
    Reason.BROKEN: "文件已损坏或没有传完，读不出来。" + SAVE_ANEW,
}


class Refused(Exception):  # noqa: N818 — a verdict on the file, no fault of ours
    """Raised in the child; `words` fill the sentence."""

    def __init__(self, reason: Reason, **words: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.words = words


def sentence(reason: Reason, words: dict[str, str | int]) -> str:
    """The sentence for people; what the file says of itself is cut short."""
    known = {"where": "", **{name: _shown(word) for name, word in words.items()}}
    what = known.get("what", "")
    if what and what[0].isascii():
        known["what"] = f" {what}"  # 这是 PDF 文件
    return SENTENCES[reason].format(**known)


def _shown(word: str | int) -> str:
    text = "".join(c for c in str(word) if c.isprintable())
    return text if len(text) <= 60 else f"{text[:60]}…"
