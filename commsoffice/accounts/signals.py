"""The seam to the audit, which lies above this room."""

from django.dispatch import Signal

# target, verb, by, now, changes: sent inside the verb's transaction, so that the record and the deed share its fate.
done = Signal()
