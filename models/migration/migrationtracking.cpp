// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationtracking.h"

#include "models/migration/migrationstate.h"

#include <QCoreApplication>
#include <QJsonObject>
#include <QRegularExpression>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

const QString alembicTable = u"alembic_version"_s;
const QString alembicColumn = u"version_num"_s;
const QString commonTable = u"schema_migrations"_s;
const QString commonColumn = u"version"_s;
const QString timeColumn = u"applied_at"_s;
const QString checksumColumn = u"checksum"_s;

Result<> executed(Connection &connection, const QString &sql, std::vector<Value> values = {})
{
    Parameters parameters;
    parameters.positional = std::move(values);
    QString text = sql;
    if (connection.engine() == Engine::Sqlite) {
        static const QRegularExpression numbered(u"\\$(\\d)"_s);
        text.replace(numbered, u"?\\1"_s);
    }
    const Result<ExecuteOutcome> done = connection.execute(text, parameters);
    return done ? Result<>() : Result<>(failure(done));
}

} // namespace

void MigrationTracking::adopt(const CatalogTable &table, const QString &column, Style style)
{
    m_style = style;
    m_exists = true;
    m_schema = table.engine == Engine::Sqlite ? QString() : table.schema;
    m_table = table.name;
    m_column = column;
    m_hasTime = table.name == commonTable && table.hasColumn(timeColumn);
    m_hasChecksum = table.name == commonTable && table.hasColumn(checksumColumn);
}

MigrationTracking MigrationTracking::ofProfile(const Catalog &catalog, const ResolvedProfile &profile)
{
    const QJsonObject own = profile.migrations.value("tracking"_L1).toObject();
    const QString ownTable = own.value("table"_L1).toString();
    MigrationTracking tracking;
    tracking.m_example = own.value("example"_L1).toString();
    const std::pair<QString, QString> candidates[] = {{ownTable, own.value("column"_L1).toString()}, {alembicTable, alembicColumn}, {commonTable, commonColumn}};
    for (const auto &[name, column] : candidates) {
        const CatalogTable *table = name.isEmpty() ? nullptr : catalog.table(name, profile.schema);
        if (table && table->hasColumn(column)) {
            tracking.adopt(*table, column, name == alembicTable ? Style::SingleRow : Style::RowPerMigration);
            return tracking;
        }
    }
    if (!ownTable.isEmpty()) {
        tracking.m_style = ownTable == alembicTable ? Style::SingleRow : Style::RowPerMigration;
        tracking.m_table = ownTable;
        tracking.m_column = own.value("column"_L1).toString();
        tracking.m_schema = catalog.engine == Engine::Sqlite ? QString() : profile.schema;
    }
    return tracking;
}

MigrationTracking MigrationTracking::ofFolder(const Catalog &catalog, const ResolvedProfile &profile)
{
    MigrationTracking tracking = ofProfile(catalog, profile);
    if (tracking.m_exists && tracking.m_style == Style::RowPerMigration && tracking.m_table != commonTable)
        return tracking;
    MigrationTracking common;
    common.m_style = Style::RowPerMigration;
    common.m_madeByRunning = true;
    common.m_table = commonTable;
    common.m_column = commonColumn;
    common.m_hasTime = true;
    common.m_hasChecksum = true;
    if (const CatalogTable *table = catalog.table(commonTable); table && table->hasColumn(commonColumn))
        common.adopt(*table, commonColumn, Style::RowPerMigration);
    return common;
}

QString MigrationTracking::quotedTable(const Connection &connection) const
{
    return Connection::quoted(connection.engine() == Engine::Sqlite ? QString() : m_schema, m_table);
}

Result<QStringList> MigrationTracking::recorded(Connection &connection) const
{
    QStringList revisions;
    const Result<bool> there = isThere(connection);
    if (!there)
        return failure(there);
    if (!*there)
        return revisions;
    const Result<> done = connection.forEachRow(u"SELECT %1 FROM %2 WHERE %1 IS NOT NULL ORDER BY %1"_s.arg(Connection::quoted(m_column), quotedTable(connection)), {},
                                                [&revisions](const RowBlock &block, int row) {
                                                    revisions.append(Value(block.at(row, 0)).toDisplayText());
                                                    return true;
                                                });
    if (!done)
        return failure(done);
    return revisions;
}

Result<QStringList> MigrationTracking::edited(Connection &connection, const MigrationFolder &folder) const
{
    QStringList names;
    if (!m_exists || !m_hasChecksum)
        return names;
    const Result<> done = connection.forEachRow(u"SELECT %1, %2 FROM %3 WHERE %2 IS NOT NULL"_s.arg(Connection::quoted(m_column), Connection::quoted(checksumColumn), quotedTable(connection)), {},
                                                [&](const RowBlock &block, int row) {
                                                    const QString revision = Value(block.at(row, 0)).toDisplayText();
                                                    const QByteArray checksum = Value(block.at(row, 1)).toDisplayText().toLatin1();
                                                    for (const MigrationFile &file : folder.files()) {
                                                        if (isRevisionOf(revision, file) && file.checksum != checksum)
                                                            names.append(file.fileName);
                                                    }
                                                    return true;
                                                });
    if (!done)
        return failure(done);
    return names;
}

QString MigrationTracking::spelled(const MigrationFile &file, const QString &sample) const
{
    static const QRegularExpression shape(u"^(\\d+)(_[^.]*)?(\\.sql)?$"_s);
    const QString like = sample.isEmpty() ? m_example : sample;
    const QRegularExpressionMatch match = shape.match(like);
    if (!match.hasMatch())
        return m_table == commonTable && m_style == Style::RowPerMigration ? file.version : file.stem();
    QString revision = QString::number(file.number).rightJustified(match.captured(1).size(), u'0');
    if (match.hasCaptured(2))
        revision += u'_' + file.name;
    return revision + match.captured(3);
}

Result<bool> MigrationTracking::isThere(Connection &connection) const
{
    if (m_style == Style::None)
        return false;
    const bool isFile = connection.engine() == Engine::Sqlite;
    Parameters parameters;
    parameters.positional = {Value::text(isFile ? m_table : quotedTable(connection))};
    const Result<Value> found = connection.queryValue(isFile ? u"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE"_s
                                                             : u"SELECT count(to_regclass($1))"_s, parameters);
    if (!found)
        return failure(found);
    return found->toDisplayText() != "0"_L1;
}

Result<bool> MigrationTracking::holds(Connection &connection, const MigrationFile &file) const
{
    const Result<QStringList> words = recorded(connection);
    if (!words)
        return failure(words);
    return std::any_of(words->begin(), words->end(), [&file](const QString &word) { return isRevisionOf(word, file); });
}

QString MigrationTracking::makeSql(const QString &table) const
{
    QString columns = u"%1 VARCHAR(255) NOT NULL PRIMARY KEY"_s.arg(Connection::quoted(m_column));
    if (m_style == Style::SingleRow)
        columns = u"%1 VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (%1)"_s.arg(Connection::quoted(m_column));
    if (m_hasTime)
        columns += u", %1 TIMESTAMP DEFAULT CURRENT_TIMESTAMP, %2 VARCHAR(64)"_s.arg(timeColumn, checksumColumn);
    return u"CREATE TABLE %1 (%2)"_s.arg(table, columns);
}

Result<> MigrationTracking::make(Connection &connection)
{
    return executed(connection, makeSql(quotedTable(connection)));
}

QString MigrationTracking::recordSql(Engine engine, const MigrationFile &file, bool isUp, const MigrationFile *previous, const QString &sample) const
{
    if (m_style == Style::None || (!m_exists && !m_madeByRunning))
        return {};
    // A step that writes the record itself needs no help.
    if ((isUp ? file.up : file.down).contains(m_table))
        return {};
    const QString table = Connection::quoted(engine == Engine::Sqlite ? QString() : m_schema, m_table);
    const QString column = Connection::quoted(m_column);
    const auto literal = [](QString text) { return u'\'' + text.replace(u'\'', "''"_L1) + u'\''; };
    const auto inserted = [&](const MigrationFile &of) {
        if (m_hasChecksum)
            return u"INSERT INTO %1 (%2, %3) VALUES (%4, '%5');\n"_s.arg(table, column, checksumColumn, literal(spelled(of, sample)), QString::fromLatin1(of.checksum));
        return u"INSERT INTO %1 (%2) VALUES (%3);\n"_s.arg(table, column, literal(spelled(of, sample)));
    };
    QString sql;
    if (!m_exists && isUp)
        sql = makeSql(table).replace("CREATE TABLE"_L1, "CREATE TABLE IF NOT EXISTS"_L1) + u";\n"_s;
    if (m_style == Style::SingleRow)
        sql += u"DELETE FROM %1;\n"_s.arg(table);
    else if (!isUp)
        sql += u"DELETE FROM %1 WHERE %2 = %3;\n"_s.arg(table, column, literal(spelled(file, sample)));
    if (isUp)
        sql += inserted(file);
    else if (m_style == Style::SingleRow && previous)
        sql += inserted(*previous);
    return sql;
}

Result<> MigrationTracking::insert(Connection &connection, const MigrationFile &file, const QString &sample) const
{
    const QString column = Connection::quoted(m_column);
    const Value word = Value::text(spelled(file, sample));
    if (m_hasChecksum)
        return executed(connection, u"INSERT INTO %1 (%2, %3) VALUES ($1, $2)"_s.arg(quotedTable(connection), column, checksumColumn),
                        {word, Value::text(QString::fromLatin1(file.checksum))});
    return executed(connection, u"INSERT INTO %1 (%2) VALUES ($1)"_s.arg(quotedTable(connection), column), {word});
}

Result<> MigrationTracking::record(Connection &connection, const MigrationFile &file, const QString &sample)
{
    const Result<bool> there = isThere(connection);
    if (!there)
        return failure(there);
    if (!*there && !m_madeByRunning)
        return {};
    if (!*there) {
        if (const Result<> made = make(connection); !made)
            return made;
    }
    const Result<bool> known = holds(connection, file);
    if (!known)
        return failure(known);
    if (*known)
        return {};
    if (m_style == Style::SingleRow) {
        if (const Result<> emptied = executed(connection, u"DELETE FROM "_s + quotedTable(connection)); !emptied)
            return emptied;
    }
    return insert(connection, file, sample);
}

Result<> MigrationTracking::forget(Connection &connection, const MigrationFile &file, const MigrationFile *previous, const QString &sample)
{
    const Result<QStringList> words = recorded(connection);
    if (!words)
        return failure(words);
    for (const QString &word : *words) {
        if (!isRevisionOf(word, file))
            continue;
        if (const Result<> gone = executed(connection, u"DELETE FROM %1 WHERE %2 = $1"_s.arg(quotedTable(connection), Connection::quoted(m_column)), {Value::text(word)}); !gone)
            return gone;
        if (m_style == Style::SingleRow && previous)
            return insert(connection, *previous, sample);
    }
    return {};
}

Result<> MigrationTracking::stamp(Connection &connection, const std::vector<const MigrationFile *> &applied, const QString &sample)
{
    const Result<bool> there = isThere(connection);
    if (!there)
        return failure(there);
    if (!*there) {
        if (const Result<> made = make(connection); !made)
            return made;
    }
    if (m_style == Style::SingleRow) {
        if (const Result<> emptied = executed(connection, u"DELETE FROM "_s + quotedTable(connection)); !emptied)
            return emptied;
        return applied.empty() ? Result<>() : insert(connection, *applied.back(), sample);
    }
    const Result<QStringList> words = recorded(connection);
    if (!words)
        return failure(words);
    const auto isWanted = [&](const QString &word) {
        return std::any_of(applied.begin(), applied.end(), [&](const MigrationFile *file) { return isRevisionOf(word, *file); });
    };
    for (const QString &word : *words) {
        if (isWanted(word))
            continue;
        if (const Result<> gone = executed(connection, u"DELETE FROM %1 WHERE %2 = $1"_s.arg(quotedTable(connection), Connection::quoted(m_column)), {Value::text(word)}); !gone)
            return gone;
    }
    for (const MigrationFile *file : applied) {
        const bool known = std::any_of(words->begin(), words->end(), [&](const QString &word) { return isRevisionOf(word, *file); });
        if (known)
            continue;
        if (const Result<> done = insert(connection, *file, sample); !done)
            return done;
    }
    return {};
}

} // namespace turnstone
