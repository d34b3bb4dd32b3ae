// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/documents/chatexport.h"

#include "models/core/jsonwriter.h"
#include "models/documents/treedocument.h"
#include "models/documents/treeplan.h"
#include "models/lenses/transcript.h"
#include "models/transfer/jsonformat.h"
#include "models/transfer/jsonscanner.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

bool isUsualRole(const QString &role)
{
    return role == u"system" || role == u"user" || role == u"assistant" || role == u"tool" || role == u"developer";
}

QByteArray message(const QString &role, const QString &name, const QString &content)
{
    QByteArray text;
    JsonWriter json(text);
    json.beginObject();
    json.key(u"role");
    json.string(role);
    if (!name.isEmpty()) {
        json.key(u"name");
        json.string(name);
    }
    json.key(u"content");
    json.string(content);
    json.endObject();
    return text;
}

/// The array of messages in what was sent, as its own text; empty if there is none.
QByteArray messagesOf(QByteArrayView sent)
{
    bool hasBreaks = false;
    if (!isJsonDocument(sent, &hasBreaks))
        return {};
    JsonScanner scanner(sent);
    scanner.skipSpace();
    QByteArray found;
    if (scanner.peek() == '[') {
        found = sent.trimmed().toByteArray();
    } else if (scanner.peek() == '{') {
        const QJsonDocument document = QJsonDocument::fromJson(sent.toByteArray());
        if (document[u"messages"_s].isArray())
            found = QJsonDocument(document[u"messages"_s].toArray()).toJson(QJsonDocument::Compact);
    }
    for (char &c : found) {
        if (c == '\n' || c == '\r')
            c = ' ';
    }
    return found;
}

QByteArray line(const QByteArray &messages)
{
    return "{\"messages\":" + messages + "}\n";
}

class ChatWriter
{
public:
    ChatWriter(const ByteSink &sink, const ExportProgressSink &progress) : m_sink(sink), m_progress(progress) {}

    Result<> write(const QByteArray &messages)
    {
        ++report.rows;
        const QByteArray text = line(messages);
        report.bytes += text.size();
        m_buffer += text;
        if (m_buffer.size() < 256 * 1024)
            return {};
        if (m_progress)
            m_progress({report.rows, report.bytes, -1});
        return flush();
    }
    Result<> flush()
    {
        const Result<> written = m_sink(m_buffer);
        m_buffer.resize(0);
        return written;
    }

    ExportReport report;

private:
    const ByteSink &m_sink;
    const ExportProgressSink &m_progress;
    QByteArray m_buffer;
};

Result<> writeCalls(const LensScope &scope, const Lens &lens, const CatalogTable &table, const DocumentRequest &request, ChatWriter &writer)
{
    LensSelect select(scope, table, u"t0"_s);
    const int sent = select.addField(lensField(lens.parts, u"messages"_s));
    const int answer = select.addField(lensField(lens.parts, u"text"_s));
    if (sent < 0)
        return failure(ErrorCode::Unsupported, QCoreApplication::translate("ChatExport", "Calls in %1 have no messages.").arg(table.name));
    const QStringList keys = scope.sql.identity(table);
    QString from = scope.sql.tableName(table) + u" t0"_s;
    QStringList conditions;
    if (!request.where.isEmpty())
        conditions.append(u'(' + request.where + u')');
    for (qsizetype i = 0; !request.key.isEmpty() && i < keys.size(); ++i)
        conditions.append(scope.sql.equalValue(table, u"t0"_s, keys[i], Value::text(keys.size() == 1 ? request.key : request.key.section(u',', static_cast<int>(i), static_cast<int>(i))), select.values()));
    if (!conditions.isEmpty())
        from += u" WHERE "_s + conditions.join(u" AND "_s);
    if (!keys.isEmpty())
        from += u" ORDER BY t0."_s + Connection::quoted(keys.front());
    auto reader = scope.connection.query(select.statement(from), Parameters(select.values().values()));
    if (!reader)
        return failure(reader);
    RowBlock block;
    for (bool more = true; more;) {
        const Result<bool> read = (*reader)->read(block);
        if (!read)
            return failure(read);
        more = *read;
        for (int row = 0; row < block.rowCount(); ++row) {
            QByteArray messages = messagesOf(block.at(row, sent).bytes());
            if (messages.isEmpty())
                continue;
            if (answer >= 0 && !block.at(row, answer).isNull()) {
                messages.chop(1);
                const QByteArray before = messages.trimmed();
                messages = before + (before.endsWith('[') ? "" : ",") + message(u"assistant"_s, {}, QString::fromUtf8(block.at(row, answer).bytes())) + ']';
            }
            if (const Result<> written = writer.write(messages); !written)
                return written;
        }
    }
    return {};
}

Result<> writeTranscript(const LensScope &scope, const TranscriptLens &lens, const RowKey &key, ChatWriter &writer)
{
    TranscriptReader reader(scope, lens);
    const Result<Transcript> transcript = reader.read(key);
    if (!transcript)
        return failure(transcript);
    QByteArray messages;
    const auto add = [&](const QByteArray &text) { messages += (messages.isEmpty() ? "" : ",") + text; };
    for (const TranscriptFact &fact : transcript->facts) {
        if (fact.isOpening && !fact.text.isEmpty())
            add(message(u"user"_s, {}, fact.text));
    }
    const Result<> read = reader.forEachBody(*transcript, [&](int entry, const TranscriptBody &body) {
        const TranscriptEntry &said = transcript->entries[static_cast<std::size_t>(entry)];
        const QString speaker = said.speaker >= 0 ? transcript->speakers[static_cast<std::size_t>(said.speaker)].name : QString();
        if (body.text.isEmpty())
            return true;
        if (said.isAsked)
            add(message(u"user"_s, {}, body.text));
        else if (isUsualRole(said.role))
            add(message(said.role, isUsualRole(speaker) ? QString() : speaker, body.text));
        else
            add(message(u"assistant"_s, speaker, body.text));
        return true;
    });
    if (!read)
        return read;
    return messages.isEmpty() ? Result<>() : writer.write('[' + messages + ']');
}

} // namespace

Result<ExportReport> exportChats(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const DocumentRequest &request, const ByteSink &sink,
                                 const ExportProgressSink &progress)
{
    const Result<TreePlan> plan = TreePlan::make(catalog, profile, request.root, request.isTable);
    if (!plan)
        return failure(plan);
    const CatalogTable &table = *plan->root->table;
    const LensScope scope{connection, catalog, profile};
    ChatWriter writer(sink, progress);
    const auto call = std::find_if(profile.lenses.begin(), profile.lenses.end(), [&](const Lens &lens) { return lens.kind == u"call" && lens.table == table.name; });
    Result<> done;
    if (call != profile.lenses.end()) {
        done = writeCalls(scope, *call, table, request, writer);
    } else {
        const std::optional<TranscriptLens> lens = transcriptFor(profile, table.name);
        if (!lens || lens->table != table.name)
            return failure(ErrorCode::Unsupported, QCoreApplication::translate("ChatExport", "The profile knows no conversations of %1.").arg(table.name));
        done = forEachRecord(connection, catalog, profile, request, [&](const RowKey &key) { return writeTranscript(scope, *lens, key, writer); });
    }
    if (done)
        done = writer.flush();
    if (!done)
        return failure(done);
    return writer.report;
}

} // namespace turnstone
