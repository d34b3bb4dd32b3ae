// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/tablecounter.h"

#include "models/core/async.h"
#include "models/items/tablequery.h"

namespace turnstone {

TableCounter::TableCounter(SessionPool &pool, const Catalog &catalog, Pass pass, QObject *parent) : QObject(parent), m_pool(pool), m_pass(pass)
{
    for (int i = 0; i < static_cast<int>(catalog.tables.size()); ++i) {
        const CatalogTable &table = catalog.tables[static_cast<std::size_t>(i)];
        if (table.kind == TableKind::Shadow || !table.problem.isEmpty())
            continue;
        const TableQuery query(table);
        const bool isView = table.kind == TableKind::View;
        m_tasks.push_back({i, query.count(bound), isView ? QString() : query.count(0), pass == Pass::Again && !isView});
    }
}

TableCounter::~TableCounter()
{
    m_stop.request_stop();
}

void TableCounter::start()
{
    next();
}

void TableCounter::next()
{
    if (m_tasks.empty() || m_stop.stop_requested()) {
        emit finished();
        return;
    }
    Task task = m_tasks.front();
    m_tasks.pop_front();
    const auto job = [sql = task.exact ? task.exactSql : task.boundedSql](Connection &connection) -> Result<qint64> {
        const Result<Value> count = connection.queryValue(sql);
        if (!count)
            return failure(count);
        return count->type() == ValueType::Integer ? count->integer() : count->bytes().toLongLong();
    };
    onResult(m_pool.read(job, m_stop.get_token()), this, [this, task](const Result<qint64> &count) {
        if (count) {
            const bool reached = !task.exact && *count >= bound;
            if (!reached || m_pass != Pass::Small)
                emit counted(task.tableIndex, *count, !reached);
            if (reached && !task.exactSql.isEmpty() && m_pass != Pass::Small) {
                Task again = task;
                again.exact = true;
                m_tasks.push_back(again);
            }
        }
        next();
    });
}

} // namespace turnstone
