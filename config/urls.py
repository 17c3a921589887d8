"""Addresses of the portal: each app brings its own."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from apps.deployments.views.signing_public import ConfirmView
from config.health import healthz

# (prefix, app); an app without a urls module has no pages yet
APPS = (
    ("", "dashboard"),
    ("", "accounts"),
    ("", "core"),
    ("assistance/", "assistance"),
    ("campaigns/", "campaigns"),
    ("communities/", "communities"),
    ("daily/", "daily"),
    ("deployments/", "deployments"),
    ("documents/", "office.documents"),
    ("figures/", "figures"),
    ("jobs/", "jobs"),
    ("messages/", "messaging"),
    ("office/", "office"),
    ("publicity/", "publicity"),
    ("units/", "units"),
)

handler400 = "apps.core.views.refusals.bad_request"

urlpatterns: list[URLPattern | URLResolver] = [
    *(
        path(prefix, include(f"apps.{app}.urls"))
        for prefix, app in APPS
        if find_spec(f"apps.{app}.urls") is not None
    ),
    path("healthz", healthz, name="healthz"),
    # Short, because it is printed as a code.
    path("q/<str:token>/", ConfirmView.as_view(), name="signing"),
    path("admin/", admin.site.urls),
]
