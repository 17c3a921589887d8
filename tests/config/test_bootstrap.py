"""The environment is built once, noticed when half built, and the same everywhere."""

import re
import shutil
import sys

import pytest

from config import bootstrap
from tests.config.processes import ROOT


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout without an environment; what would be installed is written down instead."""
    commands = []

    def run(command, _sentence):
        line = " ".join(str(part) for part in command)
        commands.append(line)
        if "-m venv" in line:
            (tmp_path / ".venv" / "bin").mkdir(parents=True)
            (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)

    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("django==5.2\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(bootstrap, "run", run)
    return tmp_path, commands


def build(*, dev):
    with bootstrap.environment(dev=dev):
        pass


def installs(commands):
    return [line for line in commands if "pip install" in line]


@pytest.fixture
def built(checkout):
    root, commands = checkout
    build(dev=True)
    commands.clear()
    return root, commands


def test_second_build_does_nothing(built):
    _, commands = built

    build(dev=True)
    build(dev=False)

    assert commands == []


def test_changed_lock_is_installed_into_what_is_there(built):
    root, commands = built
    (root / "requirements-dev.txt").write_text("django==5.2.1\n")

    build(dev=True)

    assert len(commands) == len(installs(commands)) == 1


def test_half_built_environment_is_built_anew(built):
    root, commands = built
    (root / ".venv" / ".frontline-stamp").unlink()
    (root / ".venv" / "leftover").touch()

    build(dev=True)

    assert not (root / ".venv" / "leftover").exists()
    assert len(installs(commands)) == 1


def test_environment_whose_python_is_gone_is_built_anew(built):
    root, commands = built
    (root / ".venv" / "bin" / "python").unlink()

    build(dev=True)

    assert "-m venv" in commands[0]
    assert len(installs(commands)) == 1


def test_failed_install_is_not_taken_for_done(built, monkeypatch):
    root, commands = built
    (root / "requirements-dev.txt").write_text("django==5.2.1\n")

    def fail(_command, sentence):
        raise bootstrap.BootstrapError(sentence)

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "run", fail)
        with pytest.raises(bootstrap.BootstrapError, match="安装 Python 依赖失败"):
            build(dev=True)
    build(dev=True)

    assert len(installs(commands)) == 1


def test_running_needs_no_tools(checkout):
    _, commands = checkout

    build(dev=False)

    (install,) = installs(commands)
    assert "--require-hashes" in install
    assert "requirements-dev.txt" not in install


def test_other_python_is_refused_with_the_way_out(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    with pytest.raises(bootstrap.BootstrapError) as refused:
        bootstrap.reexecute_with_wanted_python()

    assert str(refused.value).startswith("需要 Python 3.11，当前是 3.9。请安装 python3.11 后重试")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "package-lock.json"])
def test_lock_pins_contents_not_places(name):
    text = (ROOT / name).read_text(encoding="utf-8")

    assert re.findall(r"https?://(?!github\.com|opencollective\.com)[^\s\"]+", text) == []
    assert "--hash=sha256:" in text or '"integrity": "sha512-' in text
    assert '"resolved"' not in text


def test_development_lock_holds_the_run_lock():
    pins = {
        name: set(re.findall(r"^([a-z0-9-]+==\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    }

    assert pins["requirements.txt"] - pins["requirements-dev.txt"] == set()
    assert len(pins["requirements.txt"]) > 30


def test_sources_are_compiled_even_where_nothing_may_write_bytecode(checkout, monkeypatch):
    root, _ = checkout
    package = root / ".venv" / "lib" / "package.py"
    package.parent.mkdir(parents=True)
    (root / ".venv" / "bin").mkdir()
    bootstrap.PYTHON.symlink_to(sys.executable)
    package.write_text("ANSWER = 42\n")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    bootstrap.start_compiling(root / ".venv" / "lib").wait()

    assert [file.suffix for file in package.parent.glob("__pycache__/*")] == [".pyc"]
