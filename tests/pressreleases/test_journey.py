"""From the signature to the outside, through the real engine and the sandbox."""

import re

import pytest
from django.utils import timezone

from commsoffice.outbox.actions import send_due
from commsoffice.outbox.enums import DeliveryState, Purpose
from commsoffice.outbox.models import Attempt, Delivery
from media_contacts.models import Contact
from pressreleases import actions
from pressreleases.enums import ReleaseState
from pressreleases.models import Release
from pressreleases.queries import notices
from tests.pressreleases.factories import chosen, photo, text

pytestmark = pytest.mark.django_db(transaction=True)
S = ReleaseState


def send_everything():
    while send_due(now=timezone.now()):
        pass


def test_an_approved_release_reaches_the_newsroom_and_the_inboxes(sandbox, client, make_release, writer):
    now = timezone.now()
    release = make_release(S.APPROVED, now=now, photos=[chosen(photo(writer))])
    send_everything()
    states = dict(Delivery.objects.values_list("recipient", "state"))
    assert states == {
        release.get_absolute_url(): DeliveryState.CONFIRMED,
        "uno@medio.example": DeliveryState.ACCEPTED,
        "dos@medio.example": DeliveryState.ACCEPTED,
        "000 000 0121": DeliveryState.TO_DO,
    }
    assert client.get(release.get_absolute_url()).status_code == 200
    mail = sandbox.inbox("uno@medio.example")[0]
    assert mail["subject"] == release.title


def test_the_newsroom_is_first(sandbox, make_release):
    make_release(S.APPROVED, now=timezone.now())
    send_everything()
    first = Attempt.objects.order_by("started_at", "id").first()
    assert first is not None
    assert first.delivery.channel == "web"


def test_an_edit_after_the_signature_lets_nothing_leave(sandbox, make_release, head_of_press, media):
    now = timezone.now()
    release = make_release(S.APPROVED, now=now)
    changed = text(lead="Otra.", lists=[media])
    actions.save(release, changed, version=release.version, by=head_of_press, now=now)
    send_everything()
    assert sandbox.inbox() == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.CANCELLED}


def test_a_refused_inbox_stops_nobody_else(sandbox, make_release):
    sandbox.fault("smtp", "refuse_recipient", match={"recipient": "uno@medio.example"})
    make_release(S.APPROVED, now=timezone.now())
    send_everything()
    mails = Delivery.objects.filter(channel="email")
    assert dict(mails.values_list("recipient", "state")) == {
        "uno@medio.example": DeliveryState.REJECTED,
        "dos@medio.example": DeliveryState.ACCEPTED,
    }


def test_a_correction_reaches_who_has_the_wrong_text_and_he_confirms(
    sandbox, client, make_release, make_correction, director
):
    now = timezone.now()
    sandbox.fault("smtp", "refuse_recipient", match={"recipient": "uno@medio.example"})
    release = make_release(S.APPROVED, now=now)
    send_everything()
    # He has it and wants no more of them; the correction he is owed all the same.
    Contact.objects.filter(email="dos@medio.example").update(unsubscribed_at=now)
    make_correction(Release.objects.get(pk=release.pk), now=timezone.now())
    send_everything()
    notice = Delivery.objects.get(purpose=Purpose.CORRECTION)
    assert (notice.recipient, notice.state) == ("dos@medio.example", DeliveryState.ACCEPTED)
    assert sandbox.inbox("uno@medio.example") == []
    mail = sandbox.inbox("dos@medio.example")[-1]
    (link,) = set(re.findall(r"/acuse/[^/\s]+/", mail["text"]))
    client.post(link)
    (told,) = notices(Release.objects.get(pk=release.pk), now=timezone.now())
    assert [(receipt.delivery.pk, receipt.is_confirmed) for receipt in told.receipts] == [(notice.pk, True)]
    assert told.missing == 0


def test_a_withdrawal_reaches_who_has_the_text(sandbox, make_release, director):
    release = make_release(S.APPROVED, now=timezone.now())
    send_everything()
    reason = "La cifra no era la de la obra."
    actions.withdraw(Release.objects.get(pk=release.pk), reason=reason, by=director, now=timezone.now())
    send_everything()
    for address in ("uno@medio.example", "dos@medio.example"):
        assert [reason in mail["text"] for mail in sandbox.inbox(address)].count(True) == 1
