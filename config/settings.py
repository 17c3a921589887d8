"""Settings of the portal; everything comes from the environment, with the embedded defaults.

docs/operations.md has the table of variables.
"""

from pathlib import Path

import django_stubs_ext

from config.environment import Environment

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = Environment.load(BASE_DIR)

PORTAL_HOME = ENV.home
SECRET_KEY = ENV.secret_key
FIELD_KEYS = ENV.field_keys
DEMO_PASSWORD = ENV.demo_password
DEBUG = False
ALLOWED_HOSTS = ENV.allowed_hosts
SITE_URL = ENV.site_url
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https://") else []

PLATFORM_NAME = ENV.text("PLATFORM_NAME", "省直机关应急联络服务平台")
ORGAN_NAME = ENV.text("ORGAN_NAME", "省直机关工委办公室")
DUTY_PHONE = ENV.text("DUTY_PHONE", "")
IMPORT_FILES_KEPT_DAYS = ENV.days("IMPORT_FILES_KEPT_DAYS", 90)

INSTALLED_APPS = [
    "apps.dashboard",
    "apps.daily",
    "apps.publicity",
    "apps.assistance",
    "apps.deployments",
    "apps.figures",
    "apps.campaigns",
    "apps.units",
    "apps.communities",
    "apps.office",
    "apps.messaging",
    "apps.jobs",
    "apps.accounts",
    "apps.core",
    "config",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
]


MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Outside all that may answer by itself: a page without the policy would be a way round it.
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "apps.core.middleware.DomainErrorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "apps.accounts.middleware.AuditContextMiddleware",
    "apps.accounts.middleware.PasswordChangeMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.core.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASES = {"default": ENV.database}
# may read and write rows, owns nothing
DATABASE_APP_ROLE = ENV.app_role
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "apps.units.backends.PostingBackend",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATORS = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": _VALIDATORS + "UserAttributeSimilarityValidator"},
    {"NAME": _VALIDATORS + "MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": _VALIDATORS + "CommonPasswordValidator"},
    {"NAME": _VALIDATORS + "NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# The pause runs from the last wrong password, and trying during it does not lengthen it.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "apps.accounts.views.locked_out"
AXES_VERBOSE = False

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "apps.core.views.refusals.csrf_failed"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.behind_proxy else None
SECURE_HSTS_SECONDS = 31536000 if SITE_URL.startswith("https://") else 0
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    },
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATIC_ROOT = PORTAL_HOME / "static"
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [
    *(path for path in (BASE_DIR / "static", BASE_DIR / "assets") if path.is_dir()),
    # The manual shows the pictures that `make screenshots` takes.
    ("help", BASE_DIR / "docs" / "pictures"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = PORTAL_HOME / "media"
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

MAIL_DIR = PORTAL_HOME / "mail"
if ENV.email:
    vars().update(ENV.email)
else:
    EMAIL_BACKEND = "apps.messaging.backends.EmlBackend"
DEFAULT_FROM_EMAIL = ENV.text("DEFAULT_FROM_EMAIL", "portal@frontline.invalid")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

CACHES = {
    "default": {
        # Not Redis: it only rings the bell, and pages must not fail when it is away.
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    }
}

EMBEDDED_REDIS = ENV.redis.is_embedded
CELERY_BROKER_URL = ENV.redis.broker_url
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_STORE_EAGER_RESULT = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_ENABLE_UTC = True
CELERY_BROKER_CONNECTION_RETRY = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(PORTAL_HOME / "celerybeat-schedule")
# Redis only rings the bell; what is due stands in the database, so a lost or doubled ring is harmless.
CELERY_BEAT_SCHEDULE = {
    "ring": {"task": "apps.jobs.tasks.ring", "schedule": 60.0, "options": {"expires": 55}},
    "work": {"task": "apps.jobs.tasks.work", "schedule": 60.0, "options": {"expires": 55}},
    "deliver": {
        "task": "apps.messaging.tasks.deliver",
        "schedule": 20.0,
        "options": {"expires": 15},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}, "axes": {"level": "WARNING"}},
}
