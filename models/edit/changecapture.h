// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/connection.h"
#include "models/edit/stagedrow.h"
#include "models/profiles/resolvedprofile.h"

#include <map>
#include <vector>

namespace turnstone {

/// A row that statements change or delete.
struct CapturedRow
{
    RowImage before;
    /// The values that differ. Nothing if the row is deleted.
    std::vector<std::pair<QString, Value>> after;
    bool isDeleted = false;
    std::vector<GoesAlong> goesAlong;
};

/// Runs UPDATE and DELETE statements and notes what becomes of each row, so that the same can be staged as edits. Every
/// statement runs twice: once to be told its rows, which is taken back, and once for the statements after it. The connection
/// must be in a transaction, which the caller takes back. Keeps references to the arguments. Blocks.
class ChangeCapture
{
public:
    /// More rows than this are too much for edits: Unsupported.
    static constexpr std::size_t mostRows = 5000;

    ChangeCapture(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile) : m_connection(connection), m_catalog(catalog), m_profile(profile) {}

    /// Returns the number of rows. Errors: Unsupported for other statements, rows that nothing identifies, and changes of keys.
    [[nodiscard]] Result<qint64> run(const QString &sql, const Parameters &parameters);
    /// In the order in which they were first changed, without those that end as they began.
    std::vector<CapturedRow> rows() const;

private:
    struct Target;
    [[nodiscard]] Result<Target> targetOf(const QString &sql) const;
    [[nodiscard]] Result<> noteChanged(const Target &target, const std::vector<RowImage> &after);
    [[nodiscard]] Result<> noteDeleted(const Target &target, const std::vector<RowImage> &rows);
    CapturedRow &entry(const RowImage &before);

    Connection &m_connection;
    const Catalog &m_catalog;
    const ResolvedProfile &m_profile;
    std::vector<CapturedRow> m_rows;
    std::map<QByteArray, std::size_t> m_places; ///< in m_rows, by RowAddress::id()
};

} // namespace turnstone
