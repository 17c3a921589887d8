"""The portal's settings over a throwaway data folder; the first process of a run makes it."""

import atexit
import os
import shutil
import tempfile

for _name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY"):
    os.environ.pop(_name, None)
for _name in ("FIELD_KEYS", "ALLOWED_HOSTS", "SITE_URL", "PORT", "DEMO_PASSWORD"):
    os.environ.pop(_name, None)

MEMORY, ROOMY = "/dev/shm", 2 << 30

if os.environ.get("FRONTLINE_THROWAWAY") != "1":
    os.environ["FRONTLINE_THROWAWAY"] = "1"
    # A clone of a database is a thousand small files: on a disk they take ten times as long.
    # PostgreSQL's programs lie there, too, so they must be allowed to run.
    if (
        os.access(MEMORY, os.W_OK)
        and shutil.disk_usage(MEMORY).free > ROOMY
        and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    ):
        os.environ["TMPDIR"] = tempfile.tempdir = MEMORY
    os.environ["PORTAL_HOME"] = tempfile.mkdtemp(prefix="frontline-test-")
    atexit.register(shutil.rmtree, os.environ["PORTAL_HOME"], ignore_errors=True)

from config.settings import *  # noqa: E402, F403
from config.settings import PORTAL_HOME, STORAGES, TEMPLATES  # noqa: E402
from tests.strictness import UnknownVariableFails  # noqa: E402

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = PORTAL_HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
# Each process has a database of its own, in which the same keys name other files.
MEDIA_ROOT = PORTAL_HOME / "media" / os.environ.get("PYTEST_XDIST_WORKER", "alone")
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UnknownVariableFails()
