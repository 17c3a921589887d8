"""Secrets of an embedded installation: made once, kept in the data folder, readable by its owner."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from config.errors import ConfigurationError


def kept_secret(home: Path, name: str, make: Callable[[], str]) -> str:
    """The secret kept as PORTAL_HOME/secrets/<name>, made at the first call.

    Two processes may make it at once: the link succeeds for one, and the other reads that one's.
    """
    file = home / "secrets" / name
    try:
        if not file.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_once(file, make())
        return file.read_text().strip()
    except OSError as error:
        raise ConfigurationError(
            f"数据目录 {home} 无法读写（{error.strerror}）。请换一个目录：PORTAL_HOME=/可写的目录。"
        ) from error


def write_once(file: Path, value: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(value + "\n")
        os.link(temporary, file)
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink()
