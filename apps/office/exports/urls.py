"""Addresses of exports."""

from django.urls import path

from ..views import exports as views

routes = [
    path("exports/", views.ExportListView.as_view(), name="export_list"),
    path("exports/new/", views.create_export, name="export_create"),
    path("exports/<int:pk>/", views.ExportDetailView.as_view(), name="export_detail"),
    path("exports/<int:pk>/file/", views.ExportFileView.as_view(), name="export_file"),
]
