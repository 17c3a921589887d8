from django.urls import path

from . import views

app_name = "communities"

urlpatterns = [
    path("", views.CommunityListView.as_view(), name="community_list"),
    path("<int:pk>/", views.CommunityDetailView.as_view(), name="community_detail"),
    path("<int:pk>/edit/", views.CommunityUpdateView.as_view(), name="community_update"),
    path("statuses/", views.AreaStatusListView.as_view(), name="area_status_list"),
    path("statuses/new/", views.AreaStatusCreateView.as_view(), name="area_status_create"),
    path("statuses/<int:pk>/end/", views.AreaStatusEndView.as_view(), name="area_status_end"),
    path("lookup/", views.CommunityLookup.as_view(), name="community_lookup"),
    path("streets/lookup/", views.StreetLookup.as_view(), name="street_lookup"),
    path("estates/lookup/", views.EstateLookup.as_view(), name="estate_lookup"),
]
