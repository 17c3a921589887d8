"""What people type about their own account."""

from typing import ClassVar

from django import forms

from .models import User


class OwnEmailForm(forms.ModelForm[User]):
    """The one thing of an account its owner may change beside the password."""

    class Meta:
        model = User
        fields: ClassVar = ["email"]
        help_texts: ClassVar = {"email": "每日情况和催报邮件发到这里；不填则只收站内信。"}
