"""Pages of upper apps that belong to one's own account, such as the choice of digests."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AccountLink:
    label: str
    url_name: str
    icon: str = "settings"


_links: list[AccountLink] = []


def register_account_link(*links: AccountLink) -> None:
    """Put a button on 我的账号; call it in `AppConfig.ready`. Registering again changes nothing."""
    _links.extend(link for link in links if link not in _links)


def account_links() -> list[AccountLink]:
    return list(_links)
