"""What may go wrong, each with its proof, against the real client libraries and the sandbox.

- SIGKILL before, during and after every call: ``make soak``, and its quick round in ``tests/soak``
- the same during a pause and after it, while an account is disconnected, while mail comes back, and while a release is
  corrected or withdrawn: the stories of ``tests/soak``
- Redis emptied, stopped and restarted in mid-send: ``test_redis``
- Postgres restarted, and crashed, in mid-send: ``test_soaked``
- two workers and a sweep at one row: ``test_race``; many rows: ``tests/outbox/test_tasks``
- accept, then drop: ``tests/outbox/test_email`` (silence after the dot), ``tests/social/test_facebook`` and
  ``test_youtube_upload`` (a lost answer), and as a spice of the soak
- storms of 5xx on all ways at once: ``test_storm``; a page alone: ``tests/social/test_facebook_stops``
- throttle, no call meanwhile, another account goes on: ``tests/social/test_facebook_stops`` and, for the engine,
  ``tests/outbox/test_stops``
- expired and revoked tokens, that account only: ``tests/social/test_facebook_stops``, ``test_youtube_upload``
- one of five recipients refused: ``test_storm``, ``tests/outbox/test_email``, and by the page: ``tests/journey``
- a clock moved by an hour, forward and back, in mid-call: ``test_soaked``; between calls: ``test_clock``
- a long video with the line cut ten times: ``tests/social``
"""
