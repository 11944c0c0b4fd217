"""The newsroom as a channel: an approved release becomes public when its delivery comes up."""

from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from commsoffice.accounts.errors import ActionRefused
from commsoffice.accounts.queries import system_user
from commsoffice.outbox.channels.base import Absent, Channel, Found, Reconciled, Refused, Sent
from commsoffice.outbox.models import Delivery
from pressreleases.actions import publish
from pressreleases.enums import ReleaseState
from pressreleases.models import Release
from pressreleases.queries.story import public_url


class WebChannel(Channel):
    """Our own site. Its outcome is always known: the row says whether the text is public."""

    label: ClassVar[StrOrPromise] = _("Newsroom")

    def send(self, delivery: Delivery) -> Sent:
        """Publish; sending twice publishes once."""
        release = Release.objects.get(pk=delivery.subject_id)
        try:
            published = publish(release, by=system_user(), now=timezone.now())
        except ActionRefused as refusal:
            raise Refused(str(refusal)) from refusal
        return Sent(remote_id=published.folio or "", remote_url=public_url(published), confirmed=True)

    def reconcile(self, delivery: Delivery) -> Reconciled:
        """Read the row."""
        release = Release.objects.get(pk=delivery.subject_id)
        if release.state in {ReleaseState.PUBLISHED, ReleaseState.WITHDRAWN}:
            return Found(remote_id=release.folio or "", remote_url=public_url(release))
        return Absent()
