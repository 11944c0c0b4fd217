"""Areas and events for tests."""

import datetime as dt

import factory

from agenda.enums import EventState
from agenda.models import Event
from commsoffice.accounts.models import User
from commsoffice.office.models import Area, AreaKind
from commsoffice.office.queries import local_day


class AreaFactory(factory.django.DjangoModelFactory[Area]):
    class Meta:
        model = Area
        django_get_or_create = ("key",)

    key = "A13"
    name = "Servicios Públicos"
    kind = AreaKind.DEPARTMENT


class EventFactory(factory.django.DjangoModelFactory[Event]):
    """A confirmed event of tomorrow at ten; ``confirmed_by`` is whoever is given."""

    class Meta:
        model = Event

    key = factory.Sequence(lambda n: f"T{n}")
    title = "Entrega de luminarias colonia El Mirador"
    area = factory.SubFactory(AreaFactory)
    venue = "Cancha de El Mirador"
    date = factory.LazyFunction(lambda: local_day(dt.datetime.now(tz=dt.UTC)) + dt.timedelta(days=1))
    start_time = dt.time(10)
    created_by: User
    created_at = factory.LazyFunction(lambda: dt.datetime.now(tz=dt.UTC))
    confirmed_by = factory.LazyAttribute(lambda event: event.created_by if event.state == "confirmed" else None)
    confirmed_at = factory.LazyAttribute(lambda event: event.created_at if event.state == "confirmed" else None)
    state = EventState.CONFIRMED
