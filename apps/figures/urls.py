from django.urls import path

from . import views

app_name = "figures"

urlpatterns = [
    path("corrections/", views.CorrectionListView.as_view(), name="correction_list"),
    path("corrections/<int:pk>/accept/", views.accept_correction, name="correction_accept"),
    path("corrections/<int:pk>/decline/", views.decline_correction, name="correction_decline"),
]
