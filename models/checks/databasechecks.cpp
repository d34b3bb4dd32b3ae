// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checks/databasechecks.h"

#include "models/checks/columnprobe.h"
#include "models/checks/enginechecks.h"
#include "models/checks/keychecks.h"
#include "models/checks/profilechecks.h"
#include "models/checks/textchecks.h"
#include "models/checks/vectorchecks.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// The bounds of a column are checked once, under the rule that has a sentence for them.
std::vector<ColumnProbe> probesOf(const CheckSql &sql, const CatalogTable &table)
{
    std::vector<ColumnProbe> rules = ruleProbes(sql, table);
    std::vector<ColumnProbe> probes = columnProbes(sql, table);
    std::erase_if(probes, [&](const ColumnProbe &probe) {
        if (probe.base.check != u"range" && probe.base.check != u"enum")
            return false;
        const TableProfile *known = sql.meaning(table);
        if (!known)
            return false;
        const QJsonArray declared = known->details.value(u"rules"_s).toArray();
        return std::ranges::any_of(rules, [&](const ColumnProbe &rule) {
            return rule.base.column == probe.base.column && std::ranges::any_of(declared, [&](const QJsonValue &entry) {
                       const QJsonObject object = entry.toObject();
                       const bool isBound = object.contains(u"min"_s) || object.contains(u"max"_s);
                       return u"rule:"_s + object.value(u"name"_s).toString() == rule.base.check && isBound && probe.base.check == u"range" && !object.contains(u"when"_s);
                   });
        });
    });
    std::ranges::move(rules, std::back_inserter(probes));
    return probes;
}

std::vector<CheckStep> valueChecks(const CheckSql &sql)
{
    std::vector<CheckStep> steps;
    for (const CatalogTable *table : sql.tables()) {
        const auto add = [&](const QString &title, std::vector<ColumnProbe> probes) {
            if (!probes.empty())
                steps.push_back({title, [sql, table, probes = std::move(probes)](Connection &connection) { return runProbes(connection, sql, *table, probes); }});
        };
        add(QCoreApplication::translate("DatabaseChecks", "Values of %1").arg(table->name), probesOf(sql, *table));
        add(QCoreApplication::translate("DatabaseChecks", "Declared rules of %1").arg(table->name), constraintProbes(sql, *table));
    }
    return steps;
}

} // namespace

DatabaseChecks::DatabaseChecks(std::shared_ptr<const Catalog> catalog, std::shared_ptr<const ResolvedProfile> profile)
    : DatabaseChecks(std::move(catalog), std::move(profile), QDateTime::currentDateTimeUtc(), {})
{
}

DatabaseChecks::DatabaseChecks(std::shared_ptr<const Catalog> catalog, std::shared_ptr<const ResolvedProfile> profile, QDateTime nowUtc, Options options)
{
    const CheckSql sql(std::move(catalog), std::move(profile), std::move(nowUtc));
    for (auto &&part : {profileChecks(sql), keyChecks(sql), valueChecks(sql), textChecks(sql), vectorChecks(sql), engineChecks(sql, options.isQuick)})
        m_steps.insert(m_steps.end(), part.begin(), part.end());
}

Result<> CheckReport::add(const CheckStep &step, Result<std::vector<Finding>> found)
{
    if (!found) {
        const Error &error = found.error();
        if (error.code == ErrorCode::Cancelled || error.code == ErrorCode::ConnectionLost)
            return failure(found);
        skipped.push_back({step.title, error.message});
        return {};
    }
    ++checked;
    for (Finding &finding : *found) {
        std::vector<Finding> &list = finding.severity == FindingSeverity::Note ? notes : findings;
        const auto place = finding.severity == FindingSeverity::Error ? std::ranges::find_if(list, [](const Finding &each) { return each.severity != FindingSeverity::Error; }) : list.end();
        list.insert(place, std::move(finding));
    }
    return {};
}

Result<CheckReport> runChecks(Connection &connection, const DatabaseChecks &checks, const std::function<void(int, int, const QString &)> &progress)
{
    CheckReport report;
    const int total = static_cast<int>(checks.steps().size());
    for (int i = 0; i < total; ++i) {
        const CheckStep &step = checks.steps()[static_cast<std::size_t>(i)];
        if (progress)
            progress(i, total, step.title);
        if (connection.stopRequested())
            return failure(ErrorCode::Cancelled, QCoreApplication::translate("Connection", "The work was stopped."));
        if (const Result<> added = report.add(step, step.run(connection)); !added)
            return failure(added);
    }
    if (progress)
        progress(total, total, {});
    return report;
}

} // namespace turnstone
