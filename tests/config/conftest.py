import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder that the services' user can reach, with a space and Chinese in its name."""
    parent = Path(tempfile.mkdtemp(prefix="frontline-config-"))
    parent.chmod(0o711)
    yield parent / "数据 目录"
    shutil.rmtree(parent, ignore_errors=True)
