"""Where the embedded services keep their data, programs and sockets."""

import hashlib
import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from config.errors import ServiceError

LOWEST_USER = "nobody"
# Not TMPDIR: every process has to come to the same folder, whatever its environment.
SOCKET_BASE = Path("/tmp")  # noqa: S108


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
        return cls(home, SOCKET_BASE / f"frontline-{os.geteuid()}-{mark}")

    @property
    def postgres_data(self) -> Path:
        return self.home / "postgres"

    @property
    def programs(self) -> Path:
        return self.home / "programs"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def sockets(self) -> Path:
        """PostgreSQL is told this folder and names its socket itself."""
        return self.run / "s"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / ".s.PGSQL.5432"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def users_lock(self) -> Path:
        return self.home / "users.lock"

    @property
    def start_lock(self) -> Path:
        return self.home / "start.lock"

    @property
    def keeper_lock(self) -> Path:
        return self.home / "keeper.lock"

    def prepare(self) -> None:
        """Make the folders, private to us and to the user that the services run as."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(mode=0o700, exist_ok=True)
        make_private(self.run, mode=0o711 if service_user() else 0o700)
        make_private(self.sockets, mode=0o700, owner=service_user())
        if service_user():
            self.home.chmod(self.home.stat().st_mode | stat.S_IXOTH)
            refuse_closed_parents(self.home)


def service_user() -> str | None:
    """PostgreSQL refuses to run as root; None means that it runs as ourselves."""
    return LOWEST_USER if os.geteuid() == 0 else None


def make_private(folder: Path, *, mode: int, owner: str | None = None) -> None:
    """Make the folder, or take it over only when it is really ours: /tmp belongs to everybody."""
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    owners = {os.geteuid(), pwd.getpwnam(owner).pw_uid if owner else os.geteuid()}
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in owners:
        raise ServiceError(f"{folder} 不属于当前用户，为安全起见不使用。请移走它后重试。")
    if owner:
        shutil.chown(folder, owner)
    folder.chmod(mode)


def refuse_closed_parents(home: Path) -> None:
    for parent in home.parents:
        if not parent.stat().st_mode & stat.S_IXOTH:
            raise ServiceError(
                f"数据目录在 {parent} 之下，其他用户无法进入，数据库无法启动。"
                "请换一个目录，例如 PORTAL_HOME=/var/lib/frontline。"
            )
