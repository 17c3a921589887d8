"""Addresses of official documents."""

from django.urls import path

from . import views

app_name = "documents"

urlpatterns = [
    path("", views.DocumentListView.as_view(), name="document_list"),
    path("<int:pk>/", views.DocumentDetailView.as_view(), name="document_detail"),
    path("<int:pk>/print/", views.DocumentPrintView.as_view(), name="document_print"),
    path("<int:pk>/file/", views.DocumentFileView.as_view(), name="document_file"),
    path("<int:pk>/sign/", views.sign_document, name="document_sign"),
    path("<int:pk>/sign-for/", views.SignForLeaderView.as_view(), name="document_sign_for"),
    path("<int:pk>/void/", views.VoidView.as_view(), name="document_void"),
]
