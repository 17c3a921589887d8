from django.urls import path

from . import views

app_name = "jobs"

urlpatterns = [
    path("", views.JobStatusView.as_view(), name="job_status"),
    path("occurrences/", views.OccurrenceListView.as_view(), name="occurrence_list"),
    path("occurrences/<int:pk>/", views.OccurrenceDetailView.as_view(), name="occurrence_detail"),
    path("occurrences/<int:pk>/retry/", views.retry_occurrence, name="occurrence_retry"),
]
