// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checks/enginechecks.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct EngineChecksText
{
    Q_DECLARE_TR_FUNCTIONS(EngineChecks)
};

constexpr int mostMessages = 100;

Finding integrityFinding()
{
    Finding finding;
    finding.check = u"integrity"_s;
    finding.title = EngineChecksText::tr("The file is damaged or breaks its own rules");
    finding.explanation = EngineChecksText::tr("SQLite's integrity check says so. Make a backup first; an index is repaired by REINDEX, "
                                               "pages only by restoring a backup or by exporting what can still be read.");
    finding.severity = FindingSeverity::Error;
    return finding;
}

Result<std::vector<Finding>> sqliteIntegrity(Connection &connection, bool isQuick)
{
    Finding finding = integrityFinding();
    const QString sql = u"PRAGMA %1(%2)"_s.arg(isQuick ? u"quick_check"_s : u"integrity_check"_s, QString::number(mostMessages));
    const Result<> read = connection.forEachRow(sql, {}, [&finding](const RowBlock &block, int row) {
        // One row may hold several lines.
        const QString text = Value(block.at(row, 0)).toDisplayText();
        for (const QString &line : text.split(u'\n', Qt::SkipEmptyParts)) {
            if (line == u"ok" || line.startsWith(u"***"))
                continue;
            ++finding.count;
            if (finding.sample.size() < static_cast<std::size_t>(CheckSql::sampleRows))
                finding.sample.push_back({{}, line});
        }
        return true;
    });
    if (!read && read.error().code == ErrorCode::Corrupt) {
        finding.count = std::max<std::int64_t>(finding.count, 1);
        finding.sample.push_back({{}, read.error().message});
    } else if (!read) {
        return failure(read);
    }
    if (finding.count == 0)
        return std::vector<Finding>();
    const bool onlyIndexes = std::ranges::all_of(finding.sample, [](const FindingRow &row) { return row.text.contains(u"index"); });
    finding.fixSql = onlyIndexes ? u"REINDEX;"_s : QString();
    return std::vector<Finding>{finding};
}

Result<std::vector<Finding>> invalidIndexes(Connection &connection)
{
    std::vector<Finding> findings;
    const QString sql = u"SELECT n.nspname, t.relname, i.relname FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid"
                        " JOIN pg_catalog.pg_class t ON t.oid = x.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace"
                        " WHERE NOT x.indisvalid AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1, 2, 3"_s;
    const Result<> read = connection.forEachRow(sql, {}, [&findings](const RowBlock &block, int row) {
        Finding finding;
        finding.check = u"integrity"_s;
        finding.schema = QString::fromUtf8(block.at(row, 0).bytes());
        finding.table = QString::fromUtf8(block.at(row, 1).bytes());
        const QString index = QString::fromUtf8(block.at(row, 2).bytes());
        finding.title = EngineChecksText::tr("The index %1 is invalid").arg(index);
        finding.explanation = EngineChecksText::tr("Building it failed or is not finished: it is kept up to date but not used.");
        finding.count = 1;
        finding.sample.push_back({{}, index});
        finding.fixSql = u"REINDEX INDEX CONCURRENTLY %1;"_s.arg(Connection::quoted(finding.schema, index));
        findings.push_back(std::move(finding));
        return true;
    });
    if (!read)
        return failure(read);
    return findings;
}

Result<std::vector<Finding>> unvalidatedConstraints(Connection &connection)
{
    std::vector<Finding> findings;
    const QString sql = u"SELECT n.nspname, t.relname, c.conname FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class t ON t.oid = c.conrelid"
                        " JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace WHERE NOT c.convalidated ORDER BY 1, 2, 3"_s;
    const Result<> read = connection.forEachRow(sql, {}, [&findings](const RowBlock &block, int row) {
        Finding finding;
        finding.check = u"integrity"_s;
        finding.severity = FindingSeverity::Note;
        finding.schema = QString::fromUtf8(block.at(row, 0).bytes());
        finding.table = QString::fromUtf8(block.at(row, 1).bytes());
        const QString name = QString::fromUtf8(block.at(row, 2).bytes());
        finding.title = EngineChecksText::tr("The rule %1 was never checked for older rows").arg(name);
        finding.explanation = EngineChecksText::tr("It was added as NOT VALID: new rows obey it, older ones perhaps not.");
        finding.count = 1;
        finding.sample.push_back({{}, name});
        finding.fixSql = u"ALTER TABLE %1 VALIDATE CONSTRAINT %2;"_s.arg(Connection::quoted(finding.schema, finding.table), Connection::quoted(name));
        findings.push_back(std::move(finding));
        return true;
    });
    if (!read)
        return failure(read);
    return findings;
}

Result<std::vector<Finding>> amcheck(Connection &connection, const CatalogTable &table)
{
    Finding finding;
    finding.check = u"integrity"_s;
    finding.title = EngineChecksText::tr("An index of %1 is damaged").arg(table.name);
    finding.explanation = EngineChecksText::tr("amcheck says so. REINDEX builds it anew; ask why it happened.");
    finding.severity = FindingSeverity::Error;
    finding = CheckSql::at(table, {}, finding);
    QStringList repairs;
    for (const CatalogIndex &index : table.indexes) {
        if (index.method != u"btree" || !index.valid)
            continue;
        const QString name = Connection::quoted(table.schema, index.name);
        const Result<Value> checked = connection.queryValue(u"SELECT bt_index_check(%1::regclass)"_s.arg(sqlLiteral(name)));
        if (checked)
            continue;
        if (checked.error().code != ErrorCode::Corrupt)
            return failure(checked);
        ++finding.count;
        finding.sample.push_back({{}, u"%1: %2"_s.arg(index.name, checked.error().message)});
        repairs.append(u"REINDEX INDEX CONCURRENTLY %1;"_s.arg(name));
    }
    if (finding.count == 0)
        return std::vector<Finding>();
    finding.fixSql = repairs.join(u'\n');
    return std::vector<Finding>{finding};
}

} // namespace

std::vector<CheckStep> engineChecks(const CheckSql &sql, bool isQuick)
{
    if (sql.isSqlite())
        return {{EngineChecksText::tr("Integrity of the file"), [isQuick](Connection &connection) { return sqliteIntegrity(connection, isQuick); }}};
    std::vector<CheckStep> steps{{EngineChecksText::tr("Invalid indexes"), invalidIndexes}, {EngineChecksText::tr("Rules never validated"), unvalidatedConstraints}};
    const bool hasAmcheck = std::ranges::any_of(sql.catalog().extensions, [](const QString &name) { return name.startsWith(u"amcheck "); });
    if (hasAmcheck && !isQuick) {
        for (const CatalogTable *table : sql.tables())
            steps.push_back({EngineChecksText::tr("Indexes of %1").arg(table->name), [sql, table](Connection &connection) { return amcheck(connection, *table); }});
    }
    return steps;
}

} // namespace turnstone
