"""An event to be covered."""

import datetime as dt
import uuid
from typing import Any

from agenda.enums import EventState
from agenda.models import Event
from commsoffice.accounts.models import User
from commsoffice.office.models import Area

# 9 October 2026, noon at the office.
NOW = dt.datetime(2026, 10, 9, 18, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 10, 9)


def area(key: str = "A13") -> Area:
    """The area with that key."""
    return Area.objects.get_or_create(key=key, defaults={"name": f"Área {key}", "kind": "department"})[0]


def event(by: User, **fields: Any) -> Event:
    """A confirmed event of today, from 10:00 to 11:00."""
    area_key = fields.pop("area_key", "A13")
    given = {
        "key": f"E{uuid.uuid4().hex[:6]}",
        "title": "Entrega de luminarias colonia El Mirador",
        "area": area(area_key),
        "date": DAY,
        "start_time": dt.time(10),
        "end_time": dt.time(11),
        "state": EventState.CONFIRMED,
        "confirmed_by": by,
        "confirmed_at": NOW,
        "created_by": by,
        "created_at": NOW,
    }
    return Event.objects.create(**(given | fields))
