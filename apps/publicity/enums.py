from django.db import models


class ChannelKind(models.TextChoices):
    """Where something appears, and with it the word for appearing there."""

    PRESS = "press", "新闻媒体"
    JOURNAL = "journal", "内刊"
    BRIEF = "brief", "简报"
    INTRANET = "intranet", "局域网"
    WEBSITE = "website", "网站"
    WECHAT = "wechat", "微信公众号"
    SHORT_VIDEO = "short_video", "短视频"
    FEED = "feed", "资讯平台"
    MOMENTS = "moments", "微信朋友圈"
    BANNER = "banner", "现场标语"


PLACED_WORDS = {
    ChannelKind.WECHAT: "推送",
    ChannelKind.SHORT_VIDEO: "发布",
    ChannelKind.FEED: "发布",
    ChannelKind.MOMENTS: "发布",
    ChannelKind.BANNER: "悬挂",
}
"""刊发 for all others."""


class ItemState(models.TextChoices):
    """三审三校: one after the other, each by name and time."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已投稿"
    FIRST = "first", "初审通过"
    SECOND = "second", "复审通过"
    SIGNED = "signed", "终审签发"
    PUBLISHED = "published", "已刊发"
    RETURNED = "returned", "退回修改"
    WITHDRAWN = "withdrawn", "已撤稿"


ITEM_STEPS: dict[ItemState, frozenset[ItemState]] = {
    ItemState.DRAFT: frozenset({ItemState.SUBMITTED}),
    ItemState.RETURNED: frozenset({ItemState.SUBMITTED}),
    ItemState.SUBMITTED: frozenset({ItemState.FIRST, ItemState.RETURNED, ItemState.WITHDRAWN}),
    ItemState.FIRST: frozenset({ItemState.SECOND, ItemState.RETURNED, ItemState.WITHDRAWN}),
    ItemState.SECOND: frozenset({ItemState.SIGNED, ItemState.RETURNED, ItemState.WITHDRAWN}),
    ItemState.SIGNED: frozenset({ItemState.PUBLISHED, ItemState.WITHDRAWN}),
    # A placement entered by mistake is taken back: the item waits to appear again.
    ItemState.PUBLISHED: frozenset({ItemState.WITHDRAWN, ItemState.SIGNED}),
    ItemState.WITHDRAWN: frozenset(),
}
EDITABLE = frozenset({ItemState.DRAFT, ItemState.RETURNED})
HANDED_IN = frozenset(ItemState) - {ItemState.DRAFT}
REVIEWED = frozenset({ItemState.FIRST, ItemState.SECOND, ItemState.SIGNED})
PLACEABLE = frozenset({ItemState.SIGNED, ItemState.PUBLISHED})
# What an item in each state waits for, in the order of the desk's board.
WAITS_FOR: dict[ItemState, str] = {
    ItemState.SUBMITTED: "待初审",
    ItemState.FIRST: "待复审",
    ItemState.SECOND: "待签发",
    ItemState.SIGNED: "待刊发",
    ItemState.RETURNED: "退回修改",
    ItemState.PUBLISHED: "已刊发",
}


class ItemKind(models.TextChoices):
    ARTICLE = "article", "文稿"
    PHOTOS = "photos", "图片"
    VIDEO = "video", "短视频"
