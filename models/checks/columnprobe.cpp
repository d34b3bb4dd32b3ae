// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checks/columnprobe.h"

#include "models/checks/columnrepairs.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <numeric>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct ColumnProbeText
{
    Q_DECLARE_TR_FUNCTIONS(ColumnProbe)
};

constexpr int kindsPerStatement = 60;

QString kindList(const ColumnProbe &probe, const std::vector<std::int64_t> &counts)
{
    QStringList parts;
    for (std::size_t i = 0; i < probe.kinds.size(); ++i) {
        if (counts[i] > 0)
            parts.append(u"%1 × %2"_s.arg(QLocale::c().toString(static_cast<qlonglong>(counts[i])), probe.kinds[i].name));
    }
    return parts.join(u", "_s);
}

/// The kind that all rows of OneKindOnly should be of.
std::size_t rightKind(const ColumnProbe &probe, const std::vector<std::int64_t> &counts)
{
    const auto most = static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin());
    return probe.expected >= 0 ? static_cast<std::size_t>(probe.expected) : most;
}

/// The kinds at fault; empty if all is well.
std::vector<std::size_t> wrongKinds(const ColumnProbe &probe, const std::vector<std::int64_t> &counts)
{
    std::vector<std::size_t> wrong;
    if (probe.judge == ColumnProbe::Judge::AnyIsWrong) {
        if (counts.front() > 0)
            wrong.push_back(0);
        return wrong;
    }
    const std::size_t right = rightKind(probe, counts);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (i != right && counts[i] > 0)
            wrong.push_back(i);
    }
    return wrong;
}

Result<std::vector<std::int64_t>> countKinds(Connection &connection, const CheckSql &sql, const CatalogTable &table, const std::vector<CheckSql::Where> &kinds)
{
    std::vector<std::int64_t> counts;
    for (std::size_t from = 0; from < kinds.size(); from += kindsPerStatement) {
        SqlValues values(sql.catalog().engine);
        QStringList sums;
        const std::size_t to = std::min(kinds.size(), from + kindsPerStatement);
        for (std::size_t i = from; i < to; ++i)
            sums.append(u"sum(CASE WHEN %1 THEN 1 ELSE 0 END)"_s.arg(kinds[i](values)));
        const Result<> read = connection.forEachRow(u"SELECT %1 FROM %2"_s.arg(sums.join(u", "_s), CheckSql::from(table)), values.values(), [&counts](const RowBlock &block, int row) {
            for (int i = 0; i < block.columnCount(); ++i)
                counts.push_back(block.at(row, i).isNull() ? 0 : Value(block.at(row, i)).toDisplayText().toLongLong());
            return false;
        });
        if (!read)
            return failure(read);
        counts.resize(to, 0);
    }
    return counts;
}

} // namespace

Result<std::vector<Finding>> runProbes(Connection &connection, const CheckSql &sql, const CatalogTable &table, const std::vector<ColumnProbe> &probes)
{
    std::vector<CheckSql::Where> all;
    for (const ColumnProbe &probe : probes) {
        for (const ColumnProbe::Kind &kind : probe.kinds)
            all.push_back(kind.where);
    }
    const Result<std::vector<std::int64_t>> counts = countKinds(connection, sql, table, all);
    if (!counts)
        return failure(counts);
    std::vector<Finding> findings;
    std::size_t place = 0;
    for (const ColumnProbe &probe : probes) {
        const std::vector<std::int64_t> own(counts->begin() + static_cast<std::ptrdiff_t>(place), counts->begin() + static_cast<std::ptrdiff_t>(place + probe.kinds.size()));
        place += probe.kinds.size();
        const std::vector<std::size_t> wrong = wrongKinds(probe, own);
        if (wrong.empty())
            continue;
        Finding finding = probe.base;
        finding.count = std::accumulate(wrong.begin(), wrong.end(), std::int64_t(0), [&](std::int64_t sum, std::size_t i) { return sum + own[i]; });
        if (probe.judge == ColumnProbe::Judge::OneKindOnly)
            finding.explanation += u' ' + ColumnProbeText::tr("Found: %1.").arg(kindList(probe, own));
        if (probe.repairs)
            finding.repairs = probe.repairs(rightKind(probe, own));
        if (!finding.repairs.empty())
            finding.fixSql = repairSql(finding.repairs.front());
        const CheckSql::Where where = [&](SqlValues &values) {
            QStringList parts;
            for (const std::size_t i : wrong)
                parts.append(u'(' + probe.kinds[i].where(values) + u')');
            return parts.join(u" OR "_s);
        };
        if (const Result<> sampled = sql.addSample(connection, table, where, probe.shown, finding); !sampled)
            return failure(sampled);
        findings.push_back(std::move(finding));
    }
    return findings;
}

} // namespace turnstone
