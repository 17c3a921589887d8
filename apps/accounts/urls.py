from django.urls import include, path

from . import saved_filters, views

account_patterns = (
    [
        path("account/", views.AccountView.as_view(), name="account"),
        path("account/email/", views.OwnEmailView.as_view(), name="email_update"),
        path("account/filters/", saved_filters.save, name="filter_save"),
        path("account/filters/<int:pk>/rename/", saved_filters.rename, name="filter_rename"),
        path("account/filters/<int:pk>/remove/", saved_filters.remove, name="filter_remove"),
        path("security-events/", views.SecurityEventListView.as_view(), name="event_list"),
        path("audit/", views.AuditListView.as_view(), name="audit_list"),
        path("audit/<int:pk>/", views.AuditDetailView.as_view(), name="audit_detail"),
    ],
    "accounts",
)

urlpatterns = [
    # Names that Django itself and the base templates know.
    path("login/", views.LoginView.as_view(), name="login"),
    path("logout/", views.LogoutView.as_view(), name="logout"),
    path("password/", views.PasswordChangeView.as_view(), name="password_change"),
    path("admin/login/", views.AdminLoginView.as_view()),
    path("", include(account_patterns)),
]
