from django.urls import path

from .bundles.urls import routes as bundle_routes
from .exports.urls import routes as export_routes
from .views import import_record, import_steps, imports, templates

app_name = "office"

urlpatterns = [
    *export_routes,
    *bundle_routes,
    path("imports/", imports.ImportListView.as_view(), name="import_list"),
    path("imports/new/<slug:code>/", imports.ImportCreateView.as_view(), name="import_create"),
    path(
        "imports/template/<slug:code>/",
        templates.ImportTemplateView.as_view(),
        name="import_template",
    ),
    path("imports/<int:pk>/", import_record.ImportDetailView.as_view(), name="import_detail"),
    path(
        "imports/<int:pk>/progress/",
        import_record.ImportProgressView.as_view(),
        name="import_progress",
    ),
    path("imports/<int:pk>/file/", import_record.ImportFileView.as_view(), name="import_file"),
    path(
        "imports/<int:pk>/marked/", import_record.ImportMarkedView.as_view(), name="import_marked"
    ),
    path("imports/<int:pk>/apply/", import_steps.apply_import, name="import_apply"),
    path("imports/<int:pk>/recheck/", import_steps.recheck_import, name="import_recheck"),
    path("imports/<int:pk>/undo/", import_steps.undo_import, name="import_undo"),
    path("imports/<int:pk>/drop/", import_steps.drop_import, name="import_drop"),
]
