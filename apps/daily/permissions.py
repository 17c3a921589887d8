from apps.units.enums import Role
from apps.units.permissions import OFFICE, STAFF, UNIT, merge, stewarded

LIAISON = frozenset({Role.LIAISON})
REPORTER = frozenset({Role.REPORTER})

GRANTS = merge(
    {
        "daily.view_dailyreport": OFFICE | UNIT | LIAISON,
        "daily.file_report": UNIT,
        "daily.approve_own_report": frozenset({Role.UNIT_LEADER}),
        "daily.enter_for_unit": STAFF | LIAISON,
        "daily.import_reports": STAFF | LIAISON | UNIT,
        "daily.review_report": STAFF | LIAISON,
        "daily.chase_report": STAFF | LIAISON,
        "daily.exempt_unit": frozenset({Role.STAFF}),
        "daily.view_datacall": OFFICE | UNIT | LIAISON,
        "daily.open_call": STAFF,
        "daily.answer_call": UNIT | STAFF | LIAISON,
        "daily.view_flashreport": OFFICE | UNIT | LIAISON,
        "daily.file_flash": STAFF | UNIT | LIAISON,
        "daily.handle_flash": STAFF,
        "daily.view_dailyround": OFFICE,
        "daily.edit_round": frozenset({Role.STAFF}),
        "daily.sign_round": frozenset({Role.LEADER}),
        "daily.confirm_late_notice": STAFF,
        "daily.record_upward_return": STAFF,
    },
    stewarded("daily", "exemption digestsubscription"),
    stewarded(
        "daily",
        "datacall campaigndocument dailyreport reportrevision reportvalue contactnote flashreport "
        "dailyround roundact "
        "judgment dispatchnote citytalk citytalkitem upwardreturn onepage datacallitem datacallreply datacallvalue",
        actions="view",
    ),
)
NOT_OWN_UNIT = frozenset({"daily.review_report"})
