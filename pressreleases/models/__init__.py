"""What the office says, what it corrects, and what it takes away."""

from pressreleases.models.correction import Correction, ReplacedText
from pressreleases.models.release import CAPTION_PARTS, SEARCHED, Release, ReleaseFile
from pressreleases.models.taken_down import TakenDown
from pressreleases.models.written import WORDS, text_parts

__all__ = [
    "CAPTION_PARTS",
    "SEARCHED",
    "WORDS",
    "Correction",
    "Release",
    "ReleaseFile",
    "ReplacedText",
    "TakenDown",
    "text_parts",
]
