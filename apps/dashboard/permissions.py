from apps.units.enums import Role
from apps.units.permissions import OFFICE, merge

GRANTS = merge(
    {
        "dashboard.view_board": OFFICE | {Role.LIAISON},
        "dashboard.compare_campaigns": OFFICE,
        "dashboard.show_wall": OFFICE,
    },
)
