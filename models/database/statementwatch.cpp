// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/statementwatch.h"

#include <QCoreApplication>
#include <QLocale>

namespace turnstone {

namespace {

/// Counts the rows of another reader.
class WatchedReader final : public RowReader
{
public:
    WatchedReader(std::unique_ptr<RowReader> inner, StatementWatch watch) : m_inner(std::move(inner)), m_watch(std::move(watch)) {}
    ~WatchedReader() override
    {
        m_inner.reset(); // ending it early belongs to the statement's time
        if (!m_isDone)
            m_watch.add(m_rows);
    }
    Q_DISABLE_COPY_MOVE(WatchedReader)

    const std::vector<ResultColumn> &columns() const override { return m_inner->columns(); }
    Result<bool> read(RowBlock &block, const RowBlock::Limits &limits) override
    {
        Result<bool> more = m_inner->read(block, limits);
        m_rows += more ? block.rowCount() : 0;
        note(more);
        return more;
    }
    Result<bool> visit(RowVisitor &visitor) override
    {
        Counter counter(visitor, m_rows);
        Result<bool> more = m_inner->visit(counter);
        note(more);
        return more;
    }

private:
    class Counter final : public RowVisitor
    {
    public:
        Counter(RowVisitor &inner, std::int64_t &rows) : m_visitor(inner), m_count(rows) {}
        bool visit(const ValueRef *values) override
        {
            ++m_count;
            return m_visitor.visit(values);
        }

    private:
        RowVisitor &m_visitor;
        std::int64_t &m_count;
    };

    void note(const Result<bool> &more)
    {
        if (m_isDone || (more && *more))
            return;
        m_isDone = true;
        m_watch.add(m_rows, more ? nullptr : &more.error());
    }

    std::unique_ptr<RowReader> m_inner;
    StatementWatch m_watch;
    std::int64_t m_rows = 0;
    bool m_isDone = false;
};

} // namespace

StatementWatch::StatementWatch(const Connection &connection, const QString &sql, const Parameters &parameters)
{
    if (!StatementLog::isAnyListening())
        return;
    m_database = connection.url().displayText();
    m_statement.beganUtc = QDateTime::currentDateTimeUtc();
    m_statement.sql = sql;
    m_statement.parameters = StatementLog::texts(parameters);
    m_began = std::chrono::steady_clock::now();
}

void StatementWatch::add(std::int64_t rows, const Error *error)
{
    if (m_database.isEmpty())
        return;
    m_statement.duration = std::chrono::steady_clock::now() - m_began;
    m_statement.rows = rows;
    if (error)
        m_statement.error = error->message;
    StatementLog::note(m_database, m_statement);
    m_database.clear();
}

Result<std::unique_ptr<RowReader>> StatementWatch::query(const Connection &connection, const QString &sql, const Parameters &parameters, const Open &open)
{
    StatementWatch watch(connection, sql, parameters);
    if (watch.m_database.isEmpty())
        return open();
    Result<std::unique_ptr<RowReader>> reader = open();
    if (!reader) {
        watch.add(0, &reader.error());
        return reader;
    }
    return std::make_unique<WatchedReader>(std::move(*reader), std::move(watch));
}

PreparedWatch::~PreparedWatch()
{
    if (!m_others)
        return;
    m_others->setParameters({QCoreApplication::translate("PreparedWatch", "executed %1 times more").arg(QLocale().toString(static_cast<qlonglong>(m_otherCount)))});
    m_others->add(m_otherRows);
}

void PreparedWatch::begin(const ValueRef *values, int count)
{
    if (!StatementLog::isAnyListening())
        return;
    if (++m_count > mostSingle) {
        if (!m_others)
            m_others.emplace(m_connection, m_sql);
        return;
    }
    Parameters parameters;
    for (int i = 0; i < count; ++i)
        parameters.positional.emplace_back(values[i]);
    m_single.emplace(m_connection, m_sql, parameters);
}

Result<ExecuteOutcome> PreparedWatch::end(Result<ExecuteOutcome> outcome)
{
    if (m_single) {
        m_single->add(outcome ? outcome->rowsAffected : 0, outcome ? nullptr : &outcome.error());
        m_single.reset();
    } else if (m_others) {
        ++m_otherCount;
        m_otherRows += outcome ? outcome->rowsAffected : 0;
        if (!outcome)
            StatementWatch(m_connection, m_sql).add(0, &outcome.error());
    }
    return outcome;
}

} // namespace turnstone
