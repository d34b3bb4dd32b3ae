// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/database/connection.h"
#include "models/importing/importoptions.h"

#include <QString>
#include <QStringList>

#include <functional>
#include <stop_token>
#include <vector>

namespace turnstone {

/// What happens to a row whose key is there already.
enum class ImportConflict {
    Abort,   ///< the import ends, and nothing of it stays
    Skip,    ///< the row that is there stays
    Replace, ///< it becomes what the file says, columns that the file lacks their defaults
    Update   ///< the columns that the file has change, the others stay
};

struct ImportRequest
{
    QString file;
    ReadOptions reading;
    QString schema; ///< empty: where the search path finds or makes the table
    QString table;
    /// A column of the file and where it goes; an empty target leaves it out. Empty: by name, without regard to case.
    struct Column
    {
        QString name;
        QString target;
        QString type; ///< of a new table; empty: guessed from the whole file
    };
    std::vector<Column> columns;
    bool createTable = false;
    ImportConflict conflict = ImportConflict::Abort;
    /// Everything happens, and is taken back.
    bool isDryRun = false;
    /// 0: one transaction. Else it commits after so many rows, and a failure tells how to go on.
    qint64 batchRows = 0;
    /// Rows at the start of the file that an earlier import saved.
    qint64 skippedRows = 0;
};

struct ImportProgress
{
    qint64 rows = 0;
    double fraction = 0;
    /// Rows of the file that stay whatever happens next: what ImportRequest::skippedRows takes to go on.
    qint64 saved = 0;
};
using ImportProgressSink = std::function<void(const ImportProgress &)>;

struct ImportReport
{
    qint64 rows = 0;    ///< of the file
    qint64 written = 0; ///< inserted or changed
    /// Of a new table.
    QString createdSql;
    QStringList notes;
};

/// Reads a file into a table: one transaction (or batches), a second thread that parses, COPY on PostgreSQL. An error names
/// line and column where the file or a row is at fault; without batches nothing of the import stays then. Blocks; runs in
/// the connection's thread, outside of a transaction. `connection` must be writable.
[[nodiscard]] Result<ImportReport> importFile(Connection &connection, const Catalog &catalog, const ImportRequest &request, std::stop_token stop = {},
                                              const ImportProgressSink &progress = {});

/// The first rows of a file and what its columns could be.
struct ImportPreview
{
    QStringList names;
    std::vector<QString> types; ///< guessed from the rows looked at
    std::vector<std::vector<Value>> rows;
    QString separator;
    bool isWhole = false; ///< all rows were looked at
    qint64 rowsSeen = 0;
    Error problem; ///< where reading stopped, if it did; else its message is empty
};
/// Looks at up to `maxRows` rows and keeps the first `keptRows`. Blocks on the file; any thread. Errors: as RecordReader::open().
[[nodiscard]] Result<ImportPreview> previewImport(const QString &file, const ReadOptions &options, Engine engine, qint64 maxRows, int keptRows, std::stop_token stop = {});

/// What values a column takes best.
CellKind cellKindOf(const QString &type, Engine engine);

} // namespace turnstone
