"""What comes in: judged by content, decoded, kept as it came."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from commsoffice.audit.queries import entries_about
from commsoffice.files import actions
from commsoffice.files.enums import AssetState, MediaKind
from commsoffice.files.errors import FileRefused
from commsoffice.files.models import MediaAsset
from tests.files.samples import camera_jpeg, encoded, gradient, mp4, uploaded

NOW = datetime(2026, 10, 9, 18, 0, tzinfo=UTC)
BOTH = (MediaKind.PHOTO, MediaKind.VIDEO)

pytestmark = pytest.mark.django_db


def receive(data, by, name="DSC_4412.JPG", kinds=BOTH):
    return actions.receive(uploaded(data, name), by=by, now=NOW, kinds=kinds)


def refusal(data, by, name="DSC_4412.JPG", kinds=BOTH):
    with pytest.raises(FileRefused) as refused:
        receive(data, by, name, kinds)
    assert MediaAsset.objects.count() == 0
    return str(refused.value)


def test_a_photo_is_kept_byte_for_byte(photographer):
    data = camera_jpeg(1200, 800)

    asset = receive(data, photographer)

    with default_storage.open(asset.original.name) as kept:
        assert kept.read() == data
    assert (asset.size, asset.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_its_name_in_the_storage_says_nothing(photographer):
    asset = receive(camera_jpeg(300, 200), photographer, name="../../etc/Alcaldesa en el mercado.jpg")

    assert asset.original.name.startswith("originals/")
    assert asset.original.name.count("/") == 3
    assert asset.original.name.endswith(".jpg")
    assert "Alcaldesa" not in asset.original.name
    assert asset.filename == "Alcaldesa en el mercado.jpg"


def test_a_photo_says_when_where_and_by_which_camera(photographer):
    asset = receive(camera_jpeg(1200, 800, orientation=6), photographer)

    assert (asset.width, asset.height) == (800, 1200)
    assert asset.taken_at == datetime(2026, 10, 9, 16, 52, 14, tzinfo=UTC)
    assert asset.has_location
    assert asset.camera == "Amatista Optics Demo 24"


def test_a_photo_without_place_says_so(photographer):
    assert not receive(camera_jpeg(300, 200, gps=False), photographer).has_location


def test_a_video_says_how_long_when_and_where(photographer):
    asset = receive(mp4(2, size="640x360"), photographer, name="VID_0031.MP4")

    assert (asset.kind, asset.content_type) == (MediaKind.VIDEO, "video/mp4")
    assert (asset.width, asset.height) == (640, 360)
    assert timedelta(seconds=1.9) <= asset.duration <= timedelta(seconds=2.2)
    assert asset.taken_at == datetime(2026, 10, 9, 16, 52, 14, tzinfo=UTC)
    assert asset.has_location


def test_it_waits_for_its_copies_and_the_audit_says_who_sent_it(photographer):
    asset = receive(camera_jpeg(300, 200), photographer)

    assert asset.state == AssetState.RECEIVED
    entry = entries_about(asset).get()
    assert (entry.verb, entry.actor_name) == ("files.receive", photographer.name)
    assert "DSC_4412" not in entry.target_label


@pytest.mark.parametrize(("kind", "mime", "extension"), [("PNG", "image/png", "png"), ("WEBP", "image/webp", "webp")])
def test_other_formats_are_known_by_content(photographer, kind, mime, extension):
    asset = receive(encoded(gradient(300, 200), kind), photographer, name="foto.jpg")

    assert (asset.content_type, asset.extension) == (mime, extension)


def test_a_pdf_called_jpg_is_called_by_its_name(photographer):
    assert refusal(b"%PDF-1.7\n" + b"0" * 400, photographer) == (
        "This is a PDF file, whatever its name says. Upload a photo (JPEG, PNG or WebP) or a video (MP4 or MOV)."
    )


def test_a_page_called_jpg_is_refused(photographer):
    sentence = refusal(b"<!doctype html><script>alert(1)</script>", photographer)

    assert sentence.startswith("This is neither a photo nor a video")


def test_a_page_dressed_as_gif_is_refused(photographer):
    assert refusal(b"GIF89a<?php system($_GET['c']); ?>", photographer).startswith("This is a GIF file")


def test_an_empty_file_is_refused(photographer):
    assert refusal(b"", photographer, name="VID_0031.MP4").startswith("The file is empty")


def test_a_truncated_jpeg_is_refused(photographer):
    data = camera_jpeg(1200, 800)

    assert refusal(data[: len(data) * 3 // 4], photographer).startswith("The photo is damaged or incomplete")


def test_a_truncated_png_is_refused(photographer):
    data = encoded(gradient(600, 400), "PNG")

    assert refusal(data[: len(data) // 2], photographer).startswith("The photo is damaged or incomplete")


def test_a_truncated_webp_is_refused(photographer):
    data = encoded(gradient(600, 400), "WEBP")

    assert refusal(data[: len(data) // 2], photographer).startswith("The photo is damaged or incomplete")


def test_only_the_head_of_a_jpeg_is_refused(photographer):
    assert refusal(camera_jpeg(300, 200)[:20], photographer).startswith("The photo is damaged or incomplete")


def test_a_decompression_bomb_is_refused_before_it_is_decoded(photographer, settings):
    settings.PHOTO_MAX_PIXELS = 1_000_000

    assert refusal(encoded(Image.new("1", (4000, 4000)), "PNG"), photographer).startswith(
        "The photo has too many pixels"
    )


def test_a_bomb_beyond_the_librarys_own_limit_is_refused(photographer):
    # 400 megapixels in 50 kB.
    data = encoded(Image.new("1", (20_000, 20_000)), "PNG")

    assert refusal(data, photographer).startswith("The photo has too many pixels")


def test_a_heavy_photo_is_refused_by_weight(photographer, settings):
    settings.PHOTO_MAX_BYTES = 10_000

    assert refusal(camera_jpeg(1200, 800), photographer).startswith("The photo is heavier than 9.8")


def test_a_heic_photo_is_told_what_to_do(photographer):
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 300

    assert "«Most compatible»" in refusal(heic, photographer, name="IMG_0001.HEIC")


def test_a_video_without_picture_is_refused(photographer, tmp_path):
    import subprocess

    from commsoffice.files.video import ffmpeg

    path = tmp_path / "sound.mp4"
    tone = ["-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac"]
    subprocess.run([ffmpeg(), "-v", "error", *tone, "-f", "mp4", "-brand", "mp42", str(path)], check=True)

    assert refusal(path.read_bytes(), photographer, name="VID.MP4").startswith("This file has sound but no picture")


def test_a_video_cut_before_its_index_is_refused(photographer):
    data = mp4(1, size="320x180")

    assert refusal(data[: len(data) // 2], photographer, name="VID.MP4").startswith("The video is damaged")


def test_where_only_photos_are_taken_a_video_is_refused(photographer):
    assert refusal(mp4(1, size="320x180"), photographer, kinds=[MediaKind.PHOTO]) == (
        "This is a video. Upload a photo (JPEG, PNG or WebP)."
    )


def test_a_playlist_dressed_as_video_opens_nothing(photographer):
    playlist = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\n#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"

    assert refusal(playlist, photographer, name="VID.MP4").startswith("The video is damaged")


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_unreadable_metadata_does_not_refuse_the_photo(photographer):
    data = encoded(gradient(300, 200), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\xff\xff\xff")

    asset = receive(data, photographer)

    assert (asset.taken_at, asset.has_location, asset.width) == (None, False, 300)


def test_a_full_disk_is_a_refusal_and_leaves_nothing(photographer, settings, tmp_path):
    import subprocess
    import sys

    # A process that may write no file beyond 100 kB: what a full disk answers, without filling one.
    script = """
import resource, signal, sys
import django
django.setup()
from django.utils import translation
translation.activate("en")
from django.core.files.storage import default_storage
from commsoffice.files import errors, keeping
from tests.files.samples import camera_jpeg, uploaded
data = camera_jpeg(3000, 2000)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    keeping.keep(uploaded(data), "jpg")
except errors.FileRefused as refused:
    left = [path for path in __import__("pathlib").Path(default_storage.location).rglob("*") if path.is_file()]
    print(refused, len(left), sep="|")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    sentence, left = done.stdout.strip().split("|")
    assert sentence.startswith("The server has no room left")
    assert left == "0"


def test_a_long_name_keeps_its_extension(photographer):
    asset = receive(camera_jpeg(300, 200), photographer, name=f"{'x' * 240}.JPG")

    assert len(asset.filename) == 200
    assert asset.filename.endswith(".JPG")
