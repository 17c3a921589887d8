from django.urls import path

from . import views

app_name = "campaigns"

urlpatterns = [
    path("", views.CampaignListView.as_view(), name="campaign_list"),
    path("new/", views.CampaignOpenView.as_view(), name="campaign_open"),
    path("ladder/<int:pk>/", views.LadderStepUpdateView.as_view(), name="ladder_update"),
    path("milestones/<int:pk>/", views.MilestoneUpdateView.as_view(), name="milestone_update"),
    path("<slug:code>/", views.CampaignDetailView.as_view(), name="campaign_detail"),
    path("<slug:code>/hours/", views.CampaignHoursView.as_view(), name="campaign_hours"),
    path("<slug:code>/level/", views.CampaignLevelView.as_view(), name="campaign_level"),
    path("<slug:code>/mode/", views.CampaignModeView.as_view(), name="campaign_mode"),
    path("<slug:code>/state/", views.CampaignStateView.as_view(), name="campaign_state"),
]
