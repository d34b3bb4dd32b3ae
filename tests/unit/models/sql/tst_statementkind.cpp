// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sql/statementkind.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_StatementKind : public QObject
{
    Q_OBJECT

private slots:
    void theKindFollowsFromTheKeywords_data();
    void theKindFollowsFromTheKeywords();
    void someStatementsRefuseTransactions_data();
    void someStatementsRefuseTransactions();
};

void tst_StatementKind::theKindFollowsFromTheKeywords_data()
{
    QTest::addColumn<SqlDialect>("dialect");
    QTest::addColumn<QString>("sql");
    QTest::addColumn<StatementKind>("kind");
    QTest::addColumn<bool>("rows");
    constexpr bool rows = true;
    constexpr bool none = false;
    using enum StatementKind;
    const auto sqlite = [](const char *sql, StatementKind kind, bool mayReturn) {
        QTest::addRow("sqlite: %s", sql) << SqlDialect::Sqlite << QString::fromUtf8(sql) << kind << mayReturn;
    };
    const auto postgres = [](const char *sql, StatementKind kind, bool mayReturn) {
        QTest::addRow("postgresql: %s", sql) << SqlDialect::PostgreSql << QString::fromUtf8(sql) << kind << mayReturn;
    };
    const auto both = [&](const char *sql, StatementKind kind, bool mayReturn) {
        sqlite(sql, kind, mayReturn);
        postgres(sql, kind, mayReturn);
    };

    both("", Empty, none);
    both(" -- nothing\n/* x */ ;", Empty, none);
    both("SELECT 1", Read, rows);
    both(";; select 1", Read, rows);
    both("-- c\n(SELECT 1)", Read, rows);
    both("VALUES (1)", Read, rows);
    both("SELECT 'INSERT INTO t' FROM \"update\"", Read, rows);
    both("INSERT INTO t VALUES (1)", Write, none);
    both("INSERT INTO t VALUES (1) RETURNING id", Write, rows);
    both("INSERT INTO t VALUES ('RETURNING')", Write, none);
    both("UPDATE t SET a = 1", Write, none);
    both("update t set a = 1 returning *", Write, rows);
    both("DELETE FROM t", Write, none);
    both("WITH a AS (SELECT 1) SELECT * FROM a", Read, rows);
    both("WITH RECURSIVE a(n) AS (SELECT 1 UNION SELECT n + 1 FROM a), b AS (VALUES (1)) SELECT * FROM a, b", Read, rows);
    both("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", Write, none);
    both("WITH a AS NOT MATERIALIZED (SELECT 1) UPDATE t SET b = 1 RETURNING b", Write, rows);
    both("WITH \"select\" AS (SELECT 1) DELETE FROM t", Write, none);
    both("EXPLAIN DELETE FROM t", Read, rows);
    both("CREATE TABLE t (a)", Schema, none);
    both("CREATE TABLE t AS SELECT 1", Schema, none);
    both("ALTER TABLE t ADD b", Schema, none);
    both("DROP TABLE t", Schema, none);
    both("BEGIN", Transaction, none);
    both("COMMIT;", Transaction, none);
    both("END", Transaction, none);
    both("ROLLBACK TO SAVEPOINT a", Transaction, none);
    both("SAVEPOINT a", Transaction, none);
    both("RELEASE a", Transaction, none);
    both("VACUUM", Other, none);
    both("nonsense", Other, none);
    both("'string'", Other, none);

    sqlite("REPLACE INTO t VALUES (1)", Write, none);
    sqlite("WITH a AS (SELECT 1) REPLACE INTO t SELECT * FROM a", Write, none);
    sqlite("EXPLAIN QUERY PLAN SELECT 1", Read, rows);
    sqlite("BEGIN IMMEDIATE", Transaction, none);
    sqlite("CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM t; END", Schema, none);
    sqlite("PRAGMA table_info(t)", Read, rows);
    sqlite("PRAGMA main.table_info('t')", Read, rows);
    sqlite("PRAGMA user_version", Read, rows);
    sqlite("PRAGMA main.user_version;", Read, rows);
    sqlite("PRAGMA user_version = 3", Other, rows);
    sqlite("PRAGMA journal_mode(wal)", Other, rows);
    sqlite("PRAGMA wal_checkpoint", Other, rows);
    sqlite("PRAGMA integrity_check", Read, rows);
    sqlite("ATTACH 'x' AS y", Other, none);
    sqlite("ANALYZE", Other, none);

    postgres("TABLE t", Read, rows);
    postgres("SHOW all", Read, rows);
    postgres("SELECT 1 INTO x", Schema, none);
    postgres("SELECT (SELECT 1 AS into) FROM t", Read, rows);
    postgres("SELECT * FROM t FOR UPDATE", Write, rows);
    postgres("SELECT * FROM t FOR NO KEY UPDATE", Write, rows);
    postgres("SELECT substring('abc' FROM 1 FOR 2)", Read, rows);
    postgres("MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE", Write, none);
    postgres("TRUNCATE t", Write, none);
    postgres("CALL p()", Write, rows);
    postgres("DO $$ BEGIN END $$", Write, none);
    postgres("WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a", Write, rows);
    postgres("WITH a AS MATERIALIZED (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM a", Write, rows);
    postgres("WITH a AS (UPDATE t SET b = 1 RETURNING *) SELECT * FROM a", Write, rows);
    postgres("WITH a AS (WITH b AS (SELECT 1) UPDATE t SET c = 1 RETURNING *) SELECT * FROM a", Write, rows);
    postgres("WITH a AS (SELECT * FROM t WHERE b = (update)) SELECT * FROM a", Read, rows);
    postgres("EXPLAIN ANALYZE DELETE FROM t", Write, rows);
    postgres("EXPLAIN ANALYZE VERBOSE SELECT 1", Read, rows);
    postgres("EXPLAIN VERBOSE DELETE FROM t", Read, rows);
    postgres("EXPLAIN (ANALYZE, BUFFERS) DELETE FROM t", Write, rows);
    postgres("EXPLAIN (ANALYZE false) DELETE FROM t", Read, rows);
    postgres("EXPLAIN (COSTS off, ANALYZE on) INSERT INTO t VALUES (1)", Write, rows);
    postgres("EXPLAIN (FORMAT json) DELETE FROM t", Read, rows);
    postgres("EXPLAIN (SELECT 1)", Read, rows);
    postgres("EXPLAIN ANALYZE WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a", Write, rows);
    postgres("COPY t FROM stdin", Write, none);
    postgres("COPY t TO STDOUT", Read, none);
    postgres("COPY t TO '/tmp/x'", Write, none);
    postgres("COPY (SELECT 1) TO stdout", Read, none);
    postgres("COPY (DELETE FROM t RETURNING *) TO STDOUT", Write, none);
    postgres("GRANT SELECT ON t TO u", Schema, none);
    postgres("COMMENT ON TABLE t IS 'x'", Schema, none);
    postgres("ALTER SYSTEM SET a = 1", Other, none);
    postgres("SET search_path = x", Other, none);
    postgres("SET TRANSACTION READ ONLY", Transaction, none);
    postgres("START TRANSACTION", Transaction, none);
    postgres("PREPARE TRANSACTION 'x'", Transaction, none);
    postgres("PREPARE x AS SELECT 1", Other, none);
    postgres("EXECUTE x", Other, rows);
    postgres("FETCH ALL FROM c", Read, rows);
    postgres("REFRESH MATERIALIZED VIEW v", Write, none);
    postgres("LISTEN x", Other, none);
    postgres("\\connect x", Other, none);
}

void tst_StatementKind::theKindFollowsFromTheKeywords()
{
    QFETCH(SqlDialect, dialect);
    QFETCH(QString, sql);
    QTEST(statementKind(sql, dialect), "kind");
    QTEST(mayReturnRows(sql, dialect), "rows");
}

void tst_StatementKind::someStatementsRefuseTransactions_data()
{
    QTest::addColumn<SqlDialect>("dialect");
    QTest::addColumn<QString>("sql");
    QTest::addColumn<bool>("transactional");
    const auto rows = [](SqlDialect dialect, bool transactional, std::initializer_list<const char *> statements) {
        for (const char *sql : statements)
            QTest::addRow("%s: %s", dialect == SqlDialect::Sqlite ? "sqlite" : "postgresql", sql) << dialect << QString::fromUtf8(sql) << transactional;
    };
    rows(SqlDialect::Sqlite, true,
         {"SELECT 1", "CREATE TABLE t (a)", "DROP INDEX i", "ATTACH 'x' AS y", "SAVEPOINT a", "ROLLBACK TO a", "PRAGMA foreign_keys", "PRAGMA user_version = 1",
          "PRAGMA table_info(t)", "REINDEX", "INSERT INTO vacuum VALUES (1)"});
    rows(SqlDialect::Sqlite, false,
         {"VACUUM", "VACUUM INTO 'x'", "BEGIN", "COMMIT", "END", "ROLLBACK", "DETACH y", "PRAGMA foreign_keys = on", "PRAGMA main.journal_mode(wal)",
          "PRAGMA synchronous = off", "PRAGMA wal_checkpoint"});
    rows(SqlDialect::PostgreSql, true,
         {"SELECT 1", "CREATE INDEX i ON t (a)", "DROP INDEX i", "REINDEX TABLE t", "REFRESH MATERIALIZED VIEW CONCURRENTLY v", "ALTER TABLE t ADD b int",
          "ALTER TYPE e ADD VALUE 'x'", "ALTER DATABASE d SET a = 1", "CLUSTER t USING i", "CLUSTER \"T\"", "CLUSTER VERBOSE t", "SAVEPOINT a", "ROLLBACK TO a",
          "ANALYZE", "CREATE TABLE \"database\" (a int)", "SELECT 'VACUUM'", "DISCARD PLANS", "CREATE UNIQUE INDEX i ON t (a)"});
    rows(SqlDialect::PostgreSql, false,
         {"VACUUM", "VACUUM FULL t", "CREATE DATABASE d", "DROP DATABASE d", "ALTER DATABASE d SET TABLESPACE x", "CREATE TABLESPACE x LOCATION 'y'",
          "DROP TABLESPACE x", "ALTER SYSTEM SET a = 1", "CREATE INDEX CONCURRENTLY i ON t (a)", "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)",
          "DROP INDEX CONCURRENTLY i", "REINDEX INDEX CONCURRENTLY i", "REINDEX (CONCURRENTLY) INDEX i", "REINDEX DATABASE d", "CLUSTER", "CLUSTER VERBOSE",
          "ALTER TABLE t DETACH PARTITION p CONCURRENTLY", "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p", "BEGIN", "COMMIT PREPARED 'x'", "ROLLBACK PREPARED 'x'",
          "PREPARE TRANSACTION 'x'", "DISCARD ALL"});
}

void tst_StatementKind::someStatementsRefuseTransactions()
{
    QFETCH(SqlDialect, dialect);
    QFETCH(QString, sql);
    QTEST(isTransactional(sql, dialect), "transactional");
}

QTEST_GUILESS_MAIN(tst_StatementKind)
#include "tst_statementkind.moc"
