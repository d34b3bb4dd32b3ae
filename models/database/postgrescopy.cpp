// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/postgrescopy.h"

#include "models/database/postgresconnection.h"

#include <QCoreApplication>

#include <algorithm>

#include <libpq-fe.h>
#include <poll.h>

namespace turnstone {

namespace {

// libpq keeps what it cannot send yet; pieces of this size keep that small.
constexpr qsizetype pieceBytes = 64 * 1024;
constexpr int waitMs = 100; // how soon a stop request is noticed while the server takes nothing

} // namespace

PostgresCopy::~PostgresCopy()
{
    if (!m_open)
        return;
    abandon("not wanted");
    m_watch->add(0);
}

void PostgresCopy::abandon(const char *why)
{
    m_open = false;
    PQsetnonblocking(m_connection.handle(), 0);
    PQputCopyEnd(m_connection.handle(), why);
    m_connection.discardResults(PostgresConnection::Ending::Wait);
}

Result<> PostgresCopy::start(const QString &sql)
{
    m_sql = sql;
    m_watch.emplace(m_connection, sql);
    const Result<> begun = begin();
    return begun ? begun : m_watch->end(begun);
}

Result<> PostgresCopy::put(QByteArrayView bytes)
{
    const Result<> sent = send(bytes);
    return sent ? sent : m_watch->end(sent);
}

Result<std::int64_t> PostgresCopy::finish()
{
    const Result<std::int64_t> rows = end();
    return m_watch->end(rows, rows.value_or(0));
}

Result<> PostgresCopy::begin()
{
    if (!PQsendQuery(m_connection.handle(), m_sql.toUtf8().constData()))
        return tl::unexpected(Error{ErrorCode::ConnectionLost, QString::fromUtf8(PQerrorMessage(m_connection.handle())).trimmed(), {}, -1});
    auto result = m_connection.nextResult();
    if (!result)
        return failure(result);
    if (*result && PQresultStatus(result->get()) == PGRES_COPY_IN) {
        m_open = true;
        PQsetnonblocking(m_connection.handle(), 1);
        return {};
    }
    const Error error = *result ? m_connection.errorOf(result->get(), m_sql) : Error{ErrorCode::Internal, QCoreApplication::translate("PostgresCopy", "The server does not take the rows."), {}, -1};
    m_connection.discardResults(PostgresConnection::Ending::Wait);
    return tl::unexpected(error);
}

Result<> PostgresCopy::send(QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        if (m_connection.stopped()) {
            abandon("stopped");
            return failure(ErrorCode::Cancelled, QCoreApplication::translate("Connection", "The work was stopped."));
        }
        const qsizetype size = std::min(bytes.size(), pieceBytes);
        if (PQputCopyData(m_connection.handle(), bytes.data(), static_cast<int>(size)) != 1) {
            // The server has ended the COPY; what it said is waiting.
            m_open = false;
            const Result<std::int64_t> ended = outcome();
            if (!ended)
                return failure(ended);
            return failure(ErrorCode::ConnectionLost, QCoreApplication::translate("PostgresCopy", "The server takes no more rows."));
        }
        bytes = bytes.sliced(size);
        while (PQflush(m_connection.handle()) == 1) {
            pollfd socket{PQsocket(m_connection.handle()), POLLIN | POLLOUT, 0};
            ::poll(&socket, 1, waitMs);
            if ((socket.revents & POLLIN) != 0)
                PQconsumeInput(m_connection.handle());
            if (m_connection.stopped()) {
                abandon("stopped");
                return failure(ErrorCode::Cancelled, QCoreApplication::translate("Connection", "The work was stopped."));
            }
        }
    }
    // What the server has to say meanwhile is read, so that a refusal is noticed by the next PQputCopyData() and not at
    // the end of a long file.
    PQconsumeInput(m_connection.handle());
    return {};
}

Result<std::int64_t> PostgresCopy::end()
{
    m_open = false;
    PQsetnonblocking(m_connection.handle(), 0);
    if (PQputCopyEnd(m_connection.handle(), nullptr) != 1)
        return tl::unexpected(Error{ErrorCode::ConnectionLost, QString::fromUtf8(PQerrorMessage(m_connection.handle())).trimmed(), {}, -1});
    return outcome();
}

Result<std::int64_t> PostgresCopy::outcome()
{
    PQsetnonblocking(m_connection.handle(), 0);
    Result<std::int64_t> rows = 0;
    for (;;) {
        auto result = m_connection.nextResult();
        if (!result)
            return failure(result);
        if (!*result)
            return rows;
        if (PQresultStatus(result->get()) == PGRES_COMMAND_OK)
            rows = QByteArray(PQcmdTuples(result->get())).toLongLong();
        else if (rows)
            rows = tl::unexpected(m_connection.errorOf(result->get(), m_sql));
    }
}

} // namespace turnstone
