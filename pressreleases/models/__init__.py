"""What the office says, and what it corrects."""

from pressreleases.models.correction import Correction, ReplacedText
from pressreleases.models.release import SEARCHED, WORDS, Release, ReleaseFile, text_parts

__all__ = ["SEARCHED", "WORDS", "Correction", "Release", "ReleaseFile", "ReplacedText", "text_parts"]
