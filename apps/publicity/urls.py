from django.urls import path

from .views import adoption, chain, edit, items, placements

app_name = "publicity"

urlpatterns = [
    path("", items.ItemListView.as_view(), name="item_list"),
    path("board/", items.ItemBoardView.as_view(), name="board"),
    path("new/", edit.ItemCreateView.as_view(), name="item_create"),
    path("<int:pk>/", items.ItemDetailView.as_view(), name="item_detail"),
    path("<int:pk>/edit/", edit.ItemUpdateView.as_view(), name="item_update"),
    path("<int:pk>/photos/", edit.ItemPhotosView.as_view(), name="item_photos"),
    path("<int:pk>/photos/<int:photo>/", edit.PhotoView.as_view(), name="item_photo"),
    path("<int:pk>/links/", edit.ItemLinkView.as_view(), name="item_link"),
    path(
        "<int:pk>/links/deployments/<int:other>/remove/",
        edit.unlink_deployment,
        name="unlink_deployment",
    ),
    path("<int:pk>/links/cases/<int:other>/remove/", edit.unlink_case, name="unlink_case"),
    path("<int:pk>/submit/<int:version>/", chain.submit_item, name="item_submit"),
    path("<int:pk>/review/<slug:stage>/", chain.review_item, name="item_review"),
    path("<int:pk>/return/", chain.return_item, name="item_return"),
    path("<int:pk>/withdraw/", chain.ItemWithdrawView.as_view(), name="item_withdraw"),
    path("lookup/deployments/", edit.DeploymentLookup.as_view(), name="deployment_lookup"),
    path("lookup/cases/", edit.CaseLookup.as_view(), name="case_lookup"),
    path("placements/", placements.PlacementListView.as_view(), name="placement_list"),
    path("placements/new/", placements.PlacementCreateView.as_view(), name="placement_create"),
    path("placements/undo/", placements.undo_placements, name="placement_undo"),
    path("adoption/", adoption.AdoptionView.as_view(), name="adoption"),
    path("adoption/sheet/", adoption.adoption_sheet, name="adoption_sheet"),
    path("adoption/print/", adoption.AdoptionPrintView.as_view(), name="adoption_print"),
    path("adoption/sign/", adoption.sign_adoption, name="adoption_sign"),
]
