"""Small tools of chance; each world draws from generators seeded by its seed and a noun."""

from collections.abc import Sequence
from random import Random

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰峰建国文斌玲辉宁波红梅鹏飞宇浩凯欣怡佳琪雪晨阳思远博志诚慧颖晓东海燕春生立新永康瑞祥雅琴丹青松柏云岚清扬书涵一鸣子轩可心"


def person_name(rng: Random) -> str:
    """An invented name of two or three characters."""
    given = rng.choice(GIVEN) + (rng.choice(GIVEN) if rng.random() < 0.72 else "")
    return rng.choice(SURNAMES) + given


def apportion(
    total: int, weights: Sequence[float], *, at_least: int = 0, at_most: Sequence[int] | None = None
) -> list[int]:
    """Whole numbers that add up to `total`, close to the weights, within the bounds given.

    Raises ValueError when the bounds leave no room for `total`.
    """
    count = len(weights)
    caps = list(at_most) if at_most is not None else [total] * count
    parts = [at_least] * count
    left = total - at_least * count
    while left:
        open_ = [i for i in range(count) if parts[i] < caps[i]]
        if left < 0 or not open_:
            raise ValueError(f"{total} does not fit")
        sum_ = sum(weights[i] for i in open_)
        shares = [(left * weights[i] / sum_, i) for i in open_]
        given = 0
        for share, i in shares:
            step = min(int(share), caps[i] - parts[i])
            parts[i] += step
            given += step
        if not given:
            by_rest = sorted(shares, key=lambda one: (-(one[0] % 1), one[1]))
            for _, i in by_rest[:left]:
                parts[i] += 1
                given += 1
        left -= given
    return parts
