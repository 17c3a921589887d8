"""Looking at a member's phone. Data stewards never look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from apps.accounts.reveal import Revealable
from apps.core.views import portal_action

from .models import Member

PERMISSION = "units.reveal_member"
LIMIT_PER_HOUR = 30
MEMBER = Revealable(
    permission=PERMISSION,
    fields={"phone": "手机"},
    key="member",
    mark=lambda member: member.member_no,
    limit=LIMIT_PER_HOUR,
    instead="；确需批量联系的，请通过单位值班室",
)


@never_cache
@portal_action(PERMISSION)
def reveal_member(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """Answer with the one field asked for."""
    member = get_object_or_404(Member.objects.visible_to(request.user), pk=pk)
    return MEMBER.show(request, member, field)
