"""Addresses of 走访督导; `urls.py` takes them in."""

from django.urls import path

from .views import findings, visiting, visits

patterns = [
    path("visits/", visits.VisitListView.as_view(), name="visit_list"),
    path("visits/new/", visiting.VisitCreateView.as_view(), name="visit_create"),
    path("visits/<int:pk>/", visits.VisitDetailView.as_view(), name="visit_detail"),
    path(
        "visits/<int:pk>/photos/<int:photo>/", visits.VisitPhotoView.as_view(), name="visit_photo"
    ),
    path("visits/<int:pk>/edit/", visiting.VisitUpdateView.as_view(), name="visit_update"),
    path("visits/<int:pk>/finding/", visiting.FindingCreateView.as_view(), name="finding_create"),
    path("findings/", findings.FindingListView.as_view(), name="finding_list"),
    path("findings/<int:pk>/", findings.FindingDetailView.as_view(), name="finding_detail"),
    path("findings/<int:pk>/answer/", findings.AnswerView.as_view(), name="finding_answer"),
    path("findings/<int:pk>/verify/", findings.verify, name="finding_verify"),
    path("findings/<int:pk>/return/", findings.ReturnView.as_view(), name="finding_return"),
    path(
        "findings/<int:pk>/photos/<int:photo>/",
        findings.FindingPhotoView.as_view(),
        name="finding_photo",
    ),
]
