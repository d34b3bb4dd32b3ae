// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/rowreader.h"
#include "models/items/rowsource.h"

#include <QTemporaryFile>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace turnstone {

/// The rows of a result, of any number: a few hundred in memory, all before them in a temporary file that goes with this
/// object. One thread adds rows while others read those that are there. Values are kept whole and as they came.
///
/// A page is 256 rows: cells of 16 bytes, then the bytes of short values. Long ones lie in the file by themselves, so that
/// their beginning can be shown without reading them.
class QueryRows
{
public:
    /// Of the file; beyond it no row is taken.
    static constexpr qint64 mostBytes = 8LL * 1024 * 1024 * 1024;

    /// `folder` is made if need be. Errors: Io.
    [[nodiscard]] static Result<std::shared_ptr<QueryRows>> make(const QString &folder, std::vector<ResultColumn> columns);

    const std::vector<ResultColumn> &columns() const { return m_columns; }
    qint64 rowCount() const { return m_rows.load(std::memory_order_acquire); }
    bool isComplete() const { return m_complete.load(std::memory_order_acquire); }

    /// Only from one thread. Errors: Io, also when the file has become too long.
    [[nodiscard]] Result<> add(const ValueRef *values);
    /// No more rows follow.
    void complete() { m_complete.store(true, std::memory_order_release); }

    /// Beginnings of values and their lengths, as views want them. Any thread.
    [[nodiscard]] Result<RowPage> page(qint64 number) const;
    /// Whole values of up to 256 rows from `first` on. Any thread.
    [[nodiscard]] Result<RowBlock> rows(qint64 first, int count) const;
    /// One whole value. Any thread.
    [[nodiscard]] Result<Value> value(qint64 row, int column) const;

private:
    struct Cell
    {
        union {
            std::int64_t integer = 0;
            double real;
            std::int64_t offset; // in the page's bytes, or in the file
        };
        std::int32_t size = 0;
        ValueType type = ValueType::Null;
        bool isInFile = false;
    };
    struct Page
    {
        std::vector<Cell> cells;
        QByteArray bytes;
    };
    struct Place
    {
        qint64 offset = 0;
        qint32 rows = 0;
        qint32 bytes = 0;
    };

    explicit QueryRows(std::vector<ResultColumn> columns) : m_columns(std::move(columns)) {}
    Result<qint64> write(const char *data, qint64 size);
    Result<> flush();
    Result<Page> readPage(qint64 number) const;
    Result<QByteArray> readBytes(const Page &page, const Cell &cell, qint64 most) const;
    bool readAt(qint64 offset, char *data, qint64 size) const;

    const std::vector<ResultColumn> m_columns;
    QTemporaryFile m_file;
    int m_descriptor = -1;
    qint64 m_end = 0; // of the file; the writer's
    std::atomic<qint64> m_rows = 0;
    std::atomic<bool> m_complete = false;
    mutable std::mutex m_mutex; // guards the two below
    Page m_tail;
    std::vector<Place> m_places;
};

/// Shows the rows of a result while they come.
class QueryRowSource final : public RowSource
{
    Q_OBJECT

public:
    QueryRowSource(std::shared_ptr<QueryRows> rows, class QThreadPool &workers, QObject *parent = nullptr);

    const std::vector<RowColumn> &columns() const override { return m_columns; }
    bool hasKeys() const override { return false; }
    qint64 rowCount() const override { return m_shown; }
    bool isComplete() const override { return m_isComplete; }
    void start() override;
    QFuture<Result<RowPage>> readPage(qint64 page) override;

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    void look();

    const std::shared_ptr<QueryRows> m_rows;
    QThreadPool &m_workers;
    std::vector<RowColumn> m_columns;
    qint64 m_shown = 0;
    bool m_isComplete = false;
    int m_timer = 0;
};

} // namespace turnstone
