from django.urls import path

from .views import (
    actions,
    beneficiaries,
    beneficiary_record,
    board,
    cases,
    folding,
    papers,
    photos,
    registering,
    steps,
)

app_name = "assistance"

urlpatterns = [
    path("", cases.CaseListView.as_view(), name="case_list"),
    path("board/", board.CaseBoardView.as_view(), name="case_board"),
    path("new/", registering.CaseCreateView.as_view(), name="case_create"),
    path("lookup/", cases.CaseLookup.as_view(), name="case_lookup"),
    path("verify/", steps.verify_many, name="case_verify_many"),
    path("<int:pk>/", cases.CaseDetailView.as_view(), name="case_detail"),
    path("<int:pk>/edit/", registering.CaseUpdateView.as_view(), name="case_update"),
    path("<int:pk>/assign/", steps.AssignView.as_view(), name="case_assign"),
    path("<int:pk>/start/", steps.start, name="case_start"),
    path("<int:pk>/answer/", steps.AnswerView.as_view(), name="case_answer"),
    path("<int:pk>/verify/", steps.verify, name="case_verify"),
    path("<int:pk>/return/", steps.ReturnView.as_view(), name="case_return"),
    path("<int:pk>/hand-back/", steps.HandBackView.as_view(), name="case_hand_back"),
    path("<int:pk>/cancel/", steps.CancelView.as_view(), name="case_cancel"),
    path("<int:pk>/due/", steps.DueView.as_view(), name="case_due"),
    path("<int:pk>/note/", steps.NoteView.as_view(), name="case_note"),
    path("<int:pk>/photos/", photos.PhotosView.as_view(), name="case_photos"),
    path("<int:pk>/photos/<int:photo>/", photos.PhotoView.as_view(), name="case_photo"),
    path("<int:pk>/photos/<int:photo>/remove/", photos.remove, name="case_photo_remove"),
    path("actions/", actions.ActionListView.as_view(), name="action_list"),
    path("actions/sheet/", papers.actions_sheet, name="actions_sheet"),
    path("actions/new/", actions.ActionCreateView.as_view(), name="action_create"),
    path("actions/many/", actions.ManyActionsView.as_view(), name="action_many"),
    path("actions/<uuid:submission>/withdraw/", actions.withdraw, name="action_withdraw"),
    path("beneficiaries/", beneficiaries.BeneficiaryListView.as_view(), name="beneficiary_list"),
    path(
        "beneficiaries/new/",
        beneficiaries.BeneficiaryCreateView.as_view(),
        name="beneficiary_create",
    ),
    path("beneficiaries/find/", folding.FindView.as_view(), name="beneficiary_find"),
    path(
        "beneficiaries/lookup/",
        beneficiaries.BeneficiaryLookup.as_view(),
        name="beneficiary_lookup",
    ),
    path(
        "beneficiaries/<int:pk>/",
        beneficiary_record.BeneficiaryDetailView.as_view(),
        name="beneficiary_detail",
    ),
    path(
        "beneficiaries/<int:pk>/edit/",
        beneficiaries.BeneficiaryUpdateView.as_view(),
        name="beneficiary_update",
    ),
    path(
        "beneficiaries/<int:pk>/reveal/<slug:field>/",
        folding.reveal_beneficiary,
        name="beneficiary_reveal",
    ),
    path(
        "beneficiaries/<int:pk>/duplicate/",
        folding.DuplicateView.as_view(),
        name="beneficiary_duplicate",
    ),
    path("beneficiaries/<int:pk>/distinct/", folding.mark_distinct, name="beneficiary_distinct"),
]
