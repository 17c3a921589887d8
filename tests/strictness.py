"""What a test may not do quietly: log an error, or print a variable that is not there."""

import inspect
import logging
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class UnknownVariableError(Exception):
    """A template of ours printed a variable that its context does not have."""


class UnknownVariableFails(str):
    """Stands for Django's string_if_invalid; templates of other packages keep the empty string."""

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __bool__(self) -> bool:
        return True

    def __mod__(self, variable: object) -> str:
        origin = template_being_rendered()
        if origin is not None and origin.is_relative_to(ROOT / "templates"):
            raise UnknownVariableError(f"{origin.relative_to(ROOT)}: {variable}")
        return ""


def template_being_rendered() -> Path | None:
    """The file whose node is being rendered: the nearest one up the stack."""
    frame = inspect.currentframe()
    while frame is not None:
        node = frame.f_locals.get("self")
        origin = getattr(node, "origin", None)
        if frame.f_code.co_name in {"render", "render_annotated"} and origin is not None:
            return Path(str(origin))
        frame = frame.f_back
    return None


class ErrorCollector(logging.Handler):
    """Keeps the records of level ERROR and above."""

    def __init__(self) -> None:
        super().__init__(level=logging.ERROR)
        self.sentences: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.sentences.append(f"{record.name}: {record.getMessage()}")
