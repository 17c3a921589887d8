"""Style, types and layers hold; each tool reads pyproject.toml."""

import subprocess
import sys

import pytest

from tests.config.processes import ROOT


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "ruff", "check", "--quiet", "."],
        ["-m", "ruff", "format", "--check", "--quiet", "."],
        ["-m", "mypy", "--no-error-summary"],
        ["-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
    ],
    ids=["ruff-check", "ruff-format", "mypy", "import-linter"],
)
def test_tool_finds_nothing(command):
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
