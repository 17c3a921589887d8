"""What the portal is told of bundles as it gets ready."""

from apps.core.menu import MenuItem, register


def register_bundles() -> None:
    """Called in `AppConfig.ready`."""
    register(MenuItem("文件包", "office:bundle_create", "office.take_bundle", "round", order=67))
