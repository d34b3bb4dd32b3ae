// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/database/connection.h"
#include "models/transfer/formatoptions.h"
#include "models/transfer/rowwriter.h"

#include <QHash>
#include <QString>
#include <QStringList>

#include <functional>
#include <optional>
#include <stop_token>

namespace turnstone {

/// What is exported: the rows of a table, or those of a statement.
struct ExportSource
{
    QString sql;
    Parameters parameters;
    struct Rows
    {
        CatalogTable table;
        QStringList columns; ///< empty: all that can be written again
        /// SQL over the table's columns with the values of its placeholders; empty: all rows.
        QString where;
        Parameters values;
        QString order; ///< SQL; empty: as the table lies
        qint64 limit = -1;
    };
    /// In place of `sql`.
    std::optional<Rows> rows;
    /// What is known of columns, by name; of the others the type tells.
    QHash<QString, ColumnTraits> traits;
};

struct ExportProgress
{
    qint64 rows = 0;
    qint64 bytes = 0;
    double fraction = -1; ///< 0 … 1; below 0 if unknown
};
/// Called some ten times a second, not always in the same thread, never twice at once.
using ExportProgressSink = std::function<void(const ExportProgress &)>;

struct ExportReport
{
    qint64 rows = 0;
    qint64 bytes = 0;
    /// Texts that are no UTF-8 and values that the format could not take whole: "row 3, column content".
    QStringList undecodable;
    QStringList notes;
    int readers = 1;
};

/// Writes rows into a file that appears whole or not at all. A table of a SQLite file whose rows have rowids is read by two
/// connections at once, in the same state of the database. Blocks; runs in the connection's thread. `stop` ends it with
/// Cancelled.
[[nodiscard]] Result<ExportReport> exportToFile(Connection &connection, const ExportSource &source, const FormatOptions &format, const QString &path,
                                                std::stop_token stop = {}, const ExportProgressSink &progress = {});

/// Streams rows into a sink, which is called in another thread. Every format but "xlsx".
[[nodiscard]] Result<ExportReport> exportToSink(Connection &connection, const ExportSource &source, const FormatOptions &format, const ByteSink &sink,
                                                const ExportProgressSink &progress = {});

/// Gives `write` the sink of a file that appears whole or not at all.
[[nodiscard]] Result<ExportReport> writeWholeFile(const QString &path, const std::function<Result<ExportReport>(const ByteSink &)> &write);

/// The SELECT of a source, and whether its rows lie by rowid, so that parts of them can be read by themselves.
struct ExportStatement
{
    QString sql;
    Parameters parameters;
    bool isByRowid = false;
};
[[nodiscard]] Result<ExportStatement> exportStatement(const ExportSource &source);
/// The columns of a source's table that are exported; errors: NotFound.
[[nodiscard]] Result<QStringList> exportedColumns(const ExportSource::Rows &rows);
std::vector<ColumnTraits> exportTraits(const ExportSource &source, const std::vector<ResultColumn> &columns, Engine engine);

} // namespace turnstone
