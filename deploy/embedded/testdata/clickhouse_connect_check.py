"""Checks the embedded engine with an unmodified clickhouse-connect. Usage: clickhouse_connect_check.py HOST PORT"""

import datetime
import decimal
import sys
import uuid

import clickhouse_connect
from clickhouse_connect.driver.exceptions import DatabaseError

HOST, PORT = sys.argv[1], int(sys.argv[2])


def check(name, ok, *seen):
    if not ok:
        sys.exit(f"FAIL {name}: {seen}")


def fails_with(code, call):
    try:
        call()
    except DatabaseError as e:
        return str(code) in str(e)
    return False


def round_trip(client):
    client.command(
        "CREATE OR REPLACE TABLE py (ts DateTime64(3, 'UTC'), id UInt64, s LowCardinality(String), n Nullable(Float64),"
        " a Array(String), m Map(String, UInt8), d Decimal(38, 6), u UUID) ENGINE = MergeTree ORDER BY id"
    )
    at = datetime.datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=datetime.timezone.utc)
    one = uuid.UUID(int=7)
    rows = [
        [at, i, f"s{i % 7}", None if i % 2 else i / 3, [str(i)] * (i % 3), {"k": i % 5}, decimal.Decimal("1.000001") * i, one]
        for i in range(20000)
    ]
    names = ["ts", "id", "s", "n", "a", "m", "d", "u"]
    summary = client.insert("py", rows, column_names=names)
    check("written rows", summary.written_rows == 20000, summary.summary)
    got = client.query("SELECT * FROM py WHERE id < {n:UInt32} ORDER BY id", parameters={"n": 3}).result_rows
    check("rows", len(got) == 3 and got[2][1] == 2 and got[2][4] == ["2", "2"] and got[2][7] == one, got)
    check("time", got[0][0].timestamp() == at.timestamp(), got[0][0])
    check("decimal", got[2][6] == decimal.Decimal("2.000002"), got[2][6])
    check("null", got[1][3] is None, got[1])


def queries(client):
    with client.query_row_block_stream("SELECT number, toString(number) FROM numbers(1000000)") as stream:
        check("stream", sum(len(block) for block in stream) == 1000000)
    check("settings", client.query("SELECT getSetting('max_block_size')", settings={"max_block_size": 1234}).result_rows == [(1234,)])
    check("raw", client.raw_query("SELECT 1 AS x", fmt="JSONEachRow") == b'{"x":1}\n')
    client.raw_insert("py", ["id", "s"], b"99999,raw\n", fmt="CSV")
    check("raw insert", client.query("SELECT s FROM py WHERE id = 99999").result_rows == [("raw",)])
    check("empty", client.query("SELECT * FROM py WHERE 0").result_rows == [])
    check("command", client.command("SELECT 1") == 1 and client.ping())
    check("tables", "py" in [row[0] for row in client.query("SHOW TABLES").result_rows])
    check("unknown column", fails_with(47, lambda: client.query("SELECT nope")))
    check("unknown table", fails_with(60, lambda: client.command("DROP TABLE nope")))
    check("temporary table", fails_with(48, lambda: client.command("CREATE TEMPORARY TABLE tt (a Int8)")))


for method in (True, False, "lz4", "zstd", "gzip"):
    c = clickhouse_connect.get_client(host=HOST, port=PORT, compress=method)
    round_trip(c)
    queries(c)
    c.close()
reader = clickhouse_connect.get_client(host=HOST, port=PORT, username="analyst")
check("reader reads", reader.query("SELECT count() FROM py").result_rows == [(20001,)])
check("reader writes", fails_with(164, lambda: reader.command("DROP TABLE py")))
print("clickhouse-connect", clickhouse_connect.__version__, "server", reader.server_version, reader.server_tz, "ok")
