"""Addresses of the daily desk."""

from django.urls import path

from .views import (
    briefs,
    burden,
    call_chasing,
    call_steps,
    call_table,
    calls,
    figure_record,
    figures,
    flash,
    missing,
    onepage,
    papers,
    receipts,
    report_form,
    report_steps,
    reports,
    round_acts,
    round_list,
    round_steps,
    rounds,
    subscriptions,
    upward,
)

app_name = "daily"

report_routes = [
    path("report/", report_form.MyReportView.as_view(), name="report_form"),
    path("report/<int:pk>/", report_form.ReportFormView.as_view(), name="report_edit"),
    path("report/<int:pk>/draft/", report_form.save_draft, name="report_draft"),
    path("receipts/<str:receipt>/", receipts.ReceiptView.as_view(), name="receipt"),
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
    path("missing/sheet/", papers.missing_sheet, name="missing_sheet"),
    path("missing/chase/", missing.MissingChaseView.as_view(), name="missing_chase"),
    path("missing/copy/", missing.MissingCopyView.as_view(), name="missing_copy"),
    path("flash/", flash.FlashListView.as_view(), name="flash_list"),
    path("flash/new/", flash.FlashCreateView.as_view(), name="flash_create"),
    path("flash/<int:pk>/", flash.FlashDetailView.as_view(), name="flash_detail"),
    path("flash/<int:pk>/handle/", flash.handle_flash, name="flash_handle"),
    path("flash/<int:pk>/photos/<int:photo>/", flash.FlashPhotoView.as_view(), name="flash_photo"),
]

DAY = "rounds/<slug:code>/<slug:on>/"

round_routes = [
    path("rounds/", round_list.RoundListView.as_view(), name="round_list"),
    path("rounds/today/", round_list.TodayRoundView.as_view(), name="round_today"),
    path(DAY, rounds.RoundView.as_view(), name="round_detail"),
    path(f"{DAY}print/", rounds.RoundPrintView.as_view(), name="round_print"),
    path(f"{DAY}dispatch-list/", rounds.DispatchListView.as_view(), name="dispatch_list"),
    path(f"{DAY}sheet/<slug:by>/", papers.summary_sheet, name="round_sheet"),
    path(f"{DAY}departures-sheet/", papers.departures_sheet, name="departures_sheet"),
    path(f"{DAY}open/", round_steps.open_round, name="round_open"),
    path(f"{DAY}lock/", round_steps.lock_round, name="round_lock"),
    path(f"{DAY}unlock/", round_steps.UnlockView.as_view(), name="round_unlock"),
    path(f"{DAY}notices/", round_steps.LateNoticesView.as_view(), name="late_notices"),
    path(f"{DAY}judgment/", round_steps.JudgmentView.as_view(), name="judgment_edit"),
    path(f"{DAY}judgment/sign/", round_steps.sign_judgment, name="judgment_sign"),
    path(f"{DAY}dispatch/", round_steps.DispatchView.as_view(), name="dispatch_edit"),
    path(f"{DAY}dispatch/sign/", round_steps.sign_dispatch, name="dispatch_sign"),
    path(
        f"{DAY}dispatch/sign-for/",
        round_steps.SignOnBehalfView.as_view(),
        name="dispatch_sign_for",
    ),
    path(f"{DAY}talks/new/", round_acts.TalkView.as_view(), name="talk_create"),
    path("talk-items/<int:pk>/answer/", round_acts.answer_item, name="talk_answer"),
    path(f"{DAY}returns/new/", round_steps.ReturnView.as_view(), name="return_create"),
    path("one-page/", onepage.TodayPageView.as_view(), name="one_page_today"),
    path(f"{DAY}one-page/<slug:edition>/", onepage.OnePageView.as_view(), name="one_page"),
    path(f"{DAY}one-page/<slug:edition>/draw/", onepage.draw_one_page, name="one_page_draw"),
    path(f"{DAY}brief/", briefs.make_brief, name="brief_make"),
    path("documents/<slug:code>/report/", briefs.make_report, name="report_of_campaign"),
    path("documents/<int:pk>/anew/", briefs.make_anew, name="document_anew"),
    path("acts/<int:pk>/", round_acts.ActView.as_view(), name="act_edit"),
    path("acts/<int:pk>/resume/", round_acts.resume_act, name="act_resume"),
    path("returns/", upward.UpwardListView.as_view(), name="upward_list"),
]

figure_routes = [
    path(
        "figures/<slug:code>/<slug:on>/<slug:indicator>/",
        figures.FigureRowsView.as_view(),
        name="figure_rows",
    ),
    path("figures/<int:pk>/", figure_record.FigureDetailView.as_view(), name="figure_detail"),
    path(
        "figures/<int:pk>/correct/",
        figure_record.FigureCorrectView.as_view(),
        name="figure_correct",
    ),
]

call_routes = [
    path("burden/", burden.BurdenView.as_view(), name="burden"),
    path("calls/", calls.CallListView.as_view(), name="call_list"),
    path("calls/new/", calls.CallCreateView.as_view(), name="call_create"),
    path("calls/<int:pk>/", call_table.CallView.as_view(), name="call_detail"),
    path("calls/<int:pk>/print/", call_table.CallPrintView.as_view(), name="call_print"),
    path("calls/<int:pk>/copy/", call_chasing.CallCopyView.as_view(), name="call_copy"),
    path("calls/<int:pk>/chase/", call_chasing.CallChaseView.as_view(), name="call_chase"),
    path("calls/<int:pk>/extend/", call_steps.CallExtendView.as_view(), name="call_extend"),
    path("calls/<int:pk>/withdraw/", call_steps.CallWithdrawView.as_view(), name="call_withdraw"),
    path("calls/<int:pk>/end/", call_steps.end_call, name="call_end"),
    path("calls/replies/<int:pk>/", call_steps.ReplyView.as_view(), name="call_reply"),
]

own_routes = [
    path("subscriptions/", subscriptions.SubscriptionView.as_view(), name="subscriptions"),
    path(
        "subscriptions/<slug:digest>/",
        subscriptions.PreviewView.as_view(),
        name="subscription_preview",
    ),
    path(
        "subscriptions/<slug:digest>/mail/",
        subscriptions.PreviewFrameView.as_view(),
        name="subscription_frame",
    ),
]

urlpatterns = [*report_routes, *round_routes, *figure_routes, *call_routes, *own_routes]
