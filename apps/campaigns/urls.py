from django.urls import path

from . import milestones_steps as steps
from . import milestones_views as milestones
from . import views

app_name = "campaigns"

urlpatterns = [
    path("", views.CampaignListView.as_view(), name="campaign_list"),
    path("new/", views.CampaignOpenView.as_view(), name="campaign_open"),
    path("ladder/<int:pk>/", views.LadderStepUpdateView.as_view(), name="ladder_update"),
    path("milestones/", milestones.MilestoneListView.as_view(), name="milestone_list"),
    path("milestones/new/", steps.MilestoneCreateView.as_view(), name="milestone_create"),
    *(
        path(f"milestones/<int:pk>/{address}", view.as_view(), name=f"milestone_{name}")
        for address, view, name in (
            ("", milestones.MilestoneDetailView, "detail"),
            ("edit/", steps.MilestoneUpdateView, "edit"),
            ("reach/", steps.ReachedView, "reach"),
            ("reset/", steps.ResetView, "reset"),
            ("withdraw/", steps.WithdrawClaimView, "withdraw"),
            ("cancel/", steps.CancelClockView, "cancel"),
        )
    ),
    path(
        "milestones/resets/<int:pk>/withdraw/",
        steps.WithdrawResetView.as_view(),
        name="reset_withdraw",
    ),
    path("<slug:code>/", views.CampaignDetailView.as_view(), name="campaign_detail"),
    path("<slug:code>/hours/", views.CampaignHoursView.as_view(), name="campaign_hours"),
    path("<slug:code>/level/", views.CampaignLevelView.as_view(), name="campaign_level"),
    path("<slug:code>/mode/", views.CampaignModeView.as_view(), name="campaign_mode"),
    path("<slug:code>/state/", views.CampaignStateView.as_view(), name="campaign_state"),
]
