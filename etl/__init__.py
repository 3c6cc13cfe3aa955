"""Reported figures, made trustworthy.

The stages of a night in order, and where each writes:

    run         the night as a short list of steps           (nothing itself)
    plan        models in order, schemas as SQL              etl/__pycache__/plan-*.json
    extract     files as verbatim text rows                  schema raw
    carry       what yesterday made of the same              all of these schemas
    transform   sql/ as tables                               schemas staging, intermediate, marts
    validate    pandera schemas counted in the engine        (verdicts, kept by audit)
    repeats     rows that another row says again             audit.quarantine
    quarantine  rows that fail, with every reason            audit.quarantine
    reconcile   which figure is wrong, bounds, best values   four tables that the late models read
    findings    what is wrong, in words, from night to night audit.finding, audit.finding_figure
    gate        whether the night may be published           (nothing itself)
    audit       what every night did                         schema audit
    report      what people and machines read                data/warehouse/reports/<run>/
    metrics     what a monitor asks                          data/warehouse/metrics/
    notify      who asked to be told what is new             (nothing itself)
    publish     rename, history, what it was made of         data/warehouse/
    rollback    an earlier warehouse published again         data/warehouse/
    gx          suites and pages of Great Expectations       data/warehouse/gx/, where asked for
    explain     all that is known of one figure or finding   (nothing itself)
    query       one question in SQL                          (nothing itself)

`reconcile` looks only at what lies near a failure; `reconcile-cases` is its door for others' cases.
`profile` writes down where the time went, where that is asked for.
`build` holds a night's warehouse together while it grows, `counts` what went into it; `engine` is
the only package that knows which engine runs; `night` is the record of a run, `lock` keeps two of
them apart, `disk` writes files whole; `errors` is what can go wrong with one; `harmless` makes text
of values.
"""
