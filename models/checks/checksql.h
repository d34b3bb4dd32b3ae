// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/checks/finding.h"
#include "models/core/result.h"
#include "models/database/connection.h"
#include "models/profiles/rowsql.h"

#include <QDateTime>

#include <functional>
#include <memory>

namespace turnstone {

/// What every check works with: the database's meaning, the time, and the statements that count rows
/// at fault and show the first of them. A value; catalog and profile are shared. Its statements block.
class CheckSql
{
public:
    static constexpr int sampleRows = 5;
    static constexpr int sampleCharacters = 120;

    /// Which rows of the table with the alias `t` are at fault; values are bound.
    using Where = std::function<QString(SqlValues &values)>;

    CheckSql(std::shared_ptr<const Catalog> catalog, std::shared_ptr<const ResolvedProfile> profile, QDateTime nowUtc);

    const Catalog &catalog() const { return *m_catalog; }
    const ResolvedProfile &profile() const { return *m_profile; }
    const QDateTime &nowUtc() const { return m_nowUtc; }
    RowSql rows() const { return RowSql(*m_catalog, *m_profile); }
    bool isSqlite() const { return m_catalog->engine == Engine::Sqlite; }

    /// Tables whose rows are looked at: real ones, and of a partitioned table the whole.
    std::vector<const CatalogTable *> tables() const;
    /// What the profile says of a table; null if it is not about it.
    const TableProfile *meaning(const CatalogTable &table) const;
    static QString from(const CatalogTable &table);

    Result<std::int64_t> count(Connection &connection, const CatalogTable &table, const Where &where) const;
    /// Fills keyColumns and sample with the first rows at fault; `text` is an expression to show, empty for the row's label.
    Result<> addSample(Connection &connection, const CatalogTable &table, const Where &where, const QString &text, Finding &finding) const;
    /// Counts, and makes a finding of it if there are any. `base` says everything else.
    Result<std::vector<Finding>> find(Connection &connection, const CatalogTable &table, const Where &where, const QString &text, Finding base) const;
    /// Fills in where a finding is.
    static Finding at(const CatalogTable &table, const QString &column, Finding finding);

private:
    QString labelText(const CatalogTable &table) const;

    std::shared_ptr<const Catalog> m_catalog;
    std::shared_ptr<const ResolvedProfile> m_profile;
    QDateTime m_nowUtc;
};

/// One piece of checking: a statement or a few. `title` says what is looked at.
struct CheckStep
{
    QString title;
    std::function<Result<std::vector<Finding>>(Connection &connection)> run;
};

/// `'text'` with inner quotes doubled.
QString sqlLiteral(const QString &text);

} // namespace turnstone
