import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from .collector import search_less, set_aside

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

search_less()
application = get_wsgi_application()
# Django reads the addresses, and with them every view, at the first request; here none waits.
get_resolver().url_patterns  # noqa: B018
set_aside()
