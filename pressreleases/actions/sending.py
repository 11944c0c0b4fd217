"""What an approval puts into the ledger."""

from datetime import datetime, timedelta

from commsoffice.accounts.models import User
from commsoffice.outbox.actions import Recipient, enqueue
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import Purpose
from pressreleases import letters
from pressreleases.models import Release
from pressreleases.queries import plan, story

# A release is news for two days; what a person does by hand, for one.
NEWS = timedelta(hours=48)
BY_HAND = timedelta(hours=24)
# A network takes a post for an hour that is neither too near nor too far (Facebook: 10 minutes to 30 days).
NEAREST, FARTHEST = timedelta(minutes=20), timedelta(days=29)


def send_out(release: Release, *, by: User, now: datetime) -> int:
    """Freeze one delivery for each contact, account and the newsroom; return how many.

    All carry the approved digest, and none is public before the embargo ends: an account that publishes by
    itself at an hour is given its post before, the others when the hour comes. So is a post that shows a link:
    the network reads the page when it is given the post, and would find none. Reads ``files`` as loaded.
    """
    start = max(now, release.embargo_until) if release.embargo_until else now
    planned = plan(release)

    def queue(
        alias: str,
        payload: dict[str, object],
        recipients: list[Recipient],
        lasts: timedelta | None,
        publish_at: datetime | None = None,
    ) -> int:
        return len(
            enqueue(
                purpose=Purpose.RELEASE,
                channel=alias,
                payload=payload,
                recipients=recipients,
                subject=release,
                subject_version=release.approved_hash,
                area=release.area.key if release.area else "",
                by=by,
                now=now,
                not_before=max(now, publish_at - FARTHEST) if publish_at else start,
                publish_at=publish_at,
                expires_at=start + lasts if lasts else None,
            )
        )

    # The newsroom first: the others carry its address.
    number = queue("web", {}, [Recipient(address=release.get_absolute_url(), name=release.title)], None)
    if planned.by_email:
        to = [letters.recipient(contact, by_email=True) for contact in planned.by_email]
        number += queue("email", letters.payload(release), to, NEWS)
    told = story(release)
    for alias in planned.by_hand_counts:
        to = [letters.recipient(contact, by_email=False) for contact, way in planned.by_hand if way == alias]
        number += queue(alias, channel(alias).compose(told) or {"text": told.title}, to, BY_HAND)
    for account in planned.accounts:
        to = [Recipient(address=account.choice.label, name=account.choice.label, account=account.choice.key)]
        schedules = account.choice.schedules and channel(account.channel).can_schedule and start - now >= NEAREST
        is_given_before = schedules and not account.payload.get("link")
        number += queue(account.channel, dict(account.payload), to, NEWS, start if is_given_before else None)
    return number
