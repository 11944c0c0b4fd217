import json
import os
import threading
from pathlib import Path

from commsoffice.stack import processes


def test_a_child_written_down_again_is_never_half_written(tmp_path: Path) -> None:
    processes.note(tmp_path, "redis", os.getpid())
    ended = threading.Event()

    def write_on() -> None:
        while not ended.is_set():
            processes.note(tmp_path, "redis", os.getpid())

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        for _ in range(3000):
            assert json.loads((tmp_path / "redis.pid").read_text())["pid"] == os.getpid()
    finally:
        ended.set()
        writer.join()
