// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/postgrescopyin.h"

#include "models/database/postgresconnection.h"

#include <QCoreApplication>

#include <libpq-fe.h>

#include <poll.h>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct PostgresCopyInText
{
    Q_DECLARE_TR_FUNCTIONS(PostgresCopyIn)
};

/// Sends what libpq holds back, as far as the server takes it.
bool flush(PGconn *handle)
{
    for (;;) {
        const int left = PQflush(handle);
        if (left <= 0)
            return left == 0;
        pollfd socket{PQsocket(handle), POLLOUT | POLLIN, 0};
        ::poll(&socket, 1, 1000);
        if (socket.revents & POLLIN)
            PQconsumeInput(handle);
    }
}

bool put(PGconn *handle, const QByteArray &bytes)
{
    constexpr qsizetype piece = 1 << 20;
    for (qsizetype at = 0; at < bytes.size(); at += piece) {
        const int length = static_cast<int>(std::min(piece, bytes.size() - at));
        int sent = 0;
        while ((sent = PQputCopyData(handle, bytes.constData() + at, length)) == 0) {
            if (!flush(handle))
                return false;
        }
        if (sent < 0)
            return false;
    }
    return true;
}

} // namespace

Result<> copyIn(Connection &connection, const QString &statement, const QString &data)
{
    auto *postgres = dynamic_cast<PostgresConnection *>(&connection);
    if (!postgres)
        return failure(ErrorCode::Unsupported, PostgresCopyInText::tr("COPY with data is known to PostgreSQL only."));
    PGconn *handle = postgres->handle();
    if (!PQsendQuery(handle, statement.toUtf8().constData()) || !flush(handle))
        return tl::unexpected(postgres->errorOf(nullptr, statement));
    Result<> outcome;
    for (;;) {
        auto result = postgres->nextResult();
        if (!result)
            return failure(result);
        if (!*result)
            return outcome;
        switch (PQresultStatus(result->get())) {
        case PGRES_COPY_IN: {
            QByteArray bytes = data.toUtf8();
            if (!bytes.isEmpty() && !bytes.endsWith('\n'))
                bytes += '\n';
            const bool sent = put(handle, bytes);
            while (PQputCopyEnd(handle, sent ? nullptr : "not sent") == 0 && flush(handle)) { }
            (void)flush(handle); // a lost connection is told by the next result
            break;
        }
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK: break;
        default: outcome = tl::unexpected(postgres->errorOf(result->get(), statement));
        }
    }
}

} // namespace turnstone
