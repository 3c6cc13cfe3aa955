"""Every case of a damaged or strange file."""

from tests.hostile import texts, typed, values

CASES = [*texts.CASES, *values.CASES, *typed.CASES]
