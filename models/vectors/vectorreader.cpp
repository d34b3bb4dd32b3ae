// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/vectorreader.h"

#include "models/vectors/postgrescopy.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstring>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;
using Storage = VectorColumn::Storage;

constexpr RowBlock::Limits scanLimits{4096, 1 << 20};
constexpr std::size_t keysAtOnce = 256;

/// A literal of no type, so that the server reads it as the column's.
QString literal(const Value &value)
{
    if (value.isNull())
        return u"NULL"_s;
    QString text = value.toDisplayText();
    if (value.type() == ValueType::Text)
        text = QString::fromUtf8(value.bytes());
    text.replace(u'\'', u"''"_s);
    return text.contains(u'\\') ? u"E'%1'"_s.arg(text.replace(u'\\', u"\\\\"_s)) : u"'%1'"_s.arg(text);
}

} // namespace

QString VectorReader::from() const
{
    return Connection::quoted(m_column.schema, m_column.table);
}

QString VectorReader::keyList(const QString &cast) const
{
    QStringList columns;
    for (const QString &name : m_column.key)
        columns.append((m_column.isKeyRowid ? name : Connection::quoted(name)) + cast);
    return columns.join(u", "_s);
}

RowKey VectorReader::keyOf(const RowBlock &block, int row) const
{
    RowKey key;
    for (int i = 0; i < static_cast<int>(keySize()); ++i)
        key.emplace_back(block.at(row, i));
    return key;
}

Result<> VectorReader::scan(const Sink &sink)
{
    if (m_connection.engine() == Engine::PostgreSql)
        return scanCopy({}, sink);
    return m_column.storage == Storage::Vec0 ? scanVec0(sink) : scanValues(sink);
}

Result<> VectorReader::scanValues(const Sink &sink)
{
    const QString column = Connection::quoted(m_column.column);
    auto reader = m_connection.query(u"SELECT %1, %2 FROM %3 WHERE %2 IS NOT NULL ORDER BY %1"_s.arg(keyList(), column, from()));
    if (!reader)
        return failure(reader);
    RowBlock block;
    for (;;) {
        const Result<bool> more = (*reader)->read(block, scanLimits);
        if (!more)
            return failure(more);
        std::optional<RowBlock> next = sink(std::move(block));
        if (!*more || !next)
            return {};
        block = std::move(*next);
    }
}

/// sqlite-vec keeps the vectors of some 1,024 rows in one blob, a bit for each that is there, and the rowids in another.
Result<> VectorReader::scanVec0(const Sink &sink)
{
    const QString chunks = Connection::quoted(m_column.table + u"_chunks"_s);
    const QString vectors = Connection::quoted(m_column.table + u"_vector_chunks00"_s);
    const std::size_t bytes = m_column.dimension * sizeof(float);
    RowBlock block;
    block.clear(2);
    bool isDone = false;
    const Result<> read = m_connection.forEachRow(
        u"SELECT c.validity, c.rowids, v.vectors FROM %1 AS c JOIN %2 AS v ON v.rowid = c.chunk_id ORDER BY c.chunk_id"_s.arg(chunks, vectors), {},
        [&](const RowBlock &chunk, int row) {
            const QByteArrayView valid = chunk.at(row, 0).bytes();
            const QByteArrayView rowids = chunk.at(row, 1).bytes();
            const QByteArrayView values = chunk.at(row, 2).bytes();
            const std::size_t count = std::min({static_cast<std::size_t>(valid.size()) * 8, static_cast<std::size_t>(rowids.size()) / 8,
                                                bytes == 0 ? 0 : static_cast<std::size_t>(values.size()) / bytes});
            for (std::size_t i = 0; i < count && !isDone; ++i) {
                if (((static_cast<unsigned char>(valid[static_cast<qsizetype>(i / 8)]) >> (i % 8)) & 1) == 0)
                    continue;
                std::int64_t rowid;
                std::memcpy(&rowid, rowids.data() + i * 8, sizeof rowid);
                block.addInteger(rowid);
                block.addBytes(ValueType::Blob, values.data() + i * bytes, static_cast<qsizetype>(bytes));
                block.endRow();
                if (!block.isFull(scanLimits))
                    continue;
                std::optional<RowBlock> next = sink(std::move(block));
                isDone = !next;
                block = next ? std::move(*next) : RowBlock();
                block.clear(2);
            }
            return !isDone;
        });
    if (!read)
        return read;
    if (!isDone)
        (void)sink(std::move(block));
    return {};
}

Result<> VectorReader::scanCopy(const QString &where, const Sink &sink)
{
    const QString column = Connection::quoted(m_column.column);
    const QString sql = u"COPY (SELECT %1, %2 FROM %3 WHERE %2 IS NOT NULL%4) TO STDOUT (FORMAT binary)"_s.arg(keyList(u"::text"_s), column, from(), where);
    const int columns = static_cast<int>(keySize()) + 1;
    RowBlock block;
    block.clear(columns);
    bool isDone = false;
    const Result<> copied = copyOut(m_connection, sql, [&](const std::vector<std::optional<QByteArrayView>> &row) {
        for (std::size_t i = 0; i < row.size(); ++i)
            row[i] ? block.addBytes(i + 1 < row.size() ? ValueType::Text : ValueType::Blob, row[i]->data(), row[i]->size()) : block.addNull();
        block.endRow();
        if (!block.isFull(scanLimits))
            return true;
        std::optional<RowBlock> next = sink(std::move(block));
        isDone = !next;
        block = next ? std::move(*next) : RowBlock();
        block.clear(columns);
        return !isDone;
    });
    if (!copied)
        return copied;
    if (!isDone)
        (void)sink(std::move(block));
    return {};
}

/// `(a, b) IN (…)` of some keys.
QString VectorReader::keysIn(const std::vector<RowKey> &keys, std::size_t first, std::size_t count, Parameters *parameters) const
{
    QStringList rows;
    for (std::size_t i = first; i < first + count; ++i) {
        QStringList values;
        for (const Value &value : keys[i]) {
            if (parameters)
                parameters->positional.push_back(value);
            values.append(parameters ? u"?"_s : literal(value));
        }
        rows.append(keySize() == 1 ? values.join(QString()) : u'(' + values.join(u", "_s) + u')');
    }
    if (keySize() == 1)
        return u"%1 IN (%2)"_s.arg(keyList(), rows.join(u", "_s));
    return parameters ? u"(%1) IN (VALUES %2)"_s.arg(keyList(), rows.join(u", "_s)) : u"(%1) IN (%2)"_s.arg(keyList(), rows.join(u", "_s));
}

Result<> VectorReader::fetch(const std::vector<RowKey> &keys, const std::function<void(const RowBlock &, int)> &take)
{
    if (m_column.storage == Storage::Vec0)
        return fetchVec0(keys, take);
    for (std::size_t first = 0; first < keys.size(); first += keysAtOnce) {
        const std::size_t count = std::min(keysAtOnce, keys.size() - first);
        Result<> read;
        if (m_connection.engine() == Engine::PostgreSql) {
            read = scanCopy(u" AND "_s + keysIn(keys, first, count, nullptr), [&](RowBlock &&block) {
                for (int row = 0; row < block.rowCount(); ++row)
                    take(block, row);
                return std::optional(std::move(block));
            });
        } else {
            Parameters parameters;
            const QString in = keysIn(keys, first, count, &parameters);
            read = m_connection.forEachRow(u"SELECT %1, %2 FROM %3 WHERE %4"_s.arg(keyList(), Connection::quoted(m_column.column), from(), in), parameters,
                                           [&](const RowBlock &block, int row) {
                                               take(block, row);
                                               return true;
                                           });
        }
        if (!read)
            return read;
    }
    return {};
}

Result<> VectorReader::fetchVec0(const std::vector<RowKey> &keys, const std::function<void(const RowBlock &, int)> &take)
{
    const QString sql = u"SELECT r.rowid, substr(v.vectors, r.chunk_offset * %1 + 1, %1) FROM %2 AS r JOIN %3 AS v ON v.rowid = r.chunk_id WHERE r.rowid = ?"_s
                            .arg(QString::number(m_column.dimension * sizeof(float)), Connection::quoted(m_column.table + u"_rowids"_s),
                                 Connection::quoted(m_column.table + u"_vector_chunks00"_s));
    for (const RowKey &key : keys) {
        const Result<> read = m_connection.forEachRow(sql, Parameters(key), [&](const RowBlock &block, int row) {
            take(block, row);
            return true;
        });
        if (!read)
            return read;
    }
    return {};
}

Result<> VectorReader::scanVersions(const std::function<void(const RowKey &, std::string_view)> &take)
{
    const QString sql = u"SELECT %1, xmin::text FROM %2 WHERE %3 IS NOT NULL"_s.arg(keyList(u"::text"_s), from(), Connection::quoted(m_column.column));
    return m_connection.forEachRow(sql, {}, [&](const RowBlock &block, int row) {
        const QByteArrayView version = block.at(row, static_cast<int>(keySize())).bytes();
        take(keyOf(block, row), {version.data(), static_cast<std::size_t>(version.size())});
        return true;
    });
}

} // namespace turnstone
