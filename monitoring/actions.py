"""The verbs of monitoring."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from agenda.models import Event
from commsoffice.accounts.errors import ActionRefused, NotAllowed, NotValid
from commsoffice.accounts.models import User
from commsoffice.audit.actions import record
from commsoffice.office.actions import wait_for_twin
from commsoffice.office.queries import local_day
from monitoring.models import Clipping
from monitoring.permissions import may_record
from pressreleases.models import Release

FIELDS = ("outlet", "event", "release", "title", "url", "place", "tone", "published_on")
# A paper of tomorrow is on the street tonight.
_AHEAD = timedelta(days=1)


class AlreadyRecorded(ActionRefused):
    """The same piece of the same outlet is there."""

    default = _("This link of this outlet has already been recorded.")


class NotYet(ActionRefused):
    """Nothing was published in the future."""

    default = _("Write the day on which it was published; it cannot be in the future.")


@transaction.atomic
def record_clipping(data: Mapping[str, object], *, submission_key: uuid.UUID, by: User, now: datetime) -> Clipping:
    """Write down a piece in a medium. The same ``submission_key`` again returns the one recorded."""
    if not may_record(by):
        raise NotAllowed
    wait_for_twin(submission_key)
    if (known := Clipping.objects.filter(submission_key=submission_key).first()) is not None:
        return known
    clipping = Clipping(submission_key=submission_key, recorded_by=by, recorded_at=now)
    for name in FIELDS:
        if name in data:
            setattr(clipping, name, data[name])
    if clipping.event is None and clipping.release is not None:
        clipping.event = clipping.release.event
    try:
        clipping.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise NotValid(" ".join(error.messages)) from error
    if clipping.published_on > local_day(now) + _AHEAD:
        raise NotYet
    if clipping.url and Clipping.objects.filter(outlet=clipping.outlet, url=clipping.url).exists():
        raise AlreadyRecorded
    clipping.save()
    about: Event | Release | Clipping = clipping.event or clipping.release or clipping
    record(about, "monitoring.record_clipping", by=by, now=now, note=clipping.outlet.name)
    return clipping
