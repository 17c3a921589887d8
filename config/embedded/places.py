"""Where the embedded services keep their data, programs and sockets."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """Folders of the embedded services that belong to one data folder.

    Sockets lie in a short folder of their own: a socket's path may have 107 bytes, and the data
    folder may be anywhere. The folder's name follows from the user and the data folder, so every
    process finds it without asking.
    """

    home: Path
    run: Path

    @classmethod
    def of(cls, home: Path) -> "Places":
        mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        return cls(home, Path(tempfile.gettempdir()) / f"frontline-{os.geteuid()}-{mark}")

    @property
    def postgres_data(self) -> Path:
        return self.home / "postgres"

    @property
    def redis_data(self) -> Path:
        return self.home / "redis"

    @property
    def programs(self) -> Path:
        return self.home / "programs"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def sockets(self) -> Path:
        return self.run / "s"

    @property
    def postgres_socket(self) -> Path:
        """The folder that PostgreSQL puts its socket into."""
        return self.sockets

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"
