// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/connectiontest.h"

#include "models/connections/serverprobe.h"

#include <QCoreApplication>
#include <QtConcurrentRun>

#include <algorithm>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct ConnectionTestText
{
    Q_DECLARE_TR_FUNCTIONS(ConnectionTest)
};

/// Why none of the hosts can be used: the first one's words, all of them in the detail.
Error allFailed(const std::vector<HostAnswer> &answers)
{
    Error error = answers.front().error.value_or(Error());
    if (answers.size() == 1)
        return error;
    QStringList details;
    for (const HostAnswer &answer : answers) {
        details.append(answer.error->message);
        if (!answer.error->detail.isEmpty())
            details.append(answer.error->detail);
    }
    error.message = ConnectionTestText::tr("None of the %1 hosts can be used. %2").arg(QString::number(answers.size()), error.message);
    error.detail = details.join(u'\n');
    return error;
}

/// The URL with those hosts only that answer, so that opening it does not wait for the others.
DatabaseUrl withAnswering(const DatabaseUrl &url, const std::vector<HostAnswer> &answers)
{
    const QStringList keywords{u"host"_s, u"hostaddr"_s, u"port"_s};
    QList<QStringList> lists(keywords.size());
    for (const HostAnswer &answer : answers)
        for (qsizetype i = 0; i < keywords.size() && !answer.error; ++i)
            lists[i].append(answer.url.parameter(keywords[i]));
    DatabaseUrl narrowed = url;
    for (qsizetype i = 0; i < keywords.size(); ++i) {
        const bool isGiven = std::any_of(lists[i].cbegin(), lists[i].cend(), [](const QString &text) { return !text.isEmpty(); });
        narrowed.setParameter(keywords[i], isGiven ? lists[i].join(u',') : QString());
    }
    return narrowed;
}

Result<> readFacts(Connection &connection, ConnectionReport &report)
{
    Result<Health> health = connection.health();
    if (!health)
        return failure(health);
    report.health = std::move(*health);
    const Result<> facts = connection.forEachRow(
        u"SELECT current_user, pg_catalog.pg_is_in_recovery()::int, (pg_catalog.current_setting('transaction_read_only') = 'on')::int"_s, {},
        [&](const RowBlock &block, int row) {
            report.user = QString::fromUtf8(block.at(row, 0).bytes());
            report.isStandby = block.at(row, 1).bytes() == "1";
            report.isReadOnly = block.at(row, 2).bytes() == "1";
            return false;
        });
    if (!facts)
        return facts;
    for (const QString &extension : std::as_const(report.health.extensions))
        if (extension.startsWith("vector "_L1))
            report.pgvectorVersion = extension.section(u' ', 1);
    for (int i = 0; i < 3; ++i) {
        const auto begun = std::chrono::steady_clock::now();
        if (const Result<Value> one = connection.queryValue(u"SELECT 1"_s); !one)
            return failure(one);
        const auto taken = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
        report.latency = i == 0 ? taken : std::min(report.latency, taken);
    }
    return {};
}

} // namespace

Result<ConnectionReport> testConnection(const DatabaseUrl &url, const ConnectionOptions &options, const std::stop_token &stop)
{
    const std::vector<HostAnswer> answers = probeHosts(url, options.connectTimeout, stop);
    if (stop.stop_requested())
        return failure(ErrorCode::Cancelled, ConnectionTestText::tr("The test was stopped."));
    if (std::all_of(answers.cbegin(), answers.cend(), [](const HostAnswer &answer) { return answer.error.has_value(); }))
        return tl::unexpected(allFailed(answers));

    const auto connection = Connection::open(withAnswering(url, answers), options);
    if (!connection)
        return failure(connection);
    const std::stop_callback interrupt(stop, [&] { (*connection)->interrupt(); });
    (*connection)->setStopToken(stop);
    ConnectionReport report;
    if (const Result<> read = readFacts(**connection, report); !read)
        return failure(read);
    for (const HostAnswer &answer : answers) {
        const bool isThisOne = answers.size() == 1
            || (answer.url.parameter(u"host"_s) == report.health.host
                && (answer.url.parameter(u"port"_s).isEmpty() ? 5432 : answer.url.parameter(u"port"_s).toInt()) == report.health.port);
        if (answer.error) {
            report.silentHosts.append(answer.error->message);
        } else if (isThisOne) {
            report.isEncrypted = answer.isEncrypted;
            report.encryption = answer.encryption;
        }
    }
    return report;
}

QFuture<Result<ConnectionReport>> startConnectionTest(QThreadPool &workers, const DatabaseUrl &url, const ConnectionOptions &options, std::stop_token stop)
{
    return QtConcurrent::run(&workers, [url, options, stop = std::move(stop)] { return testConnection(url, options, stop); });
}

} // namespace turnstone
