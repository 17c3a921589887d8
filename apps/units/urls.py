from django.urls import path

from . import reveal, views

app_name = "units"

urlpatterns = [
    path("", views.UnitListView.as_view(), name="unit_list"),
    path("<int:pk>/", views.UnitDetailView.as_view(), name="unit_detail"),
    path("<int:pk>/edit/", views.UnitUpdateView.as_view(), name="unit_update"),
    path("<int:pk>/group/", views.UnitGroupChangeView.as_view(), name="unit_group_change"),
    path("lookup/", views.UnitLookup.as_view(), name="unit_lookup"),
    path("branches/lookup/", views.BranchLookup.as_view(), name="branch_lookup"),
    path("groups/", views.GroupListView.as_view(), name="group_list"),
    path("groups/<int:pk>/", views.GroupDetailView.as_view(), name="group_detail"),
    path("groups/<int:pk>/edit/", views.GroupUpdateView.as_view(), name="group_update"),
    path("members/", views.MemberListView.as_view(), name="member_list"),
    path("members/<int:pk>/", views.MemberDetailView.as_view(), name="member_detail"),
    path("members/<int:pk>/edit/", views.MemberUpdateView.as_view(), name="member_update"),
    path("members/<int:pk>/transfer/", views.MemberTransferView.as_view(), name="member_transfer"),
    path("members/<int:pk>/reveal/<slug:field>/", reveal.reveal_member, name="member_reveal"),
    path("members/lookup/", views.MemberLookup.as_view(), name="member_lookup"),
]
