// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/postgrescopy.h"

#include "models/database/postgresconnection.h"
#include "models/database/statementwatch.h"

#include <QCoreApplication>

#include <libpq-fe.h>

#include <cstdint>

#include <poll.h>

namespace turnstone {

namespace {

constexpr int pollMs = 50; // between two looks at the stop token while the server is silent
constexpr qsizetype signatureBytes = 11;

template<typename T>
T bigEndian(const char *bytes)
{
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value = static_cast<T>((value << 8) | static_cast<unsigned char>(bytes[i]));
    return value;
}

/// Takes the binary stream apart: a header, then rows of counted fields, −1 at the end.
class BinaryRows
{
public:
    enum class Outcome { Row, End, Malformed };

    Outcome take(const char *data, qsizetype size, std::vector<std::optional<QByteArrayView>> &fields)
    {
        fields.clear();
        qsizetype at = 0;
        if (!m_hasHeader) {
            if (size < signatureBytes + 8)
                return Outcome::Malformed;
            at = signatureBytes + 8 + static_cast<qsizetype>(bigEndian<std::uint32_t>(data + signatureBytes + 4));
            m_hasHeader = true;
        }
        if (size < at + 2)
            return Outcome::Malformed;
        const auto count = static_cast<std::int16_t>(bigEndian<std::uint16_t>(data + at));
        at += 2;
        if (count < 0)
            return Outcome::End;
        for (int i = 0; i < count; ++i) {
            if (size < at + 4)
                return Outcome::Malformed;
            const auto length = static_cast<std::int32_t>(bigEndian<std::uint32_t>(data + at));
            at += 4;
            if (length < 0) {
                fields.emplace_back();
                continue;
            }
            if (size < at + length)
                return Outcome::Malformed;
            fields.emplace_back(QByteArrayView(data + at, length));
            at += length;
        }
        return Outcome::Row;
    }

private:
    bool m_hasHeader = false;
};

Error stoppedError()
{
    return {ErrorCode::Cancelled, QCoreApplication::translate("PostgresCopy", "Stopped."), {}, -1};
}

Result<> receive(PostgresConnection *postgres, const QString &sql, const std::function<bool(const std::vector<std::optional<QByteArrayView>> &)> &row)
{
    pg_conn *handle = postgres->handle();
    if (postgres->stopped())
        return tl::unexpected(stoppedError());
    if (!PQsendQuery(handle, sql.toUtf8().constData()))
        return failure(ErrorCode::ConnectionLost, QCoreApplication::translate("PostgresCopy", "The connection to the server was lost."), QString::fromUtf8(PQerrorMessage(handle)));
    const auto first = postgres->nextResult();
    if (!first)
        return failure(first);
    if (!*first || PQresultStatus(first->get()) != PGRES_COPY_OUT) {
        const Error error = postgres->errorOf(first->get(), sql);
        postgres->discardResults();
        return tl::unexpected(error);
    }
    BinaryRows rows;
    std::vector<std::optional<QByteArrayView>> fields;
    for (;;) {
        char *data = nullptr;
        const int size = PQgetCopyData(handle, &data, 1);
        if (size == 0) {
            pollfd wait{PQsocket(handle), POLLIN, 0};
            ::poll(&wait, 1, pollMs);
            if (postgres->stopped()) {
                postgres->discardResults();
                return tl::unexpected(stoppedError());
            }
            if (!PQconsumeInput(handle)) {
                return failure(ErrorCode::ConnectionLost, QCoreApplication::translate("PostgresCopy", "The connection to the server was lost."),
                               QString::fromUtf8(PQerrorMessage(handle)));
            }
            continue;
        }
        if (size < 0)
            break;
        const BinaryRows::Outcome outcome = rows.take(data, size, fields);
        const bool goOn = outcome == BinaryRows::Outcome::End || (outcome == BinaryRows::Outcome::Row && row(fields));
        PQfreemem(data);
        if (goOn && !postgres->stopped())
            continue;
        postgres->discardResults();
        if (postgres->stopped())
            return tl::unexpected(stoppedError());
        if (outcome == BinaryRows::Outcome::Malformed)
            return failure(ErrorCode::Internal, QCoreApplication::translate("PostgresCopy", "The server sent rows that cannot be read."));
        return {};
    }
    for (;;) { // the outcome
        const auto result = postgres->nextResult();
        if (!result)
            return failure(result);
        if (!*result)
            return {};
        if (PQresultStatus(result->get()) == PGRES_FATAL_ERROR) {
            const Error error = postgres->errorOf(result->get(), sql);
            postgres->discardResults();
            return tl::unexpected(error);
        }
    }
}

} // namespace

Result<> copyOut(Connection &connection, const QString &sql, const std::function<bool(const std::vector<std::optional<QByteArrayView>> &)> &row)
{
    auto *postgres = dynamic_cast<PostgresConnection *>(&connection);
    if (!postgres)
        return failure(ErrorCode::Unsupported, QCoreApplication::translate("PostgresCopy", "Only PostgreSQL can send rows in binary."));
    StatementWatch watch(connection, sql);
    std::int64_t rows = 0;
    const Result<> received = receive(postgres, sql, [&](const std::vector<std::optional<QByteArrayView>> &fields) {
        ++rows;
        return row(fields);
    });
    return watch.end(received, rows);
}

} // namespace turnstone
