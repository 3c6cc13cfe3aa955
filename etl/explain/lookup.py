"""Which things an identifier names, and what is nearest to one that names nothing."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from etl.errors import UnknownId
from etl.explain.trace import THIS_RUN, unreadable

if TYPE_CHECKING:
    import duckdb

_SHORTEST_PREFIX = 4
_NEAREST = 5
# difflib compares one by one, so the engine narrows the choice down first.
_CANDIDATES = 200


def _typed_or_held(table: str, key: str, datasets: str) -> str:
    """A row that is held is no less known than one that is published: it is in quarantine."""
    return f"""
        select {key} from {table}
        union
        select case when json_valid(row_text) then trim(row_text ->> '$.{key}') end
        from audit.quarantine where run_id = {THIS_RUN} and dataset {datasets}
    """


_IDS = {
    "figure": _typed_or_held("staging.stg_figures", "figure_id", "not in ('claims', 'sources')"),
    "claim": _typed_or_held("staging.stg_claims", "claim_id", "= 'claims'"),
    "source": _typed_or_held("staging.stg_sources", "source_id", "= 'sources'"),
    "finding": "select finding_id from audit.finding",
    "check": "select check_name from audit.check_result union select check_name from audit.finding",
    "statement": "select statement_id from intermediate.int_statements",
}


def named(connection: duckdb.DuckDBPyConnection, identifier: str) -> dict[str, str]:
    """The kinds of thing that the identifier names, each with its identifier in full.

    Raises:
        UnknownId: it names nothing, or begins more than one finding.
    """
    identifier = identifier.encode(errors="replace").decode().strip()
    found = {kind: identifier for kind, ids in _IDS.items() if _is_in(connection, ids, identifier)}
    if found:
        return found
    findings = _begun(connection, identifier)
    if len(findings) == 1:
        return {"finding": findings[0]}
    if not findings and identifier and unreadable(connection, identifier):
        return {"unreadable": identifier}
    raise UnknownId(identifier, findings[:_NEAREST] or _nearest(connection, identifier))


def _is_in(connection: duckdb.DuckDBPyConnection, ids: str, identifier: str) -> bool:
    sql = f"select 1 from ({ids}) as ids(id) where id = ? limit 1"
    return connection.execute(sql, [identifier]).fetchone() is not None


def _begun(connection: duckdb.DuckDBPyConnection, prefix: str) -> list[str]:
    if len(prefix) < _SHORTEST_PREFIX:
        return []
    sql = "select finding_id from audit.finding where starts_with(finding_id, ?) order by all"
    return [row[0] for row in connection.execute(sql, [prefix.lower()]).fetchall()]


def _nearest(connection: duckdb.DuckDBPyConnection, identifier: str) -> list[str]:
    ids = " union ".join(_IDS.values())
    sql = (
        f"select id from ({ids}) as ids(id) where id is not null"
        f" order by jaro_winkler_similarity(id, ?) desc, id limit {_CANDIDATES}"
    )
    candidates = [row[0] for row in connection.execute(sql, [identifier]).fetchall()]
    return difflib.get_close_matches(identifier, candidates, n=_NEAREST, cutoff=0.5)
