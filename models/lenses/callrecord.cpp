// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/callrecord.h"

#include "models/lenses/transcript.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

Result<> readSiblings(const LensScope &scope, const Lens &lens, const RowKey &key, CallRecord &call)
{
    for (const TranscriptLens &transcript : transcriptsOf(scope.profile)) {
        if (transcript.calls.table != lens.table || transcript.calls.via)
            continue;
        QStringList own;
        for (const auto &[column, of] : transcript.calls.link)
            own.append(column);
        Result<std::map<QString, Value>> row = readOwner(scope, lens.table, key, own);
        if (!row)
            return failure(row);
        const CatalogTable *table = scope.sql.table(lens.table);
        LensSelect select(scope, *table, u"t0"_s);
        const int keys = select.addIdentity();
        // Siblings are the rows whose link holds the same values: the row stands in for the owner.
        LensSource source = transcript.calls;
        for (auto &[column, of] : source.link)
            of = column;
        const Result<QString> from = fromSources(scope, {&source}, *row, select.values());
        if (!from)
            return failure(from);
        const QString wanted = keyOfRow(key);
        return scope.connection.forEachRow(select.statement(*from), select.values().values(), [&](const RowBlock &block, int at) {
            call.siblings.push_back(lensKey(block, at, 0, keys));
            if (keyOfRow(call.siblings.back()) == wanted)
                call.place = static_cast<int>(call.siblings.size()) - 1;
            return true;
        });
    }
    return {};
}

} // namespace

const Lens *callLensFor(const ResolvedProfile &profile, const QString &table)
{
    const auto found = std::ranges::find_if(profile.lenses, [&](const Lens &lens) { return lens.kind == u"call" && lens.table == table; });
    return found == profile.lenses.end() ? nullptr : &*found;
}

Result<CallRecord> readCall(const LensScope &scope, const Lens &lens, const RowKey &key)
{
    const CatalogTable *table = scope.sql.table(lens.table);
    if (table == nullptr)
        return failure(ErrorCode::NotFound, QCoreApplication::translate("Lenses", "There is no table %1.").arg(lens.table));
    LensSelect select(scope, *table, u"r"_s);
    std::map<QString, int> columns;
    for (const char *name : {"messages", "response", "text", "model", "sent", "received", "latency", "firstToken", "speed", "tokensIn", "tokensOut", "tokens"})
        columns[QLatin1String(name)] = select.addField(lensField(lens.parts, QLatin1String(name)));
    const QString condition = identityCondition(scope, *table, u"r"_s, key, select.values());
    const QString sql = select.statement(scope.sql.tableName(*table) + u" r WHERE "_s + condition);
    const auto timeOf = [&](const RowBlock &block, int row, const QString &name) -> std::optional<std::int64_t> {
        const std::optional<FieldRef> field = lensField(lens.parts, name);
        const TableProfile *known = scope.profile.table(lens.table);
        const ColumnProfile *column = field && known != nullptr ? known->column(field->column) : nullptr;
        return columns[name] < 0 ? std::nullopt : lensTime(block.at(row, columns[name]), column == nullptr ? QString() : column->meaning);
    };
    CallRecord call;
    bool isThere = false;
    QString text;
    const Result<> read = scope.connection.forEachRow(sql, select.values().values(), [&](const RowBlock &block, int row) {
        isThere = true;
        call.messages = lensText(block, row, columns[u"messages"_s]).toUtf8();
        call.response = lensText(block, row, columns[u"response"_s]).toUtf8();
        text = lensText(block, row, columns[u"text"_s]);
        call.model = lensText(block, row, columns[u"model"_s]);
        call.sent = timeOf(block, row, u"sent"_s);
        call.received = timeOf(block, row, u"received"_s);
        call.latencyMs = lensNumber(block, row, columns[u"latency"_s]);
        call.firstTokenMs = lensNumber(block, row, columns[u"firstToken"_s]);
        call.tokensPerSecond = lensNumber(block, row, columns[u"speed"_s]);
        call.tokensIn = lensNumber(block, row, columns[u"tokensIn"_s]);
        call.tokensOut = lensNumber(block, row, columns[u"tokensOut"_s]);
        call.tokens = lensNumber(block, row, columns[u"tokens"_s]);
        return false;
    });
    if (!read)
        return failure(read);
    if (!isThere)
        return failure(ErrorCode::NotFound, QCoreApplication::translate("Lenses", "This call is not in the database any more."));
    call.chat = decodeChat(call.messages, call.response.isEmpty() ? text.toUtf8() : call.response);
    call.tokensIn = call.tokensIn ? call.tokensIn : call.chat.tokensIn;
    call.tokensOut = call.tokensOut ? call.tokensOut : call.chat.tokensOut;
    call.tokens = call.tokens ? call.tokens : call.chat.tokens;
    if (!call.tokensIn && call.tokens && call.tokensOut)
        call.tokensIn = *call.tokens - *call.tokensOut;
    if (call.model.isEmpty())
        call.model = call.chat.model;
    if (const Result<> siblings = readSiblings(scope, lens, key, call); !siblings)
        return failure(siblings);
    return call;
}

} // namespace turnstone
