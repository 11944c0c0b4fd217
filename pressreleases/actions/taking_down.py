"""Writing down that a post of a withdrawn text is gone from its network."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from commsoffice.accounts.errors import NotAllowed, WrongState
from commsoffice.accounts.models import User
from commsoffice.audit import actions as audit
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Delivery
from pressreleases import permissions
from pressreleases.actions.locking import locked
from pressreleases.enums import ReleaseState
from pressreleases.models import Release, TakenDown
from pressreleases.queries.holders import posts


def post_taken_down(post: Delivery, *, by: User, now: datetime) -> TakenDown:
    """Write down that ``by`` deleted a post there by hand. Twice is once: the first one's word stays.

    Raises ``WrongState`` for what is no post of a withdrawn text, and for one that has not left.
    """
    with transaction.atomic():
        if not permissions.may_take_down(by):
            raise NotAllowed
        release = _withdrawn(post)
        if (known := TakenDown.objects.filter(delivery=post).first()) is not None:
            return known
        standing = {row.pk: row for row in posts(release, now=now)}
        if post.pk not in standing or standing[post.pk].state == DeliveryState.SENDING:
            raise WrongState(_("It is not on the network, or it is leaving at this moment."))
        row = TakenDown.objects.create(release=release, delivery=post, by=by, at=now)
        audit.record(post, "pressreleases.post_taken_down", by=by, now=now)
    return row


def _withdrawn(post: Delivery) -> Release:
    """Return the text that it carries, locked."""
    if post.subject_type == Release._meta.label_lower:  # noqa: SLF001  its public name
        release = locked(Release(pk=post.subject_id))
        if release.state == ReleaseState.WITHDRAWN:
            return release
    raise WrongState(_("Only the posts of a withdrawn text are taken down."))
