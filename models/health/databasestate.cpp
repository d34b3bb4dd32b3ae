// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/health/databasestate.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QLocale>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct StateText
{
    Q_DECLARE_TR_FUNCTIONS(DatabaseState)
};

QString sizeText(qint64 bytes)
{
    return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeTraditionalFormat);
}

/// A statement as a section: columns are named by it; those that end in `_bytes` become sizes, `doubtful` marks a row.
StateSection sectionOf(Connection &connection, StateSection section, const QString &sql)
{
    auto reader = connection.query(sql);
    if (!reader) {
        section.problem = reader.error().message;
        return section;
    }
    std::vector<int> shown;
    std::vector<bool> isSize;
    int doubtful = -1;
    for (int i = 0; i < static_cast<int>((*reader)->columns().size()); ++i) {
        QString name = (*reader)->columns()[static_cast<std::size_t>(i)].name;
        if (name == u"doubtful") {
            doubtful = i;
            continue;
        }
        shown.push_back(i);
        isSize.push_back(name.endsWith(u"_bytes"));
        name.remove(u"_bytes"_s).replace(u'_', u' ');
        section.columns.append(name.left(1).toUpper() + name.mid(1));
    }
    section.isNumber.assign(shown.size(), true);
    RowBlock block;
    for (bool more = true; more;) {
        const Result<bool> read = (*reader)->read(block);
        if (!read) {
            section.problem = read.error().message;
            return section;
        }
        more = *read;
        for (int row = 0; row < block.rowCount(); ++row) {
            QStringList cells;
            for (std::size_t i = 0; i < shown.size(); ++i) {
                const ValueRef value = block.at(row, shown[i]);
                const QString text = value.isNull() ? QString() : Value(value).toDisplayText();
                bool isNumber = false;
                const double number = text.toDouble(&isNumber);
                section.isNumber[i] = section.isNumber[i] && (isNumber || text.isEmpty());
                cells.append(isSize[i] && isNumber ? sizeText(static_cast<qint64>(number)) : text);
            }
            section.rows.push_back(cells);
            const QString mark = doubtful < 0 || block.at(row, doubtful).isNull() ? QString() : Value(block.at(row, doubtful)).toDisplayText();
            section.isDoubtful.push_back(mark == u"1" || mark == u"t");
        }
    }
    return section;
}

StatePart part(const QString &id, const QString &title, const QString &about, const QString &sql, bool isSlow = false)
{
    StateSection section;
    section.id = id;
    section.title = title;
    section.about = about;
    return {title, isSlow, [section, sql](Connection &connection) { return sectionOf(connection, section, sql); }};
}

StateSection facts(const QString &id, const QString &title, const QString &about)
{
    StateSection section;
    section.id = id;
    section.title = title;
    section.about = about;
    section.columns = {StateText::tr("What"), StateText::tr("Value")};
    section.isNumber = {false, false};
    return section;
}

void add(StateSection &section, const QString &name, const QString &value, bool isDoubtful = false)
{
    section.rows.push_back({name, value});
    section.isDoubtful.push_back(isDoubtful);
}

StateSection readHealth(Connection &connection)
{
    StateSection section = facts(u"health"_s, StateText::tr("Connection"), StateText::tr("Whether the database answers, and what it is."));
    const Result<Health> health = connection.health();
    if (!health) {
        add(section, StateText::tr("Status"), StateText::tr("failed"), true);
        add(section, StateText::tr("Message"), health.error().message);
        return section;
    }
    add(section, StateText::tr("Status"), health->ok ? StateText::tr("ok") : StateText::tr("failed"), !health->ok);
    add(section, StateText::tr("Message"), health->message);
    add(section, StateText::tr("Database"), health->database);
    add(section, StateText::tr("Version"), health->version);
    if (!health->host.isEmpty()) {
        add(section, StateText::tr("Host"), health->host);
        add(section, StateText::tr("Port"), QString::number(health->port));
        add(section, StateText::tr("Extensions"), health->extensions.isEmpty() ? StateText::tr("none") : health->extensions.join(u", "_s));
    }
    return section;
}

qint64 number(Connection &connection, const QString &sql)
{
    const Result<Value> value = connection.queryValue(sql);
    return value ? value->toDisplayText().toLongLong() : -1;
}

StateSection readPages(Connection &connection)
{
    StateSection section = facts(u"pages"_s, StateText::tr("File"), StateText::tr("Free pages are reused; VACUUM gives them back to the disk."));
    const qint64 size = number(connection, u"PRAGMA page_size"_s);
    const qint64 pages = number(connection, u"PRAGMA page_count"_s);
    const qint64 unused = number(connection, u"PRAGMA freelist_count"_s);
    const QLocale locale = QLocale::c();
    add(section, StateText::tr("Size"), sizeText(size * pages));
    add(section, StateText::tr("Pages"), StateText::tr("%1 of %2 bytes").arg(locale.toString(pages), locale.toString(size)));
    const double share = pages > 0 ? 100.0 * static_cast<double>(unused) / static_cast<double>(pages) : 0;
    add(section, StateText::tr("Free pages"), StateText::tr("%1 (%2 %, %3)").arg(locale.toString(unused)).arg(share, 0, 'f', 1).arg(sizeText(size * unused)), share > 20);
    const Result<Value> mode = connection.queryValue(u"PRAGMA journal_mode"_s);
    add(section, StateText::tr("Journal mode"), mode ? mode->toDisplayText() : QString());
    const QString path = connection.url().filePath();
    const QFileInfo wal(path + u"-wal"_s);
    if (wal.exists()) {
        const bool isBig = wal.size() > 64LL * 1024 * 1024;
        add(section, StateText::tr("Write-ahead log"), sizeText(wal.size()), isBig);
        add(section, StateText::tr("Checkpoint"), wal.size() == 0 ? StateText::tr("nothing waits to be copied into the file")
                                                                 : StateText::tr("up to %1 frames wait to be copied into the file").arg(locale.toString(wal.size() / (size + 24))), isBig);
    }
    if (QFileInfo::exists(path + u"-journal"_s))
        add(section, StateText::tr("Rollback journal"), StateText::tr("is there: somebody writes, or was interrupted"), true);
    return section;
}

StateSection readPragmas(Connection &connection)
{
    StateSection section = facts(u"pragmas"_s, StateText::tr("Pragmas"), StateText::tr("As this connection sees them; other programs may set their own."));
    for (const QString &name : {u"encoding"_s, u"user_version"_s, u"application_id"_s, u"schema_version"_s, u"auto_vacuum"_s, u"synchronous"_s, u"foreign_keys"_s, u"cache_size"_s, u"mmap_size"_s,
                                u"temp_store"_s, u"locking_mode"_s, u"wal_autocheckpoint"_s, u"busy_timeout"_s, u"query_only"_s, u"trusted_schema"_s}) {
        if (const Result<Value> value = connection.queryValue(u"PRAGMA "_s + name); value)
            add(section, name, value->toDisplayText());
    }
    return section;
}

std::vector<StatePart> sqliteParts()
{
    return {
        {StateText::tr("Connection"), false, readHealth},
        {StateText::tr("File"), false, readPages},
        part(u"sizes"_s, StateText::tr("Tables and indexes"), StateText::tr("How much of the file each takes. Bytes that are free inside of pages come from deleted and grown rows."),
             u"SELECT s.name, CASE WHEN m.type = 'index' THEN 'index of ' || m.tbl_name ELSE coalesce(m.type, 'schema') END AS kind, s.pgsize AS size_bytes,"
             " round(100.0 * s.pgsize / nullif((SELECT sum(pgsize) FROM dbstat WHERE aggregate = TRUE), 0), 1) AS percent, s.pageno AS pages, s.ncell AS cells, s.unused AS free_bytes"
             " FROM dbstat AS s LEFT JOIN sqlite_schema AS m ON m.name = s.name WHERE s.aggregate = TRUE ORDER BY s.pgsize DESC"_s,
             true),
        {StateText::tr("Pragmas"), false, readPragmas},
    };
}

std::vector<StatePart> postgresParts()
{
    return {
        {StateText::tr("Connection"), false, readHealth},
        part(u"overview"_s, StateText::tr("Database"), StateText::tr("Below 90 % from memory on a busy database the server has too little of it."),
             u"SELECT pg_database_size(datname) AS size_bytes, numbackends AS connections, xact_commit AS committed, xact_rollback AS rolled_back, deadlocks, temp_files, temp_bytes AS temp_bytes,"
             " CASE WHEN blks_hit + blks_read > 0 THEN round(100.0 * blks_hit / (blks_hit + blks_read), 1) END AS percent_from_memory,"
             " (blks_hit + blks_read > 10000 AND 100.0 * blks_hit / (blks_hit + blks_read) < 90) AS doubtful, age(datfrozenxid) AS transactions_since_freeze, stats_reset::timestamp(0) AS since"
             " FROM pg_stat_database JOIN pg_database USING (datname) WHERE datname = current_database()"_s),
        part(u"tables"_s, StateText::tr("Tables"), StateText::tr("Many dead rows or reads of the whole table: VACUUM, or an index that is missing."),
             u"SELECT schemaname || '.' || relname AS table, pg_total_relation_size(relid) AS total_bytes, pg_table_size(relid) AS data_bytes, pg_indexes_size(relid) AS indexes_bytes,"
             " n_live_tup AS rows, n_dead_tup AS dead, seq_scan AS whole_reads, idx_scan AS by_index, coalesce(last_vacuum, last_autovacuum)::timestamp(0) AS vacuumed,"
             " coalesce(last_analyze, last_autoanalyze)::timestamp(0) AS analyzed,"
             " CASE WHEN io.heap_blks_hit + io.heap_blks_read > 0 THEN round(100.0 * io.heap_blks_hit / (io.heap_blks_hit + io.heap_blks_read), 1) END AS percent_from_memory,"
             " (n_dead_tup > 1000 AND n_dead_tup > n_live_tup / 5) AS doubtful"
             " FROM pg_stat_user_tables JOIN (SELECT relid AS io_relid, heap_blks_hit, heap_blks_read FROM pg_statio_user_tables) AS io ON io_relid = relid ORDER BY 2 DESC"_s),
        part(u"indexes"_s, StateText::tr("Indexes"), StateText::tr("An index that is never read still costs every write. Marked: unused, and not there for a rule."),
             u"SELECT s.schemaname || '.' || s.relname AS table, s.indexrelname AS index, pg_relation_size(s.indexrelid) AS size_bytes, s.idx_scan AS scans, s.idx_tup_read AS entries_read,"
             " s.idx_tup_fetch AS rows_fetched, i.indisunique AS unique, i.indisvalid AS valid, (s.idx_scan = 0 AND NOT i.indisunique OR NOT i.indisvalid) AS doubtful"
             " FROM pg_stat_user_indexes AS s JOIN pg_index AS i ON i.indexrelid = s.indexrelid ORDER BY s.idx_scan, 3 DESC"_s),
        part(u"transactions"_s, StateText::tr("Transactions"), StateText::tr("A transaction that stays open keeps dead rows and locks. Marked: older than a minute."),
             u"SELECT pid, usename AS user, application_name AS program, state, date_trunc('second', clock_timestamp() - xact_start)::text AS open_for, date_trunc('second', clock_timestamp() - query_start)::text AS statement_for,"
             " left(query, 200) AS statement, (clock_timestamp() - xact_start > interval '1 minute') AS doubtful"
             " FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid() ORDER BY xact_start"_s),
        part(u"locks"_s, StateText::tr("Waiting for locks"), StateText::tr("Who waits, and for whom. Ending the holder's transaction lets the others go on."),
             u"SELECT w.pid AS waiting, w.usename AS user, left(w.query, 120) AS statement, date_trunc('second', clock_timestamp() - w.query_start)::text AS since, h.pid AS held_by, h.usename AS holder, h.application_name AS program,"
             " h.state, left(h.query, 120) AS holders_statement, true AS doubtful"
             " FROM pg_stat_activity AS w CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS b(pid) JOIN pg_stat_activity AS h ON h.pid = b.pid WHERE w.datname = current_database()"_s),
        part(u"held"_s, StateText::tr("Locks held"), StateText::tr("Locks on tables of this database, ours left out."),
             u"SELECT l.pid, a.usename AS user, a.application_name AS program, l.relation::regclass::text AS table, l.mode, l.granted, NOT l.granted AS doubtful FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid"
             " WHERE l.relation IS NOT NULL AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.pid <> pg_backend_pid()"
             " AND l.relation >= 16384 ORDER BY l.granted, l.pid"_s),
        part(u"connections"_s, StateText::tr("Connections"), StateText::tr("Everybody who is connected to this database."),
             u"SELECT pid, usename AS user, application_name AS program, coalesce(client_addr::text, 'local') AS from, backend_start::timestamp(0) AS since, state, wait_event AS waits_for, left(query, 120) AS last_statement,"
             " (state LIKE 'idle in transaction%') AS doubtful"
             " FROM pg_stat_activity WHERE datname = current_database() ORDER BY backend_start"_s),
        part(u"settings"_s, StateText::tr("Settings"), StateText::tr("Those that matter most, and those that differ from the default."),
             u"SELECT name, setting || coalesce(' ' || unit, '') AS value, source FROM pg_settings WHERE name IN ('shared_buffers', 'work_mem', 'maintenance_work_mem', 'effective_cache_size', 'max_connections', 'autovacuum',"
             " 'statement_timeout', 'idle_in_transaction_session_timeout', 'default_transaction_read_only') OR source NOT IN ('default', 'override', 'client', 'session') ORDER BY name"_s),
    };
}

} // namespace

std::vector<StatePart> stateParts(Engine engine)
{
    return engine == Engine::Sqlite ? sqliteParts() : postgresParts();
}

std::vector<Maintenance> maintenanceOf(Engine engine, const QString &database)
{
    if (engine == Engine::Sqlite) {
        return {
            {u"integrity"_s, StateText::tr("Check integrity"), StateText::tr("Reads every page and index. Others may go on reading; writers may have to wait."), u"PRAGMA integrity_check(100)"_s, false},
            {u"analyze"_s, StateText::tr("Analyze"), StateText::tr("Collects figures about columns, by which the engine chooses indexes. Short, but needs the write lock."), u"ANALYZE"_s},
            {u"checkpoint"_s, StateText::tr("Checkpoint"), StateText::tr("Copies the write-ahead log into the file and empties it. Does nothing without a write-ahead log."), u"PRAGMA wal_checkpoint(TRUNCATE)"_s},
            {u"reindex"_s, StateText::tr("Rebuild indexes"), StateText::tr("Makes every index anew. Nobody else can write meanwhile."), u"REINDEX"_s},
            {u"vacuum"_s, StateText::tr("Vacuum"), StateText::tr("Writes the file anew without free pages. Needs as much free space as the file takes, and nobody else can write meanwhile."), u"VACUUM"_s},
        };
    }
    return {
        {u"analyze"_s, StateText::tr("Analyze"), StateText::tr("Collects figures about columns for the planner. Nobody has to wait."), u"ANALYZE"_s},
        {u"vacuum"_s, StateText::tr("Vacuum and analyze"), StateText::tr("Makes room of dead rows usable again. Nobody has to wait; it takes a while on big tables."), u"VACUUM (ANALYZE)"_s},
        {u"reindex"_s, StateText::tr("Rebuild indexes"), StateText::tr("Makes every index anew beside the old one. Writers go on; it needs room for both."), u"REINDEX DATABASE CONCURRENTLY %1"_s.arg(Connection::quoted(database))},
    };
}

} // namespace turnstone
