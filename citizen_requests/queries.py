"""Reads of this room. Everything for the desk begins with what the person may see."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from citizen_requests.enums import OPEN_STATES, TO_ROUTE, RequestState, StepKind
from citizen_requests.models import Category, CitizenRequest, Requester, RequestStep
from citizen_requests.permissions import is_bound_to_area, may_route, sees_persons
from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from commsoffice.files.enums import MediaKind, RenditionName
from commsoffice.files.models import Rendition

OPEN = Q(state__in=OPEN_STATES)


def visible_to(user: User) -> QuerySet[CitizenRequest]:
    """What this person may read: a liaison the own area's; restricted categories few."""
    requests = CitizenRequest.objects.all()
    if not user.may(Permission.REQUESTS_VIEW):
        return requests.none()
    if is_bound_to_area(user):
        return requests.filter(area__key=user.area_key) if user.area_key else requests.none()
    return requests if sees_persons(user) else requests.filter(category__is_restricted=False)


def view_filters(now: datetime) -> dict[str, Q]:
    """The views of the inbox by name, each as a condition."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    late = Q(state__in=TO_ROUTE, route_by__lt=now) | (OPEN & Q(solve_by__lt=now))
    today = Q(state__in=TO_ROUTE, route_by__lt=midnight) | (OPEN & Q(solve_by__lt=midnight))
    returned = RequestStep.objects.filter(request=OuterRef("pk"), kind=StepKind.RETURNED)
    return {
        "overdue": late,
        "today": today & ~late,
        "to_route": Q(state__in=TO_ROUTE),
        "to_confirm": Q(state=RequestState.ANSWERED),
        "open": OPEN,
        "returned": Q(Exists(returned), state=RequestState.RECEIVED),
        "finished": Q(state__in=[RequestState.CLOSED, RequestState.ORIENTED]),
    }


def counts(user: User, now: datetime) -> dict[str, int]:
    """How many in each view; one query."""
    filters = view_filters(now)
    return dict(visible_to(user).aggregate(**{name: Count("pk", filter=q) for name, q in filters.items()}))


def waiting_count(user: User) -> int:
    """What waits for this person, for the navigation; one query."""
    waiting = Q(state=RequestState.ROUTED)
    if may_route(user):
        waiting = Q(state__in=TO_ROUTE) | (OPEN & Q(solve_by__lt=timezone.now()))
    elif not is_bound_to_area(user):
        return 0
    return visible_to(user).filter(waiting).count()


def requester_of(request: CitizenRequest) -> Requester | None:
    """Who asked; None for those who did not say, and for the forgotten."""
    return Requester.objects.filter(request=request).exclude(name="", email="", phone="").first()


def by_token(token: str) -> CitizenRequest | None:
    """The request of a tracking link."""
    return CitizenRequest.objects.select_related("category", "area", "locality").filter(token=token).first()


def photo(request: CitizenRequest, token: UUID, name: str) -> Rendition | None:
    """A clean copy of one of its photographs; never an original."""
    return (
        Rendition.objects.filter(asset__token=token, asset__kind=MediaKind.PHOTO, asset__request_photo__request=request)
        .filter(name=name)
        .filter(name__in=[RenditionName.THUMB, RenditionName.SMALL, RenditionName.MEDIUM, RenditionName.LARGE])
        .first()
    )


def offered_categories() -> QuerySet[Category]:
    """What the form offers."""
    return Category.objects.filter(is_active=True).select_related("area").order_by("name")
