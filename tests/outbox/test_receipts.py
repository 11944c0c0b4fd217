"""What the recipient says: by the link, by telephone, by opening it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from commsoffice.accounts.errors import NotAllowed, WrongState
from commsoffice.accounts.models import User
from commsoffice.audit.models import Entry
from commsoffice.office.models import Office
from commsoffice.outbox import actions
from commsoffice.outbox.tokens import delivery_of_opened, delivery_of_receipt, opened_token, receipt_token
from tests.outbox.conftest import fresh
from tests.outbox.factories import NOW, DeliveryFactory

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=2)
FORGED = ["x", "1", "1.", ".x", "1.forged", "999999999999999999999.forged", "%00", "1.Ñ", "-1.x"]


def page(token: str) -> str:
    return f"/acuse/{token}/"


class TestWords:
    def test_a_word_names_its_delivery(self):
        assert delivery_of_receipt(receipt_token(12)) == 12

    def test_the_picture_confirms_nothing(self):
        assert delivery_of_receipt(opened_token(12)) is None

    def test_the_link_opens_no_picture(self):
        assert delivery_of_opened(receipt_token(12)) is None

    def test_a_number_can_not_be_changed(self):
        assert delivery_of_receipt(receipt_token(12).replace("12.", "13.", 1)) is None

    def test_a_rotated_key_still_counts(self, settings):
        token = receipt_token(12)
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "the-next-secret-key-of-the-office"
        assert delivery_of_receipt(token) == 12


class TestConfirming:
    @pytest.mark.parametrize("state", ["accepted", "unknown"])
    def test_it_is_confirmed(self, state, head_of_press):
        delivery = DeliveryFactory(state=state)
        actions.confirm_receipt(delivery, by=head_of_press, now=LATER, how="telephone", note="Con la editora")
        row = fresh(delivery)
        assert (row.state, row.confirmed_at, row.settled_at, row.reason) == ("confirmed", LATER, LATER, "")

    def test_it_stands_in_the_timeline_and_in_the_audit(self, head_of_press):
        delivery = DeliveryFactory(state="accepted")
        actions.confirm_receipt(delivery, by=head_of_press, now=LATER, how="telephone")
        told = delivery.attempts.get()
        assert (told.kind, told.outcome, told.by_name) == ("recipient", "confirmed", head_of_press.name)
        assert Entry.objects.get().verb == "outbox.confirm_receipt"

    @pytest.mark.django_db(transaction=True)
    def test_it_is_announced(self, head_of_press, settled):
        delivery = DeliveryFactory(state="accepted")
        actions.confirm_receipt(delivery, by=head_of_press, now=LATER, how="link")
        assert settled == [(delivery.pk, "confirmed")]

    def test_twice_is_once(self, head_of_press):
        delivery = DeliveryFactory(state="accepted")
        for hours in (1, 2):
            now = NOW + timedelta(hours=hours)
            actions.confirm_receipt(delivery, by=head_of_press, now=now, how="link")
        assert (fresh(delivery).confirmed_at, delivery.attempts.count()) == (NOW + timedelta(hours=1), 1)

    def test_where_a_server_said_no_both_words_stand(self, head_of_press):
        delivery = DeliveryFactory(state="rejected", reason="550 5.1.1")
        actions.confirm_receipt(delivery, by=head_of_press, now=LATER, how="telephone")
        row = fresh(delivery)
        assert (row.state, row.reason, row.confirmed_at, row.seen_at) == ("rejected", "550 5.1.1", LATER, LATER)

    @pytest.mark.parametrize("state", ["queued", "held", "sending", "to_do", "cancelled", "expired", "scheduled"])
    def test_what_has_not_left_was_not_received(self, state, head_of_press):
        with pytest.raises(WrongState):
            actions.confirm_receipt(DeliveryFactory(state=state), by=head_of_press, now=LATER, how="link")

    def test_not_everybody_may(self, monitor):
        with pytest.raises(NotAllowed):
            actions.confirm_receipt(DeliveryFactory(state="accepted"), by=monitor, now=LATER, how="telephone")

    def test_a_late_answer_of_the_server_changes_nothing(self, head_of_press):
        delivery = DeliveryFactory(state="unknown", fence=3)
        actions.confirm_receipt(delivery, by=head_of_press, now=LATER, how="link")
        assert fresh(delivery).fence == 4


class TestLink:
    def test_a_get_confirms_nothing(self, client):
        delivery = DeliveryFactory(state="accepted")
        answer = client.get(page(receipt_token(delivery.pk)))
        assert (answer.status_code, fresh(delivery).state) == (200, "accepted")

    def test_a_post_confirms(self, client):
        delivery = DeliveryFactory(state="accepted")
        answer = client.post(page(receipt_token(delivery.pk)))
        assert (answer.status_code, answer.context["is_confirmed"], fresh(delivery).state) == (200, True, "confirmed")

    def test_a_stranger_site_can_not_post_it(self):
        delivery = DeliveryFactory(state="accepted")
        answer = Client(enforce_csrf_checks=True).post(page(receipt_token(delivery.pk)))
        assert (answer.status_code, fresh(delivery).state) == (403, "accepted")

    @pytest.mark.parametrize("token", FORGED)
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_forged_link_finds_nothing(self, client, method, token):
        DeliveryFactory(pk=1, state="accepted")
        assert getattr(client, method)(page(token)).status_code == 404

    def test_the_page_shows_no_person(self, client):
        delivery = DeliveryFactory(state="accepted", recipient_name="Ana Inventada")
        html = client.get(page(receipt_token(delivery.pk))).content.decode()
        assert [word for word in (delivery.recipient, "Ana Inventada") if word in html] == []

    @pytest.mark.parametrize(
        ("state", "status"), [("rejected", 200), ("queued", 409), ("sending", 409), ("cancelled", 409)]
    )
    def test_there_is_always_something_sensible(self, client, state, status):
        delivery = DeliveryFactory(state=state)
        answer = client.post(page(receipt_token(delivery.pk)))
        assert (answer.status_code, fresh(delivery).state) == (status, state)

    def test_it_is_kept_by_nobody(self, client):
        answer = client.get(page(receipt_token(DeliveryFactory(state="accepted").pk)))
        assert (answer["Cache-Control"], answer["Referrer-Policy"], answer["X-Robots-Tag"]) == (
            "private, no-store",
            "same-origin",
            "noindex",
        )


class TestTelephone:
    def test_it_is_confirmed_from_its_page(self, client, writer: User):
        client.force_login(writer)
        delivery = DeliveryFactory(state="accepted")
        client.post(reverse("outbox:confirm", args=[delivery.pk]), {"note": "Con\nla editora"})
        assert (fresh(delivery).state, delivery.attempts.get().answer.endswith(": Con la editora")) == (
            "confirmed",
            True,
        )


class TestOpening:
    @pytest.fixture
    def _counting(self) -> None:
        Office.objects.update(tracks_opens=True)

    def picture(self, client: Client, token: str) -> tuple[int, str, bytes, int]:
        answer = client.get(f"/acuse/{token}.gif")
        return answer.status_code, answer["Content-Type"], answer.content[:6], len(answer.cookies)

    @pytest.mark.usefixtures("_counting")
    def test_the_first_time_is_written_down(self, client):
        delivery = DeliveryFactory(state="accepted")
        self.picture(client, opened_token(delivery.pk))
        first = fresh(delivery).opened_at
        self.picture(client, opened_token(delivery.pk))
        assert first is not None
        assert fresh(delivery).opened_at == first

    def test_nothing_is_written_down_unless_the_office_wants_it(self, client):
        delivery = DeliveryFactory(state="accepted")
        answer = self.picture(client, opened_token(delivery.pk))
        assert (answer, fresh(delivery).opened_at) == ((200, "image/gif", b"GIF89a", 0), None)

    @pytest.mark.usefixtures("_counting")
    @pytest.mark.parametrize("token", ["x", "1.forged"])
    def test_a_forged_one_gets_the_same_picture(self, client, token):
        delivery = DeliveryFactory(pk=1, state="accepted")
        answer = self.picture(client, token)
        assert (answer, fresh(delivery).opened_at) == ((200, "image/gif", b"GIF89a", 0), None)

    @pytest.mark.usefixtures("_counting")
    def test_a_look_at_the_head_is_no_opening(self, client):
        delivery = DeliveryFactory(state="accepted")
        client.head(f"/acuse/{opened_token(delivery.pk)}.gif")
        assert fresh(delivery).opened_at is None

    @pytest.mark.usefixtures("_counting")
    @pytest.mark.parametrize("state", ["queued", "sending", "rejected"])
    def test_what_has_not_arrived_is_not_opened(self, client, state):
        delivery = DeliveryFactory(state=state)
        self.picture(client, opened_token(delivery.pk))
        assert fresh(delivery).opened_at is None

    def test_the_switch_says_what_it_means(self, client, administrator):
        client.force_login(administrator)
        html = client.get("/admin/office/office/1/change/").content.decode()
        assert "id_tracks_opens_helptext" in html


def test_where_nobody_knew_only_who_may_decide_takes_the_telephone(writer: User, head_of_press: User) -> None:
    delivery = DeliveryFactory.create(state="unknown")
    with pytest.raises(NotAllowed):
        actions.confirm_receipt(delivery, by=writer, now=NOW, how="telephone")
    assert actions.confirm_receipt(delivery, by=head_of_press, now=NOW, how="telephone").state == "confirmed"


def test_a_post_on_a_network_has_nobody_who_confirms(head_of_press: User) -> None:
    delivery = DeliveryFactory.create(state="accepted", account="R01")
    with pytest.raises(WrongState):
        actions.confirm_receipt(delivery, by=head_of_press, now=NOW, how="telephone")
