// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/databaseurl.h"
#include "models/database/rowreader.h"
#include "models/transfer/formatoptions.h"
#include "models/transfer/outputbuffer.h"

#include <memory>
#include <vector>

namespace turnstone {

/// Turns rows into the bytes of one format. Knows nothing of files: it appends to a buffer, so pieces of a table can be
/// written by several formats of the same kind at once. One object belongs to one thread.
class RowFormat
{
public:
    /// A text that is no UTF-8: the row counts from 0 since takeUndecodable().
    struct Undecodable
    {
        qint64 row = 0;
        int column = 0;
    };
    static constexpr std::size_t maxUndecodable = 100;

    virtual ~RowFormat() = default;

    /// Null for a word that is no format of rows. Traits that are missing are taken from the columns' types.
    [[nodiscard]] static std::unique_ptr<RowFormat> make(const FormatOptions &options, const std::vector<ResultColumn> &columns, Engine engine,
                                                         std::vector<ColumnTraits> traits = {});

    virtual void appendHeader(OutputBuffer &out) = 0;
    /// `values`: as many as there are columns.
    void append(OutputBuffer &out, const ValueRef *values)
    {
        appendRow(out, values);
        ++m_row;
    }
    virtual void appendFooter(OutputBuffer &out, bool hasRows) = 0;
    /// How many bytes at the start of a row only separate it from the one before; the first row goes without them.
    virtual int separatorBytes() const { return 0; }

    const std::vector<ResultColumn> &columns() const { return m_columns; }
    std::vector<Undecodable> takeUndecodable();

protected:
    RowFormat(const FormatOptions &options, const std::vector<ResultColumn> &columns, Engine engine, std::vector<ColumnTraits> traits);

    virtual void appendRow(OutputBuffer &out, const ValueRef *values) = 0;
    void noteUndecodable(int column);
    /// The time as ISO 8601 in the zone asked for; false if it is to be written as it is.
    bool timeText(const ValueRef &value, std::size_t column, QByteArray &text) const;

    const FormatOptions m_options;
    const std::vector<ResultColumn> m_columns;
    const Engine m_engine;
    const std::vector<ColumnTraits> m_traits;

private:
    qint64 m_row = 0;
    std::vector<Undecodable> m_undecodable;
};

/// What a column's type says of it.
[[nodiscard]] ColumnTraits traitsOf(const ResultColumn &column, Engine engine);
/// Whether SQLite keeps a value of such a column as it comes, numbers and texts apart.
[[nodiscard]] bool hasNoAffinity(const QString &sqliteType);

} // namespace turnstone
