from django.urls import path

from . import views
from .boards.urls import urlpatterns as boards

app_name = "dashboard"

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("help/", views.HelpView.as_view(), name="help"),
    path("help/<slug:slug>/", views.HelpTopicView.as_view(), name="help_topic"),
    path("search/", views.SearchView.as_view(), name="search"),
    *boards,
]
