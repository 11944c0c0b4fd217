import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.errors import NotAllowed, NotValid
from commsoffice.audit.queries import entries_about
from monitoring import actions
from monitoring.models import Clipping
from monitoring.route import publication_step
from pressreleases.enums import ReleaseState
from tests.agenda.factories import EventFactory
from tests.media_contacts.factories import OutletFactory
from tests.monitoring.factories import make_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(head_of_press):
    return EventFactory(created_by=head_of_press)


def _data(**fields):
    day = timezone.localdate()
    return {"outlet": OutletFactory(), "title": "Estrenan luminarias", "published_on": day, "url": "", **fields}


def _record(by, **fields):
    return actions.record_clipping(_data(**fields), submission_key=uuid.uuid4(), by=by, now=timezone.now())


class TestRecord:
    def test_who_watches_the_press_may(self, monitor, event):
        clipping = _record(monitor, event=event)
        assert (clipping.recorded_by, entries_about(event).get().verb) == (monitor, "monitoring.record_clipping")

    def test_who_may_not_changes_nothing(self, intern):
        with pytest.raises(NotAllowed):
            _record(intern)
        assert Clipping.objects.count() == 0

    def test_posted_twice_is_one(self, monitor):
        key, data = uuid.uuid4(), _data()
        for _time in range(2):
            actions.record_clipping(data, submission_key=key, by=monitor, now=timezone.now())
        assert Clipping.objects.count() == 1

    def test_the_same_link_of_an_outlet_is_refused(self, monitor):
        outlet = OutletFactory()
        _record(monitor, outlet=outlet, url="https://faro.example/1")
        with pytest.raises(actions.AlreadyRecorded):
            _record(monitor, outlet=outlet, url="https://faro.example/1")

    def test_the_future_has_published_nothing(self, monitor):
        with pytest.raises(actions.NotYet):
            _record(monitor, published_on=timezone.localdate() + dt.timedelta(days=2))

    @pytest.mark.parametrize("fields", [{"title": "x" * 10_000}, {"url": "javascript:alert(1)"}, {"tone": "angry"}])
    def test_what_cannot_be_is_refused_in_words(self, fields, monitor):
        with pytest.raises(NotValid):
            _record(monitor, **fields)

    def test_a_piece_about_a_release_is_about_its_event(self, monitor, event, writer, director):
        release = make_release(event, ReleaseState.PUBLISHED, author=writer, approver=director, now=timezone.now())
        assert _record(monitor, release=release).event == event


class TestStep:
    @pytest.mark.parametrize(
        ("state", "kind"),
        [
            (None, "blocked"),
            (ReleaseState.DRAFT, "blocked"),
            (ReleaseState.IN_REVIEW, "blocked"),
            (ReleaseState.APPROVED, "blocked"),
            (ReleaseState.PUBLISHED, "running"),
            (ReleaseState.WITHDRAWN, "blocked"),
        ],
    )
    def test_before_any_piece(self, state, kind, event, writer, director):
        if state is not None:
            make_release(event, state, author=writer, approver=director, now=timezone.now())
        assert publication_step([event], user=director, now=timezone.now())[event.pk].kind == kind

    def test_media_are_counted_and_not_pieces(self, event, monitor):
        outlet = OutletFactory()
        for number in range(2):
            _record(monitor, event=event, outlet=outlet, url=f"https://faro.example/{number}")
        _record(monitor, event=event)
        step = publication_step([event], user=monitor, now=timezone.now())[event.pk]
        assert (step.kind, step.detail[0]) == ("done", "2")

    def test_a_cancelled_event_is_not_published(self, head_of_press):
        event = EventFactory(created_by=head_of_press, state="cancelled")
        assert publication_step([event], user=head_of_press, now=timezone.now())[event.pk].kind == "waived"

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_two_queries(self, count, head_of_press, monitor, django_assert_num_queries):
        events = EventFactory.create_batch(count, created_by=head_of_press)
        for event in events:
            _record(monitor, event=event)
        with django_assert_num_queries(2):
            publication_step(events, user=monitor, now=timezone.now())


class TestPages:
    @pytest.fixture
    def at_desk(self, client, monitor):
        client.force_login(monitor)
        return client

    def test_the_digest_costs_the_same_with_one_and_three(self, at_desk, monitor, event, django_assert_max_num_queries):
        counts = []
        for batch in (1, 2):
            for _number in range(batch):
                _record(monitor, event=event)
            with django_assert_max_num_queries(30) as seen:
                assert at_desk.get(reverse("monitoring:list")).status_code == 200
            counts.append(len(seen))
        assert counts[0] == counts[1]

    def test_a_piece_is_recorded_from_the_page_of_its_event(self, at_desk, event):
        url = reverse("monitoring:record") + f"?evento={event.pk}"
        data = {
            **_data(),
            "outlet": OutletFactory().pk,
            "tone": "informative",
            "event": event.pk,
            "url": "faro.example/1",
        }
        answer = at_desk.post(url, {**data, "submission_key": str(uuid.uuid4()), "place": ""})
        assert answer.url == reverse("agenda:event", args=[event.pk]) + "#h-pub"
        assert Clipping.objects.get().url == "https://faro.example/1"

    def test_the_page_of_the_event_shows_it_as_text(self, at_desk, monitor, event):
        _record(monitor, event=event, title="<script>alert(1)</script>")
        page = at_desk.get(reverse("agenda:event", args=[event.pk])).content.decode()
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page

    @pytest.mark.parametrize("query", ["", "?evento=x", "?evento=99999999999999", "?evento=1"])
    def test_the_form_opens_whatever_is_asked(self, query, at_desk):
        assert at_desk.get(reverse("monitoring:record") + query).status_code == 200

    def test_an_intern_reads_and_does_not_record(self, client, intern):
        client.force_login(intern)
        assert Permission.MONITORING_RECORD not in intern.permissions
        assert client.get(reverse("monitoring:list")).status_code == 200
        assert client.get(reverse("monitoring:record")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_form_posted_twice_at_once_is_one_piece(monitor):
    event = EventFactory(created_by=monitor)
    data = {"outlet": OutletFactory(), "event": event, "title": "Una pieza", "url": "https://medio.example/1"}
    data["published_on"] = timezone.localdate()
    key = uuid.uuid4()

    def post(_number):
        try:
            return actions.record_clipping(data, submission_key=key, by=monitor, now=timezone.now()).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        numbers = set(pool.map(post, range(4)))
    assert (len(numbers), Clipping.objects.count()) == (1, 1)
