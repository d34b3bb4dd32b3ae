// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/tieasker.h"

#include <QCoreApplication>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t askedAtOnce = 4096;

} // namespace

Result<> TieAsker::order(SqliteConnection &connection, SortedRun &run)
{
    const auto isAsked = [this](const SortedRun::Tie &tie) {
        return tie.isOpen ? (m_open += tie.count) <= m_mostOpen : (m_rounded += tie.count) <= m_mostRounded;
    };
    std::vector<SortedRun::Tie> asked;
    std::vector<SortedRun::Tie> left;
    for (const SortedRun::Tie &tie : run.ties)
        (isAsked(tie) ? asked : left).push_back(tie);
    run.ties = std::move(left);
    for (auto first = asked.cbegin(); first != asked.cend();) {
        std::size_t count = 0;
        auto behind = first;
        for (; behind != asked.cend() && count < askedAtOnce; ++behind)
            count += behind->count;
        if (const Result<> ordered = askFor(connection, std::span(first, behind), run.rows.get()); !ordered)
            return ordered;
        first = behind;
    }
    return {};
}

/// Of several ties at once: they are in order already.
Result<> TieAsker::askFor(SqliteConnection &connection, std::span<const SortedRun::Tie> ties, std::int64_t *rows) const
{
    QByteArray list = "[";
    for (const SortedRun::Tie &tie : ties) {
        for (std::size_t i = tie.begin; i < tie.begin + tie.count; ++i)
            list += QByteArray::number(static_cast<qlonglong>(rows[i])) + ',';
    }
    list.back() = ']';
    const QString sql = u"SELECT %1 FROM %2 WHERE %1 IN (SELECT value FROM json_each(?1)) ORDER BY %3"_s.arg(
        m_query.query().keyList(), m_query.query().from(), m_query.order().orderBy());
    auto tie = ties.begin();
    std::size_t at = 0;
    const Result<> read = connection.forEachRow(sql, {Value::text(list)}, [&](const RowBlock &block, int row) {
        if (tie == ties.end())
            return false;
        rows[tie->begin + at] = block.at(row, 0).integer();
        if (++at == tie->count) {
            ++tie;
            at = 0;
        }
        return true;
    });
    if (read && tie != ties.end()) {
        return failure(ErrorCode::Corrupt,
                       QCoreApplication::translate("RowSorter", "Rows of \"%1\" are not found by their rowid: the file is damaged.")
                           .arg(m_query.table().name));
    }
    return read;
}

} // namespace turnstone
