"""`make soak`: workers killed with SIGKILL at every point of every call, and the ledger compared with the outside.

Each run is made by its seed alone: ``SEED=… RUNS=1`` repeats it. Real processes, real servers, the real client
libraries; the outside is the sandbox, which can hold a call still at a chosen point. Nothing waits for real
minutes: the processes and the sandbox share a clock that is set ahead between them.

Two runs of five have a story (``point.Story``): a crisis pause that pulls back what networks hold for their hour and
ends later; an account whose credentials die in the middle of a batch and that somebody connects again; mail that
comes back into a mailbox that people read, too; a release that is corrected, or withdrawn, while it leaves. There
people's own verbs are killed as well. What the judge compares with the ledger is what the sandbox remembers of what
the world saw, and when.
"""
