"""Pin the packages of the *.in files with their hashes; the development lock holds the run lock.

Without the index's address: the hashes say what is meant, pip's own settings where to get it.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = ["--quiet", "--universal", "--python-version=3.11", "--generate-hashes"]
OPTIONS += ["--no-emit-index-url", "--no-header", "--no-annotate", "--upgrade"]


def lock(source: str, target: str, *more: str) -> None:
    command = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, *more, source, "-o", target]
    subprocess.run(command, cwd=ROOT, check=True)


def main() -> None:
    lock("requirements.in", "requirements.txt")
    lock("requirements-dev.in", "requirements-dev.txt", "--constraints", "requirements.txt")


if __name__ == "__main__":
    main()
