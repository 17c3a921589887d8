from django.urls import path

from .forecast_desk import patterns as forecast
from .registrations_urls import patterns as registrations
from .signing_urls import patterns as signing
from .views import (
    allocation_editing,
    allocation_sheet,
    allocation_steps,
    allocations,
    deployment_record,
    deployment_steps,
    deployments,
    need_record,
    need_steps,
    needs,
    papers,
    people,
    teams,
    withdrawing,
)
from .visits_urls import patterns as visits

app_name = "deployments"

urlpatterns = [
    *forecast,
    *registrations,
    *signing,
    *visits,
    path("", deployments.DeploymentListView.as_view(), name="deployment_list"),
    path("new/", deployment_steps.DeploymentCreateView.as_view(), name="deployment_create"),
    path("withdraw/", withdrawing.withdraw_many, name="withdraw_many"),
    path("batches/<int:pk>/undo/", withdrawing.undo_batch, name="batch_undo"),
    path("<int:pk>/", deployment_record.DeploymentDetailView.as_view(), name="deployment_detail"),
    path(
        "<int:pk>/edit/", deployment_steps.DeploymentUpdateView.as_view(), name="deployment_update"
    ),
    path("<int:pk>/end/", deployment_steps.DeploymentEndView.as_view(), name="deployment_end"),
    path("<int:pk>/day/", deployment_steps.DeploymentDayView.as_view(), name="deployment_day"),
    path("<int:pk>/people/", people.CandidateListView.as_view(), name="candidate_list"),
    path("<int:pk>/people/send/", people.send_members, name="send_members"),
    path("assignments/<int:pk>/end/", people.AssignmentEndView.as_view(), name="assignment_end"),
    path("teams/", teams.TeamListView.as_view(), name="team_list"),
    path("teams/new/", teams.TeamCreateView.as_view(), name="team_create"),
    path("teams/<int:pk>/", teams.TeamDetailView.as_view(), name="team_detail"),
    path("teams/<int:pk>/edit/", teams.TeamUpdateView.as_view(), name="team_update"),
    path("teams/lookup/", teams.TeamLookup.as_view(), name="team_lookup"),
    path("needs/", needs.NeedListView.as_view(), name="need_list"),
    path("needs/sheet/", papers.needs_sheet, name="needs_sheet"),
    path("needs/new/", need_steps.NeedCreateView.as_view(), name="need_create"),
    path("needs/<int:pk>/", need_record.NeedDetailView.as_view(), name="need_detail"),
    path("needs/<int:pk>/edit/", need_steps.NeedUpdateView.as_view(), name="need_update"),
    path(
        "needs/<int:pk>/settle/<slug:state>/",
        need_steps.NeedSettleView.as_view(),
        name="need_settle",
    ),
    path("needs/<int:pk>/reopen/", need_steps.NeedReopenView.as_view(), name="need_reopen"),
    path("needs/<int:pk>/confirm/", need_steps.NeedConfirmView.as_view(), name="need_confirm"),
    path("dispatch/", allocation_editing.DispatchListView.as_view(), name="dispatch_list"),
    path("dispatch/print/", allocation_editing.DispatchPrintView.as_view(), name="dispatch_print"),
    *(
        path(f"allocations/{address}", view, name=f"allocation_{name}")
        for address, view, name in (
            ("", allocations.AllocationListView.as_view(), "list"),
            ("new/", allocations.DraftView.as_view(), "new"),
            ("<int:pk>/", allocation_sheet.AllocationDetailView.as_view(), "detail"),
            ("<int:pk>/print/", allocation_sheet.AllocationPrintView.as_view(), "print"),
            ("<int:pk>/edit/", allocation_editing.EditView.as_view(), "edit"),
            ("<int:pk>/submit/", allocation_steps.submit_sheet, "submit"),
            ("<int:pk>/return/", allocation_steps.ReturnView.as_view(), "return"),
            ("<int:pk>/sign/", allocation_steps.sign_sheet, "sign"),
            ("<int:pk>/sign-for/", allocation_steps.SignForView.as_view(), "sign_for"),
            ("<int:pk>/issue/", allocation_steps.issue_sheet, "issue"),
            ("<int:pk>/withdraw/", allocation_steps.WithdrawView.as_view(), "withdraw"),
            ("lines/<int:pk>/edit/", allocation_editing.LineEditView.as_view(), "line"),
            (
                "lines/<int:pk>/acknowledge/",
                allocation_steps.AcknowledgeView.as_view(),
                "acknowledge",
            ),
        )
    ),
    *(
        path(
            f"allocations/<int:pk>/{outcome}/",
            allocation_steps.finish_sheet,
            {"outcome": outcome},
            name=f"allocation_{outcome}",
        )
        for outcome in ("done", "partly")
    ),
    path("needs/lookup/", needs.NeedLookup.as_view(), name="need_lookup"),
]
