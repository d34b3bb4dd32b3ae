// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/value.h"
#include "models/profiles/resolvedprofile.h"

#include <QDateTime>
#include <QString>

#include <optional>
#include <vector>

namespace turnstone {

/// The values of one statement, bound by number in the engine's way (`?1`, `$1`).
class SqlValues
{
public:
    explicit SqlValues(Engine engine) : m_engine(engine) {}
    /// The placeholder.
    QString bind(Value value);
    const std::vector<Value> &values() const { return m_values; }

private:
    Engine m_engine;
    std::vector<Value> m_values;
};

/// Where a column points to.
struct ColumnTarget
{
    const CatalogTable *table = nullptr;
    QString column;
};

/// Writes pieces of SQL for the rows of a database whose meaning is known: fields through keys and
/// into JSON, conditions, comparisons. Names are quoted, values bound. Keeps references to both
/// arguments.
class RowSql
{
public:
    RowSql(const Catalog &catalog, const ResolvedProfile &profile) : m_catalog(catalog), m_profile(profile) {}

    const CatalogTable *table(const QString &name) const { return m_catalog.table(name, m_profile.schema); }
    /// Quoted, with its schema on PostgreSQL.
    QString tableName(const CatalogTable &table) const;
    /// `alias."column"`
    static QString column(const QString &alias, const QString &name);
    /// What identifies a row: the declared key, the profile's, else the rowid; may be empty.
    QStringList identity(const CatalogTable &table) const;
    std::optional<ColumnTarget> target(const CatalogTable &table, const QString &column) const;

    /// The value of a field of the row `alias`; "NULL" if it cannot be had.
    QString field(const FieldRef &field, const CatalogTable &table, const QString &alias) const;
    /// The same as text, cut.
    QString text(const QString &expression, int length) const;
    /// The text of a part of a template: the first alternative that is not empty.
    QString labelPart(const LabelTemplate::Part &part, const CatalogTable &table, const QString &alias) const;
    /// Both columns equal; as text where the engine would refuse to compare their types.
    QString equal(const CatalogTable &a, const QString &aliasA, const QString &columnA, const CatalogTable &b, const QString &aliasB, const QString &columnB) const;
    /// The column equals a value that came from a path or from a row.
    QString equalValue(const CatalogTable &table, const QString &alias, const QString &column, const Value &value, SqlValues &values) const;
    /// Joined by AND; empty if there are none.
    QString conditions(const std::vector<ProfileCondition> &conditions, const CatalogTable &table, const QString &alias, SqlValues &values, const QDateTime &nowUtc) const;
    /// Whether an index (or the rowid) begins with one of these columns.
    static bool isIndexed(const CatalogTable &table, const QStringList &columns);

private:
    QString condition(const ProfileCondition &condition, const CatalogTable &table, const QString &alias, SqlValues &values, const QDateTime &nowUtc) const;
    Value moment(const ProfileCondition &condition, const CatalogTable &table, const QDateTime &nowUtc) const;

    const Catalog &m_catalog;
    const ResolvedProfile &m_profile;
};

/// A profile's literal as a value to bind: numbers as numbers, true and false as 1 and 0.
Value valueFromJson(const QJsonValue &value);

} // namespace turnstone
