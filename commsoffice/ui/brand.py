"""The office's one colour, made legible.

`tokens.css` derives the accent from `--co-brand` in the browser, with its lightness clamped in
OKLCH. Browsers without relative colours need the four accents written out: they are computed
here with the same clamps, so that contrast is computed and never trusted.
"""

import math
import re
from dataclasses import dataclass

DEFAULT = "#0f5560"
_HEX = re.compile(r"#[0-9a-fA-F]{6}")

# The sheets of tokens.css that the accent is seen on.
SHEET_LIGHT, SHEET_DARK = "#fffdf8", "#1f1c18"
INK_ON_DARK_ACCENT = "#12100d"

# OKLab, from Björn Ottosson's definition (public domain).
_TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_FROM_LAB = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_FROM_LMS = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Accent:
    """The four lines of one theme, as hexadecimal colours."""

    accent: str
    strong: str
    ink: str
    wash: str


def valid(color: str) -> str:
    """The colour, or the default when it is not `#rrggbb`: it is written into a stylesheet."""
    return color.lower() if _HEX.fullmatch(color) else DEFAULT


def version(color: str) -> str:
    """Changes with the brand; stands in the stylesheet's address so that it may be cached."""
    return valid(color).removeprefix("#")


def light(color: str) -> Accent:
    """The accent on light paper: dark enough for white on it and for text on the sheet."""
    lightness, chroma, hue = _oklch(valid(color))
    accent = _hex(min(lightness, 0.42), min(chroma, 0.14), hue)
    return Accent(
        accent=accent,
        strong=_hex(max(min(lightness - 0.08, 0.34), 0.0), min(chroma, 0.12), hue),
        ink="#ffffff",
        wash=_mix(accent, SHEET_LIGHT, 0.09),
    )


def dark(color: str) -> Accent:
    """The accent on dark paper: light enough for near-black on it."""
    lightness, chroma, hue = _oklch(valid(color))
    accent = _hex(max(lightness, 0.79), min(chroma, 0.065), hue)
    return Accent(
        accent=accent,
        strong=_hex(max(lightness, 0.86), min(chroma, 0.07), hue),
        ink=INK_ON_DARK_ACCENT,
        wash=_mix(accent, SHEET_DARK, 0.15),
    )


def contrast(first: str, second: str) -> float:
    """The WCAG 2 contrast ratio of two colours, from 1 to 21."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def stylesheet(color: str) -> str:
    """The whole of `/marca.css`."""
    brand, on_light, on_dark = valid(color), light(color), dark(color)
    dark_lines = _lines(on_dark)
    return (
        f":root{{--co-brand:{brand};{_lines(on_light)}}}\n"
        "@media (prefers-color-scheme:dark){"
        f':root:not([data-bs-theme="light"]){{{dark_lines}}}}}\n'
        f':root[data-bs-theme="dark"]{{{dark_lines}}}\n'
    )


def _lines(accent: Accent) -> str:
    return (
        f"--co-accent:{accent.accent};--co-accent-strong:{accent.strong};"
        f"--co-accent-ink:{accent.ink};--co-accent-wash:{accent.wash}"
    )


def _channels(color: str) -> Triple:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  sRGB's own constants


def _gamma(channel: float) -> float:
    return channel * 12.92 if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055  # noqa: PLR2004  sRGB's own constants


def _luminance(color: str) -> float:
    red, green, blue = (_linear(channel) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _times(matrix: tuple[Triple, Triple, Triple], vector: Triple) -> Triple:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def _oklab(color: str) -> Triple:
    red, green, blue = (_linear(channel) for channel in _channels(color))
    long, medium, short = _times(_TO_LMS, (red, green, blue))
    return _times(_TO_LAB, (math.cbrt(long), math.cbrt(medium), math.cbrt(short)))


def _oklch(color: str) -> Triple:
    lightness, a, b = _oklab(color)
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _rgb(lab: Triple) -> Triple:
    long, medium, short = _times(_FROM_LAB, lab)
    return _times(_FROM_LMS, (long**3, medium**3, short**3))


def _to_hex(rgb: Triple) -> str:
    return "#" + "".join(f"{round(255 * _gamma(min(max(channel, 0.0), 1.0))):02x}" for channel in rgb)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    # Outside of what a screen shows, colour is given up before lightness: contrast depends on it.
    while True:
        rgb = _rgb((lightness, chroma * math.cos(hue), chroma * math.sin(hue)))
        if chroma <= 0 or all(-0.001 <= channel <= 1.001 for channel in rgb):  # noqa: PLR2004  rounding
            return _to_hex(rgb)
        chroma = max(chroma - 0.005, 0.0)


def _mix(color: str, base: str, share: float) -> str:
    first, second = _oklab(color), _oklab(base)
    lightness, a, b = (x * share + y * (1 - share) for x, y in zip(first, second, strict=True))
    return _to_hex(_rgb((lightness, a, b)))
