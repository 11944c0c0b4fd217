"""Copies: their sizes, what they no longer say, and what happens when making them breaks off."""

import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import ExifTags, Image, ImageCms

from commsoffice.accounts.errors import WrongState
from commsoffice.audit.queries import entries_about
from commsoffice.celery import app
from commsoffice.files import actions
from commsoffice.files.enums import AssetState
from commsoffice.files.models import MediaAsset
from commsoffice.files.tasks import make_renditions, sweep
from commsoffice.files.video import ffmpeg, probe
from commsoffice.outbox.tasks import send_due
from tests.files.factories import bytes_of, copy_of, ready, ready_video, received
from tests.files.samples import MAKER_NOTE, SERIAL, camera_exif, camera_jpeg, encoded, gradient, mp4

pytestmark = pytest.mark.django_db


def data_of(asset, name):
    return bytes_of(copy_of(asset, name).file.name)


def opened(asset, name):
    return Image.open(io.BytesIO(data_of(asset, name)))


def said_of(data, tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(data)
    return subprocess.run(
        [ffmpeg(), "-hide_banner", "-i", str(path)], capture_output=True, text=True, check=False
    ).stderr


def test_a_photo_gets_every_size(photographer):
    asset = ready(photographer, camera_jpeg(4000, 3000))

    assert asset.state == AssetState.READY
    assert {copy.name: (copy.width, copy.height, copy.content_type) for copy in asset.renditions.all()} == {
        "thumb": (320, 240, "image/webp"),
        "small": (800, 600, "image/webp"),
        "medium": (1600, 1200, "image/webp"),
        "large": (2560, 1920, "image/webp"),
        "full": (4000, 3000, "image/jpeg"),
        "press": (2560, 1920, "image/jpeg"),
    }


def test_nothing_is_made_larger_than_it_is(photographer):
    asset = ready(photographer, camera_jpeg(600, 400))

    assert {copy.name: copy.width for copy in asset.renditions.all()} == {
        "thumb": 320, "small": 600, "medium": 600, "large": 600, "full": 600, "press": 600,
    }  # fmt: skip


def test_what_was_held_upright_is_seen_upright(photographer):
    asset = ready(photographer, camera_jpeg(1200, 800, orientation=6))

    small = opened(asset, "small")
    # The gradient grows to the right and downwards; turned a quarter to the right it grows to the left.
    assert small.size == (533, 800)
    assert small.getpixel((5, 400))[1] > small.getpixel((525, 400))[1]
    assert small.getpixel((266, 5))[0] < small.getpixel((266, 795))[0] or small.getpixel((266, 5))[0] > 0


@pytest.mark.parametrize("name", ["thumb", "small", "medium", "large", "full", "press"])
def test_no_copy_says_where(photographer, name):
    asset = ready(photographer, camera_jpeg(1200, 800))

    data, exif = data_of(asset, name), opened(asset, name).getexif()
    assert dict(exif.get_ifd(ExifTags.IFD.GPSInfo)) == {}
    assert ExifTags.Base.GPSInfo not in exif
    assert SERIAL.encode() not in data
    assert MAKER_NOTE not in data


@pytest.mark.parametrize("name", ["small", "full", "press"])
def test_every_copy_keeps_the_credit(photographer, name):
    exif = opened(ready(photographer, camera_jpeg(1200, 800)), name).getexif()

    assert (exif[ExifTags.Base.Artist], exif[ExifTags.Base.Copyright]) == ("E. Tzompa", "Valle de Amatista")


def test_the_original_keeps_everything(photographer):
    data = camera_jpeg(1200, 800)
    asset = ready(photographer, data)

    assert bytes_of(asset.original.name) == data


def test_full_size_has_the_very_same_pixels(photographer):
    data = camera_jpeg(1200, 800)

    assert opened(ready(photographer, data), "full").tobytes() == Image.open(io.BytesIO(data)).tobytes()


@pytest.mark.parametrize("progressive", [False, True])
def test_what_was_glued_behind_a_photo_goes_no_further(photographer, progressive):
    asset = ready(
        photographer, camera_jpeg(600, 400, progressive=progressive) + b"<html><script>alert(1)</script></html>"
    )

    assert asset.state == AssetState.READY
    assert not [copy.name for copy in asset.renditions.all() if b"<script>" in data_of(asset, copy.name)]


def test_xmp_and_comments_go_no_further(photographer):
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>19,30N</exif:GPSLatitude></x:xmpmeta>'
    asset = ready(photographer, encoded(gradient(600, 400), "JPEG", xmp=xmp, comment=b"calle 5 de los Sauces"))

    assert asset.has_location
    full = data_of(asset, "full")
    assert b"GPSLatitude" not in full
    assert b"Sauces" not in full


def test_colours_of_a_wide_profile_come_to_srgb(photographer):
    # CIE Lab's own XYZ profile would not fit RGB: a profile whose description is not sRGB is enough.
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes().replace(b"s\0R\0G\0B", b"x\0R\0G\0B")
    asset = ready(photographer, encoded(gradient(600, 400), "JPEG", icc_profile=profile))

    small = opened(asset, "small")
    assert small.mode == "RGB"
    assert "icc_profile" not in small.info


def test_a_cmyk_photo_becomes_rgb(photographer):
    asset = ready(photographer, encoded(gradient(600, 400).convert("CMYK"), "JPEG"))

    assert opened(asset, "small").mode == "RGB"


def test_the_copy_for_the_press_is_a_plain_jpeg_in_srgb(photographer):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes().replace(b"s\0R\0G\0B", b"x\0R\0G\0B")
    held = camera_jpeg(1200, 800, orientation=6, progressive=True, icc_profile=profile)
    picture = opened(ready(photographer, held), "press")

    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (800, 1200))
    assert (picture.info.get("progressive"), picture.info["dpi"]) == (None, (300, 300))
    named = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"])))
    assert "sRGB" in named
    # Upright already: nothing turns it again.
    assert ExifTags.Base.Orientation not in picture.getexif()


def test_a_photo_with_clear_places_is_printed_on_white(photographer):
    asset = ready(photographer, encoded(Image.new("RGBA", (4000, 400), (0, 0, 0, 0)), "PNG"))

    picture = opened(asset, "press")
    assert (picture.format, picture.size, picture.getpixel((5, 5))) == ("JPEG", (2560, 256), (255, 255, 255))


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "LA", "1", "I;16"])
def test_every_kind_of_png_gets_its_copies(photographer, mode):
    picture = gradient(600, 400)
    picture = Image.new("I;16", (600, 400), 40_000) if mode == "I;16" else picture.convert(mode)
    asset = ready(photographer, encoded(picture, "PNG", exif=camera_exif()))

    assert opened(asset, "full").format == "JPEG"
    assert dict(opened(asset, "full").getexif().get_ifd(ExifTags.IFD.GPSInfo)) == {}
    assert opened(asset, "small").size == (600, 400)


def test_a_small_video_keeps_its_pictures_and_loses_its_place(photographer, tmp_path):
    data = mp4(2, size="640x360")
    asset = ready_video(photographer, data)

    assert {copy.name for copy in asset.renditions.all()} == {"thumb", "small", "poster", "video"}
    assert "location" in said_of(data, tmp_path)
    assert "location" not in said_of(data_of(asset, "video"), tmp_path)
    assert "creation_time" not in said_of(data_of(asset, "video"), tmp_path)
    assert b"+19.5042" not in data_of(asset, "video")


def test_a_large_video_is_made_smaller_and_loses_its_place(photographer, tmp_path):
    asset = ready_video(photographer, mp4(1, size="1920x1080", sound=False))

    video = copy_of(asset, "video")
    assert (video.width, video.height, video.content_type) == (1280, 720, "video/mp4")
    assert "location" not in said_of(data_of(asset, "video"), tmp_path)


def test_a_video_can_be_watched_before_it_has_all_arrived(photographer):
    data = data_of(ready_video(photographer), "video")

    assert data.index(b"moov") < data.index(b"mdat")


def test_a_video_held_upright_stays_upright(photographer, tmp_path):
    path = tmp_path / "upright.mp4"
    film = tmp_path / "film.mp4"
    film.write_bytes(mp4(1, size="1920x1080", sound=False))
    turned = ["-display_rotation", "90", "-i", str(film), "-c", "copy", str(path)]
    subprocess.run([ffmpeg(), "-v", "error", *turned], check=True)

    asset = ready_video(photographer, path.read_bytes())

    assert (asset.width, asset.height) == (1080, 1920)
    video = copy_of(asset, "video")
    assert (video.width, video.height) == (720, 1280)


def test_a_short_film_of_one_picture_is_taken(tmp_path):
    path = tmp_path / "one.mp4"
    path.write_bytes(mp4(0.04, size="320x180", sound=False))

    assert (probe(path).width, probe(path).height) == (320, 180)


def test_making_them_twice_makes_them_once(photographer):
    asset = ready(photographer)
    names = list(asset.renditions.values_list("file", flat=True))

    assert not actions.process(asset.pk)
    assert list(asset.renditions.values_list("file", flat=True)) == names


def test_while_one_worker_is_at_it_another_one_leaves_it_alone(photographer):
    asset = received(photographer)
    MediaAsset.objects.filter(pk=asset.pk).update(claimed_until=timezone.now() + timedelta(minutes=1))

    assert not actions.process(asset.pk)
    assert asset.renditions.count() == 0


def test_what_a_dead_worker_left_another_one_does(photographer):
    asset = received(photographer)
    MediaAsset.objects.filter(pk=asset.pk).update(claimed_until=timezone.now() - timedelta(seconds=1), attempts=1)

    assert actions.process(asset.pk)
    assert asset.renditions.count() == 6


def test_a_file_that_kills_its_worker_every_time_is_given_up(photographer):
    asset = received(photographer)
    now = timezone.now()
    MediaAsset.objects.filter(pk=asset.pk).update(claimed_until=now - timedelta(seconds=1), attempts=3)

    actions.wake_forgotten(now=now)

    asset.refresh_from_db()
    assert (asset.state, asset.error) == (
        AssetState.FAILED,
        "The copies could not be made: the attempt broke off 3 times.",
    )


def test_the_sweep_finds_what_a_lost_wake_up_forgot(photographer):
    asset = received(photographer)

    assert actions.wake_forgotten(now=asset.uploaded_at + timedelta(seconds=30)) == 0
    assert actions.wake_forgotten(now=asset.uploaded_at + timedelta(seconds=90)) == 1


def without_press(by):
    """A photo that was processed before there was a copy for the press."""
    asset = ready(by)
    asset.renditions.filter(name="press").delete()
    return MediaAsset.objects.get(pk=asset.pk)


def test_an_older_photo_gets_the_copy_that_it_lacks_once(photographer):
    asset = without_press(photographer)
    names = set(asset.renditions.values_list("file", flat=True))

    assert actions.complete(asset.pk)
    assert set(asset.renditions.values_list("file", flat=True)) - names == {copy_of(asset, "press").file.name}
    assert opened(asset, "press").format == "JPEG"
    assert entries_about(asset)[0].verb == "files.complete"

    stored = set(copies_stored())
    assert not actions.complete(asset.pk)
    assert set(copies_stored()) == stored


def test_what_an_older_photo_cannot_get_leaves_nothing_behind(photographer):
    asset = without_press(photographer)
    default_storage.delete(str(asset.original.name))
    default_storage.save(asset.original.name, io.BytesIO(camera_jpeg(1200, 800)[:900]))
    stored = set(copies_stored())

    assert not actions.complete(asset.pk)
    assert (MediaAsset.objects.get(pk=asset.pk).state, set(copies_stored())) == (AssetState.READY, stored)


def test_only_a_photo_that_lacks_it_wakes_a_worker(photographer, django_capture_on_commit_callbacks):
    assets = [ready(photographer), received(photographer), ready_video(photographer)]
    with django_capture_on_commit_callbacks() as woken:
        actions.want_for_press(assets)
    assert len(woken) == 0
    older = without_press(photographer)
    with django_capture_on_commit_callbacks() as woken:
        actions.want_for_press([*assets, older])
    assert len(woken) == 1


def test_what_cannot_be_decoded_fails_with_a_sentence(photographer):
    asset = received(photographer)
    default_storage.delete(str(asset.original.name))
    default_storage.save(asset.original.name, io.BytesIO(camera_jpeg(1200, 800)[:900]))

    assert not actions.process(asset.pk)

    asset.refresh_from_db()
    assert (asset.state, asset.renditions.count()) == (AssetState.FAILED, 0)
    assert asset.error == "The photo could not be decoded. Export it again as JPEG and upload that copy."
    assert entries_about(asset)[0].verb == "files.fail"


def test_a_failed_one_can_be_tried_again(photographer):
    asset = received(photographer)
    MediaAsset.objects.filter(pk=asset.pk).update(state=AssetState.FAILED, error="x", attempts=3)
    asset.refresh_from_db()

    actions.retry(asset, by=photographer, now=timezone.now())

    assert actions.process(asset.pk)


def test_24_megapixels_need_less_than_150_mb(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(camera_jpeg(6000, 4000))
    script = """
import json, sys
import django
django.setup()
from commsoffice.files import photos
with open(sys.argv[1], "rb") as file:
    names = [copy.name for copy in photos.renditions(file)]
# Not getrusage: that begins with what the parent had.
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([names, peak // 1024]))
"""
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)

    names, peak = json.loads(done.stdout)
    assert names == ["full", "press", "large", "medium", "small", "thumb"]
    assert peak < 150


def test_nothing_of_a_broken_attempt_stays_in_the_storage(photographer):
    before = set(copies_stored())
    asset = received(photographer)
    data = camera_jpeg(1200, 800)
    default_storage.delete(str(asset.original.name))
    # Without its tables of quantisation the full-size copy can be made, and the scaled ones can't.
    default_storage.save(asset.original.name, io.BytesIO(data.replace(b"\xff\xdb", b"\xff\xef")))

    assert not actions.process(asset.pk)
    assert set(copies_stored()) == before


def copies_stored():
    return [str(path) for path in Path(default_storage.path("copies")).rglob("*") if path.is_file()]


def test_a_stripped_photo_keeps_the_full_copy_and_says_nothing_of_the_camera(
    photographer, django_capture_on_commit_callbacks
):
    asset = ready(photographer, camera_jpeg(1200, 800))
    former, full = str(asset.original.name), copy_of(asset, "full")
    with django_capture_on_commit_callbacks(execute=True):
        actions.strip_original(asset, now=timezone.now())

    asset.refresh_from_db()
    assert (asset.original.name, asset.sha256, asset.size) == (full.file.name, full.sha256, full.size)
    assert (asset.state, asset.has_location, asset.camera, asset.taken_at) == ("ready", False, "", None)
    assert default_storage.exists(former) is False
    assert default_storage.exists(str(full.file.name)) is True
    assert [entry.verb for entry in entries_about(asset)].count("files.strip_original") == 1


def test_a_photo_stripped_before_it_has_copies_has_no_content_left(
    photographer, director, django_capture_on_commit_callbacks
):
    asset = received(photographer)
    former = str(asset.original.name)
    with django_capture_on_commit_callbacks(execute=True):
        actions.strip_original(asset, now=timezone.now())

    asset.refresh_from_db()
    assert (asset.original.name, asset.state) == ("", AssetState.FAILED)
    assert default_storage.exists(former) is False
    assert actions.process(asset.pk) is False
    with pytest.raises(WrongState):
        actions.retry(asset, by=director, now=timezone.now())


def test_stripping_twice_keeps_the_copy(photographer, django_capture_on_commit_callbacks):
    asset = ready(photographer)
    with django_capture_on_commit_callbacks(execute=True):
        actions.strip_original(asset, now=timezone.now())
        actions.strip_original(asset, now=timezone.now())

    assert default_storage.exists(str(copy_of(asset, "full").file.name)) is True


def test_a_long_video_holds_up_no_delivery():
    queues = {name: app.amqp.router.route({}, name)["queue"].name for name in app.tasks}
    assert (queues[make_renditions.name], queues[sweep.name], queues[send_due.name]) == ("media", "media", "celery")
