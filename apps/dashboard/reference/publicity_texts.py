"""Titles, paragraphs and remarks of invented items; no person, door or number of cases in them."""

from random import Random

from apps.campaigns.enums import CampaignKind

TITLES: dict[str, tuple[str, ...]] = {
    CampaignKind.FLOOD: (
        "{unit}党员突击队支援{place}排水除淤",
        "连夜清障保畅通——{unit}下沉{place}纪实",
        "{place}来了{unit}的“红马甲”",
        "{unit}：把党旗插在防汛一线",
        "水退人不退，{unit}党员帮{place}清淤消杀",
        "一袋袋物资送到{place}，{unit}党员肩挑手扛",
        "{unit}机关党委组织党员就近下沉{place}",
    ),
    CampaignKind.EPIDEMIC: (
        "{unit}党员值守{place}卡口的一天",
        "{unit}组织党员到{place}“双报到”",
        "核酸检测现场的{unit}党员服务岗",
        "{place}封闭管理，{unit}党员当起“送菜员”",
        "{unit}下沉党员轮班不断档，守好{place}一道门",
        "一个电话，{unit}党员为{place}居民代办急事",
        "{unit}机关党组织与{place}结对联防",
    ),
}
PARAGRAPHS: dict[str, tuple[str, ...]] = {
    CampaignKind.FLOOD: (
        "强降雨发生后，{unit}机关党委第一时间组建党员突击队，按照统一调配赶赴{place}，与社区工作人员一起排查积水点位。",
        "队员们分成三组，一组清理倒伏树木和淤泥，一组协助抽排地下空间积水，一组把饮用水和食品搬运到居民楼下。",
        "白天气温高，队员两小时一轮换；夜里照明不足，大家就用车灯照着干，直到主要通道恢复通行。",
        "社区负责同志说，党员来了，居民心里就踏实了。突击队员表示，任务不结束，队伍不撤离。",
        "目前，该单位下沉力量继续在岗，按社区提出的需求安排清淤、消杀和物资搬运。",
    ),
    CampaignKind.EPIDEMIC: (
        "接到通知后，{unit}机关党委迅速动员，在职党员到{place}报到，编入社区防控队伍，服从社区统一安排。",
        "在卡口，党员们查验登记、测温扫码，遇到老人不会用手机，就拿出纸笔一项项帮着填。",
        "核酸检测现场，党员服务岗负责维持秩序、引导排队、协助登记，从清晨一直忙到深夜。",
        "对行动不便的居民，党员们逐户了解需求，代购生活物资和常用药品，放到指定地点由居民自取。",
        "该单位将下沉党员编成轮班小组，每组都有带队同志，做到人员轮换、责任不断档。",
    ),
}
CAPTIONS: dict[str, tuple[str, ...]] = {
    CampaignKind.FLOOD: ("党员突击队清理道路淤泥", "下沉党员搬运防汛物资", "排水现场", ""),
    CampaignKind.EPIDEMIC: ("党员在社区卡口值守", "核酸检测服务岗", "配送生活物资", ""),
}
RETURNED = (
    "第二段数字请与当日核定数核对，并注明统计时点。",
    "照片中有门牌，请更换。",
    "标题偏长，导语请交代时间、地点。",
    "请补充社区反馈，删去未经核实的内容。",
)
WITHDRAWN = ("与已刊发稿件内容重复。", "所述情况有变化，待核实后另行报送。", "投稿单位申请撤回。")


def body(kind: str, unit: str, place: str, rng: Random) -> str:
    """Three or four paragraphs in their order, as the portal would have cleaned them."""
    known = PARAGRAPHS[kind]
    chosen = sorted(rng.sample(range(len(known)), rng.choice((3, 4))))
    return "\n".join(f"<p>{known[n].format(unit=unit, place=place)}</p>" for n in chosen)
