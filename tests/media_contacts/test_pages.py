import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from media_contacts.models import Contact, Outlet
from media_contacts.queries import unsubscribe_token
from tests.media_contacts.factories import ContactFactory, MediaListFactory, OutletFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_desk(client, head_of_press):
    client.force_login(head_of_press)
    return client


@pytest.mark.parametrize("name", ["media:list", "media:lists"])
def test_a_list_costs_the_same_with_one_and_three(name, at_desk, django_assert_max_num_queries):
    counts = []
    for batch in (1, 2):
        for contact in ContactFactory.create_batch(batch):
            MediaListFactory(contacts=[contact])
        with django_assert_max_num_queries(40) as seen:
            assert at_desk.get(reverse(name)).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_an_outlet_costs_the_same_with_one_and_three_contacts(at_desk, django_assert_max_num_queries):
    outlet = OutletFactory()
    counts = []
    for batch in (1, 2):
        ContactFactory.create_batch(batch, outlet=outlet)
        with django_assert_max_num_queries(40) as seen:
            assert at_desk.get(reverse("media:outlet", args=[outlet.pk])).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_it_is_searched_without_accents(at_desk):
    ContactFactory(outlet__name="Éxito Náhuatl")
    ContactFactory(outlet__name="Otro")
    page = at_desk.get(reverse("media:list"), {"q": "exito nahuatl"})
    assert [outlet.name for outlet in page.context["page_obj"]] == ["Éxito Náhuatl"]


@pytest.mark.parametrize("query", ["tipo=%00", "lista=99999999999999", "lista=x", "cobertura=x", "page=x", "q=%00"])
def test_a_torn_filter_shows_a_page(query, at_desk):
    ContactFactory()
    assert at_desk.get(f"{reverse('media:list')}?{query}").status_code == 200


def test_a_script_in_a_name_is_text(at_desk):
    outlet = OutletFactory(name="<script>alert(1)</script>")
    page = at_desk.get(reverse("media:outlet", args=[outlet.pk])).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_outlet_is_added_from_its_form(at_desk):
    data = {"name": "Cuarzo Diario", "kind": "portal", "reach": "local", "audience": "0", "is_active": "on"}
    answer = at_desk.post(reverse("media:create"), {**data, "submission_key": str(uuid.uuid4())})
    assert answer.url == reverse("media:outlet", args=[Outlet.objects.get(name="Cuarzo Diario").pk])


def test_a_newline_in_an_address_is_refused_beside_the_field(at_desk):
    outlet = OutletFactory()
    answer = at_desk.post(
        reverse("media:add_contact", args=[outlet.pk]),
        {"email": "una@medio.example\r\nBcc: otra@medio.example", "prefers": "email", "name": "Una"},
    )
    assert answer.status_code == 422
    assert "email" in answer.context["form"].errors
    assert Contact.objects.count() == 0


def test_a_contact_without_address_nor_telephone_is_asked_for_one(at_desk):
    answer = at_desk.post(reverse("media:add_contact", args=[OutletFactory().pk]), {"prefers": "email"})
    assert list(answer.context["form"].errors) == ["email"]


def test_an_intern_reads_the_directory_and_may_not_change_it(client, intern):
    client.force_login(intern)
    assert client.get(reverse("media:list")).status_code == 200
    assert client.get(reverse("media:create")).status_code == 403


class TestUnsubscribe:
    def test_a_get_changes_nothing(self, client):
        contact = ContactFactory()
        answer = client.get(reverse("media_public:unsubscribe", args=[unsubscribe_token(contact)]))
        contact.refresh_from_db()
        assert (answer.status_code, contact.unsubscribed_at) == (200, None)

    def test_the_mail_programs_one_click_takes_off(self, client):
        contact = ContactFactory()
        client.handler.enforce_csrf_checks = True
        answer = client.post(
            reverse("media_public:unsubscribe", args=[unsubscribe_token(contact)]),
            "List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
        )
        contact.refresh_from_db()
        assert answer.status_code == 200
        assert contact.unsubscribed_at is not None

    @pytest.mark.parametrize("token", ["x", "MQ:1:forged", "%00"])
    def test_a_forged_link_finds_nothing(self, token, client):
        assert client.get(f"/suscripciones/{token}/").status_code == 404

    def test_the_page_shows_no_person(self, client):
        contact = ContactFactory(unsubscribed_at=timezone.now())
        page = client.get(reverse("media_public:unsubscribe", args=[unsubscribe_token(contact)])).content.decode()
        assert [word for word in (contact.name, contact.email, contact.phone) if word in page] == []
