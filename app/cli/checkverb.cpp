// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/checkverb.h"

#include "app/cli/keyjson.h"
#include "app/cli/recogniser.h"
#include "models/core/jsonwriter.h"

#include <QCoreApplication>
#include <QLocale>

namespace turnstone::cli {

namespace {

using namespace Qt::StringLiterals;

struct CheckverbText
{
    Q_DECLARE_TR_FUNCTIONS(CheckVerb)
};

void textOrNull(JsonWriter &json, QStringView key, const QString &text)
{
    json.key(key);
    text.isEmpty() ? json.null() : json.string(text);
}

void writeFinding(JsonWriter &json, const Finding &finding, const Catalog &catalog)
{
    json.beginObject();
    json.key(u"check");
    json.string(finding.check);
    json.key(u"severity");
    json.string(severityName(finding.severity));
    textOrNull(json, u"table", finding.table);
    textOrNull(json, u"column", finding.column);
    json.key(u"count");
    json.integer(finding.count);
    json.key(u"title");
    json.string(finding.title);
    json.key(u"explanation");
    json.string(finding.explanation);
    json.key(u"sample");
    json.beginArray();
    for (const FindingRow &row : finding.sample) {
        json.beginObject();
        json.key(u"key");
        writeKey(json, row.key, finding.keyColumns, catalog.table(finding.table, finding.schema));
        json.key(u"text");
        json.string(row.text);
        json.endObject();
    }
    json.endArray();
    textOrNull(json, u"fix", finding.fixAction);
    textOrNull(json, u"fix_sql", finding.fixSql);
    json.endObject();
}

QString keyText(const RowKey &key)
{
    QStringList parts;
    for (const Value &value : key)
        parts.append(value.toDisplayText());
    return parts.join(u',');
}

void describe(QString &out, const Finding &finding)
{
    const QString where = finding.column.isEmpty() ? finding.table : finding.table + u'.' + finding.column;
    out += u"%1  %2  %3\n"_s.arg(severityName(finding.severity).leftJustified(7), QLocale::c().toString(static_cast<qlonglong>(finding.count)).rightJustified(9), finding.title);
    out += QString(20, u' ') + finding.check + (where.isEmpty() ? QString() : u" in "_s + where) + u'\n';
    if (!finding.explanation.isEmpty())
        out += QString(20, u' ') + finding.explanation + u'\n';
    for (const FindingRow &row : finding.sample)
        out += QString(20, u' ') + (row.key.empty() ? QString() : keyText(row.key) + u"  "_s) + row.text.left(80) + u'\n';
    if (!finding.fixAction.isEmpty())
        out += QString(20, u' ') + CheckverbText::tr("repaired by the action %1").arg(finding.fixAction) + u'\n';
    else if (!finding.fixSql.isEmpty())
        out += QString(20, u' ') + CheckverbText::tr("repaired by %1").arg(finding.fixSql.section(u'\n', 0, 0)) + u'\n';
}

} // namespace

void CheckVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_flag("--quick", m_isQuick, "Leave out the engine's own check of every page and index");
    command.add_flag("--json", m_json, "Print JSON");
}

QByteArray CheckVerb::asJson(const CheckReport &report, const Catalog &catalog) const
{
    QByteArray out;
    JsonWriter json(out, 2);
    json.beginObject();
    json.key(u"findings");
    json.beginArray();
    for (const Finding &finding : report.findings)
        writeFinding(json, finding, catalog);
    json.endArray();
    json.key(u"notes");
    json.beginArray();
    for (const Finding &finding : report.notes)
        writeFinding(json, finding, catalog);
    json.endArray();
    json.key(u"skipped");
    json.beginArray();
    for (const SkippedCheck &check : report.skipped) {
        json.beginObject();
        json.key(u"title");
        json.string(check.title);
        json.key(u"reason");
        json.string(check.reason);
        json.endObject();
    }
    json.endArray();
    json.key(u"checked");
    json.integer(report.checked);
    json.endObject();
    out += '\n';
    return out;
}

QByteArray CheckVerb::asText(const CheckReport &report) const
{
    QString out;
    for (const Finding &finding : report.findings)
        describe(out, finding);
    for (const Finding &finding : report.notes)
        describe(out, finding);
    out += report.findings.empty() ? CheckverbText::tr("%1 checks, nothing is wrong\n").arg(report.checked)
                                   : CheckverbText::tr("%1 checks, %2 findings\n").arg(report.checked).arg(report.findings.size());
    return out.toUtf8();
}

Result<> CheckVerb::run(VerbContext &context)
{
    const ProfileRegistry registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    auto connection = m_database.open({}, context.stop);
    if (!connection)
        return failure(connection);
    const StopGuard guard(**connection, context.stop);
    Result<KnownDatabase> known = readAndRecognise(**connection, registry);
    if (!known)
        return failure(known);
    const auto catalog = std::make_shared<const Catalog>(std::move(known->catalog));
    const DatabaseChecks checks(catalog, std::make_shared<const ResolvedProfile>(std::move(known->profile)), QDateTime::currentDateTimeUtc(), {m_isQuick});
    const auto progress = [&](int done, int total, const QString &title) {
        if (context.streams.errIsTerminal)
            context.streams.err(done == total ? QByteArray("\r\033[K") : u"\r\033[K%1/%2 %3"_s.arg(done + 1).arg(total).arg(title).toUtf8());
    };
    const Result<CheckReport> report = runChecks(**connection, checks, progress);
    if (!report)
        return failure(report);
    for (const SkippedCheck &check : report->skipped)
        context.streams.error(CheckverbText::tr("turnstone-cli: check: not made: %1: %2").arg(check.title, check.reason));
    m_hasFindings = !report->findings.empty();
    return context.streams.out(m_json ? asJson(*report, *catalog) : asText(*report));
}

} // namespace turnstone::cli
