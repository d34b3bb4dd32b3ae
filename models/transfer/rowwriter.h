// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/databaseurl.h"
#include "models/database/rowreader.h"
#include "models/transfer/formatoptions.h"
#include "models/transfer/outputbuffer.h"

#include <QByteArray>
#include <QStringList>

#include <functional>
#include <memory>
#include <vector>

namespace turnstone {

/// Where a writer's bytes go. An error ends the writing.
using ByteSink = std::function<Result<>(QByteArrayView)>;

/// Writes rows in one format, one by one or block by block, so that memory stays flat however many there are.
/// Call begin(), then write() for each row or block, then end(). Not thread-safe.
class RowWriter
{
public:
    virtual ~RowWriter() = default;

    [[nodiscard]] Result<> begin(const std::vector<ResultColumn> &columns, Engine engine, std::vector<ColumnTraits> traits = {});
    [[nodiscard]] Result<> write(const RowBlock &block);
    [[nodiscard]] Result<> write(const ValueRef *values);
    [[nodiscard]] Result<> end();

    /// Texts that are no UTF-8, as "row 3, column content"; at most the first hundred. Formats for reading replace what
    /// they cannot show, the others write the bytes themselves in the way their class says.
    const QStringList &undecodable() const { return m_undecodable; }
    qint64 rowCount() const { return m_row; }

protected:
    explicit RowWriter(ByteSink sink) : m_sink(std::move(sink)) {}

    virtual Result<> writeHeader() = 0;
    virtual void writeRow(const ValueRef *values) = 0;
    virtual void writeFooter() = 0;
    void noteUndecodable(qint64 row, int column);

    std::vector<ResultColumn> m_columns;
    std::vector<ColumnTraits> m_traits;
    Engine m_engine = Engine::Sqlite;
    OutputBuffer m_buffer;
    qint64 m_row = 0; // the row in progress, from 1

private:
    Result<> flush(bool all);

    ByteSink m_sink;
    QStringList m_undecodable;
    std::vector<ValueRef> m_values;
};

/// The writer for a format of RowFormat::make(). begin() fails for a word that is none.
[[nodiscard]] std::unique_ptr<RowWriter> makeRowWriter(const FormatOptions &options, ByteSink sink);
/// The same with the usual options; null for a word that is no format.
[[nodiscard]] std::unique_ptr<RowWriter> makeRowWriter(const QString &format, ByteSink sink);

} // namespace turnstone
