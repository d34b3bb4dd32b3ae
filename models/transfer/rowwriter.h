// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/databaseurl.h"
#include "models/database/rowreader.h"

#include <QByteArray>
#include <QStringList>

#include <functional>
#include <memory>
#include <vector>

namespace turnstone {

/// Where a writer's bytes go. An error ends the writing.
using ByteSink = std::function<Result<>(QByteArrayView)>;

/// Writes rows in one format, block by block, so that memory stays flat however many there are.
/// Call begin(), then write() for each block, then end(). Not thread-safe.
class RowWriter
{
public:
    virtual ~RowWriter() = default;

    [[nodiscard]] Result<> begin(const std::vector<ResultColumn> &columns, Engine engine);
    [[nodiscard]] Result<> write(const RowBlock &block);
    [[nodiscard]] Result<> end();

    /// Texts that are no UTF-8 and had to be written in another form, as "row 3, column content";
    /// at most the first hundred.
    const QStringList &undecodable() const { return m_undecodable; }
    qint64 rowCount() const { return m_row; }

protected:
    explicit RowWriter(ByteSink sink) : m_sink(std::move(sink)) {}

    virtual void writeHeader() = 0;
    virtual void writeRow(const RowBlock &block, int row) = 0;
    virtual void writeFooter() = 0;
    void noteUndecodable(int column);

    std::vector<ResultColumn> m_columns;
    Engine m_engine = Engine::Sqlite;
    QByteArray m_buffer;
    qint64 m_row = 0; // the row in progress, from 1

private:
    Result<> flush(bool all);

    ByteSink m_sink;
    QStringList m_undecodable;
};

/// The writer for "csv", "tsv", "json", "jsonl" or "markdown"; null for any other word.
[[nodiscard]] std::unique_ptr<RowWriter> makeRowWriter(const QString &format, ByteSink sink);

} // namespace turnstone
