//! Work that nobody waits for: one round of every job. `hcts worker` and the worker inside `hcts serve` call it in a loop.
