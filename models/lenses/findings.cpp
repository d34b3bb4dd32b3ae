// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/findings.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QLocale>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int longestText = 200'000;
constexpr int longestTitle = 140;
constexpr int mostMembers = 400;

QString translated(const char *text)
{
    return QCoreApplication::translate("Findings", text);
}

bool isTrue(const QString &text)
{
    return text == u"1" || text == u"t" || text == u"true";
}

bool isFinding(const QString &kind)
{
    return kind == u"contradictions" || kind == u"loops" || kind == u"citations";
}

/// The columns that tell what a finding is.
struct FindingColumns
{
    int keys = 0;
    int title = -1, severity = -1, resolved = -1, acknowledged = -1, verified = -1, confidence = -1, size = -1, repetitions = -1, status = -1;
    int explanation = -1, suggestion = -1, url = -1;

    FindingColumns(LensSelect &select, const Lens &lens)
    {
        const auto field = [&](const char *name) { return lensField(lens.parts, QLatin1String(name)); };
        keys = select.addIdentity();
        const std::vector<FieldRef> statements = lensFields(lens.parts, u"statements"_s);
        const std::optional<FieldRef> words = lens.kind == u"loops" ? field("description") : lens.kind == u"citations" ? field("text") : statements.empty() ? std::nullopt : std::optional(statements.front());
        title = select.addStart(words, longestTitle);
        severity = select.addField(field("severity"));
        resolved = select.addField(field("resolved"));
        acknowledged = select.addField(field("acknowledged"));
        verified = select.addField(field("verified"));
        confidence = select.addField(field("confidence"));
        size = select.addField(field("size"));
        repetitions = select.addField(field("repetitions"));
        status = select.addField(field("status"));
        explanation = select.addStart(field("explanation"), longestText);
        suggestion = select.addStart(field("suggestion"), longestText);
        url = select.addStart(lens.kind == u"citations" ? field("url") : std::nullopt, longestText);
    }

    LensFinding read(const Lens &lens, const RowBlock &block, int row) const
    {
        LensFinding finding;
        finding.table = lens.table;
        finding.key = lensKey(block, row, 0, keys);
        finding.title = lensText(block, row, title).simplified();
        finding.explanation = lensText(block, row, explanation);
        finding.suggestion = lensText(block, row, suggestion);
        finding.url = lensText(block, row, url);
        QStringList state;
        if (lens.kind == u"contradictions") {
            finding.kind = LensFinding::Kind::Contradiction;
            finding.isOpen = !isTrue(lensText(block, row, resolved));
            state = {lensText(block, row, severity).toLower(), finding.isOpen ? isTrue(lensText(block, row, acknowledged)) ? translated("acknowledged") : translated("open") : translated("resolved")};
        } else if (lens.kind == u"loops") {
            finding.kind = LensFinding::Kind::Loop;
            const QString words = lensText(block, row, status);
            finding.isOpen = words.compare(u"resolved", Qt::CaseInsensitive) != 0 && words.compare(u"none", Qt::CaseInsensitive) != 0;
            if (finding.title.isEmpty())
                finding.title = translated("Loop");
            state = {translated("%1 messages, %2 times").arg(lensText(block, row, size), lensText(block, row, repetitions)), words.toLower().replace(u'_', u' ')};
        } else {
            finding.kind = LensFinding::Kind::Citation;
            finding.isOpen = !isTrue(lensText(block, row, verified));
            state.append(finding.isOpen ? translated("not verified") : translated("verified"));
            if (const std::optional<double> sure = lensNumber(block, row, confidence))
                state.append(translated("confidence %1").arg(QLocale().toString(*sure, 'g', 2)));
        }
        state.removeAll(QString());
        finding.state = state.join(u" · "_s);
        return finding;
    }
};

FindingText markedText(const QString &title, const QString &text, const QString &statement)
{
    FindingText found{title, text, -1, 0};
    found.start = statement.isEmpty() ? -1 : text.indexOf(statement, 0, Qt::CaseInsensitive);
    found.length = found.start < 0 ? 0 : statement.size();
    return found;
}

/// A message that a key column points to, with who said it, as the transcripts tell.
FieldRef through(const FieldRef &key, const FieldRef &text, const FieldRef &inMessage)
{
    FieldRef field = inMessage;
    field.hops.insert(field.hops.begin(), {key.column, text.hops.empty() ? QString() : text.hops.front().table});
    return field;
}

const TranscriptLens *transcriptOfEntries(const std::vector<TranscriptLens> &all, const QString &table)
{
    const auto found = std::ranges::find_if(all, [&](const TranscriptLens &lens) { return lens.entries.table == table; });
    return found == all.end() ? nullptr : &*found;
}

Result<> readPair(const LensScope &scope, const Lens &lens, const CatalogTable &table, const RowKey &key, LensFinding &finding)
{
    const std::optional<FieldRef> first = lensField(lens.parts, u"first"_s);
    const std::optional<FieldRef> second = lensField(lens.parts, u"second"_s);
    const std::optional<FieldRef> firstText = lensField(lens.parts, u"firstText"_s);
    const std::optional<FieldRef> secondText = lensField(lens.parts, u"secondText"_s);
    const std::vector<FieldRef> statements = lensFields(lens.parts, u"statements"_s);
    if (!first || !second || !firstText || !secondText)
        return {};
    const std::vector<TranscriptLens> transcripts = transcriptsOf(scope.profile);
    const TranscriptLens *messages = firstText->hops.empty() ? nullptr : transcriptOfEntries(transcripts, firstText->hops.back().table);
    LensSelect select(scope, table, u"r"_s);
    const int texts[] = {select.addField(firstText), select.addField(secondText)};
    const int words[] = {select.addField(statements.empty() ? std::nullopt : std::optional(statements[0])), select.addField(statements.size() < 2 ? std::nullopt : std::optional(statements[1]))};
    const bool hasSpeaker = messages != nullptr && messages->speaker;
    const int speakers[] = {select.addField(hasSpeaker ? std::optional(through(*first, *firstText, *messages->speaker)) : std::nullopt),
                            select.addField(hasSpeaker ? std::optional(through(*second, *secondText, *messages->speaker)) : std::nullopt)};
    const QString condition = identityCondition(scope, table, u"r"_s, key, select.values());
    return scope.connection.forEachRow(select.statement(scope.sql.tableName(table) + u" r WHERE "_s + condition), select.values().values(), [&](const RowBlock &block, int row) {
        for (int i = 0; i < 2; ++i) {
            const QString speaker = lensText(block, row, speakers[i]);
            const QString text = lensText(block, row, texts[i]);
            const QString statement = lensText(block, row, words[i]);
            finding.texts.push_back(markedText(speaker.isEmpty() ? translated("Message %1").arg(i + 1) : speaker, text, statement));
            if (finding.texts.back().start < 0 && !statement.isEmpty()) // reworded: the statement stands beside the message
                finding.texts.back().text = statement + u"\n\n"_s + text;
            if (finding.texts.back().start < 0 && !statement.isEmpty()) {
                finding.texts.back().start = 0;
                finding.texts.back().length = statement.size();
            }
        }
        return false;
    });
}

Result<> readMembers(const LensScope &scope, const Lens &lens, const RowKey &key, LensFinding &finding)
{
    const QJsonObject parts = lens.parts.value(u"members"_s).toObject();
    const LensSource source = LensSource::from(parts);
    const std::optional<FieldRef> ordinal = lensField(parts, u"ordinal"_s);
    const std::optional<FieldRef> first = lensField(lens.parts, u"first"_s);
    const std::optional<FieldRef> last = lensField(lens.parts, u"last"_s);
    const CatalogTable *table = scope.sql.table(source.table);
    if (table == nullptr || !ordinal || !first || !last)
        return {};
    const Result<std::map<QString, Value>> owner = readOwner(scope, lens.table, key, ownerColumns(source) + QStringList{first->column, last->column});
    if (!owner)
        return failure(owner);
    LensSelect select(scope, *table, u"t0"_s);
    const int text = select.addStart(lensField(parts, u"text"_s), longestText);
    const int speaker = select.addField(lensField(parts, u"speaker"_s));
    const Result<QString> from = fromSources(scope, {&source}, *owner, select.values());
    if (!from)
        return failure(from);
    // From the first occurrence to the last, by the members' own order.
    const auto place = [&](const QString &column) {
        return u"(SELECT %1 FROM %2 m WHERE %3)"_s.arg(scope.sql.field(*ordinal, *table, u"m"_s), scope.sql.tableName(*table), identityCondition(scope, *table, u"m"_s, {owner->at(column)}, select.values()));
    };
    const QString order = scope.sql.field(*ordinal, *table, u"t0"_s);
    const QString between = u"%1 >= %2 AND %1 <= %3"_s.arg(order, place(first->column), place(last->column));
    QString statement = select.statement(*from);
    const qsizetype orderAt = statement.lastIndexOf(u" ORDER BY "_s);
    statement.insert(orderAt < 0 ? statement.size() : orderAt, (statement.contains(u" WHERE "_s) ? u" AND "_s : u" WHERE "_s) + between);
    statement += u" LIMIT %1"_s.arg(mostMembers);
    return scope.connection.forEachRow(statement, select.values().values(), [&](const RowBlock &block, int row) {
        finding.texts.push_back({lensText(block, row, speaker), lensText(block, row, text), -1, 0});
        return true;
    });
}

Result<> readCitation(const LensScope &scope, const Lens &lens, const CatalogTable &table, const RowKey &key, LensFinding &finding)
{
    const std::optional<FieldRef> message = lensField(lens.parts, u"message"_s);
    const std::optional<ColumnTarget> target = message ? scope.sql.target(table, message->column) : std::nullopt;
    const std::vector<TranscriptLens> transcripts = transcriptsOf(scope.profile);
    const TranscriptLens *messages = target ? transcriptOfEntries(transcripts, target->table->name) : nullptr;
    if (messages == nullptr || !messages->text)
        return {};
    FieldRef hop;
    hop.hops.push_back({message->column, target->table->name});
    const auto inMessage = [&](const std::optional<FieldRef> &field) -> std::optional<FieldRef> {
        if (!field)
            return std::nullopt;
        FieldRef found = *field;
        found.hops.insert(found.hops.begin(), hop.hops.front());
        return found;
    };
    LensSelect select(scope, table, u"r"_s);
    const int text = select.addField(inMessage(messages->text));
    const int speaker = select.addField(inMessage(messages->speaker));
    const int start = select.addField(lensField(lens.parts, u"start"_s));
    const int end = select.addField(lensField(lens.parts, u"end"_s));
    const int cited = select.addField(lensField(lens.parts, u"text"_s));
    const QString condition = identityCondition(scope, table, u"r"_s, key, select.values());
    return scope.connection.forEachRow(select.statement(scope.sql.tableName(table) + u" r WHERE "_s + condition), select.values().values(), [&](const RowBlock &block, int row) {
        const auto offset = [&](int column) {
            const std::optional<double> number = lensNumber(block, row, column);
            return number ? std::optional(static_cast<qint64>(*number)) : std::nullopt;
        };
        const QString whole = lensText(block, row, text);
        const TranscriptCitation place = placedCitation(whole, offset(start), offset(end), lensText(block, row, cited));
        finding.texts.push_back({lensText(block, row, speaker), whole, place.start, place.length});
        return false;
    });
}

} // namespace

bool hasFindings(const ResolvedProfile &profile)
{
    return std::ranges::any_of(profile.lenses, [](const Lens &lens) { return isFinding(lens.kind); });
}

const Lens *findingLensFor(const ResolvedProfile &profile, const QString &table)
{
    const auto found = std::ranges::find_if(profile.lenses, [&](const Lens &lens) { return isFinding(lens.kind) && lens.table == table; });
    return found == profile.lenses.end() ? nullptr : &*found;
}

Result<std::vector<LensFinding>> listFindings(const LensScope &scope, int limit)
{
    std::vector<LensFinding> all;
    for (const Lens &lens : scope.profile.lenses) {
        const CatalogTable *table = isFinding(lens.kind) ? scope.sql.table(lens.table) : nullptr;
        if (table == nullptr)
            continue;
        LensSelect select(scope, *table, u"r"_s);
        const FindingColumns columns(select, lens);
        QStringList order;
        for (const QString &column : scope.sql.identity(*table))
            order.append(RowSql::column(u"r"_s, column));
        QString from = scope.sql.tableName(*table) + u" r"_s;
        if (!order.isEmpty())
            from += u" ORDER BY "_s + order.join(u", "_s);
        const std::size_t before = all.size();
        const Result<> read = scope.connection.forEachRow(select.statement(from) + u" LIMIT %1"_s.arg(limit), select.values().values(), [&](const RowBlock &block, int row) {
            all.push_back(columns.read(lens, block, row));
            return true;
        });
        if (!read)
            return failure(read);
        std::stable_sort(all.begin() + static_cast<std::ptrdiff_t>(before), all.end(), [](const LensFinding &a, const LensFinding &b) { return a.isOpen && !b.isOpen; });
    }
    return all;
}

Result<LensFinding> readFinding(const LensScope &scope, const Lens &lens, const RowKey &key)
{
    const CatalogTable *table = scope.sql.table(lens.table);
    if (table == nullptr)
        return failure(ErrorCode::NotFound, translated("There is no table %1.").arg(lens.table));
    LensSelect select(scope, *table, u"r"_s);
    const FindingColumns columns(select, lens);
    const QString condition = identityCondition(scope, *table, u"r"_s, key, select.values());
    std::optional<LensFinding> finding;
    Result<> read = scope.connection.forEachRow(select.statement(scope.sql.tableName(*table) + u" r WHERE "_s + condition), select.values().values(), [&](const RowBlock &block, int row) {
        finding = columns.read(lens, block, row);
        return false;
    });
    if (!read)
        return failure(read);
    if (!finding)
        return failure(ErrorCode::NotFound, translated("This finding is not in the database any more."));
    read = lens.kind == u"contradictions" ? readPair(scope, lens, *table, key, *finding) : lens.kind == u"loops" ? readMembers(scope, lens, key, *finding) : readCitation(scope, lens, *table, key, *finding);
    if (!read)
        return failure(read);
    return *finding;
}

} // namespace turnstone
