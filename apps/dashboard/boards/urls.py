"""Addresses of the boards, joined to those of the home page."""

from django.urls import path

from .views import calendar, campaign, compare, group, sheet, wall

urlpatterns = [
    path("boards/campaign/", campaign.CampaignBoardView.as_view(), name="campaign_board"),
    path("boards/groups/", group.GroupBoardView.as_view(), name="group_board"),
    path("boards/groups/<int:pk>/", group.GroupBoardView.as_view(), name="group_board"),
    path("boards/compare/", compare.CompareView.as_view(), name="compare_board"),
    path("boards/calendar/", calendar.CalendarView.as_view(), name="calendar_board"),
    path("boards/sheets/<slug:part>/", sheet.BoardSheetView.as_view(), name="board_sheet"),
    path("wall/", wall.WallView.as_view(), name="wall_board"),
]
