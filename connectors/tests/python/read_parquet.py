"""Reads a partitioned directory with pyarrow and with DuckDB, and prints what each saw as JSON lines, sorted."""

import json
import sys

import duckdb
import pyarrow.dataset

root = sys.argv[1]
columns = ["ms", "year", "month", "day", "page", "user", "kind", "active", "at", "price", "tags", "geo"]

partitioning = pyarrow.dataset.HivePartitioning.discover(infer_dictionary=False)
table = pyarrow.dataset.dataset(root, format="parquet", partitioning=partitioning).to_table(columns=columns)
pyarrow_rows = table.to_pylist()

names_sql = ', '.join(f'"{column}"' for column in columns)
query = f"select {names_sql} from read_parquet('{root}/**/*.parquet', hive_partitioning = true)"
connection = duckdb.connect()
connection.execute("set timezone = 'UTC'")
cursor = connection.execute(query)
names = [column[0] for column in cursor.description]
duckdb_rows = [dict(zip(names, row)) for row in cursor.fetchall()]


def plain(row):
    at = row["at"]
    price = row["price"]
    return {**row, "at": round(at.timestamp() * 1_000_000), "price": str(price), "day": str(row["day"]),
            "active": str(row["active"]).lower()}


for reader, rows in (("pyarrow", pyarrow_rows), ("duckdb", duckdb_rows)):
    for row in sorted((plain(row) for row in rows), key=lambda row: row["ms"]):
        print(json.dumps({"reader": reader, **row}, sort_keys=True, ensure_ascii=False))
