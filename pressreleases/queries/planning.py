"""«Al autorizar sale…»: what leaves, by which way, to whom, and who is left out and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from commsoffice.outbox.channels.base import AccountChoice
from commsoffice.outbox.channels.registry import channels
from media_contacts.enums import LeftOut
from media_contacts.models import Contact, MediaList
from media_contacts.queries import plan as plan_lists
from pressreleases.models import Release
from pressreleases.queries.story import story


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """One of our accounts and what would be posted from it."""

    channel: str
    label: str
    choice: AccountChoice
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an approval sends."""

    lists: list[MediaList]
    by_email: list[Contact]
    by_hand: list[tuple[Contact, str]]
    left_out: list[tuple[Contact, LeftOut]]
    accounts: list[AccountPlan]
    # An account that was chosen and can't be used, with the reason in words.
    accounts_left_out: list[tuple[str, str]]

    @property
    def total(self) -> int:
        """How many deliveries there will be; the newsroom is one of them."""
        return len(self.by_email) + len(self.by_hand) + len(self.accounts) + 1

    @property
    def total_left_out(self) -> int:
        """How many get nothing."""
        return len(self.left_out) + len(self.accounts_left_out)

    @property
    def by_hand_counts(self) -> dict[str, int]:
        """Channel → how many a person makes by it."""
        return dict(Counter(alias for _contact, alias in self.by_hand))

    @property
    def mail_came_back(self) -> list[tuple[Contact, str]]:
        """Those whom a person reaches only because their mail came back, with the channel."""
        return [(contact, alias) for contact, alias in self.by_hand if contact.mail_came_back]

    @property
    def wanting_no_mail(self) -> list[tuple[Contact, str]]:
        """Those whom a person reaches because they want no mail, with the channel."""
        return [(contact, alias) for contact, alias in self.by_hand if contact.wants_no_mail]

    @property
    def preferring_another_way(self) -> list[Contact]:
        """Those who get a mail and would have chosen another way."""
        return [contact for contact in self.by_email if contact.prefers_another_way]

    @property
    def by_network(self) -> list[tuple[str, list[AccountPlan]]]:
        """The accounts, together by channel, as (the channel's name, accounts)."""
        found: dict[str, list[AccountPlan]] = {}
        for account in self.accounts:
            found.setdefault(account.label, []).append(account)
        return list(found.items())

    @property
    def left_out_reasons(self) -> list[tuple[str, int]]:
        """(Reason in words, how many), the most frequent first."""
        reasons = Counter(str(reason.label) for _contact, reason in self.left_out)
        return reasons.most_common()


def plan(release: Release) -> Plan:
    """Return what would leave if it were approved now. Reads ``files`` as loaded; asks no network."""
    lists = list(release.lists.all())
    contacts = plan_lists(lists)
    accounts, left_out = _accounts(release)
    return Plan(
        lists=lists,
        by_email=contacts.by_email,
        by_hand=contacts.by_hand,
        left_out=contacts.left_out,
        accounts=accounts,
        accounts_left_out=left_out,
    )


def _accounts(release: Release) -> tuple[list[AccountPlan], list[tuple[str, str]]]:
    wanted = list(release.accounts)
    if not wanted:
        return [], []
    told = story(release)
    plans: list[AccountPlan] = []
    left_out: list[tuple[str, str]] = []
    known: set[str] = set()
    for channel in channels():
        for choice in channel.accounts():
            if choice.key not in wanted:
                continue
            known.add(choice.key)
            if not choice.is_usable:
                left_out.append((choice.label, choice.why_not or _("It cannot be used now.")))
            elif (payload := channel.compose(told)) is None:
                left_out.append((choice.label, _("There is nothing in this release that it can carry.")))
            else:
                plans.append(AccountPlan(channel.alias, str(channel.label), choice, payload))
    left_out.extend((key, _("This account no longer exists.")) for key in wanted if key not in known)
    return plans, left_out
