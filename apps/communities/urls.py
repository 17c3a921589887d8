from django.urls import path

from . import views, views_areas

app_name = "communities"

urlpatterns = [
    path("", views.CommunityListView.as_view(), name="community_list"),
    path("<int:pk>/", views.CommunityDetailView.as_view(), name="community_detail"),
    path("<int:pk>/edit/", views.CommunityUpdateView.as_view(), name="community_update"),
    path("statuses/", views.AreaStatusListView.as_view(), name="area_status_list"),
    path("statuses/new/", views.AreaStatusCreateView.as_view(), name="area_status_create"),
    path("statuses/<int:pk>/end/", views.AreaStatusEndView.as_view(), name="area_status_end"),
    path("areas/", views_areas.NamedAreaListView.as_view(), name="named_area_list"),
    path("areas/new/", views_areas.NamedAreaCreateView.as_view(), name="named_area_create"),
    path("areas/<int:pk>/", views_areas.NamedAreaDetailView.as_view(), name="named_area_detail"),
    path("areas/lookup/", views.NamedAreaLookup.as_view(), name="named_area_lookup"),
    path("lookup/", views.CommunityLookup.as_view(), name="community_lookup"),
    path("streets/lookup/", views.StreetLookup.as_view(), name="street_lookup"),
    path("estates/lookup/", views.EstateLookup.as_view(), name="estate_lookup"),
]
