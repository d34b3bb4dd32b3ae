// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/transcript.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <set>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int startLength = 240;
constexpr int factLength = 20'000;
constexpr std::size_t bodiesAtOnce = 64;

QString translated(const char *text)
{
    return QCoreApplication::translate("Transcript", text);
}

const CatalogTable *lastTable(const LensScope &scope, const std::vector<const LensSource *> &sources)
{
    return scope.sql.table(sources.back()->table);
}

QString aliasOf(const std::vector<const LensSource *> &sources)
{
    return u"t%1"_s.arg(sources.size() - 1);
}

qint64 wholeNumber(const RowBlock &block, int row, int column)
{
    return static_cast<qint64>(lensNumber(block, row, column).value_or(0));
}

QString meaningOfField(const std::optional<FieldRef> &field, const QString &table, const ResolvedProfile &profile)
{
    const TableProfile *known = field ? profile.table(field->hops.empty() ? table : field->hops.back().table) : nullptr;
    const ColumnProfile *column = known == nullptr ? nullptr : known->column(field->column);
    return column == nullptr || !field->jsonPath.isEmpty() ? QString() : column->meaning;
}

Error noTable(const QString &table)
{
    return {ErrorCode::NotFound, translated("There is no table %1.").arg(table), {}, -1};
}

/// The columns of the statement that reads entries.
struct EntryColumns
{
    int keys = 0, chapterFirst = 0, chapterKeys = 0;
    int speaker = -1, nameFirst = -1, role = -1, phase = -1, model = -1;
    int start = -1, length = -1, askedStart = -1, askedLength = -1, thinking = -1;
    int time = -1;
    LensFigure tokens, tokensIn, tokensOut, latency;
    std::vector<int> asides, scores;

    EntryColumns(LensSelect &select, const LensScope &scope, const TranscriptLens &lens, const CatalogTable *chapters)
    {
        keys = select.addIdentity();
        chapterFirst = keys;
        chapterKeys = chapters == nullptr ? 0 : select.addIdentity(*chapters, u"t0"_s);
        speaker = select.addField(lens.speaker);
        nameFirst = select.addTemplate(lens.name, select.table(), select.alias());
        role = select.addField(lens.role);
        phase = select.addField(lens.phase);
        model = select.addField(lens.model);
        start = select.addStart(lens.text, startLength);
        length = select.addLength(lens.text);
        askedStart = select.addStart(lens.asked, startLength);
        askedLength = select.addLength(lens.asked);
        thinking = select.addLength(lens.thinking);
        time = select.addField(lens.time);
        tokens = LensFigure(select, scope, lens.tokens);
        tokensIn = LensFigure(select, scope, lens.tokensIn);
        tokensOut = LensFigure(select, scope, lens.tokensOut);
        latency = LensFigure(select, scope, lens.latency);
        for (const FieldRef &field : lens.asides)
            asides.push_back(select.addLength(field));
        for (const FieldRef &field : lens.scores)
            scores.push_back(select.addField(field));
    }
};

} // namespace

QString keyOfRow(const RowKey &key)
{
    QString text;
    for (const Value &value : key) {
        const QString part = value.toDisplayText();
        text += QString::number(part.size()) + u':' + part;
    }
    return text;
}

std::vector<const LensSource *> TranscriptReader::entrySources() const
{
    std::vector<const LensSource *> sources;
    if (!m_lens.chapters.isEmpty())
        sources.push_back(&m_lens.chapters);
    sources.push_back(&m_lens.entries);
    return sources;
}

int TranscriptReader::speakerOf(const QString &id, const QString &name, Transcript &transcript)
{
    const auto [found, isNew] = m_speakers.try_emplace(id, static_cast<int>(transcript.speakers.size()));
    if (isNew)
        transcript.speakers.push_back({id, name.isEmpty() ? id : name, {}, {}});
    return found->second;
}

Result<Transcript> TranscriptReader::read(const RowKey &record)
{
    Transcript transcript;
    transcript.entryTable = m_lens.entries.table;
    transcript.callTable = m_lens.calls.table;
    for (const FieldRef &field : m_lens.asides)
        transcript.asideTitles.append(fieldTitle(field, m_lens.entries.table, m_scope.profile));
    for (const FieldRef &field : m_lens.scores)
        transcript.scoreTitles.append(fieldTitle(field, m_lens.entries.table, m_scope.profile));
    const LensSource &first = *entrySources().front();
    Result<std::map<QString, Value>> owner = readOwner(m_scope, m_lens.table, record, ownerColumns(first) + (m_lens.roster.isEmpty() ? QStringList() : ownerColumns(m_lens.roster)));
    if (!owner)
        return failure(owner);
    m_speakers.clear();
    std::map<QString, int> chapters;
    if (const Result<> read = readRoster(*owner, transcript); !read)
        return failure(read);
    if (const Result<> read = readChapters(*owner, chapters, transcript); !read)
        return failure(read);
    if (const Result<> read = readEntries(*owner, chapters, transcript); !read)
        return failure(read);
    if (const Result<> read = readEvents(*owner, transcript); !read)
        return failure(read);
    if (const Result<> read = readCalls(*owner, transcript); !read)
        return failure(read);
    if (const Result<> read = readFacts(record, transcript); !read)
        return failure(read);
    return transcript;
}

Result<> TranscriptReader::readRoster(const std::map<QString, Value> &owner, Transcript &transcript)
{
    if (m_lens.roster.isEmpty() || !m_lens.rosterSpeaker)
        return {};
    const std::vector<const LensSource *> sources{&m_lens.roster};
    const CatalogTable *table = lastTable(m_scope, sources);
    if (table == nullptr)
        return tl::unexpected(noTable(m_lens.roster.table));
    LensSelect select(m_scope, *table, aliasOf(sources));
    const int speaker = select.addField(m_lens.rosterSpeaker);
    const int name = select.addField(m_lens.rosterName);
    const int role = select.addField(m_lens.rosterRole);
    const int outcome = select.addField(m_lens.rosterOutcome);
    const Result<QString> from = fromSources(m_scope, sources, owner, select.values());
    if (!from)
        return failure(from);
    return m_scope.connection.forEachRow(select.statement(*from), select.values().values(), [&](const RowBlock &block, int row) {
        const int at = speakerOf(lensText(block, row, speaker), lensText(block, row, name), transcript);
        TranscriptSpeaker &known = transcript.speakers[static_cast<std::size_t>(at)];
        known.role = lensText(block, row, role);
        known.outcome = lensText(block, row, outcome);
        return true;
    });
}

Result<> TranscriptReader::readChapters(const std::map<QString, Value> &owner, std::map<QString, int> &byKey, Transcript &transcript)
{
    if (m_lens.chapters.isEmpty())
        return {};
    const std::vector<const LensSource *> sources{&m_lens.chapters};
    const CatalogTable *table = lastTable(m_scope, sources);
    if (table == nullptr)
        return tl::unexpected(noTable(m_lens.chapters.table));
    LensSelect select(m_scope, *table, aliasOf(sources));
    const int keys = select.addIdentity();
    const int title = select.addTemplate(m_lens.chapterTitle, *table, select.alias());
    const Result<QString> from = fromSources(m_scope, sources, owner, select.values());
    if (!from)
        return failure(from);
    return m_scope.connection.forEachRow(select.statement(*from), select.values().values(), [&](const RowBlock &block, int row) {
        byKey.emplace(keyOfRow(lensKey(block, row, 0, keys)), static_cast<int>(transcript.chapters.size()));
        const QString words = title < 0 ? QString() : lensTitle(m_lens.chapterTitle, block, row, title);
        // Chapters nobody spoke in keep their place: the silence is worth seeing.
        transcript.chapters.push_back({words.isEmpty() ? translated("Chapter %1").arg(transcript.chapters.size() + 1) : words, -1});
        return true;
    });
}

Result<> TranscriptReader::readEntries(const std::map<QString, Value> &owner, const std::map<QString, int> &chapters, Transcript &transcript)
{
    const std::vector<const LensSource *> sources = entrySources();
    const CatalogTable *table = lastTable(m_scope, sources);
    const CatalogTable *chapterTable = m_lens.chapters.isEmpty() ? nullptr : m_scope.sql.table(m_lens.chapters.table);
    if (table == nullptr)
        return tl::unexpected(noTable(m_lens.entries.table));
    LensSelect select(m_scope, *table, aliasOf(sources));
    const EntryColumns at(select, m_scope, m_lens, chapterTable);
    const QString timeMeaning = meaningOfField(m_lens.time, m_lens.entries.table, m_scope.profile);
    const double latencyFactor = meaningOfField(m_lens.latency, m_lens.entries.table, m_scope.profile) == u"duration-s" ? 1000 : 1;
    const Result<QString> from = fromSources(m_scope, sources, owner, select.values());
    if (!from)
        return failure(from);
    const QString limit = u" LIMIT %1"_s.arg(Transcript::maximum + 1);
    const Result<> read = m_scope.connection.forEachRow(select.statement(*from + limit), select.values().values(), [&](const RowBlock &block, int row) {
        if (static_cast<int>(transcript.entries.size()) >= Transcript::maximum) {
            transcript.isCut = true;
            return false;
        }
        TranscriptEntry entry;
        entry.key = lensKey(block, row, 0, at.keys);
        if (at.chapterKeys > 0) {
            const auto chapter = chapters.find(keyOfRow(lensKey(block, row, at.chapterFirst, at.chapterKeys)));
            entry.chapter = chapter == chapters.end() ? -1 : chapter->second;
        }
        if (entry.chapter >= 0 && transcript.chapters[static_cast<std::size_t>(entry.chapter)].firstEntry < 0)
            transcript.chapters[static_cast<std::size_t>(entry.chapter)].firstEntry = static_cast<int>(transcript.entries.size());
        if (at.time >= 0)
            entry.time = lensTime(block.at(row, at.time), timeMeaning);
        entry.phase = lensText(block, row, at.phase);
        if (wholeNumber(block, row, at.askedLength) > 0) {
            TranscriptEntry asked = entry;
            asked.isAsked = true;
            asked.speaker = speakerOf(m_lens.askedBy.isEmpty() ? u"user"_s : m_lens.askedBy, {}, transcript);
            asked.start = lensText(block, row, at.askedStart);
            asked.length = wholeNumber(block, row, at.askedLength);
            asked.asideLengths.assign(m_lens.asides.size(), 0);
            transcript.entries.push_back(std::move(asked));
        }
        const QString speaker = lensText(block, row, at.speaker);
        entry.speaker = at.speaker < 0 ? -1 : speakerOf(speaker, at.nameFirst < 0 ? QString() : lensTitle(m_lens.name, block, row, at.nameFirst), transcript);
        entry.role = lensText(block, row, at.role);
        entry.model = lensText(block, row, at.model);
        entry.start = lensText(block, row, at.start);
        entry.length = wholeNumber(block, row, at.length);
        entry.thinkingLength = wholeNumber(block, row, at.thinking);
        entry.tokens = at.tokens.number(block, row);
        entry.tokensIn = at.tokensIn.number(block, row);
        entry.tokensOut = at.tokensOut.number(block, row);
        if (const std::optional<double> latency = at.latency.number(block, row))
            entry.latencyMs = *latency * latencyFactor;
        for (const int aside : at.asides)
            entry.asideLengths.push_back(wholeNumber(block, row, aside));
        for (const int score : at.scores)
            entry.scores.push_back(lensNumber(block, row, score));
        transcript.entries.push_back(std::move(entry));
        return true;
    });
    int next = static_cast<int>(transcript.entries.size());
    for (auto chapter = transcript.chapters.rbegin(); chapter != transcript.chapters.rend(); ++chapter) {
        if (chapter->firstEntry < 0)
            chapter->firstEntry = next;
        next = chapter->firstEntry;
    }
    return read;
}

Result<> TranscriptReader::readEvents(const std::map<QString, Value> &owner, Transcript &transcript)
{
    if (m_lens.events.empty())
        return {};
    const std::vector<const LensSource *> sources = entrySources();
    const CatalogTable *table = lastTable(m_scope, sources);
    LensSelect select(m_scope, *table, aliasOf(sources));
    const int keys = select.addIdentity();
    std::vector<std::pair<int, int>> columns;
    for (const TranscriptLens::Event &event : m_lens.events) {
        const int in = select.addField(event.in); // one after the other: the order is the columns'
        columns.emplace_back(in, select.addField(event.givenIn));
    }
    const Result<QString> from = fromSources(m_scope, sources, owner, select.values());
    if (!from)
        return failure(from);
    std::map<QString, int> places;
    for (std::size_t i = 0; i < transcript.entries.size(); ++i)
        places.emplace(keyOfRow(transcript.entries[i].key), static_cast<int>(i));
    std::set<std::pair<int, QString>> seen;
    return m_scope.connection.forEachRow(select.statement(*from), select.values().values(), [&](const RowBlock &block, int row) {
        const auto place = places.find(keyOfRow(lensKey(block, row, 0, keys)));
        if (place == places.end())
            return true;
        std::vector<std::pair<qsizetype, TranscriptEvent>> found;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const TranscriptLens::Event &event = m_lens.events[i];
            if (columns[i].second >= 0 && !event.given.match(lensText(block, row, columns[i].second)).hasMatch())
                continue;
            const QString text = lensText(block, row, columns[i].first);
            for (auto matches = event.pattern.globalMatch(text); matches.hasNext();) {
                const QRegularExpressionMatch match = matches.next();
                QString title = event.title;
                for (int group = 1; group <= match.lastCapturedIndex(); ++group)
                    title.replace(u"\\%1"_s.arg(group), match.captured(group));
                const bool isVote = event.kind == TranscriptLens::Event::Kind::Vote;
                // What several players are told happened once.
                if (isVote || seen.emplace(static_cast<int>(event.kind), title).second)
                    found.emplace_back(match.capturedStart(), TranscriptEvent{event.kind, title, place->second});
            }
        }
        std::ranges::stable_sort(found, {}, [](const auto &each) { return each.first; });
        for (auto &each : found)
            transcript.events.push_back(std::move(each.second));
        return true;
    });
}

Result<> TranscriptReader::readCalls(const std::map<QString, Value> &owner, Transcript &transcript)
{
    if (m_lens.calls.isEmpty())
        return {};
    std::vector<const LensSource *> sources = entrySources();
    const QString entryAlias = aliasOf(sources);
    const CatalogTable *entryTable = lastTable(m_scope, sources);
    sources.push_back(&m_lens.calls);
    const CatalogTable *table = lastTable(m_scope, sources);
    if (table == nullptr)
        return {};
    LensSelect select(m_scope, *table, aliasOf(sources));
    const int entryKeys = select.addIdentity(*entryTable, entryAlias);
    const int callKeys = select.addIdentity();
    const Result<QString> from = fromSources(m_scope, sources, owner, select.values());
    if (!from)
        return failure(from);
    std::map<QString, std::size_t> places;
    for (std::size_t i = 0; i < transcript.entries.size(); ++i)
        places[keyOfRow(transcript.entries[i].key)] = i; // the answer, not what was asked
    return m_scope.connection.forEachRow(select.statement(*from), select.values().values(), [&](const RowBlock &block, int row) {
        const auto place = places.find(keyOfRow(lensKey(block, row, 0, entryKeys)));
        if (place != places.end())
            transcript.entries[place->second].calls.push_back(lensKey(block, row, entryKeys, callKeys));
        return true;
    });
}

Result<> TranscriptReader::readFacts(const RowKey &record, Transcript &transcript)
{
    const CatalogTable *table = m_scope.sql.table(m_lens.table);
    if (table == nullptr)
        return tl::unexpected(noTable(m_lens.table));
    LensSelect select(m_scope, *table, u"r"_s);
    for (const FieldRef &field : m_lens.opening)
        select.addStart(field, factLength);
    for (const FieldRef &field : m_lens.ending)
        select.addStart(field, factLength);
    const TableProfile *profiled = m_scope.profile.table(m_lens.table);
    const LabelTemplate label = profiled == nullptr ? LabelTemplate() : profiled->label;
    const int title = select.addTemplate(label, *table, u"r"_s);
    const QString condition = identityCondition(m_scope, *table, u"r"_s, record, select.values());
    const QString sql = select.statement(m_scope.sql.tableName(*table) + u" r WHERE "_s + condition);
    return m_scope.connection.forEachRow(sql, select.values().values(), [&](const RowBlock &block, int row) {
        if (title >= 0)
            transcript.recordTitle = lensTitle(label, block, row, title);
        int column = 0;
        const auto add = [&](const FieldRef &field, bool isOpening) {
            const QString text = lensText(block, row, column++);
            if (!text.isEmpty())
                transcript.facts.push_back({fieldTitle(field, m_lens.table, m_scope.profile), commonFacts(text), isOpening});
        };
        for (const FieldRef &field : m_lens.opening)
            add(field, true);
        for (const FieldRef &field : m_lens.ending)
            add(field, false);
        return false;
    });
}

Result<std::vector<TranscriptBody>> TranscriptReader::bodies(const Transcript &transcript, const std::vector<int> &entries)
{
    std::vector<TranscriptBody> bodies(entries.size());
    const CatalogTable *table = m_scope.sql.table(m_lens.entries.table);
    if (table == nullptr)
        return tl::unexpected(noTable(m_lens.entries.table));
    if (entries.empty())
        return bodies;
    LensSelect select(m_scope, *table, u"e"_s);
    const int keys = select.addIdentity();
    const int text = select.addField(m_lens.text);
    const int asked = select.addField(m_lens.asked);
    const int thinking = select.addField(m_lens.thinking);
    std::vector<int> asides;
    for (const FieldRef &field : m_lens.asides)
        asides.push_back(select.addField(field));
    QStringList conditions;
    std::map<QString, std::vector<std::size_t>> places;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const RowKey &key = transcript.entries[static_cast<std::size_t>(entries[i])].key;
        std::vector<std::size_t> &of = places[keyOfRow(key)];
        if (of.empty())
            conditions.append(u'(' + identityCondition(m_scope, *table, u"e"_s, key, select.values()) + u')');
        of.push_back(i);
    }
    const QString sql = select.statement(m_scope.sql.tableName(*table) + u" e WHERE "_s + conditions.join(u" OR "_s));
    const Result<> read = m_scope.connection.forEachRow(sql, select.values().values(), [&](const RowBlock &block, int row) {
        for (const std::size_t place : places[keyOfRow(lensKey(block, row, 0, keys))]) {
            TranscriptBody &body = bodies[place];
            if (transcript.entries[static_cast<std::size_t>(entries[place])].isAsked) {
                body.text = lensText(block, row, asked);
                continue;
            }
            body.text = lensText(block, row, text);
            body.thinking = lensText(block, row, thinking);
            for (const int aside : asides)
                body.asides.append(lensText(block, row, aside));
        }
        return true;
    });
    if (!read)
        return failure(read);
    std::map<QString, std::size_t> answers;
    std::vector<RowKey> wanted;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const TranscriptEntry &entry = transcript.entries[static_cast<std::size_t>(entries[i])];
        if (!entry.isAsked && answers.emplace(keyOfRow(entry.key), i).second)
            wanted.push_back(entry.key);
    }
    if (const Result<> cited = readCitations(answers, wanted, bodies); !cited)
        return failure(cited);
    return bodies;
}

Result<> TranscriptReader::readCitations(const std::map<QString, std::size_t> &wanted, const std::vector<RowKey> &keys, std::vector<TranscriptBody> &bodies)
{
    const CatalogTable *table = m_lens.citations.isEmpty() ? nullptr : m_scope.sql.table(m_lens.citations.table);
    const CatalogTable *entryTable = m_scope.sql.table(m_lens.entries.table);
    if (table == nullptr || keys.empty() || m_lens.citations.link.empty())
        return {};
    LensSelect select(m_scope, *table, u"c"_s);
    const int entryKeys = select.addIdentity(*entryTable, u"e"_s);
    const int start = select.addField(m_lens.citationStart);
    const int end = select.addField(m_lens.citationEnd);
    const int text = select.addField(m_lens.citationText);
    const int url = select.addField(m_lens.citationUrl);
    const int verified = select.addField(m_lens.citationVerified);
    QStringList on;
    for (const auto &[own, of] : m_lens.citations.link)
        on.append(m_scope.sql.equal(*table, u"c"_s, own, *entryTable, u"e"_s, of));
    QStringList conditions;
    for (const RowKey &key : keys)
        conditions.append(u'(' + identityCondition(m_scope, *entryTable, u"e"_s, key, select.values()) + u')');
    const QString from = u"%1 e JOIN %2 c ON %3 WHERE %4"_s.arg(m_scope.sql.tableName(*entryTable), m_scope.sql.tableName(*table), on.join(u" AND "_s), conditions.join(u" OR "_s));
    return m_scope.connection.forEachRow(select.statement(from), select.values().values(), [&](const RowBlock &block, int row) {
        const auto place = wanted.find(keyOfRow(lensKey(block, row, 0, entryKeys)));
        if (place == wanted.end())
            return true;
        const auto offset = [&](int column) {
            const std::optional<double> number = lensNumber(block, row, column);
            return number ? std::optional(static_cast<qint64>(*number)) : std::nullopt;
        };
        TranscriptBody &body = bodies[place->second];
        TranscriptCitation citation = placedCitation(body.text, offset(start), offset(end), lensText(block, row, text));
        citation.url = lensText(block, row, url);
        if (const QString word = lensText(block, row, verified); !word.isEmpty())
            citation.verified = word == u"1" || word == u"t" || word == u"true";
        body.citations.push_back(std::move(citation));
        return true;
    });
}

Result<> TranscriptReader::forEachBody(const Transcript &transcript, const std::function<bool(int entry, const TranscriptBody &body)> &take)
{
    for (std::size_t first = 0; first < transcript.entries.size(); first += bodiesAtOnce) {
        std::vector<int> entries;
        for (std::size_t i = first; i < std::min(first + bodiesAtOnce, transcript.entries.size()); ++i)
            entries.push_back(static_cast<int>(i));
        const Result<std::vector<TranscriptBody>> read = bodies(transcript, entries);
        if (!read)
            return failure(read);
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (!take(entries[i], (*read)[i]))
                return {};
        }
    }
    return {};
}

Result<std::vector<TranscriptHit>> TranscriptReader::find(const Transcript &transcript, const QString &words, int limit)
{
    std::vector<TranscriptHit> hits;
    if (words.isEmpty())
        return hits;
    const auto search = [&](int entry, int part, const QString &text) {
        for (qsizetype at = text.indexOf(words, 0, Qt::CaseInsensitive); at >= 0 && static_cast<int>(hits.size()) < limit; at = text.indexOf(words, at + words.size(), Qt::CaseInsensitive))
            hits.push_back({entry, part, at});
    };
    const Result<> read = forEachBody(transcript, [&](int entry, const TranscriptBody &body) {
        search(entry, -1, body.text);
        search(entry, -2, body.thinking);
        for (int i = 0; i < static_cast<int>(body.asides.size()); ++i)
            search(entry, i, body.asides[i]);
        return static_cast<int>(hits.size()) < limit;
    });
    if (!read)
        return failure(read);
    return hits;
}

Result<RowKey> TranscriptReader::recordOf(const RowKey &entry)
{
    const CatalogTable *record = m_scope.sql.table(m_lens.table);
    const CatalogTable *entries = m_scope.sql.table(m_lens.entries.table);
    const CatalogTable *chapters = m_lens.chapters.isEmpty() ? nullptr : m_scope.sql.table(m_lens.chapters.table);
    if (record == nullptr || entries == nullptr || m_lens.entries.via)
        return failure(ErrorCode::NotFound, translated("This record belongs to no transcript."));
    LensSelect select(m_scope, *record, u"r"_s);
    const int keys = select.addIdentity();
    QString from = m_scope.sql.tableName(*entries) + u" e"_s;
    const auto join = [&](const CatalogTable &to, const QString &alias, const ColumnLink &link, const CatalogTable &below, const QString &belowAlias) {
        QStringList on;
        for (const auto &[own, of] : link)
            on.append(m_scope.sql.equal(below, belowAlias, own, to, alias, of));
        from += u" JOIN %1 %2 ON %3"_s.arg(m_scope.sql.tableName(to), alias, on.join(u" AND "_s));
    };
    if (chapters != nullptr) {
        join(*chapters, u"c"_s, m_lens.entries.link, *entries, u"e"_s);
        join(*record, u"r"_s, m_lens.chapters.link, *chapters, u"c"_s);
    } else {
        join(*record, u"r"_s, m_lens.entries.link, *entries, u"e"_s);
    }
    from += u" WHERE "_s + identityCondition(m_scope, *entries, u"e"_s, entry, select.values()) + u" LIMIT 1"_s;
    RowKey key;
    const Result<> read = m_scope.connection.forEachRow(select.statement(from), select.values().values(), [&](const RowBlock &block, int row) {
        key = lensKey(block, row, 0, keys);
        return false;
    });
    if (!read)
        return failure(read);
    if (key.empty())
        return failure(ErrorCode::NotFound, translated("This record belongs to no transcript."));
    return key;
}

QString commonFacts(const QString &json)
{
    if (!json.startsWith(u'{'))
        return json;
    const QJsonObject object = QJsonDocument::fromJson(json.toUtf8()).object();
    std::map<QString, std::set<QString>> values;
    for (const QJsonValue &each : object) {
        if (!each.isObject())
            return json;
        const QJsonObject inner = each.toObject();
        for (auto it = inner.begin(); it != inner.end(); ++it)
            values[it.key()].insert(it.value().isString() ? it.value().toString() : QString());
    }
    QStringList lines;
    for (const auto &[key, all] : values) {
        if (all.size() == 1 && !all.begin()->isEmpty())
            lines.append(key + u": "_s + *all.begin());
    }
    return lines.isEmpty() ? json : lines.join(u'\n');
}

Result<QString> transcriptMarkdown(TranscriptReader &reader, const Transcript &transcript, bool withRoles, bool withAsides)
{
    QString out = transcript.recordTitle.isEmpty() ? QString() : u"# %1\n\n"_s.arg(transcript.recordTitle);
    const auto facts = [&](bool isOpening) {
        for (const TranscriptFact &fact : transcript.facts) {
            if (fact.isOpening == isOpening)
                out += u"**%1:** %2\n\n"_s.arg(fact.title, fact.text);
        }
    };
    const auto quoted = [&](const QString &title, const QString &text) {
        if (withAsides && !text.isEmpty())
            out += u"> *%1*\n> %2\n\n"_s.arg(title, QString(text).replace(u'\n', u"\n> "_s));
    };
    facts(true);
    std::size_t chapter = 0;
    std::size_t event = 0;
    const Result<> read = reader.forEachBody(transcript, [&](int index, const TranscriptBody &body) {
        const TranscriptEntry &entry = transcript.entries[static_cast<std::size_t>(index)];
        for (; chapter < transcript.chapters.size() && transcript.chapters[chapter].firstEntry <= index; ++chapter)
            out += u"## %1\n\n"_s.arg(transcript.chapters[chapter].title);
        QString votes;
        for (; event < transcript.events.size() && transcript.events[event].beforeEntry <= index; ++event) {
            const TranscriptEvent &each = transcript.events[event];
            if (each.kind == TranscriptLens::Event::Kind::Chapter)
                out += u"## %1\n\n"_s.arg(each.title);
            else if (each.kind == TranscriptLens::Event::Kind::Vote)
                votes += u" · "_s + each.title;
            else
                out += u"*%1*\n\n"_s.arg(each.title);
        }
        const TranscriptSpeaker *speaker = entry.speaker < 0 ? nullptr : &transcript.speakers[static_cast<std::size_t>(entry.speaker)];
        const QString role = withRoles && speaker != nullptr && !speaker->role.isEmpty() ? u" (%1)"_s.arg(speaker->role) : QString();
        out += u"**%1**%2%3\n\n"_s.arg(speaker == nullptr ? translated("Entry") : speaker->name, role, votes);
        quoted(translated("Thinking"), body.thinking);
        for (qsizetype i = 0; i < body.asides.size(); ++i)
            quoted(transcript.asideTitles.value(i), body.asides[i]);
        out += body.text + u"\n\n"_s;
        return true;
    });
    if (!read)
        return failure(read);
    facts(false);
    return out;
}

} // namespace turnstone
