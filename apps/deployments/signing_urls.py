"""Addresses of 社区确认 inside the portal; `urls.py` takes them in."""

from django.urls import path

from .views import signing, signing_acts
from .views.signing_print import SigningPrintView

patterns = [
    path("signing/", signing.SigningListView.as_view(), name="signing_list"),
    path("signing/make/", signing_acts.make_sheets, name="signing_make"),
    path("signing/print/", SigningPrintView.as_view(), name="signing_print"),
    path("signing/<int:pk>/", signing.SigningDetailView.as_view(), name="signing_detail"),
    path("signing/<int:pk>/enter/", signing_acts.EnterView.as_view(), name="signing_enter"),
    path("signing/<int:pk>/renew/", signing_acts.renew_link, name="signing_renew"),
    path(
        "signing/lines/<int:pk>/settle/", signing_acts.SettleView.as_view(), name="signing_settle"
    ),
]
