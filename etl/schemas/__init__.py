"""One pandera class per table: the only place where invariants are written."""
