"""Reported figures, made trustworthy.

The stages of a night in order, and where each writes:

    run         the night as a short list of steps           (nothing itself)
    plan        models in order, schemas as SQL              etl/__pycache__/plan-*.json
    extract     files as verbatim text rows                  schema raw
    transform   sql/ as tables                               schemas staging, intermediate, marts
    validate    pandera schemas counted in the engine        (verdicts, kept by audit)
    quarantine  rows that fail, with every reason            audit.quarantine
    findings    what is wrong, in words, from night to night audit.finding, audit.finding_figure
    gate        whether the night may be published           (nothing itself)
    audit       what every night did                         schema audit
    report      what people and machines read                data/warehouse/reports/<run>/
    publish     rename, history, what it was made of         data/warehouse/
    rollback    an earlier warehouse published again         data/warehouse/
    explain     all that is known of one figure or finding   (nothing itself)

`reconcile` finds the cheapest mends of contradicting figures; so far behind `reconcile-cases` only.
`build` holds a night's warehouse together while it grows; `engine` is the only package that knows
which engine runs; `night` is the record of a run, `lock` keeps two of them apart, `disk` writes
files whole; `errors` is what can go wrong with one.
"""
