// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/postgresrowreader.h"

#include <QCoreApplication>

#include <libpq-fe.h>

namespace turnstone {

namespace {

void appendRow(RowBlock &block, const PGresult *result, int columns)
{
    for (int i = 0; i < columns; ++i) {
        if (PQgetisnull(result, 0, i))
            block.addNull();
        else
            block.addBytes(ValueType::Text, PQgetvalue(result, 0, i), PQgetlength(result, 0, i));
    }
    block.endRow();
}

} // namespace

Result<std::unique_ptr<RowReader>> PostgresRowReader::start(PostgresConnection &connection, const QString &sql,
                                                            const Send &send, const Parameters &parameters)
{
    if (PQtransactionStatus(connection.handle()) == PQTRANS_ACTIVE) {
        return failure(ErrorCode::Internal,
                       QCoreApplication::translate("PostgresConnection", "Another result of this connection is still open."));
    }
    if (const Result<> sent = send(sql, parameters); !sent)
        return failure(sent);
    PQsetSingleRowMode(connection.handle());
    std::unique_ptr<PostgresRowReader> reader(new PostgresRowReader(connection, sql));
    if (const Result<bool> first = reader->advance(); !first)
        return failure(first);
    return reader;
}

PostgresRowReader::~PostgresRowReader()
{
    m_pending.reset();
    if (!m_finished)
        m_connection.discardResults();
}

Result<bool> PostgresRowReader::advance()
{
    for (;;) {
        auto result = m_connection.nextResult();
        if (!result) {
            m_finished = true;
            return failure(result);
        }
        if (!*result) {
            m_finished = true;
            if (m_isCut)
                return failure(ErrorCode::Cancelled, QCoreApplication::translate("Connection", "The work was stopped."));
            return false;
        }
        const PGresult *native = result->get();
        const ExecStatusType status = PQresultStatus(native);
        if (m_columns.empty() && (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK)) {
            for (int i = 0; i < PQnfields(native); ++i)
                m_columns.push_back(m_connection.columnOf(native, i));
        }
        switch (status) {
        case PGRES_SINGLE_TUPLE:
            if (m_connection.stopped()) { // what was on its way when the server was asked to stop
                m_isCut = true;
                continue;
            }
            m_pending = std::move(*result);
            return true;
        case PGRES_TUPLES_OK:
        case PGRES_COMMAND_OK: m_rowsAffected = QByteArray(PQcmdTuples(const_cast<PGresult *>(native))).toLongLong(); continue;
        case PGRES_EMPTY_QUERY: continue;
        case PGRES_COPY_IN:
        case PGRES_COPY_OUT:
        case PGRES_COPY_BOTH:
            m_connection.endCopy(native);
            m_connection.discardResults(PostgresConnection::Ending::Wait);
            m_finished = true;
            return failure(ErrorCode::Unsupported,
                           QCoreApplication::translate("PostgresConnection", "COPY cannot be run as a plain statement."));
        default: {
            const Error error = m_connection.errorOf(native, m_sql);
            for (;;) { // the end of the failed statement
                auto rest = m_connection.nextResult();
                if (!rest || !*rest)
                    break;
            }
            m_finished = true;
            return tl::unexpected(error);
        }
        }
    }
}

Result<bool> PostgresRowReader::visit(RowVisitor &visitor)
{
    const int columns = static_cast<int>(m_columns.size());
    std::vector<ValueRef> values(m_columns.size());
    for (;;) {
        if (!m_pending) {
            if (m_finished)
                return false;
            const Result<bool> more = advance();
            if (!more || !*more)
                return more;
        }
        const PGresult *row = m_pending.get();
        for (int i = 0; i < columns; ++i) {
            values[static_cast<std::size_t>(i)] = PQgetisnull(row, 0, i) ? ValueRef() : ValueRef::bytes(ValueType::Text, PQgetvalue(row, 0, i), PQgetlength(row, 0, i));
        }
        const bool goOn = visitor.visit(values.data());
        m_pending.reset();
        if (!goOn)
            return true;
    }
}

Result<bool> PostgresRowReader::read(RowBlock &block, const RowBlock::Limits &limits)
{
    const int columns = static_cast<int>(m_columns.size());
    block.clear(columns);
    while (!block.isFull(limits)) {
        if (!m_pending) {
            if (m_finished)
                return false;
            const Result<bool> more = advance();
            if (!more)
                return more;
            if (!*more)
                return false;
        }
        appendRow(block, m_pending.get(), columns);
        m_pending.reset();
    }
    return true;
}

} // namespace turnstone
