"""Addresses of the daily desk."""

from django.urls import path

from .views import flash, missing, report_form, report_steps, reports

app_name = "daily"

report_routes = [
    path("report/", report_form.MyReportView.as_view(), name="report_form"),
    path("report/<int:pk>/", report_form.ReportFormView.as_view(), name="report_edit"),
    path("report/<int:pk>/draft/", report_form.save_draft, name="report_draft"),
    path("receipts/<str:receipt>/", report_form.ReceiptView.as_view(), name="receipt"),
    path("reports/", reports.ReportListView.as_view(), name="report_list"),
    path("reports/mine/", reports.UnitHistoryView.as_view(), name="report_mine"),
    path("reports/accept/", report_steps.accept_many, name="report_accept_many"),
    path("reports/<int:pk>/", reports.ReportDetailView.as_view(), name="report_detail"),
    path("reports/<int:pk>/approve/", report_steps.approve_report, name="report_approve"),
    path("reports/<int:pk>/withdraw/", report_steps.withdraw_report, name="report_withdraw"),
    path("reports/<int:pk>/accept/", report_steps.accept_report, name="report_accept"),
    path("reports/<int:pk>/return/", report_steps.ReportReturnView.as_view(), name="report_return"),
    path(
        "reports/<int:pk>/hand-back/",
        report_steps.UnitReturnView.as_view(),
        name="report_return_in_unit",
    ),
    path("reports/<int:pk>/exempt/", report_steps.ReportExemptView.as_view(), name="report_exempt"),
    path("reports/<int:pk>/contact/", missing.ContactView.as_view(), name="report_contact"),
    path("missing/", missing.MissingListView.as_view(), name="missing_list"),
    path("missing/chase/", missing.MissingChaseView.as_view(), name="missing_chase"),
    path("missing/copy/", missing.MissingCopyView.as_view(), name="missing_copy"),
    path("flash/", flash.FlashListView.as_view(), name="flash_list"),
    path("flash/new/", flash.FlashCreateView.as_view(), name="flash_create"),
    path("flash/<int:pk>/", flash.FlashDetailView.as_view(), name="flash_detail"),
    path("flash/<int:pk>/handle/", flash.handle_flash, name="flash_handle"),
    path("flash/<int:pk>/photos/<int:photo>/", flash.FlashPhotoView.as_view(), name="flash_photo"),
]

urlpatterns = [*report_routes]
