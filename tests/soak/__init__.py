"""`make soak`: workers killed with SIGKILL at every point of every call, and the ledger compared with the outside.

Each run is made by its seed alone: ``SEED=… RUNS=1`` repeats it. Real processes, real servers, the real client
libraries; the outside is the sandbox, which can hold a call still at a chosen point. Nothing waits for real
minutes: the processes and the sandbox share a clock that is set ahead between them.
"""
