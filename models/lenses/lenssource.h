// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/connection.h"
#include "models/profiles/resolvedprofile.h"
#include "models/profiles/rowsql.h"

#include <QJsonObject>

#include <map>
#include <optional>
#include <vector>

namespace turnstone {

/// The rows of a table that belong to the record of a lens, or to a row of the source above.
struct LensSource
{
    QString table; ///< empty: the lens has no such part
    ColumnLink link;
    std::optional<TreeGroup::Via> via;
    /// With `via`: its rows are followed from row to row, as from a message to the one before; the last one reached comes first.
    ColumnLink follow;
    std::vector<OrderColumn> order;
    std::vector<ProfileCondition> where;

    bool isEmpty() const { return table.isEmpty(); }
    static LensSource from(const QJsonObject &object);
};

/// The field of a part of a lens; nothing if the lens leaves it out.
std::optional<FieldRef> lensField(const QJsonObject &parts, const QString &name);
std::vector<FieldRef> lensFields(const QJsonObject &parts, const QString &name);
LabelTemplate lensTemplate(const QJsonObject &parts, const QString &name);
/// How a field is called where it is shown: the profile's title of its column, else the last word of the field.
QString fieldTitle(const FieldRef &field, const QString &table, const ResolvedProfile &profile);

/// Where a lens reads. All of it outlives the reading; lives in the connection's thread.
struct LensScope
{
    Connection &connection;
    const Catalog &catalog;
    const ResolvedProfile &profile;
    RowSql sql{catalog, profile};
};

/// One SELECT over rows that sources lead to. Columns are added first, then it is run.
class LensSelect
{
public:
    LensSelect(const LensScope &scope, const CatalogTable &table, QString alias);

    const CatalogTable &table() const { return m_table; }
    const QString &alias() const { return m_alias; }
    SqlValues &values() { return m_values; }
    /// Each returns the number of the column; -1 for a field that is not there.
    int add(const QString &expression);
    int addField(const std::optional<FieldRef> &field);
    /// The beginning of a field as text, and its length in characters.
    int addStart(const std::optional<FieldRef> &field, int characters);
    int addLength(const std::optional<FieldRef> &field);
    /// One column for each part of the template that has fields.
    int addTemplate(const LabelTemplate &label, const CatalogTable &of, const QString &alias);
    /// The columns that identify a row of the table; their number.
    int addIdentity();
    int addIdentity(const CatalogTable &of, const QString &alias);

    /// `from` is everything behind FROM.
    QString statement(const QString &from) const;

private:
    const LensScope &m_scope;
    const CatalogTable &m_table;
    QString m_alias;
    QStringList m_columns;
    SqlValues m_values;
};

/// A field of a select that is read as a figure or as a word, also where it is a part of JSON that a server keeps as text: PostgreSQL
/// cannot read a part of that without failing at the first text that is no JSON, so the whole comes and is taken apart here.
class LensFigure
{
public:
    LensFigure() = default;
    LensFigure(LensSelect &select, const LensScope &scope, const std::optional<FieldRef> &field);

    std::optional<double> number(const RowBlock &block, int row) const;
    QString text(const RowBlock &block, int row) const;
    /// Whether it comes as a whole.
    static bool isTextJson(const LensScope &scope, const CatalogTable &table, const std::optional<FieldRef> &field);

private:
    int m_column = -1;
    QStringList m_path;
};

/// What follows FROM for the rows of the last of `sources`, each linked to the one before and the first to a row of `ownerTable`
/// with these values; in the order of all of them. The rows of sources[i] are called `t<i>`.
/// Errors: NotFound when a table is gone or the owner lacks a column.
[[nodiscard]] Result<QString> fromSources(const LensScope &scope, const std::vector<const LensSource *> &sources, const std::map<QString, Value> &owner, SqlValues &values, bool isOrdered = true);
/// Columns of the owner that the source's link wants.
QStringList ownerColumns(const LensSource &source);
/// Some columns of the row with that identity, by name. Errors: NotFound if it is gone.
[[nodiscard]] Result<std::map<QString, Value>> readOwner(const LensScope &scope, const QString &table, const RowKey &key, const QStringList &columns);
/// `alias.a = ? AND alias.b = ?` for an identity.
QString identityCondition(const LensScope &scope, const CatalogTable &table, const QString &alias, const RowKey &key, SqlValues &values);

// Reading of a row's cells; a column of -1 is an absent field.
QString lensText(const RowBlock &block, int row, int column);
std::optional<double> lensNumber(const RowBlock &block, int row, int column);
/// Microseconds since 1970 UTC of a time stored as the column's meaning says.
std::optional<std::int64_t> lensTime(const ValueRef &value, const QString &meaning);
RowKey lensKey(const RowBlock &block, int row, int first, int count);
QString lensTitle(const LabelTemplate &label, const RowBlock &block, int row, int first);

} // namespace turnstone
