"""Addresses of 双报到 and of closed areas; `urls.py` takes them in."""

from django.urls import path

from .views import registering, sealing, sealing_people, sealing_record, sealing_steps
from .views import registration_record as record
from .views import registrations as reg
from .views import registrations_print as sheets

patterns = [
    path("registrations/", reg.CoverageView.as_view(), name="registration_coverage"),
    path("registrations/missing/", reg.MissingView.as_view(), name="registration_missing"),
    path(
        "registrations/bulk/", registering.BulkRegistrationView.as_view(), name="registration_bulk"
    ),
    path(
        "registrations/units/",
        reg.UnitRegistrationListView.as_view(),
        name="unit_registration_list",
    ),
    path(
        "registrations/units/new/",
        registering.UnitRegistrationCreateView.as_view(),
        name="unit_registration_create",
    ),
    path(
        "registrations/units/<int:pk>/",
        record.UnitRegistrationDetailView.as_view(),
        name="unit_registration_detail",
    ),
    path(
        "registrations/units/<int:pk>/edit/",
        registering.UnitRegistrationUpdateView.as_view(),
        name="unit_registration_update",
    ),
    path("registrations/units/<int:pk>/slip/", sheets.SlipView.as_view(), name="registration_slip"),
    path(
        "registrations/units/<int:pk>/needs/",
        sheets.NeedsSheetView.as_view(),
        name="registration_needs",
    ),
    path(
        "registrations/units/<int:pk>/photo/",
        record.SlipPhotoView.as_view(),
        name="registration_slip_photo",
    ),
    path(
        "registrations/members/",
        reg.MemberRegistrationListView.as_view(),
        name="member_registration_list",
    ),
    path(
        "registrations/members/new/",
        registering.MemberRegistrationCreateView.as_view(),
        name="member_registration_create",
    ),
    path(
        "registrations/members/<int:pk>/edit/",
        registering.MemberRegistrationUpdateView.as_view(),
        name="member_registration_update",
    ),
    path("registrations/card/<int:pk>/", sheets.CardView.as_view(), name="registration_card"),
    path("sealing/", sealing.SealingBoardView.as_view(), name="sealing_board"),
    path("sealing/plan/", sealing_people.SealingPlanView.as_view(), name="sealing_plan"),
    path("sealing/returns/", sealing_people.SealingReturnsView.as_view(), name="sealing_returns"),
    path("sealing/apply/", sealing_steps.apply_closures, name="sealing_apply"),
    path("sealing/return/", sealing_steps.return_people, name="sealing_return"),
    path("sealing/<int:pk>/", sealing_record.SealingDetailView.as_view(), name="sealing_detail"),
    path(
        "sealing/<int:pk>/progress/",
        sealing_record.SealingProgressView.as_view(),
        name="sealing_progress",
    ),
    path(
        "sealing/<int:pk>/people/",
        sealing_people.SealingPeopleView.as_view(),
        name="sealing_people",
    ),
    path("sealing/<int:pk>/undo/", sealing_steps.undo_sealing, name="sealing_undo"),
]
