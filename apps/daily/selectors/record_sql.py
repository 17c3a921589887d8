# ruff: noqa: S608 - put together from constants of this module
"""What a group's reports and contacts of its last days come to: one statement for each block."""

# Reports of the group's days in the reader's scope, the exempt left out.
REPORTS = """
SELECT {what}
  FROM daily_dailyreport r{joined}
 WHERE r.campaign_id = %(campaign)s AND r.group_id = %(group)s AND r.state <> 'exempt'
   AND r."on" <= %(on)s AND r."on" > %(since)s
   AND (%(seen)s::bigint[] IS NULL OR r.unit_id = ANY(%(seen)s))
"""
LATE = "r.first_filed_at > r.due_at"
OWED = "r.state = ANY(%(owed)s)"
PAST = "r.due_at <= %(now)s"

PUNCTUALITY = (
    REPORTS.format(
        what=f"""r.unit_id, u.short_name, COUNT(*), COUNT(*) FILTER (WHERE {LATE}),
       COUNT(*) FILTER (WHERE {OWED}), MAX(r."on") FILTER (WHERE {LATE}),
       MAX(r."on") FILTER (WHERE {OWED})""",
        joined=" JOIN units_unit u ON u.id = r.unit_id",
    )
    + f"""   AND {PAST}
 GROUP BY u.id, r.unit_id
 ORDER BY -COUNT(*) FILTER (WHERE {LATE}) - COUNT(*) FILTER (WHERE {OWED}),
       -COUNT(*) FILTER (WHERE {OWED}), u.sort_order
"""
)

CONTACTS = """
  FROM daily_contactnote c JOIN daily_dailyreport r ON r.id = c.report_id{joined}
 WHERE r.campaign_id = %(campaign)s AND r.group_id = %(group)s
   AND r."on" <= %(on)s AND r."on" > %(since)s
   AND (%(seen)s::bigint[] IS NULL OR r.unit_id = ANY(%(seen)s))
"""

DAY_COUNTS = f"""COUNT(*) FILTER (WHERE r."on" = %(on)s),
       COUNT(*) FILTER (WHERE r."on" = %(on)s AND NOT {OWED}),
       COUNT(*) FILTER (WHERE r."on" = %(on)s AND {OWED} AND {PAST}),
       COUNT(*) FILTER (WHERE {LATE} AND {PAST}), COUNT(*) FILTER (WHERE {OWED} AND {PAST})"""

GROUP_DAY = f"""
SELECT d.*, n.*
  FROM ({REPORTS.format(what=DAY_COUNTS, joined="")}) d,
       (SELECT COUNT(*), COUNT(*) FILTER (WHERE c.method = 'visit') {CONTACTS.format(joined="")}) n
"""

WHO = " JOIN units_unit u ON u.id = r.unit_id JOIN accounts_user p ON p.id = c.by_id"
TOLD = f"""
SELECT r.unit_id, u.short_name, r.id, c.method, c.note, c.at, p.name {CONTACTS.format(joined=WHO)}
 ORDER BY c.at DESC, c.id DESC
"""

TODAY = """
SELECT r.id, r.state, r.due_at, r.first_filed_at, r.frozen_at, u.id, u.short_name, u.duty_phone
  FROM daily_dailyreport r JOIN units_unit u ON u.id = r.unit_id
 WHERE r.campaign_id = %(campaign)s AND r.group_id = %(group)s AND r."on" = %(on)s
   AND r.state <> 'exempt' AND (%(seen)s::bigint[] IS NULL OR r.unit_id = ANY(%(seen)s))
 ORDER BY u.sort_order
"""
