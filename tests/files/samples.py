"""Files as cameras make them, made here: no picture of a person, a place or anyone's property."""

import io
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import ExifTags, Image

from commsoffice.files.video import ffmpeg

# Degrees, minutes, seconds: in the middle of the Pacific.
PLACE = ((19.0, 30.0, 15.0), (150.0, 10.0, 5.0))
SERIAL = "SN-0042-DEMO"
MAKER_NOTE = b"notes that only the maker reads"


def camera_exif(*, gps: bool = True, orientation: int = 1, taken: str = "2026:10:09 10:52:14") -> Image.Exif:
    """The Exif that a camera writes: place, hour, serial numbers, maker notes, credit."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Amatista Optics"
    exif[ExifTags.Base.Model] = "Demo 24"
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Artist] = "E. Tzompa"
    exif[ExifTags.Base.Copyright] = "Valle de Amatista"
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.DateTimeOriginal] = taken
    inner[ExifTags.Base.OffsetTimeOriginal] = "-06:00"
    inner[ExifTags.Base.BodySerialNumber] = SERIAL
    inner[ExifTags.Base.MakerNote] = MAKER_NOTE
    if gps:
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", PLACE[0]
        place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "W", PLACE[1]
    return exif


def gradient(width: int, height: int) -> Image.Image:
    """A picture with something everywhere, quick to make and to encode."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (across, down, Image.new("L", (width, height), 96)))


def camera_jpeg(
    width: int = 4000, height: int = 3000, *, gps: bool = True, orientation: int = 1, **options: object
) -> bytes:
    """A JPEG as a camera makes it. With `orientation` 6 it was held upright: it is seen `height` wide."""
    target = io.BytesIO()
    exif = camera_exif(gps=gps, orientation=orientation)
    gradient(width, height).save(target, "JPEG", quality=90, exif=exif, **options)
    return target.getvalue()


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """The picture in another format."""
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def mp4(
    seconds: float = 2, *, size: str = "1280x720", sound: bool = True, location: str = "+19.5042-150.1681/"
) -> bytes:
    """An MP4 as a telephone makes it, with the place in its metadata."""
    audio = ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}", "-c:a", "aac"] if sound else []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        subprocess.run(
            [
                ffmpeg(), "-nostdin", "-v", "error",
                "-f", "lavfi", "-i", f"testsrc=duration={seconds}:size={size}:rate=25",
                *audio,
                "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
                "-metadata", f"location={location}", "-metadata", "creation_time=2026-10-09T16:52:14Z",
                "-y", str(path),
            ],
            check=True,
        )  # fmt: skip
        return path.read_bytes()


def uploaded(data: bytes, name: str = "DSC_4412.JPG", content_type: str = "image/jpeg") -> SimpleUploadedFile:
    """What a form hands over."""
    return SimpleUploadedFile(name, data, content_type)


class Watched(SimpleUploadedFile):
    """An upload that remembers whether a transaction was open while somebody read it."""

    was_in_transaction = False

    def read(self, *args: Any) -> bytes:
        self.was_in_transaction |= connection.in_atomic_block
        return bytes(super().read(*args))
