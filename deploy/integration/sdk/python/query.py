"""Runs one query with clickhouse-connect as published.

usage: python query.py HOST PORT USER PASSWORD SQL. Prints the server's version on the first line and then one JSON array
per row.
"""

import json
import sys

import clickhouse_connect


def main():
    host, port, user, password, sql = sys.argv[1:6]
    client = clickhouse_connect.get_client(host=host, port=int(port), username=user, password=password)
    print(client.server_version)
    for row in client.query(sql).result_rows:
        print(json.dumps(row, default=str))


main()
