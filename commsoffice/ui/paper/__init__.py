"""What is printed: a PDF from a Typst template and data.

Data goes in as JSON and comes out as text: markup in it stays as it was typed. The letters are ours and lie
in the file, and PDF/UA is asked for, so that a template that could not be read aloud fails instead of passing.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

_HERE = Path(__file__).resolve().parent


def pdf(template: Path, data: Mapping[str, Any], *, now: datetime) -> bytes:
    """Return the PDF of a template, which reads its data with ``json(bytes(sys.inputs.data))``; ``now`` dates it.

    ``data`` holds what JSON can hold. Raises ``typst.TypstError`` for a template with a mistake.
    """
    return typst.compile(
        template,
        root=template.parent,
        font_paths=[_HERE / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
        timestamp=int(now.timestamp()),
    )
