"""Progress on stderr: one bar that moves on a terminal, plain lines elsewhere."""

import sys
import time
from typing import TextIO

WIDTH = 28


class Progress:
    """Counts rows against what is expected; `steps` of the locking count as rows."""

    def __init__(self, expected: int, *, is_silent: bool = False) -> None:
        self.expected, self.done = max(expected, 1), 0
        self.is_silent = is_silent
        self.stream: TextIO = sys.stderr
        self.started = time.monotonic()
        self.is_terminal = self.stream.isatty()

    def advance(self, label: str, rows: int) -> None:
        self.done += rows
        share = min(self.done / self.expected, 1.0)
        if self.is_silent:
            return
        seconds = time.monotonic() - self.started
        if self.is_terminal:
            bar = "█" * int(share * WIDTH)
            line = f"\r\033[K{bar:░<{WIDTH}} {share:4.0%} {seconds:5.1f} 秒 {label}"
            self.stream.write(line)
        elif rows:
            self.stream.write(f"{share:4.0%} {seconds:5.1f} 秒 {label} {rows}\n")
        self.stream.flush()

    def close(self) -> None:
        if self.is_terminal and not self.is_silent:
            self.stream.write("\n")
