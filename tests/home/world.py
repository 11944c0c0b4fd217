"""One thing of each kind, made by the verbs as far as there are verbs, and the addresses of all of them."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

import agenda.actions
import citizen_requests.actions
import coverage.actions
import monitoring.actions
from agenda.models import Event, Guest
from citizen_requests.models import CitizenRequest
from commsoffice.accounts.enums import Role
from commsoffice.accounts.models import User
from commsoffice.files.actions import process
from commsoffice.files.models import MediaAsset
from commsoffice.files.templatetags.files_tags import rendition_url
from commsoffice.office.models import NonWorkingDay, Office
from commsoffice.office.queries import local_day
from commsoffice.outbox.tokens import receipt_token
from coverage.models import CoverageFile
from media_contacts.enums import Preference
from media_contacts.models import MediaList
from media_contacts.queries import contact_ref, unsubscribe_token
from pressreleases import actions as release_actions
from pressreleases.enums import CorrectionState, ReleaseState
from pressreleases.models import Correction, Release
from social.models import Profile
from tests.agenda.factories import AreaFactory, EventFactory
from tests.citizen_requests.factories import CategoryFactory, filed
from tests.conftest import PASSWORD
from tests.files.samples import camera_jpeg, uploaded
from tests.media_contacts.factories import ContactFactory, MediaListFactory
from tests.pressreleases.factories import chosen, correction_in, photo, release_in
from tests.social.factories import PageFactory

_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass
class World:
    """What there is, and where."""

    people: dict[Role, User]
    event: Event
    event_elsewhere: Event
    guest: Guest
    media_list: MediaList
    coverage_file: CoverageFile
    draft: Release
    draft_of_intern: Release
    in_review: Release
    published: Release
    correction: Correction
    request: CitizenRequest
    request_elsewhere: CitizenRequest
    request_restricted: CitizenRequest
    profile: Profile
    holiday: NonWorkingDay

    def path(self, name: str, route: str) -> str:
        """Fill in the route of an address with what there is."""
        values = self._of_admin(name) if name.startswith("admin:") else self._of_room(name)
        return _CONVERTER.sub(lambda match: str(values[match.group(1)]), route)

    def more(self) -> dict[str, str]:
        """Return further addresses, by what is special about them: name → path."""
        return {
            "files:rendition of what no release uses": rendition_url(self.coverage_file.asset, "medium"),
            "files:rendition of a draft": rendition_url(_asset_of(self.draft), "medium"),
            "files:rendition of a citizen": rendition_url(_photo_of(self.request), "medium"),
            "files_staff:original of a citizen": reverse("files_staff:original", args=[_photo_of(self.request).token]),
            "coverage:upload of another area": reverse("coverage:upload", args=[self.event_elsewhere.pk]),
            "releases:edit of an intern": reverse("releases:edit", args=[self.draft_of_intern.pk]),
            "releases:release published": reverse("releases:release", args=[self.published.pk]),
            "desk:request of another area": reverse("desk:request", args=[self.request_elsewhere.pk]),
            "desk:request restricted": reverse("desk:request", args=[self.request_restricted.pk]),
            "requests:tracking with the number": reverse("requests:tracking", args=[self.request.pk]),
        }

    def _of_room(self, name: str) -> dict[str, object]:
        room = name.partition(":")[0]
        photo: dict[str, object] = {"photo": _photo_of(self.request).token, "name": "medium"}
        values: dict[str, dict[str, object]] = {
            "newsroom": dict(zip(("year", "name"), _address(self.published), strict=True)),
            "public_agenda": {"key": self.event.key, "token": self.guest.token},
            "media_public": {"token": unsubscribe_token(self.guest.contact)},
            "outbox_public": {"token": receipt_token(self.guest.delivery_id or 0)},
            "files": {"token": _asset_of(self.published).token, "name": "medium"},
            "requests": photo | {"token": self.request.token},
            "agenda": {"pk": self.guest.pk if name == "agenda:record_answer" else self.event.pk},
            "coverage": {"event_id": self.event.pk, "pk": self.coverage_file.pk},
            "releases": {"number": self._of_releases(name), "row": _row_of(self.draft)},
            "outbox": {
                "pk": self.guest.delivery_id,
                "subject_type": Event._meta.label_lower,
                "subject_id": self.event.pk,
                "channel": "email",
                "account": "R01",
                "ref": contact_ref(self.guest.contact),
                "day": "2026-10-14",
            },
            "desk": photo | {"pk": self.request.pk},
            "files_staff": {"token": self.coverage_file.asset.token},
            "media": {"pk": self._of_media(name)},
            "social": {"pk": self.profile.pk},
            # A link to set a new password; this one is nobody's.
            "account_reset_password_from_key": {"uidb36": "1", "key": "no-such-key"},
        }
        return values.get(room, {})

    def _of_releases(self, name: str) -> int:
        if name.startswith("releases:correction"):
            return self.correction.pk
        if name == "releases:taken_down":
            return self.guest.delivery_id or 0
        return self.published.pk if name == "releases:correct" else self.draft.pk

    def _of_media(self, name: str) -> int:
        if "list" in name:
            return self.media_list.pk
        contact = self.guest.contact
        is_of_contact = name in {"media:edit_contact", "media:mark_bounced", "media:address_works", "media:take_off"}
        return contact.pk if is_of_contact else contact.outlet_id

    def _of_admin(self, name: str) -> dict[str, object]:
        kinds: dict[str, Model | None] = {
            "accounts_user": self.people[Role.WRITER],
            "office_office": Office.objects.get(),
            "office_area": self.event.area,
            "office_locality": self.request.locality,
            "office_nonworkingday": self.holiday,
            "citizen_requests_category": self.request.category,
            "pressreleases_release": self.in_review,
            "social_profile": self.profile,
        }
        if name == "admin:view_on_site":
            return {
                "content_type_id": ContentType.objects.get_for_model(Release).pk,
                "object_id": self.published.pk,
            }
        known = next(
            (thing.pk for kind, thing in kinds.items() if thing is not None and name.startswith(f"admin:{kind}_")), 1
        )
        return {"number": known, "object_id": known}


def build_world() -> World:
    """Make the world of today."""
    now = timezone.now()
    today = local_day(now)
    people = {
        role: User.objects.create_user(f"{role}@mundo.example", PASSWORD, roles=[role], name=f"Quien es {role.label}")
        for role in (Role.DIRECTOR, Role.HEAD_OF_PRESS, Role.WRITER, Role.PHOTOGRAPHER, Role.CITIZEN_DESK, Role.INTERN)
    }
    head, writer = people[Role.HEAD_OF_PRESS], people[Role.WRITER]
    director, photographer = people[Role.DIRECTOR], people[Role.PHOTOGRAPHER]
    Office.objects.update_or_create(pk=1, defaults={"name": "Comunicación Social", "government": "Valle de Amatista"})
    elsewhere = AreaFactory(key="A12", name="Obras Públicas")
    event = EventFactory(created_by=head, date=today)
    by_hand = [ContactFactory(email="", prefers=way) for way in (Preference.TELEPHONE, Preference.PRINT)]
    media_list = MediaListFactory(contacts=[ContactFactory(), *by_hand])
    invitation = agenda.actions.invite(event, lists=[media_list], note="", by=head, now=now)
    coverage.actions.order(event, crew=[photographer], by=head, now=now)
    file = coverage.actions.add_file(event, uploaded(camera_jpeg(1200, 800)), by=photographer, now=now)
    process(file.asset_id)
    release = partial(release_in, writer=writer, director=director, event=event, now=now)
    draft = release(ReleaseState.DRAFT, photos=[chosen(photo(photographer, "borrador.jpg"))])
    published = release(ReleaseState.PUBLISHED, photos=[chosen(photo(photographer, "publica.jpg"))])
    desk = people[Role.CITIZEN_DESK]
    request = filed(now=now, photos=[uploaded(camera_jpeg(800, 600), "bache.jpg")])
    process(_photo_of(request).pk)
    elsewhere_request, restricted = (
        filed(now=now),
        filed(now=now, category=CategoryFactory(key="C19", name="Denuncia", is_restricted=True)),
    )
    citizen_requests.actions.route(request, event.area, by=desk, now=now)
    citizen_requests.actions.route(elsewhere_request, elsewhere, by=desk, now=now)
    citizen_requests.actions.route(restricted, elsewhere, by=desk, now=now)
    clipping = {
        "outlet": media_list.contacts.all()[0].outlet,
        "event": event,
        "title": "Ya hay luz",
        "url": "https://diario.example/luz",
        "published_on": today,
    }
    monitoring.actions.record_clipping(clipping, submission_key=uuid4(), by=head, now=now)
    return World(
        people=people,
        event=event,
        event_elsewhere=EventFactory(created_by=head, date=today, area=elsewhere),
        guest=invitation.guests.order_by("contact__email")[0],
        media_list=media_list,
        coverage_file=file,
        draft=draft,
        draft_of_intern=release_actions.draft(by=people[Role.INTERN], now=now, title="De la becaria"),
        in_review=release(ReleaseState.IN_REVIEW),
        published=published,
        correction=correction_in(CorrectionState.IN_REVIEW, published, writer=writer, director=director, now=now),
        request=request,
        request_elsewhere=elsewhere_request,
        request_restricted=restricted,
        profile=PageFactory(),
        holiday=NonWorkingDay.objects.create(day=today + dt.timedelta(days=30), reason="Día de asueto"),
    )


def _asset_of(release: Release) -> MediaAsset:
    return release.files.get().asset


def _photo_of(request: CitizenRequest) -> MediaAsset:
    return request.photos.get().asset


def _address(release: Release) -> tuple[str, str]:
    year, name = release.get_absolute_url().strip("/").split("/")[1:]
    return year, name


def _row_of(release: Release) -> int:
    history = apps.get_model("pressreleases", "ReleaseEvent")
    return history.objects.filter(pgh_obj=release.pk).latest("pk").pk
