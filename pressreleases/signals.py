"""Past tense, ours only, sent on commit."""

from django.dispatch import Signal

# release_id: int. The release can be read by the public.
release_published = Signal()
# release_id: int. It no longer can.
release_withdrawn = Signal()
