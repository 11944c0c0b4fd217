from collections.abc import Callable
from typing import Any

import pytest

from agenda.models import Event
from commsoffice.accounts.models import User
from media_contacts.enums import Preference
from media_contacts.models import MediaList
from pressreleases.enums import CorrectionState, ReleaseState
from pressreleases.models import Correction, Release
from tests.agenda.factories import EventFactory
from tests.media_contacts.factories import ContactFactory, MediaListFactory
from tests.pressreleases.factories import NOW, correction_in, release_in


@pytest.fixture
def event(head_of_press: User) -> Event:
    return EventFactory(created_by=head_of_press, kind="entrega", date=NOW.date())


@pytest.fixture
def media(db: None) -> MediaList:
    """Two by e-mail, one by telephone, one who unsubscribed."""
    return MediaListFactory(
        name="Medios locales",
        is_default=True,
        contacts=[
            ContactFactory(email="uno@medio.example"),
            ContactFactory(email="dos@medio.example"),
            ContactFactory(email="", phone="000 000 0121", prefers=Preference.TELEPHONE),
            ContactFactory(email="baja@medio.example", unsubscribed_at=NOW),
        ],
    )


@pytest.fixture
def make_release(writer: User, director: User, media: MediaList) -> Callable[..., Release]:
    """Make a release in a state; the writer wrote it and the director signed it."""

    def make(state: ReleaseState = ReleaseState.DRAFT, **options: Any) -> Release:
        options.setdefault("lists", [media])
        return release_in(state, writer=writer, director=director, **options)

    return make


@pytest.fixture
def make_correction(writer: User, director: User) -> Callable[..., Correction]:
    """Make a correction of a release in a state; the writer wrote it and the director signed it."""

    def make(release: Release, state: CorrectionState = CorrectionState.ISSUED, **options: Any) -> Correction:
        return correction_in(state, release, writer=writer, director=director, **options)

    return make
