// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/importing/postgresimportsink.h"

#include "models/transfer/bytescan.h"
#include "models/transfer/reals.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype bufferBytes = 256 * 1024;
const char *const stagingTable = "turnstone_import_rows";

} // namespace

Result<> PostgresImportSink::begin()
{
    m_failedRow = -1;
    QString into = tableName();
    if (m_target.conflict != ImportConflict::Abort) {
        if (const Result<QString> conflict = conflictClause(); !conflict)
            return failure(conflict);
        into = u"pg_temp.%1"_s.arg(QLatin1String(stagingTable));
        const auto made = m_connection.execute(u"CREATE TEMPORARY TABLE %1 ON COMMIT DROP AS SELECT %2 FROM %3 WITH NO DATA"_s.arg(QLatin1String(stagingTable), columnList(), tableName()));
        if (!made)
            return failure(made);
    }
    m_copy = std::make_unique<PostgresCopy>(m_connection);
    return m_copy->start(u"COPY %1 (%2) FROM STDIN"_s.arg(into, columnList()));
}

void PostgresImportSink::append(const ValueRef &value)
{
    switch (value.type()) {
    case ValueType::Null: m_buffer.append("\\N", 2); return;
    case ValueType::Integer: m_buffer.appendInteger(value.integer()); return;
    case ValueType::Real: appendReal(m_buffer, value.real()); return;
    case ValueType::Blob: m_buffer.append("\\\\x", 3).append(QByteArray::fromRawData(value.bytes().data(), value.bytes().size()).toHex()); return;
    case ValueType::Text: break;
    }
    const char *p = value.bytes().data();
    const char *const end = p + value.bytes().size();
    bool high = false;
    for (;;) {
        const char *const special = bytescan::find(p, end, high, bytescan::CopyMatch());
        m_buffer.append(p, special - p);
        if (special == end)
            return;
        switch (*special) {
        case '\\': m_buffer.append("\\\\", 2); break;
        case '\n': m_buffer.append("\\n", 2); break;
        case '\r': m_buffer.append("\\r", 2); break;
        case '\t': m_buffer.append("\\t", 2); break;
        default: m_buffer.append(*special);
        }
        p = special + 1;
    }
}

Result<> PostgresImportSink::send()
{
    const Result<> sent = m_copy->put(m_buffer.view());
    m_buffer.clear();
    return sent ? sent : Result<>(tl::unexpected(placed(sent.error())));
}

Result<> PostgresImportSink::write(const RecordBlock &block, int firstRow, int rows)
{
    const std::size_t count = m_target.sourceColumns.size();
    for (int row = firstRow; row < firstRow + rows; ++row) {
        for (std::size_t i = 0; i < count; ++i) {
            if (i > 0)
                m_buffer.append('\t');
            append(block.rows.at(row, m_target.sourceColumns[i]));
        }
        m_buffer.append('\n');
        if (m_buffer.size() >= bufferBytes) {
            if (const Result<> sent = send(); !sent)
                return sent;
        }
    }
    return {};
}

/// The server says "COPY t, line 3, column n"; its lines are our rows.
Error PostgresImportSink::placed(const Error &error)
{
    static const QRegularExpression context(u"COPY [^\\n]*, line (\\d+)(?:, column ([^:\\n]+))?"_s);
    const QRegularExpressionMatch match = context.match(error.detail);
    if (!match.hasMatch())
        return error;
    m_failedRow = match.captured(1).toLongLong() - 1;
    Error result = error;
    if (!match.captured(2).isEmpty())
        result.message = QCoreApplication::translate("PostgresImportSink", "column %1: %2").arg(match.captured(2), error.message);
    return result;
}

Result<qint64> PostgresImportSink::finish()
{
    if (!m_buffer.isEmpty()) {
        if (const Result<> sent = send(); !sent)
            return failure(sent);
    }
    Result<std::int64_t> rows = m_copy->finish();
    m_copy.reset();
    if (!rows)
        return tl::unexpected(placed(rows.error()));
    if (m_target.conflict != ImportConflict::Abort) {
        const Result<QString> conflict = conflictClause();
        const auto inserted = m_connection.execute(u"INSERT INTO %1 (%2) OVERRIDING SYSTEM VALUE SELECT %2 FROM pg_temp.%3%4"_s.arg(tableName(), columnList(), QLatin1String(stagingTable), conflict.value_or(QString())));
        if (!inserted)
            return failure(inserted);
        rows = inserted->rowsAffected;
        if (const auto dropped = m_connection.execute(u"DROP TABLE pg_temp.%1"_s.arg(QLatin1String(stagingTable))); !dropped)
            return failure(dropped);
    }
    if (const Result<> advanced = advanceSequences(m_connection, tableName(), m_target.columns); !advanced)
        return failure(advanced);
    return *rows;
}

Result<> advanceSequences(Connection &connection, const QString &quotedTable, const QStringList &columns)
{
    for (const QString &column : columns) {
        const Result<Value> sequence = connection.queryValue(u"SELECT pg_catalog.pg_get_serial_sequence($1, $2)"_s, {Value::text(quotedTable), Value::text(column)});
        if (!sequence)
            return failure(sequence);
        if (sequence->isNull())
            continue;
        const QString name = QString::fromUtf8(sequence->bytes());
        const Result<Value> moved = connection.queryValue(
            u"SELECT pg_catalog.setval($1::regclass, m) FROM (SELECT max(%1) AS m FROM %2) t, %3 s WHERE m >= 1 AND (m > s.last_value OR NOT s.is_called)"_s.arg(Connection::quoted(column), quotedTable, name),
            {Value::text(name)});
        if (!moved)
            return failure(moved);
    }
    return {};
}

} // namespace turnstone
