"""Video through ffmpeg: what is in it, a poster, and a copy that every browser plays."""

import functools
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

import imageio_ffmpeg
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils.translation import gettext as _
from PIL import Image

from commsoffice.files.enums import POSTER_SIZES, RenditionName
from commsoffice.files.errors import FileRefused
from commsoffice.files.photos import Copy, sized

# Shorter side of the public copy, in pixels.
SHORT_SIDE = 720
# Seconds. Reading one frame is quick; encoding may take a few times the length of the film.
PROBE_PATIENCE = 30
ENCODE_PATIENCE_LEAST = 120
ENCODE_PATIENCE_TIMES = 8

# The demuxer is named, so that a playlist dressed as a film cannot make ffmpeg open addresses or other files.
_SAFE_INPUT = ("-f", "mov", "-protocol_whitelist", "file")
_STREAM = re.compile(
    r"Stream #0:\d+.*?: Video: (?P<codec>\w+).*?(?P<pixels>yuvj?\d+p\w*)?.*?, (?P<w>\d{2,5})x(?P<h>\d{2,5})"
)
_AUDIO = re.compile(r"Stream #0:\d+.*?: Audio: (?P<codec>\w+)")
_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
_TURNED = re.compile(r"rotation of -?(?:90|270)\b")
_LOCATION = re.compile(r"^\s*(?:location|com\.apple\.quicktime\.location\S*)\s*:", re.MULTILINE | re.IGNORECASE)
_CREATED = re.compile(r"creation_time\s*:\s*(\S+)")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a film says of itself. Pixels as it is looked at."""

    width: int
    height: int
    duration: timedelta
    codec: str
    pixel_format: str = ""
    audio: str = ""
    taken_at: datetime | None = None
    has_location: bool = False

    @property
    def is_playable_as_it_is(self) -> bool:
        """Whether every browser plays it and it is small enough, so that its pictures need no new encoding."""
        return (
            self.codec == "h264"
            and self.pixel_format in {"yuv420p", "yuvj420p"}
            and self.audio in {"", "aac"}
            and min(self.width, self.height) <= SHORT_SIDE
        )


@functools.cache
def ffmpeg() -> str:
    """Return the program: FFMPEG_BIN, else the one inside the wheel."""
    return settings.FFMPEG_BIN or str(imageio_ffmpeg.get_ffmpeg_exe())


@contextmanager
def on_disk(file: File[bytes], extension: str) -> Iterator[Path]:
    """Give a path that ffmpeg can open: the file's own, or a copy for as long as it is needed."""
    if isinstance(file, TemporaryUploadedFile):
        file.flush()
        yield Path(file.temporary_file_path())
        return
    with NamedTemporaryFile(suffix=f".{extension}", dir=_work_folder()) as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy, 1 << 20)
        copy.flush()
        yield Path(copy.name)


@contextmanager
def stored_on_disk(name: str) -> Iterator[Path]:
    """Give the path of a stored file, or of a copy when the storage isn't a disk."""
    try:
        path = default_storage.path(name)
    except NotImplementedError:
        with default_storage.open(name) as file, on_disk(file, name.rpartition(".")[2]) as copy:
            yield copy
        return
    yield Path(path)


def probe(path: Path) -> Facts:
    """Decode the first picture and read what the film says of itself.

    Raises FileRefused when there is no picture in it.
    """
    try:
        done = _run(
            [*_SAFE_INPUT, "-i", str(path), "-map", "0:v:0", "-frames:v", "1", "-f", "null", "-"], PROBE_PATIENCE
        )
    except subprocess.TimeoutExpired:
        raise FileRefused(_damaged()) from None
    said = done.stderr.decode("utf-8", "replace")
    head = said.partition("Output #0")[0]
    stream, length = _STREAM.search(head), _DURATION.search(head)
    if done.returncode != 0 or stream is None or length is None:
        if ": Audio:" in head and ": Video:" not in head:
            raise FileRefused(_("This file has sound but no picture. Upload a video (MP4 or MOV)."))
        raise FileRefused(_damaged())
    width, height = int(stream["w"]), int(stream["h"])
    if _TURNED.search(head):
        width, height = height, width
    audio = _AUDIO.search(head)
    hours, minutes, seconds = length.groups()
    return Facts(
        width=width,
        height=height,
        duration=timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds)),
        codec=stream["codec"],
        pixel_format=next(iter(re.findall(r"\byuvj?\d+p\w*", stream.string[stream.start() :].partition("\n")[0])), ""),
        audio=audio["codec"] if audio else "",
        taken_at=_created(head),
        has_location=_LOCATION.search(head) is not None,
    )


def renditions(path: Path) -> Iterator[Copy]:
    """Make the poster in its sizes, and the public copy. Raises FileRefused when the film cannot be decoded."""
    facts = probe(path)
    with TemporaryDirectory(dir=_work_folder(), prefix="video-") as folder:
        yield from _posters(path, facts, Path(folder))
        target = Path(folder) / "public.mp4"
        _encode(path, facts, target)
        made = probe(target)
        yield Copy(RenditionName.VIDEO, target, "video/mp4", "mp4", made.width, made.height)


def _posters(path: Path, facts: Facts, folder: Path) -> Iterator[Copy]:
    picture = folder / "poster.png"
    # Not the first picture, which is often black.
    at = min(1.0, facts.duration.total_seconds() / 3)
    one = ["-map", "0:v:0", "-frames:v", "1", "-vf", _fit(1280, "max"), "-map_metadata", "-1", "-y", str(picture)]
    _must(["-ss", f"{at:.2f}", *_SAFE_INPUT, "-i", str(path), *one], PROBE_PATIENCE * 2)
    with Image.open(picture, formats=("PNG",)) as image:
        yield from sized(image.convert("RGB"), POSTER_SIZES)


def _encode(path: Path, facts: Facts, target: Path) -> None:
    """Write the public copy: no metadata of any kind, ready to play before it has all arrived."""
    bare = ["-map_metadata", "-1", "-map_metadata:s:v", "-1", "-map_metadata:s:a", "-1", "-map_chapters", "-1"]
    start = [*_SAFE_INPUT, "-i", str(path), "-map", "0:v:0", "-map", "0:a:0?", *bare, "-sn", "-dn"]
    end = ["-movflags", "+faststart", "-f", "mp4", "-y", str(target)]
    patience = max(ENCODE_PATIENCE_LEAST, round(facts.duration.total_seconds() * ENCODE_PATIENCE_TIMES))
    if facts.is_playable_as_it_is:
        # Drops the notes inside the pictures too, where some cameras write the place.
        _must([*start, "-c", "copy", "-bsf:v", "filter_units=remove_types=6", *end], patience)
        return
    picture = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p", "-threads", "2"]
    sound = ["-c:a", "aac", "-b:a", "128k", "-ac", "2"]
    _must([*start, "-vf", _fit(SHORT_SIDE, "min"), *picture, *sound, *end], patience)


def _fit(pixels: int, side: str) -> str:
    """A filter that makes the shorter (`min`) or longer (`max`) side at most so long, both even."""
    share = f"min(1,{pixels}/{side}(iw,ih))"
    return f"scale=w='2*trunc(iw*{share}/2)':h='2*trunc(ih*{share}/2)',setsar=1"


def _must(arguments: list[str], patience: int) -> None:
    try:
        done = _run(arguments, patience)
    except subprocess.TimeoutExpired:
        raise FileRefused(_("The video takes too long to convert. Cut it shorter and upload that copy.")) from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace")
        if "No space left" in said:
            raise OSError(28, "No space left on device")
        raise FileRefused(_damaged())


def _run(arguments: list[str], patience: int) -> subprocess.CompletedProcess[bytes]:
    # Pages come first: conversion takes what processor is left.
    nice = ["nice", "-n", "10"] if shutil.which("nice") else []
    return subprocess.run(  # noqa: S603  a fixed program, no shell, paths of our own making
        [*nice, ffmpeg(), "-nostdin", "-hide_banner", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=patience,
        check=False,
    )


def _created(said: str) -> datetime | None:
    found = _CREATED.search(said)
    try:
        moment = datetime.fromisoformat(found.group(1)) if found else None
    except ValueError:
        return None
    # A camera without a clock says 1904 or 1970.
    return moment if moment and moment.tzinfo and moment.year > 1990 else None  # noqa: PLR2004


def _damaged() -> str:
    return _("The video is damaged, incomplete or has no picture. Copy it from the camera again and upload that copy.")


def _work_folder() -> Path:
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
