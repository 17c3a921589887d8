"""The statements of the clocks' import, over the table `compared` of `office.sheets`."""

from .enums import MilestoneClock

_CLEAR = f"'{MilestoneClock.CLEAR_DAYS.value}'"

TWO_OF_A_NAME = (
    """c."row" IN (SELECT o."row" FROM compared o GROUP BY o."row" HAVING count(*) > 1)"""
)

TOO_EARLY = """EXISTS (SELECT FROM campaigns_campaign k WHERE k.id = c.campaign_id
    AND c.started_at < (k.starts_on - %s::int)::timestamp AT TIME ZONE 'Asia/Shanghai')"""

_LAST_CASE = """(SELECT max(r.at) FROM campaigns_milestonereset r
                  WHERE r.milestone_id = c.target_id AND r.withdrawn_at IS NULL)"""
CASE_SINCE = f"(c.clock = {_CLEAR} AND coalesce({_LAST_CASE} > c.reached_at, false))"
NOT_CLEAR = f"""(c.clock = {_CLEAR} AND c.reached_at < greatest(c.started_at, {_LAST_CASE})
                                              + c.limit_hours * interval '1 hour')"""

# The rule of `Milestone.missing_evidence`, for the claim as it stands.
IS_PROVEN = f"""EXISTS (
    SELECT FROM campaigns_milestone m
     WHERE m.id = c.target_id AND m.reached_at IS NOT NULL AND m.source <> ''
       AND (m.source_at IS NOT NULL OR m.source_number <> '') AND m.recorded_by_id IS NOT NULL
       AND (m.clock <> {_CLEAR}
            OR m.reached_at >= greatest(m.started_at, {_LAST_CASE})
                               + m.limit_hours * interval '1 hour'))"""

ADD = """
INSERT INTO campaigns_milestone
    (campaign_id, name, district_id, area, clock, started_at, started_source, limit_hours,
     alarm_hours, reached_at, source, source_at, source_number, recorded_by_id, recorded_at,
     withdrawn_reason, cancelled_reason)
SELECT c.campaign_id, c.name, nullif(c.district_id, 0), CASE c.area WHEN '不限' THEN '' ELSE c.area END,
       c.clock, c.started_at, c.started_source, c.limit_hours, c.alarm_hours,
       c.reached_at, c.source, c.source_at, c.source_number,
       CASE WHEN c.reached_at IS NOT NULL THEN %(by)s END,
       CASE WHEN c.reached_at IS NOT NULL THEN %(now)s::timestamptz END, '', ''
  FROM compared c
 WHERE c.state = 'new' ORDER BY c."row"
"""
CLOCK = """
UPDATE campaigns_milestone m
   SET clock = c.clock, started_at = c.started_at, started_source = c.started_source,
       limit_hours = c.limit_hours, alarm_hours = c.alarm_hours
  FROM compared c
 WHERE m.id = c.target_id AND c.state = 'changed'
   AND (c.clock, c.started_at, c.started_source, c.limit_hours, c.alarm_hours)
       IS DISTINCT FROM (c.was_clock, c.was_started_at, c.was_started_source, c.was_limit_hours,
                         c.was_alarm_hours)
"""
CLAIM = """
UPDATE campaigns_milestone m
   SET reached_at = c.reached_at, source = c.source, source_at = c.source_at,
       source_number = c.source_number, recorded_by_id = %(by)s, recorded_at = %(now)s
  FROM compared c
 WHERE m.id = c.target_id AND c.state = 'changed' AND c.reached_at IS NOT NULL
   AND (c.reached_at, c.source, c.source_at, c.source_number)
       IS DISTINCT FROM (c.was_reached_at, c.was_source, c.was_source_at, c.was_source_number)
"""
