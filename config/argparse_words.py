"""argparse speaks the language of the portal: what people read when an option is wrong."""

import argparse

WORDS = {
    "usage: ": "用法：",
    "positional arguments": "参数",
    "options": "选项",
    "show this help message and exit": "显示本说明",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s：%(message)s",
    "%(prog)s: error: %(message)s\n": "%(message)s（全部选项见 %(prog)s --help）\n",
    "expected one argument": "后面要写一个值。",
    "expected at most one argument": "后面最多写一个值。",
    "expected at least one argument": "后面至少写一个值。",
    "ignored explicit argument %r": "后面不跟值，却写了 %r。",
    "not allowed with argument %s": "不能与 %s 同用。",
    "the following arguments are required: %s": "缺少必填的选项：%s。",
    "one of the arguments %s is required": "须在 %s 中写一个。",
    "unrecognized arguments: %s": "没有这样的选项：%s。",
    "ambiguous option: %(option)s could match %(matches)s": (
        "%(option)s 可以是 %(matches)s，请写完整。"
    ),
    # Whole numbers are the only type our options have but for their own.
    "invalid %(type)s value: %(value)r": "应为整数，现为 %(value)r。",
    "invalid choice: %(value)r (choose from %(choices)s)": "没有 %(value)r，可用：%(choices)s。",
}


def speak_chinese() -> None:
    """argparse looks its sentences up by a gettext of its module: give it ours."""
    vars(argparse)["_"] = lambda message: WORDS.get(message, message)
