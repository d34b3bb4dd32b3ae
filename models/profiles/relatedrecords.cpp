// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/relatedrecords.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct Key
{
    const CatalogTable *from = nullptr;
    QStringList columns;
    const CatalogTable *to = nullptr;
    QStringList referencedColumns;
    ForeignKeyAction onDelete = ForeignKeyAction::NoAction;
    bool isVirtual = false;
};

/// Every key of the database, the profile's virtual ones last.
std::vector<Key> allKeys(const Catalog &catalog, const ResolvedProfile &profile, const RowSql &sql)
{
    std::vector<Key> keys;
    for (const CatalogTable &table : catalog.tables) {
        if (!table.problem.isEmpty())
            continue;
        for (const CatalogForeignKey &key : table.foreignKeys) {
            const CatalogTable *to = catalog.table(key.referencedTable, key.referencedSchema);
            const bool usable = to && key.columns.size() == key.referencedColumns.size() && !key.columns.isEmpty()
                                && std::all_of(key.referencedColumns.begin(), key.referencedColumns.end(), [&](const QString &name) { return to->hasColumn(name); });
            if (usable)
                keys.push_back({&table, key.columns, to, key.referencedColumns, key.onDelete, false});
        }
    }
    for (const TableProfile &table : profile.tables) {
        const CatalogTable *from = sql.table(table.name);
        if (!from)
            continue;
        for (const ColumnProfile &column : table.columns) {
            const CatalogTable *to = column.referencedTable.isEmpty() ? nullptr : sql.table(column.referencedTable);
            if (!to || !from->hasColumn(column.name) || !to->hasColumn(column.referencedColumn))
                continue;
            const bool declared = std::any_of(keys.begin(), keys.end(), [&](const Key &key) { return key.from == from && key.columns.size() == 1 && key.columns.front().compare(column.name, Qt::CaseInsensitive) == 0; });
            if (!declared)
                keys.push_back({from, {column.name}, to, {column.referencedColumn}, ForeignKeyAction::NoAction, true});
        }
    }
    return keys;
}

class Reader
{
public:
    Reader(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, std::int64_t limit)
        : m_connection(connection), m_catalog(catalog), m_profile(profile), m_sql(catalog, profile), m_limit(limit)
    {
    }

    Result<RelatedRecords> read(const QString &tableName, const RowKey &key)
    {
        const CatalogTable *table = m_sql.table(tableName);
        if (!table)
            return failure(ErrorCode::NotFound, QCoreApplication::translate("RelatedRecords", "There is no table \"%1\".").arg(tableName));
        const std::vector<Key> keys = allKeys(m_catalog, m_profile, m_sql);
        QStringList needed;
        for (const Key &entry : keys) {
            if (entry.from == table)
                needed.append(entry.columns);
            if (entry.to == table)
                needed.append(entry.referencedColumns);
        }
        needed.removeDuplicates();
        if (Result<> found = readRow(*table, key, needed); !found)
            return tl::unexpected(found.error());
        RelatedRecords related;
        for (const Key &entry : keys) {
            if (entry.from == table) {
                if (Result<> added = addReference(entry, related); !added)
                    return tl::unexpected(added.error());
            }
            if (entry.to == table) {
                if (Result<> added = addReferrer(entry, related); !added)
                    return tl::unexpected(added.error());
            }
        }
        return related;
    }

private:
    Result<> readRow(const CatalogTable &table, const RowKey &key, const QStringList &needed)
    {
        const QStringList identity = m_sql.identity(table);
        const auto notFound = [&] { return failure(ErrorCode::NotFound, QCoreApplication::translate("RelatedRecords", "The table \"%1\" has no such record.").arg(table.name)); };
        if (identity.isEmpty() || identity.size() != static_cast<qsizetype>(key.size()))
            return notFound();
        SqlValues values(m_catalog.engine);
        QStringList columns{u"1"_s};
        for (const QString &column : needed)
            columns.append(RowSql::column(u"t"_s, column));
        QStringList conditions;
        for (qsizetype i = 0; i < identity.size(); ++i)
            conditions.append(m_sql.equalValue(table, u"t"_s, identity[i], key[static_cast<std::size_t>(i)], values));
        bool found = false;
        const Result<> read = m_connection.forEachRow(u"SELECT %1 FROM %2 t WHERE %3 LIMIT 1"_s.arg(columns.join(u", "_s), m_sql.tableName(table), conditions.join(u" AND "_s)), values.values(),
                                                      [&](const RowBlock &block, int row) {
                                                          found = true;
                                                          for (qsizetype i = 0; i < needed.size(); ++i)
                                                              m_row[needed[i]] = Value(block.at(row, static_cast<int>(i) + 1));
                                                          return false;
                                                      });
        if (!read)
            return read;
        return found ? Result<>() : Result<>(notFound());
    }

    /// The values of these columns; empty if one is NULL.
    RowKey valuesOf(const QStringList &columns) const
    {
        RowKey key;
        for (const QString &column : columns) {
            const auto found = m_row.find(column);
            if (found == m_row.end() || found->second.isNull())
                return {};
            key.push_back(found->second);
        }
        return key;
    }

    Result<> addReference(const Key &key, RelatedRecords &related)
    {
        RelatedRecords::Reference reference{key.columns, key.to->name, key.to->schema, key.referencedColumns, valuesOf(key.columns), {}, false, key.isVirtual};
        if (reference.values.empty())
            return {};
        // The profile may know another table by that name, in its own schema.
        const TableProfile *known = m_sql.table(key.to->name) == key.to ? m_profile.table(key.to->name) : nullptr;
        SqlValues values(m_catalog.engine);
        QStringList columns{u"1"_s};
        if (known) {
            for (const LabelTemplate::Part &part : known->label.parts()) {
                if (!part.alternatives.empty())
                    columns.append(m_sql.labelPart(part, *key.to, u"t"_s));
            }
        }
        QStringList conditions;
        for (qsizetype i = 0; i < key.columns.size(); ++i)
            conditions.append(m_sql.equalValue(*key.to, u"t"_s, key.referencedColumns[i], reference.values[static_cast<std::size_t>(i)], values));
        const Result<> read = m_connection.forEachRow(u"SELECT %1 FROM %2 t WHERE %3 LIMIT 1"_s.arg(columns.join(u", "_s), m_sql.tableName(*key.to), conditions.join(u" AND "_s)), values.values(),
                                                      [&](const RowBlock &block, int row) {
                                                          reference.exists = true;
                                                          QStringList parts;
                                                          for (int i = 1; i < block.columnCount(); ++i)
                                                              parts.append(block.at(row, i).isNull() ? QString() : Value(block.at(row, i)).toDisplayText());
                                                          if (known)
                                                              reference.label = known->label.render(parts);
                                                          return false;
                                                      });
        if (!read)
            return read;
        related.references.push_back(std::move(reference));
        return {};
    }

    Result<> addReferrer(const Key &key, RelatedRecords &related)
    {
        RelatedRecords::Referrer referrer{key.from->name, key.from->schema, key.columns, key.referencedColumns, valuesOf(key.referencedColumns), 0, true, key.isVirtual, key.onDelete};
        if (referrer.values.empty())
            return {};
        SqlValues values(m_catalog.engine);
        QStringList conditions;
        for (qsizetype i = 0; i < key.columns.size(); ++i)
            conditions.append(m_sql.equalValue(*key.from, u"t"_s, key.columns[i], referrer.values[static_cast<std::size_t>(i)], values));
        const Result<Value> count = m_connection.queryValue(
            u"SELECT count(*) FROM (SELECT 1 FROM %1 t WHERE %2 LIMIT %3) q"_s.arg(m_sql.tableName(*key.from), conditions.join(u" AND "_s), QString::number(m_limit + 1)), values.values());
        if (!count)
            return tl::unexpected(count.error());
        const std::int64_t rows = count->toDisplayText().toLongLong();
        referrer.count = std::min(rows, m_limit);
        referrer.isExact = rows <= m_limit;
        related.referencedBy.push_back(std::move(referrer));
        return {};
    }

    Connection &m_connection;
    const Catalog &m_catalog;
    const ResolvedProfile &m_profile;
    const RowSql m_sql;
    std::int64_t m_limit;
    std::map<QString, Value> m_row;
};

} // namespace

Result<RelatedRecords> readRelatedRecords(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const QString &table, const RowKey &key, std::int64_t countLimit)
{
    return Reader(connection, catalog, profile, countLimit).read(table, key);
}

} // namespace turnstone
