"""pandera schemas in, verdicts out: what a schema declares is counted inside the engine.

    compile.py    built pandera schema -> CompiledTable          (imports pandera)
      refuse.py     what cannot be carried over, and so is refused instead of passing in silence
      dtypes.py     pandera dtypes -> engine types, literals, words
      builtin.py    pandera's built-in checks -> SQL, name, claim
      regex.py      Python's regular expressions -> the engine's
      rules.py      row and group rules that carry their own SQL
      prove.py      a compiled table must run on an empty table of its own shape
    compiled.py   CompiledTable, CompiledCheck: plain data, can be kept as JSON
    count.py      CompiledTable + connection -> counts, verdicts, offending rows

`compiled` and `count` need DuckDB only: a night with kept compiled tables imports neither pandera,
nor pandas, nor sqlglot.
"""
