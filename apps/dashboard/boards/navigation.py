"""The boards on the menu."""

from apps.core.menu import MenuItem, register

VIEW = "dashboard.view_board"


def register_menu() -> None:
    register(
        MenuItem("任务看板", "dashboard:campaign_board", VIEW, "home", order=10),
        MenuItem("联络组看板", "dashboard:group_board", VIEW, "home", order=20),
        MenuItem(
            "任务对比", "dashboard:compare_board", "dashboard.compare_campaigns", "home", order=30
        ),
        MenuItem("大屏", "dashboard:wall_board", "dashboard.show_wall", "home", order=40),
        MenuItem(
            "四个一日历", "dashboard:calendar_board", "daily.view_dailyround", "round", order=51
        ),
    )
