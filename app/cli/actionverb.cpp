// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/actionverb.h"

#include "app/cli/keyjson.h"
#include "models/core/jsonwriter.h"
#include "models/profiles/rowsql.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonDocument>

#include <algorithm>

namespace turnstone::cli {

namespace {

using namespace Qt::StringLiterals;

struct ActionverbText
{
    Q_DECLARE_TR_FUNCTIONS(ActionVerb)
};

} // namespace

void ActionVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_option("NAME", m_name, "The action; left out: list them");
    command.add_option("--row", m_rows, "Key of a row that it is for; may be repeated")->type_name("KEY")->take_all();
    command.add_option("--param", m_parameters, "A value that it asks for, as n=v; may be repeated")->type_name("N=V")->take_all();
    command.add_flag("--dry-run", m_dryRun, "Say what would happen and take it back");
    command.add_flag("--json", m_json, "Print JSON");
}

Result<ActionRequest> ActionVerb::request(const KnownDatabase &known, const ProfileAction &action) const
{
    ActionRequest request{&action, {}, {}, QDateTime::currentDateTimeUtc()};
    const RowSql sql(known.catalog, known.profile);
    const CatalogTable *table = sql.table(action.table);
    for (const std::string &row : m_rows) {
        const Result<RowKey> key = table ? keyFromText(QString::fromStdString(row), sql.identity(*table), table->name)
                                         : Result<RowKey>(failure(ErrorCode::NotFound, ActionverbText::tr("there is no table \"%1\"").arg(action.table)));
        if (!key)
            return failure(key);
        request.keys.push_back(*key);
    }
    const QJsonArray parameters = actionParameters(action);
    for (const std::string &word : m_parameters) {
        const QString text = QString::fromStdString(word);
        const qsizetype equals = text.indexOf(u'=');
        const QString name = text.left(equals);
        const auto parameter = std::ranges::find_if(parameters, [&](const QJsonValue &each) { return each.toObject().value(u"name"_s).toString() == name; });
        if (equals < 1 || parameter == parameters.end())
            return failure(ErrorCode::InvalidInput, ActionverbText::tr("%1 asks for no \"%2\"").arg(action.id, equals < 1 ? text : name));
        const QJsonValue description = *parameter;
        const Result<Value> value = actionParameter(description.toObject(), text.mid(equals + 1), known.catalog.engine);
        if (!value)
            return failure(value);
        request.parameters[name] = *value;
    }
    return request;
}

QByteArray ActionVerb::list(const ResolvedProfile &profile) const
{
    QByteArray out;
    if (m_json) {
        JsonWriter json(out, 2);
        json.beginArray();
        for (const ProfileAction &action : profile.actions) {
            json.beginObject();
            for (const auto &[key, text] : {std::pair(u"id"_s, action.id), std::pair(u"title"_s, action.title), std::pair(u"table"_s, action.table), std::pair(u"rows"_s, action.rows)}) {
                json.key(key);
                json.string(text);
            }
            json.key(u"parameters");
            json.raw(QJsonDocument(actionParameters(action)).toJson(QJsonDocument::Compact));
            json.endObject();
        }
        json.endArray();
        return out + '\n';
    }
    qsizetype widest = 0;
    for (const ProfileAction &action : profile.actions)
        widest = std::max(widest, action.id.size());
    for (const ProfileAction &action : profile.actions) {
        out += (action.id.leftJustified(widest + 2) + action.title + (action.rows == u"selection" ? ActionverbText::tr(" (--row, of %1)").arg(action.table) : QString())).toUtf8() + '\n';
    }
    return out;
}

QByteArray ActionVerb::asJson(const KnownDatabase &known, const ProfileAction &action, const ActionReport &report) const
{
    QByteArray out;
    JsonWriter json(out, 2);
    const RowSql sql(known.catalog, known.profile);
    json.beginObject();
    json.key(u"action");
    json.string(action.id);
    json.key(u"done");
    json.boolean(report.isDone);
    json.key(u"count");
    json.integer(report.count);
    json.key(u"sentence");
    json.string(report.sentence);
    json.key(u"selected");
    json.beginArray();
    const CatalogTable *table = sql.table(action.table);
    for (const RowKey &key : report.selected)
        writeKey(json, key, sql.identity(*table), table);
    json.endArray();
    json.key(u"statements");
    json.beginArray();
    for (const ActionStatement &statement : report.statements) {
        json.beginObject();
        json.key(u"sql");
        json.string(statement.sql);
        json.key(u"rows");
        json.integer(statement.rows);
        json.endObject();
    }
    json.endArray();
    json.endObject();
    return out + '\n';
}

Result<> ActionVerb::run(VerbContext &context)
{
    m_database.shiftInto({&m_name});
    const ProfileRegistry registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    ConnectionOptions options;
    options.readOnly = m_name.empty();
    auto connection = m_database.open(options, context.stop);
    if (!connection)
        return failure(connection);
    const StopGuard guard(**connection, context.stop);
    const Result<KnownDatabase> known = readAndRecognise(**connection, registry);
    if (!known)
        return failure(known);
    if (m_name.empty())
        return context.streams.out(list(known->profile));
    const ProfileAction *action = known->profile.action(QString::fromStdString(m_name));
    if (!action) {
        return failure(ErrorCode::NotFound, ActionverbText::tr("the profile %1 has no action \"%2\"; leave the name out to list them").arg(known->profile.profileId, QString::fromStdString(m_name)));
    }
    const Result<ActionRequest> asked = request(*known, *action);
    if (!asked)
        return failure(asked);
    const Result<ActionReport> report = runAction(**connection, known->catalog, known->profile, *asked, m_dryRun);
    if (!report)
        return failure(report);
    if (m_json)
        return context.streams.out(asJson(*known, *action, *report));
    QByteArray out;
    for (const RowKey &key : report->selected) {
        QStringList parts;
        for (const Value &part : key)
            parts.append(part.toDisplayText());
        out += parts.join(u',').toUtf8() + '\n';
    }
    if (m_dryRun) {
        for (const ActionStatement &statement : report->statements)
            out += statement.sql.toUtf8() + "; -- " + QByteArray::number(statement.rows) + '\n';
        if (report->statementCount > static_cast<qint64>(report->statements.size()))
            out += "-- and " + QByteArray::number(report->statementCount - static_cast<qint64>(report->statements.size())) + " more\n";
    }
    context.streams.error((m_dryRun ? ActionverbText::tr("not done: %1") : ActionverbText::tr("done: %1")).arg(report->sentence));
    return out.isEmpty() ? Result<>() : context.streams.out(out);
}

} // namespace turnstone::cli
