// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/query/queryrows.h"

#include <QCoreApplication>
#include <QDir>
#include <QPromise>
#include <QThreadPool>
#include <QTimerEvent>

#include <algorithm>
#include <cerrno>

#include <unistd.h>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int rowsPerPage = RowSource::rowsPerPage;
constexpr qsizetype longestInPage = 4096;
constexpr int lookMs = 60;

Error diskError(const QString &what)
{
    return Error{ErrorCode::Io, QCoreApplication::translate("QueryRows", "The result cannot be kept on disk: %1.").arg(what), {}, -1};
}

} // namespace

Result<std::shared_ptr<QueryRows>> QueryRows::make(const QString &folder, std::vector<ResultColumn> columns)
{
    std::shared_ptr<QueryRows> rows(new QueryRows(std::move(columns)));
    QDir().mkpath(folder);
    rows->m_file.setFileTemplate(folder + u"/result-XXXXXX"_s);
    if (!rows->m_file.open())
        return tl::unexpected(diskError(rows->m_file.errorString()));
    rows->m_descriptor = rows->m_file.handle();
    // Nobody else needs its name, and nothing is left behind when the program is killed.
    ::unlink(QFile::encodeName(rows->m_file.fileName()).constData());
    return rows;
}

Result<qint64> QueryRows::write(const char *data, qint64 size)
{
    if (m_end + size > mostBytes)
        return tl::unexpected(diskError(QCoreApplication::translate("QueryRows", "it has more than 8 GB. Ask for fewer rows or export it")));
    const qint64 place = m_end;
    for (qint64 done = 0; done < size;) {
        const ssize_t written = ::pwrite(m_descriptor, data + done, static_cast<std::size_t>(size - done), m_end);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return tl::unexpected(diskError(QString::fromLocal8Bit(std::strerror(errno))));
        done += written;
        m_end += written;
    }
    return place;
}

bool QueryRows::readAt(qint64 offset, char *data, qint64 size) const
{
    for (qint64 done = 0; done < size;) {
        const ssize_t got = ::pread(m_descriptor, data + done, static_cast<std::size_t>(size - done), offset + done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += got;
    }
    return true;
}

Result<> QueryRows::add(const ValueRef *values)
{
    std::vector<Cell> row(m_columns.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
        const ValueRef &value = values[i];
        row[i].type = value.type();
        if (value.type() == ValueType::Integer)
            row[i].integer = value.integer();
        else if (value.type() == ValueType::Real)
            row[i].real = value.real();
        else
            row[i].size = static_cast<std::int32_t>(textOf(value).size());
        if (row[i].size <= longestInPage)
            continue;
        const Result<qint64> place = write(value.bytes().data(), value.bytes().size());
        if (!place)
            return failure(place);
        row[i].offset = *place;
        row[i].isInFile = true;
    }
    const std::lock_guard lock(m_mutex);
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i].type >= ValueType::Text && !row[i].isInFile) {
            row[i].offset = m_tail.bytes.size();
            m_tail.bytes.append(values[i].bytes().data(), values[i].bytes().size());
        }
        m_tail.cells.push_back(row[i]);
    }
    const qint64 count = m_rows.load(std::memory_order_relaxed) + 1;
    if (count % rowsPerPage == 0) {
        if (const Result<> flushed = flush(); !flushed)
            return flushed;
    }
    m_rows.store(count, std::memory_order_release);
    return {};
}

Result<> QueryRows::flush()
{
    const auto cellBytes = static_cast<qint64>(m_tail.cells.size() * sizeof(Cell));
    const Result<qint64> place = write(reinterpret_cast<const char *>(m_tail.cells.data()), cellBytes);
    if (!place)
        return failure(place);
    const Result<qint64> bytes = write(m_tail.bytes.constData(), m_tail.bytes.size());
    if (!bytes)
        return failure(bytes);
    m_places.push_back({*place, rowsPerPage, static_cast<qint32>(m_tail.bytes.size())});
    m_tail.cells.clear();
    m_tail.bytes.resize(0);
    return {};
}

Result<QueryRows::Page> QueryRows::readPage(qint64 number) const
{
    Place place;
    {
        const std::lock_guard lock(m_mutex);
        if (number >= static_cast<qint64>(m_places.size()))
            return m_tail; // a copy of at most 255 rows
        place = m_places[static_cast<std::size_t>(number)];
    }
    Page page;
    page.cells.resize(static_cast<std::size_t>(place.rows) * m_columns.size());
    const auto cellBytes = static_cast<qint64>(page.cells.size() * sizeof(Cell));
    page.bytes.resize(place.bytes);
    if (!readAt(place.offset, reinterpret_cast<char *>(page.cells.data()), cellBytes) || !readAt(place.offset + cellBytes, page.bytes.data(), place.bytes))
        return tl::unexpected(diskError(QString::fromLocal8Bit(std::strerror(errno))));
    return page;
}

Result<QByteArray> QueryRows::readBytes(const Page &page, const Cell &cell, qint64 most) const
{
    const qint64 size = std::min<qint64>(cell.size, most);
    if (!cell.isInFile)
        return page.bytes.mid(cell.offset, size);
    QByteArray bytes(size, Qt::Uninitialized);
    if (!readAt(cell.offset, bytes.data(), size))
        return tl::unexpected(diskError(QString::fromLocal8Bit(std::strerror(errno))));
    return bytes;
}

Result<RowPage> QueryRows::page(qint64 number) const
{
    const Result<Page> stored = readPage(number);
    if (!stored)
        return failure(stored);
    RowPage page;
    const std::size_t columns = m_columns.size();
    page.rows.clear(static_cast<int>(2 * columns));
    for (std::size_t i = 0; i < stored->cells.size(); ++i) {
        const Cell &cell = stored->cells[i];
        switch (cell.type) {
        case ValueType::Null: page.rows.addNull(); break;
        case ValueType::Integer: page.rows.addInteger(cell.integer); break;
        case ValueType::Real: page.rows.addReal(cell.real); break;
        case ValueType::Text:
        case ValueType::Blob: {
            const Result<QByteArray> bytes = readBytes(*stored, cell, RowSource::prefixBytes);
            if (!bytes)
                return failure(bytes);
            page.rows.addBytes(cell.type, bytes->constData(), bytes->size());
        }
        }
        if (cell.type >= ValueType::Text)
            page.rows.addInteger(cell.size);
        else
            page.rows.addNull();
        if ((i + 1) % columns == 0)
            page.rows.endRow();
    }
    return page;
}

Result<RowBlock> QueryRows::rows(qint64 first, int count) const
{
    RowBlock block;
    const std::size_t columns = m_columns.size();
    block.clear(static_cast<int>(columns));
    const qint64 end = std::min(first + count, rowCount());
    for (qint64 row = first; row < end;) {
        const qint64 number = row / rowsPerPage;
        const Result<Page> page = readPage(number);
        if (!page)
            return failure(page);
        const qint64 last = std::min(end, (number + 1) * rowsPerPage);
        for (; row < last; ++row) {
            for (std::size_t i = 0; i < columns; ++i) {
                const Cell &cell = page->cells[static_cast<std::size_t>(row % rowsPerPage) * columns + i];
                if (cell.type == ValueType::Integer)
                    block.addInteger(cell.integer);
                else if (cell.type == ValueType::Real)
                    block.addReal(cell.real);
                else if (cell.type == ValueType::Null)
                    block.addNull();
                else if (const Result<QByteArray> bytes = readBytes(*page, cell, cell.size); bytes)
                    block.addBytes(cell.type, bytes->constData(), bytes->size());
                else
                    return failure(bytes);
            }
            block.endRow();
        }
    }
    return block;
}

Result<Value> QueryRows::value(qint64 row, int column) const
{
    const Result<RowBlock> block = rows(row, 1);
    if (!block)
        return failure(block);
    if (block->isEmpty())
        return failure(ErrorCode::NotFound, QCoreApplication::translate("QueryRows", "There is no such row."));
    return Value(block->at(0, column));
}

QueryRowSource::QueryRowSource(std::shared_ptr<QueryRows> rows, QThreadPool &workers, QObject *parent) : RowSource(parent), m_rows(std::move(rows)), m_workers(workers)
{
    for (const ResultColumn &column : m_rows->columns())
        m_columns.push_back({column.name, column.typeName, false, {}});
}

void QueryRowSource::start()
{
    m_shown = 0;
    m_isComplete = false;
    if (m_timer == 0)
        m_timer = startTimer(lookMs);
    QMetaObject::invokeMethod(this, &QueryRowSource::look, Qt::QueuedConnection);
}

void QueryRowSource::timerEvent(QTimerEvent *event)
{
    if (event->timerId() == m_timer)
        look();
}

void QueryRowSource::look()
{
    const bool isComplete = m_rows->isComplete(); // before the count: then the count is the last one
    const qint64 rows = m_rows->rowCount();
    if (isComplete && m_timer != 0)
        killTimer(std::exchange(m_timer, 0));
    if (rows == m_shown && isComplete == m_isComplete)
        return;
    // The page that was being filled holds more rows than before.
    const bool hasGrownPage = m_shown % rowsPerPage != 0 && rows > m_shown;
    m_shown = rows;
    m_isComplete = isComplete;
    emit extentChanged();
    if (hasGrownPage)
        emit rowsChanged();
}

QFuture<Result<RowPage>> QueryRowSource::readPage(qint64 page)
{
    auto promise = std::make_shared<QPromise<Result<RowPage>>>();
    promise->start();
    m_workers.start([promise, rows = m_rows, page] {
        promise->addResult(rows->page(page));
        promise->finish();
    });
    return promise->future();
}

} // namespace turnstone
