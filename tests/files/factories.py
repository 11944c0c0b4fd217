"""Files for tests of other things than receiving them."""

from datetime import UTC, datetime

from django.core.files.storage import default_storage

from commsoffice.files import actions
from commsoffice.files.enums import MediaKind
from commsoffice.files.models import MediaAsset, Rendition
from tests.files.samples import camera_jpeg, mp4, uploaded

NOW = datetime(2026, 10, 9, 18, 0, tzinfo=UTC)


def received(by, data=None, *, name="DSC_4412.JPG", now=NOW) -> MediaAsset:
    """A photo that still waits for its copies."""
    data = data if data is not None else camera_jpeg(1200, 800)
    return actions.receive(uploaded(data, name), by=by, now=now, kinds=list(MediaKind))


def ready(by, data=None, *, name="DSC_4412.JPG", now=NOW) -> MediaAsset:
    """A photo with its copies."""
    asset = received(by, data, name=name, now=now)
    assert actions.process(asset.pk)
    asset.refresh_from_db()
    return asset


def copy_of(asset: MediaAsset, name: str) -> Rendition:
    """One of its copies, which is there."""
    return asset.renditions.get(name=name)


def bytes_of(name: str | None) -> bytes:
    """What the storage has under that name."""
    with default_storage.open(str(name)) as file:
        return bytes(file.read())


def ready_video(by, data=None, *, name="VID_0031.MP4", now=NOW) -> MediaAsset:
    """A video with its copies."""
    return ready(by, data if data is not None else mp4(1, size="320x180"), name=name, now=now)
