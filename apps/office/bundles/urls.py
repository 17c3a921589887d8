"""Addresses of bundles."""

from django.urls import path

from ..views import bundles as views

routes = [
    path("bundles/new/", views.BundleCreateView.as_view(), name="bundle_create"),
]
