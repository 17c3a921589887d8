"""文件包: papers and documents of a campaign's days as one .zip with an index."""

from .sources import (
    BundleAsk,
    BundleItem,
    BundleSource,
    list_item,
    paper_item,
    register_bundle_source,
)

__all__ = [
    "BundleAsk",
    "BundleItem",
    "BundleSource",
    "list_item",
    "paper_item",
    "register_bundle_source",
]
