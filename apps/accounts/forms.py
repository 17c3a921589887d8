"""What people type about their own account."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from .models import User


class LoginForm(AuthenticationForm):
    """A name longer than any account's is a wrong one: Django tells only the browser how long it
    may be, and the book of failed log-ins cannot hold it."""

    def clean(self) -> dict[str, Any]:
        if len(self.cleaned_data.get("username", "")) > (self.username_field.max_length or 0):
            raise self.get_invalid_login_error()
        return super().clean()


class OwnEmailForm(forms.ModelForm[User]):
    """The one thing of an account its owner may change beside the password."""

    class Meta:
        model = User
        fields: ClassVar = ["email"]
        help_texts: ClassVar = {"email": "每日情况和催报邮件发到这里；不填则只收站内信。"}
