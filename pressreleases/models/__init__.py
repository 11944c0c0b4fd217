"""What the office says, what it corrects, and what it takes away."""

from pressreleases.models.correction import Correction, ReplacedText
from pressreleases.models.release import CAPTION_PARTS, SEARCHED, WORDS, Release, ReleaseFile, text_parts
from pressreleases.models.taken_down import TakenDown

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
