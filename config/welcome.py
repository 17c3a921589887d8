"""What a person reads when the portal is up."""

from config.environment import Environment

ACCOUNTS = (
    ("leader", "工委领导"),
    ("staff", "工委工作人员"),
    ("duty", "值班员"),
    ("group01 … group18", "联络服务小组"),
    ("unit001 … unit179", "单位联络员"),
    ("unitleader001", "单位审核人（机关党委专职副书记）"),
    ("city", "市直工委联络员"),
    ("steward", "数据管理员"),
)


def show(env: Environment) -> None:
    lines = ["", f"一线已就绪：{env.site_url}", ""]
    if env.demo_password:
        lines.append(f"演示账号（口令都是 {env.demo_password}）：")
        lines += [f"  {name:<20}{role}" for name, role in ACCOUNTS]
        lines += [
            "",
            "可以先试：",
            "  1. 用 staff 登录，看今日四个一、未报单位和各联络服务小组进度",
            "  2. 用手机宽度的窗口以 unit001 登录，报送单位日报",
            "  3. 再以 group01 登录，代录一家未报单位的日报",
        ]
    else:
        lines.append("首次使用请运行 manage.py setup 建立管理员。")
    lines += ["", f"数据与日志在 {env.home}；按 Ctrl-C 停止，再次 make run 数据仍在。", ""]
    print("\n".join(lines), flush=True)
