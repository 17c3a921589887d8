"""What the forecast puts on the menu and on the clock."""

from django.urls import path

from apps.core.menu import MenuItem, register

from .services.forecast import register_forecasts
from .views.forecast import VIEW, ForecastListView

patterns = [path("forecast/", ForecastListView.as_view(), name="forecast_list")]


def register_all() -> None:
    """Called once as the portal gets ready."""
    register(MenuItem("需求预测", "deployments:forecast_list", VIEW, "deployments", 32))
    register_forecasts()
