"""What the portal's own services write once the days are locked: notices, one pages, messages."""

import datetime as dt

from apps.accounts.models import User
from apps.campaigns.enums import DEFAULT_HOURS, Hour
from apps.campaigns.models import Campaign
from apps.daily.enums import Edition
from apps.daily.services.onepages import keep_page
from apps.messaging.enums import MessageKind
from apps.messaging.models import InboxMessage
from apps.publicity.enums import ItemState
from apps.publicity.models import ItemStep, Placement
from apps.publicity.selectors.adoption import adoption
from apps.publicity.selectors.placements import next_month
from apps.publicity.services.adoption import sign_adoption
from apps.publicity.services.telling import tell_placed, tell_step

from .clock import moment_on
from .progress import Progress
from .world import CampaignPlan, World

HOURS = {Edition.MORNING: Hour.LEADER_DIGEST, Edition.NIGHT: Hour.NIGHT}
TOLD = (
    ItemState.SUBMITTED,
    ItemState.FIRST,
    ItemState.SECOND,
    ItemState.SIGNED,
    ItemState.RETURNED,
    ItemState.WITHDRAWN,
)
# A message is drawn up whole; one page costs about as much as so many rows.
PAGE_WEIGHT = 300


def sign_and_tell(world: World, progress: Progress) -> None:
    """In the name of who does it in the office; each service is the one behind the button."""
    campaigns = Campaign.objects.in_bulk()
    for plan in world.campaigns:
        if not plan.is_drill:
            _sign_months(world, plan, campaigns[plan.id])
        _keep_pages(world, plan, campaigns[plan.id], progress)
    _tell(world)


def _sign_months(world: World, plan: CampaignPlan, campaign: Campaign) -> None:
    """采用通报 of each month of a campaign that is over, signed on the third day of the next."""
    leader = User.objects.get(pk=world.users["leader"])
    month, last = plan.days[0].replace(day=1), plan.days[-1]
    while month <= last:
        after = next_month(month)
        found = adoption(campaign, month=month, user=leader)
        if found.rows:
            sign_adoption(
                campaign,
                month=month,
                version=0,
                seen=found.fingerprint,
                by=leader,
                now=moment_on(after.replace(day=3), dt.time(10, 12)),
            )
        month = after


def _keep_pages(world: World, plan: CampaignPlan, campaign: Campaign, progress: Progress) -> None:
    past = [day for day in plan.days if day < world.today]
    pages = [(day, edition) for day in past for edition in HOURS]
    for day, edition in pages[len(pages) - plan.scale.pages :]:
        at = moment_on(day, DEFAULT_HOURS[HOURS[edition]])
        keep_page(campaign, on=day, edition=edition, now=at)
        progress.advance(f"一页情况 {plan.code} {day}", PAGE_WEIGHT)


def _tell(world: World) -> None:
    """One message of each kind of step of the drill, and one of each word of appearing."""
    steps = ItemStep.objects.filter(item__campaign__is_drill=True, at__lt=_this_morning(world))
    for state in TOLD:
        # The item may have gone on since; who reads next is told of what still waits.
        last = steps.filter(state=state, item__state=state).select_related(
            "item__campaign", "item__unit", "by"
        )
        if step := last.order_by("-at", "-id").first():
            tell_step(step)
            _date_messages(f"publicity-step-{step.pk}", step.at)
            _date_messages(f"publicity-waits-{step.item.campaign_id}-{state.value}-", step.at)
    rows = Placement.objects.standing().filter(
        item__campaign__is_drill=True, on__lt=world.today, by__isnull=False
    )
    by_word: dict[str, Placement] = {}
    for row in rows.select_related("item__campaign", "channel", "by").order_by("-on", "-id"):
        by_word.setdefault(row.channel.placed_word, row)
    tell_placed(list(by_word.values()))
    for row in by_word.values():
        _date_messages(f"publicity-placed-{row.pk}", moment_on(row.on, dt.time(16, 30)))


def _this_morning(world: World) -> dt.datetime:
    return moment_on(world.today, dt.time(7))


def _date_messages(key: str, at: dt.datetime) -> None:
    """A message of the world is as old as what it tells."""
    rows = InboxMessage.objects.filter(kind=MessageKind.PUBLICITY, dedupe_key__startswith=key)
    rows.update(created_at=at)
