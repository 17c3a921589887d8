from django.urls import path

from . import views

app_name = "messaging"

urlpatterns = [
    path("", views.InboxListView.as_view(), name="inbox_list"),
    path("<int:pk>/", views.InboxDetailView.as_view(), name="inbox_detail"),
    path("read/", views.mark_all_read, name="inbox_read_all"),
    path("mail/", views.MailListView.as_view(), name="mail_list"),
    path("mail/resend/", views.resend_mails, name="mail_resend"),
    path("mail/release/", views.release_mails, name="mail_release"),
    path("mail/<int:pk>/", views.MailDetailView.as_view(), name="mail_detail"),
    path("mail/<int:pk>/body/", views.MailBodyView.as_view(), name="mail_body"),
    path("mail/<int:pk>/file/", views.MailFileView.as_view(), name="mail_file"),
]
